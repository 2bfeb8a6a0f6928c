package org.quorate.cli.ensemble;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.CompletionException;
import java.util.function.BooleanSupplier;
import org.quorate.node.config.ConfigException;
import org.quorate.node.config.ServerConfig;
import org.quorate.node.config.ZooCfg;
import org.quorate.node.host.Server;
import org.quorate.node.host.StartException;
import org.quorate.zab.Role;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Three servers in this process that lose their leader when they are told to, for {@code quorate
 * train}: what an election needs is met there, and not for the first time when a leader dies. Owned
 * by one thread.
 */
public final class BriefEnsemble implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(BriefEnsemble.class);
    private static final int SIZE = 3;
    private static final long WAIT_MILLIS_MAX = 30_000;
    private static final long LOOK_EVERY_MILLIS = 5;

    private final List<Path> files;
    private final List<Server> servers = new ArrayList<>();

    private BriefEnsemble(List<Path> files) {
        this.files = files;
    }

    /**
     * Starts the servers and waits until all have a leader.
     *
     * @param dir where their files go
     * @throws IOException if they cannot, or none leads in time
     */
    public static BriefEnsemble start(Path dir) throws IOException {
        BriefEnsemble ensemble = new BriefEnsemble(LocalFiles.make(dir, SIZE));
        try {
            for (Path file : ensemble.files) {
                ensemble.servers.add(serve(file));
            }
            ensemble.await(ensemble::allServe);
            return ensemble;
        } catch (IOException e) {
            ensemble.close();
            throw e;
        }
    }

    private static Server serve(Path file) throws IOException {
        try {
            ServerConfig config = ZooCfg.read(file, new Properties(), LOG::warn);
            return Server.start(config, (what, why) -> LOG.warn("{} has failed", what, why));
        } catch (ConfigException | StartException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    /** Where clients of each server connect. */
    public List<Integer> ports() {
        return servers.stream().map(Server::clientPort).toList();
    }

    /** Has the leader hand over to another, and waits until all follow that one. */
    public void handOver() throws IOException {
        Server before = servers.get(leader());
        try {
            before.ask(
                            replica -> {
                                replica.zab().handOver();
                                return true;
                            })
                    .join();
        } catch (CompletionException e) {
            throw new IOException("the leader is not asked to hand over", e);
        }
        await(() -> before.role().kind() == Role.Kind.FOLLOWING && allServe());
    }

    private int leader() {
        int leader = 0;
        while (servers.get(leader).role().kind() != Role.Kind.LEADING) {
            leader = (leader + 1) % SIZE;
        }
        return leader;
    }

    /** Stops the leader, waits until another leads, and starts it again as a follower. */
    public void changeLeader() throws IOException {
        int leader = leader();
        servers.remove(leader).close();
        await(this::allServe);
        servers.add(leader, serve(files.get(leader)));
        await(this::allServe);
    }

    private boolean allServe() {
        return servers.stream().allMatch(server -> server.role().isServing())
                && servers.stream().anyMatch(server -> server.role().kind() == Role.Kind.LEADING);
    }

    private void await(BooleanSupplier wanted) throws IOException {
        long deadlineNanos = System.nanoTime() + WAIT_MILLIS_MAX * 1_000_000;
        while (!wanted.getAsBoolean()) {
            if (System.nanoTime() - deadlineNanos > 0) {
                throw new IOException(
                        "no leader within %d ms: %s"
                                .formatted(
                                        WAIT_MILLIS_MAX,
                                        servers.stream().map(Server::role).toList()));
            }
            try {
                Thread.sleep(LOOK_EVERY_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException("interrupted", e);
            }
        }
    }

    /** Stops what runs. */
    @Override
    public void close() {
        servers.forEach(Server::close);
        servers.clear();
    }
}
