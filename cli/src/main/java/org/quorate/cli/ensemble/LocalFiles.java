package org.quorate.cli.ensemble;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import org.quorate.protocol.peer.Endpoint;
import org.quorate.protocol.peer.Member;

/**
 * The directory of a local ensemble: a folder {@code server-N} for each server with its files and
 * its data. Ports are chosen once, when it is made, so that clients find it again. Stateless.
 */
final class LocalFiles {
    private static final String HOST = "127.0.0.1";
    private static final String PREFIX = "server-";
    private static final int PORTS_EACH = 4;
    private static final int PORT_MIN = 10_000;
    private static final int PORT_END = 32_768;
    private static final int PORT_TRIES_MAX = 1_000;

    private LocalFiles() {}

    /** The configuration files that are there, by server id; empty if there are none. */
    static List<Path> find(Path dir) throws IOException {
        if (!Files.isDirectory(dir)) {
            return List.of();
        }
        List<Path> files = new ArrayList<>();
        for (int id = 1; id <= EnsembleCommand.SIZE_MAX; id++) {
            Path file = dir.resolve(PREFIX + id).resolve(EnsembleFiles.CONFIG);
            if (Files.exists(file)) {
                files.add(file);
            }
        }
        return files;
    }

    /** Makes an ensemble; its configuration files by server id. */
    static List<Path> make(Path dir, int size) throws IOException {
        Queue<Integer> ports = new ArrayDeque<>(freePorts(PORTS_EACH * size));
        List<Member> members = new ArrayList<>();
        for (long id = 1; id <= size; id++) {
            members.add(
                    new Member(
                            id,
                            List.of(new Member.Address(HOST, ports.remove(), ports.remove())),
                            Member.Role.PARTICIPANT,
                            new Endpoint(HOST, ports.remove())));
        }
        for (Member member : members) {
            Path folder = dir.toAbsolutePath().resolve(PREFIX + member.serverId());
            EnsembleFiles.write(
                    folder,
                    folder.resolve("data"),
                    folder.resolve(EnsembleFiles.MEMBERS),
                    folder.resolve("data"),
                    member.serverId(),
                    members,
                    List.of(
                            "maxClientCnxns=0",
                            "admin.serverAddress=" + HOST,
                            "admin.serverPort=" + ports.remove(),
                            "4lw.commands.whitelist=*"));
        }
        return find(dir);
    }

    /**
     * So many different ports that are free now, and that systems do not give to outgoing
     * connections: one of those may be gone at the next start.
     */
    private static List<Integer> freePorts(int count) throws IOException {
        Set<Integer> ports = new LinkedHashSet<>();
        for (int tries = 0; ports.size() < count; tries++) {
            if (tries == PORT_TRIES_MAX) {
                throw new IOException(
                        "no %d free ports from %d to %d".formatted(count, PORT_MIN, PORT_END - 1));
            }
            int port = ThreadLocalRandom.current().nextInt(PORT_MIN, PORT_END);
            try (ServerSocket socket =
                    new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
                ports.add(socket.getLocalPort());
            } catch (BindException e) {
                // Somebody has it: the next one.
            }
        }
        return List.copyOf(ports);
    }
}
