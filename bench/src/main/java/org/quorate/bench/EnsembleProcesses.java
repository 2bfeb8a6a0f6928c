package org.quorate.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Collectors;
import org.quorate.bench.ServerProcess.Place;

/** The servers of an ensemble, each real ZooKeeper or Quorate, each a process of its own. */
public final class EnsembleProcesses implements AutoCloseable {
    private static final int TICK_MILLIS = 500;
    private static final int INIT_TICKS = 20;
    private static final int SYNC_TICKS = 10;

    private final List<ServerProcess> servers = new ArrayList<>();

    private EnsembleProcesses() {}

    /**
     * Starts one server for each kind, numbered from 1, and waits until all serve.
     *
     * @param config further lines for each configuration file
     * @param observers how many of the servers, the last ones, are observers
     */
    public static EnsembleProcesses start(
            List<ServerProcess.Kind> kinds, List<String> config, int observers) throws IOException {
        return start(kinds, config, observers, Collections.nCopies(kinds.size(), Place.HERE));
    }

    /** The same with a place for each. */
    public static EnsembleProcesses start(
            List<ServerProcess.Kind> kinds, List<String> config, int observers, List<Place> places)
            throws IOException {
        return start(kinds, config, observers, places, List.of());
    }

    /**
     * The same with arguments for each JVM.
     *
     * @param jvmArgs for instance {@code -Dreadonlymode.enabled=true}
     */
    public static EnsembleProcesses start(
            List<ServerProcess.Kind> kinds,
            List<String> config,
            int observers,
            List<Place> places,
            List<String> jvmArgs)
            throws IOException {
        EnsembleProcesses ensemble = new EnsembleProcesses();
        List<String> lines = new ArrayList<>(config);
        lines.add("tickTime=" + TICK_MILLIS);
        lines.add("initLimit=" + INIT_TICKS);
        lines.add("syncLimit=" + SYNC_TICKS);
        for (int id = 1; id <= kinds.size(); id++) {
            lines.add(
                    "server.%d=%s:%d:%d:%s"
                            .formatted(
                                    id,
                                    places.get(id - 1).host(),
                                    ServerProcess.freePort(),
                                    ServerProcess.freePort(),
                                    id > kinds.size() - observers ? "observer" : "participant"));
        }
        try {
            for (int id = 1; id <= kinds.size(); id++) {
                List<String> own = new ArrayList<>(lines);
                if (id > kinds.size() - observers) {
                    own.add("peerType=observer");
                }
                ensemble.servers.add(
                        ServerProcess.launch(
                                kinds.get(id - 1),
                                places.get(id - 1),
                                ServerProcess.freePort(),
                                own,
                                jvmArgs,
                                id));
            }
            ensemble.awaitServing();
        } catch (IOException e) {
            ensemble.close();
            throw e;
        }
        return ensemble;
    }

    public void awaitServing() throws IOException {
        for (ServerProcess server : servers) {
            server.awaitServing();
        }
    }

    public List<ServerProcess> servers() {
        return List.copyOf(servers);
    }

    /** For a client that may use any of them. */
    public String connectString() {
        return servers.stream()
                .map(server -> server.address().getHostString() + ":" + server.clientPort())
                .collect(Collectors.joining(","));
    }

    /** The server that says of itself that it leads. */
    public ServerProcess leader() throws IOException {
        for (ServerProcess server : servers) {
            if (mode(server).equals("leader")) {
                return server;
            }
        }
        throw new IOException("no server leads");
    }

    /** What a server says it is: leader, follower, observer; empty if it does not say. */
    public static String mode(ServerProcess server) throws IOException {
        return server.ask("srvr")
                .lines()
                .filter(line -> line.startsWith("Mode: "))
                .map(line -> line.substring("Mode: ".length()))
                .findFirst()
                .orElse("");
    }

    @Override
    public void close() {
        servers.forEach(ServerProcess::close);
    }
}
