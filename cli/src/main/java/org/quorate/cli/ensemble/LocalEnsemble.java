package org.quorate.cli.ensemble;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.stream.Collectors;
import org.quorate.cli.cluster.ShardConsole;
import org.quorate.node.admin.LogLevels;
import org.quorate.node.config.ConfigException;
import org.quorate.node.config.ServerConfig;
import org.quorate.node.config.ZooCfg;
import org.quorate.node.host.Server;
import org.quorate.node.host.StartException;
import org.quorate.node.host.Surroundings;
import org.quorate.protocol.peer.Endpoint;
import org.quorate.zab.Role;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The servers of a local ensemble, all in this process. Tells its story as lines, which whoever
 * started it takes from {@link #nextLine}. Any thread.
 */
final class LocalEnsemble implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LocalEnsemble.class);

    private final List<Server> servers = new ArrayList<>();
    private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();

    private LocalEnsemble() {}

    /**
     * Starts the servers; they elect a leader afterwards.
     *
     * @param files their configuration files
     * @throws ConfigException if one is not legal
     * @throws StartException if a server cannot start; none is left running
     */
    static LocalEnsemble start(List<Path> files) throws ConfigException, StartException {
        LocalEnsemble ensemble = new LocalEnsemble();
        try {
            for (Path file : files) {
                ensemble.start(file);
            }
            return ensemble;
        } catch (ConfigException | StartException e) {
            ensemble.close();
            throw e;
        }
    }

    private void start(Path file) throws ConfigException, StartException {
        ServerConfig config = ZooCfg.read(file, new Properties(), LOG::warn);
        // A lone server has no number of its own.
        String name = "server-" + Math.max(1, config.serverId());
        ShardConsole shards = new ShardConsole();
        Server server =
                Server.start(
                        config,
                        (what, why) ->
                                lines.add("%s has failed: %s: %s".formatted(name, what, why)),
                        new Surroundings(shards, LogLevels.UNKNOWN));
        servers.add(server);
        shards.connectsTo(clientAddress(server));
        lines.add(
                "%s serves clients at %s, admin commands at http://%s%s"
                        .formatted(
                                name,
                                clientAddress(server),
                                server.config().admin().address(),
                                server.config().admin().commandUrl()));
        Story story = new Story(name);
        server.onRole(story::role);
        // What it has become before anybody listened.
        if (server.role().isServing()) {
            story.role(server.role());
        }
    }

    /** What a server has said of its role, so that nothing is said twice. */
    private final class Story {
        private final String name;
        private Role last = Role.LOOKING;

        Story(String name) {
            this.name = name;
        }

        /** The lock guards the last role: at first two threads tell it. */
        synchronized void role(Role role) {
            if (!role.equals(last)) {
                last = role;
                lines.add(name + " " + says(role));
            }
        }
    }

    /** The next thing to tell; waits for it. */
    String nextLine() throws InterruptedException {
        return lines.take();
    }

    /** What a client is given. */
    String connectString() {
        return servers.stream().map(LocalEnsemble::clientAddress).collect(Collectors.joining(","));
    }

    /** Asks all to stop at the same time, and waits until they have. Idempotent. */
    @Override
    public void close() {
        List<Thread> closing =
                servers.stream().map(server -> Thread.startVirtualThread(server::close)).toList();
        for (Thread thread : closing) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    private static String clientAddress(Server server) {
        return new Endpoint("127.0.0.1", server.clientPort()).toString();
    }

    private static String says(Role role) {
        return switch (role.kind()) {
            case LOOKING -> "looks for a leader";
            case LEADING -> "leads epoch " + role.epoch();
            case FOLLOWING ->
                    "follows server-%d in epoch %d".formatted(role.leader(), role.epoch());
            case OBSERVING ->
                    "observes server-%d in epoch %d".formatted(role.leader(), role.epoch());
        };
    }
}
