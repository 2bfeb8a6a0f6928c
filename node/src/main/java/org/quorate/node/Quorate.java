package org.quorate.node;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Properties;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.quorate.node.config.ConfigException;
import org.quorate.node.config.ServerConfig;
import org.quorate.node.config.ZooCfg;
import org.quorate.node.host.Server;
import org.quorate.node.host.StartException;
import org.quorate.protocol.peer.Endpoint;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A standalone server inside this JVM, for tests and for applications that bring their own
 * coordination service.
 *
 * <pre>{@code
 * try (Quorate server = Quorate.builder().start()) {           // free port, temporary directory
 *     var client = new ZooKeeper(server.connectString(), 10_000, event -> {});
 * }
 * }</pre>
 *
 * <p>Servers in one JVM share nothing. Their threads are daemons. Methods may be called by any
 * thread.
 */
public final class Quorate implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Quorate.class);

    private final Server server;
    private final @Nullable Path ownDir;

    private Quorate(Server server, @Nullable Path ownDir) {
        this.server = server;
        this.ownDir = ownDir;
    }

    /** A server on the loopback address, on a free port, in a temporary directory. */
    public static Builder builder() {
        return new Builder();
    }

    /** What a ZooKeeper client is given: {@code host:port}. */
    public String connectString() {
        Endpoint plain = server.config().ports().plain();
        String host = plain == null || plain.isWildcard() ? "127.0.0.1" : plain.host();
        return new Endpoint(host, port()).toString();
    }

    /** The port that clients connect to. */
    public int port() {
        return server.clientPort();
    }

    /** Where the data is. */
    public Path dataDir() {
        return server.config().directories().data();
    }

    /** Why the server could not go on and closed itself; null while it serves. */
    public @Nullable Throwable failure() {
        return server.failure();
    }

    /** The server itself, for questions beyond those here. */
    public Server server() {
        return server;
    }

    /**
     * Answers what is under way, closes all connections and the data; a temporary directory is
     * deleted. Idempotent; waits until it is done.
     */
    @Override
    public void close() {
        server.close();
        if (ownDir != null) {
            deleteAll(ownDir);
        }
    }

    private static void deleteAll(Path dir) {
        if (!Files.exists(dir)) {
            return;
        }
        try (Stream<Path> files = Files.walk(dir)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        } catch (IOException | UncheckedIOException e) {
            LOG.warn("the temporary directory {} cannot be deleted: {}", dir, e.toString());
        }
    }

    /** What a server is to be. Not thread-safe. */
    public static final class Builder {
        private static final long PREALLOC_BYTES = 1 << 20;
        private static final Endpoint LOOPBACK = new Endpoint("127.0.0.1", 0);

        private final Properties properties = new Properties();
        private @Nullable Path dataDir;
        private @Nullable ServerConfig config;
        private @Nullable Integer port;
        private @Nullable Integer tickMillis;

        private Builder() {}

        /** Keeps the data here instead of in a temporary directory. */
        public Builder dataDir(Path dir) {
            dataDir = dir;
            return this;
        }

        /** Listens on this port of the loopback address; 0 for a free one. */
        public Builder port(int clientPort) {
            port = clientPort;
            return this;
        }

        /** The tick: session timeouts are 2 to 20 of them, and expire a tick late at most. */
        public Builder tickTime(int millis) {
            tickMillis = millis;
            return this;
        }

        /**
         * Anything else that ZooKeeper reads from a system property, under its name: {@code
         * zookeeper.extendedTypesEnabled}, {@code jute.maxbuffer}.
         */
        public Builder property(String name, String value) {
            properties.setProperty(name, value);
            return this;
        }

        /** All of it. What the other methods were told beats it. */
        public Builder config(ServerConfig all) {
            config = all;
            return this;
        }

        /**
         * Starts the server and waits until it serves.
         *
         * @throws StartException with one line that says why it cannot
         */
        public Quorate start() throws StartException {
            Path ownDir = null;
            ServerConfig told = config;
            try {
                if (told == null) {
                    Path dir = dataDir;
                    if (dir == null) {
                        dir = Files.createTempDirectory("quorate-");
                        ownDir = dir;
                    }
                    told = defaults(dir);
                }
                return new Quorate(Server.start(changed(told), (what, why) -> {}), ownDir);
            } catch (IOException | ConfigException e) {
                if (ownDir != null) {
                    deleteAll(ownDir);
                }
                throw e instanceof StartException start
                        ? start
                        : new StartException(String.valueOf(e.getMessage()), e);
            }
        }

        private ServerConfig defaults(Path dir) throws ConfigException {
            ServerConfig all = ZooCfg.embedded(dir, properties, LOG::warn);
            // Clients of one JVM share one address.
            return all.withPorts(all.ports().withPlain(LOOPBACK))
                    .withLimits(all.limits().withConnectionsPerAddressMax(0))
                    .withStorage(all.storage().withPreallocBytes(PREALLOC_BYTES))
                    .withAdmin(all.admin().withoutServer(List.of("*")));
        }

        private ServerConfig changed(ServerConfig all) {
            ServerConfig changed = all;
            Integer newPort = port;
            if (newPort != null) {
                Endpoint plain = new Endpoint(LOOPBACK.host(), newPort);
                changed = changed.withPorts(all.ports().withPlain(plain));
            }
            Integer tick = tickMillis;
            if (tick != null) {
                changed = changed.withTiming(all.timing().withTick(tick));
            }
            return changed;
        }
    }
}
