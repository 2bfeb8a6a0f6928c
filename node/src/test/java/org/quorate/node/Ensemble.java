package org.quorate.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.quorate.node.config.ServerConfig;
import org.quorate.node.config.ZooCfg;
import org.quorate.node.host.HostClock;
import org.quorate.node.host.Server;
import org.quorate.zab.Role;

/** Some servers of one ensemble in this JVM, each with files of its own. */
final class Ensemble implements AutoCloseable {
    static final int TICK_MILLIS = 200;

    final List<String> failures = new CopyOnWriteArrayList<>();
    private final Path dir;
    private final Map<Integer, Path> files = new TreeMap<>();
    private final Map<Integer, Server> running = new TreeMap<>();

    /**
     * @param config further lines for each configuration file
     */
    Ensemble(Path dir, int servers, String... config) throws Exception {
        this.dir = dir;
        StringBuilder members = new StringBuilder();
        List<Integer> ports = freePorts(3 * servers);
        for (int id = 1; id <= servers; id++) {
            members.append(
                    "server.%d=127.0.0.1:%d:%d%n"
                            .formatted(id, ports.get(3 * id - 3), ports.get(3 * id - 2)));
        }
        for (int id = 1; id <= servers; id++) {
            write(id, ports.get(3 * id - 1), members + String.join("\n", config));
        }
    }

    /** Writes what a server is told; a new one may join so. */
    void write(int id, int clientPort, String lines) throws IOException {
        Path data = Files.createDirectories(dir.resolve("server-" + id));
        Files.writeString(data.resolve("myid"), id + "\n");
        Files.writeString(
                file(id),
                """
                tickTime=%d
                initLimit=20
                syncLimit=10
                dataDir=%s
                clientPort=%d
                clientPortAddress=127.0.0.1
                maxClientCnxns=0
                admin.enableServer=false
                preAllocSize=1024
                4lw.commands.whitelist=*
                %s\
                """
                        .formatted(TICK_MILLIS, data, clientPort, lines));
        files.put(id, file(id));
    }

    Path file(int id) {
        return dir.resolve("zoo-" + id + ".cfg");
    }

    static List<Integer> freePorts(int count) throws IOException {
        List<ServerSocket> sockets = new ArrayList<>();
        List<Integer> ports = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
            sockets.add(socket);
            ports.add(socket.getLocalPort());
        }
        for (ServerSocket socket : sockets) {
            socket.close();
        }
        return ports;
    }

    Path dataDir(int id) {
        return dir.resolve("server-" + id);
    }

    Server start(int id) throws Exception {
        return start(id, HostClock.SYSTEM);
    }

    /** Starts a server that has another time. */
    Server start(int id, HostClock clock) throws Exception {
        ServerConfig config = ZooCfg.read(files.get(id), new Properties(), warning -> {});
        Server server =
                Server.start(config, (what, why) -> failures.add(id + ": " + what + why), clock);
        running.put(id, server);
        return server;
    }

    void startAll() throws Exception {
        for (int id : files.keySet()) {
            start(id);
        }
        awaitServing();
    }

    /** Of a server that does not come back. */
    void forget(int id) {
        files.remove(id);
    }

    void stopAll() {
        close();
    }

    void stop(int id) {
        running.remove(id).close();
    }

    Server server(int id) {
        return running.get(id);
    }

    List<Server> servers() {
        return List.copyOf(running.values());
    }

    void awaitServing() {
        await().atMost(Duration.ofSeconds(60))
                .pollInterval(Duration.ofMillis(10))
                .until(() -> servers().stream().allMatch(server -> server.role().isServing()));
    }

    int leader() {
        List<Integer> leaders = new ArrayList<>();
        running.forEach((id, server) -> {
            if (server.role().kind() == Role.Kind.LEADING) {
                leaders.add(id);
            }
        });
        assertThat(leaders).hasSize(1);
        return leaders.getFirst();
    }

    int follower() {
        int leader = leader();
        return running.keySet().stream().filter(id -> id != leader).findFirst().orElseThrow();
    }

    String connectString() {
        StringBuilder text = new StringBuilder();
        for (Server server : running.values()) {
            text.append(text.isEmpty() ? "" : ",").append("127.0.0.1:").append(server.clientPort());
        }
        return text.toString();
    }

    @Override
    public void close() {
        running.values().forEach(Server::close);
        running.clear();
    }
}
