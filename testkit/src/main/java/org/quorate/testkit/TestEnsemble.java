package org.quorate.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.Random;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.quorate.node.config.ConfigException;
import org.quorate.node.config.ServerConfig;
import org.quorate.node.config.ZooCfg;
import org.quorate.node.host.StartException;

/**
 * An ensemble of real servers inside this JVM, with hands on all that lies between them and their
 * clients. Clients of any library are given {@link #connectString()}.
 *
 * <pre>{@code
 * try (TestEnsemble ensemble = TestEnsemble.builder().servers(3).seed(42).start()) {
 *     var client = new ZooKeeper(ensemble.connectString(), 10_000, event -> {});
 *     ensemble.clients().loseNextAnswer();               // the next write is ambiguous
 *     ensemble.leader().stop();
 *     ensemble.isolate(2);
 *     ensemble.heal();
 *     ensemble.expire(client.getSessionId());
 * }
 * }</pre>
 *
 * <p>What chance decides ({@link #random}, {@link #disturb}) follows from the seed alone. Any
 * thread.
 */
public final class TestEnsemble implements AutoCloseable {
    private static final int SERVERS_MAX = 7;
    private static final int SERVERS_TO_SPARE_ONE = 3;
    private static final long SERVE_SECONDS_MAX = 20;
    private static final int PORTS_PER_SERVER = 3;
    private static final Duration SHORT_DELAY = Duration.ofMillis(20);

    private final Path dir;
    private final long seed;
    private final RandomGenerator random;
    private final TestClock clock = new TestClock();
    private final SessionBook sessions = new SessionBook();
    private final PeerNetwork network;
    private final List<TestServer> servers = new ArrayList<>();

    private TestEnsemble(Path dir, Builder told) throws IOException, ConfigException {
        this.dir = dir;
        this.seed = told.seed;
        this.random = new Random(seed);
        List<Integer> ports = freePorts(PORTS_PER_SERVER * told.servers);
        List<Integer> quorum = ports.subList(0, told.servers);
        List<Integer> election = ports.subList(told.servers, 2 * told.servers);
        List<Integer> client = ports.subList(2 * told.servers, PORTS_PER_SERVER * told.servers);
        this.network = new PeerNetwork(quorum, election);
        for (int id = 1; id <= told.servers; id++) {
            int port = client.get(id - 1);
            servers.add(new TestServer(id, config(told, id, port), port, clock, sessions));
        }
    }

    private static List<Integer> freePorts(int count) throws IOException {
        List<ServerSocket> sockets = new ArrayList<>();
        try {
            for (int i = 0; i < count; i++) {
                sockets.add(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
            }
            return sockets.stream().map(ServerSocket::getLocalPort).toList();
        } finally {
            for (ServerSocket socket : sockets) {
                socket.close();
            }
        }
    }

    private ServerConfig config(Builder told, int id, int clientPort)
            throws IOException, ConfigException {
        Path data = Files.createDirectories(dir.resolve("server-" + id));
        Files.writeString(data.resolve("myid"), id + "\n");
        List<String> lines = new ArrayList<>();
        lines.add("dataDir=" + data);
        lines.add("clientPort=" + clientPort);
        lines.add("clientPortAddress=127.0.0.1");
        lines.add("tickTime=" + told.tickMillis);
        lines.add("initLimit=50");
        lines.add("syncLimit=10");
        lines.add("maxClientCnxns=0");
        lines.add("admin.enableServer=false");
        lines.add("preAllocSize=1024");
        lines.add("4lw.commands.whitelist=*");
        if (told.servers > 1) {
            for (int to = 1; to <= told.servers; to++) {
                int quorumPort = network.quorumPort(id, to);
                int electionPort = network.electionPort(id, to);
                lines.add("server.%d=127.0.0.1:%d:%d".formatted(to, quorumPort, electionPort));
            }
        }
        lines.addAll(told.lines);
        Path file = Files.write(dir.resolve("zoo-" + id + ".cfg"), lines);
        return ZooCfg.read(file, new Properties(), warning -> {});
    }

    /** Three servers, seed 1, unless told otherwise. */
    public static Builder builder() {
        return new Builder();
    }

    // ---- what there is

    /** What a client is given that may use any of the servers. */
    public String connectString() {
        return servers.stream().map(TestServer::connectString).collect(Collectors.joining(","));
    }

    public List<TestServer> servers() {
        return List.copyOf(servers);
    }

    /**
     * A server by its number.
     *
     * @param id 1 to the number of servers
     */
    public TestServer server(int id) {
        if (id < 1 || id > servers.size()) {
            throw new IllegalArgumentException(
                    "there is no server " + id + ", but 1 to " + servers.size());
        }
        return servers.get(id - 1);
    }

    /** The server that leads; waits for one. */
    public TestServer leader() {
        return found(
                "no server leads", () -> servers.stream().filter(TestServer::isLeader).findFirst());
    }

    /** Waits until all servers that run serve clients. */
    public void awaitServing() {
        await(
                "a server does not serve",
                () ->
                        servers.stream()
                                .allMatch(server -> !server.isRunning() || server.isServing()));
    }

    /** The servers' clocks. */
    public TestClock clock() {
        return clock;
    }

    /** All clients, in whatever session. */
    public Clients clients() {
        return sessions.all();
    }

    /** The clients of one session: one connection at a time, as a rule. */
    public Clients clients(long sessionId) {
        return sessions.of(sessionId);
    }

    // ---- what is done to it

    /**
     * Ends a session as its timeout would: ephemerals go, and its client hears of it when it
     * connects next, which is now. Returns when the servers have done it.
     *
     * <p>As anything that closes another's session by hand, this comes without the wait in which a
     * lease runs out. To see a session end by time, {@link Clients#refuse} its client and let the
     * {@link TestClock#hurry clock hurry}.
     *
     * @throws IllegalArgumentException if no client was seen with this session
     */
    public void expire(long sessionId) throws IOException {
        byte[] password = sessions.password(sessionId);
        if (password == null) {
            throw new IllegalArgumentException("no session 0x%x was seen".formatted(sessionId));
        }
        leader();
        for (TestServer server : servers) {
            for (int port : server.ownPort()) {
                if (server.isServing() && SessionEnd.end(port, sessionId, password)) {
                    sessions.of(sessionId).cut();
                    return;
                }
            }
        }
        throw new IOException("no server could end session 0x%x".formatted(sessionId));
    }

    /** Cuts off one server from the others, both ways; its clients still reach it. */
    public void isolate(int id) {
        partition(Set.of(server(id).id()));
    }

    /** From now on nothing passes between these servers and the others. Adds to other cuts. */
    public void partition(Set<Integer> side) {
        for (TestServer one : servers) {
            for (TestServer other : servers) {
                if (side.contains(one.id()) && !side.contains(other.id())) {
                    network.shut(one.id(), other.id(), true);
                    network.shut(other.id(), one.id(), true);
                }
            }
        }
    }

    /** From now on nothing that one server sends reaches the other; the way back stays open. */
    public void cutOneWay(int from, int to) {
        network.shut(server(from).id(), server(to).id(), true);
    }

    /** Servers reach each other again, and clients are left alone; stopped servers stay stopped. */
    public void heal() {
        network.heal();
        sessions.heal();
    }

    // ---- chance

    public long seed() {
        return seed;
    }

    /** Chance that follows from the seed; for the test's own decisions. */
    public RandomGenerator random() {
        return random;
    }

    /**
     * Does one harm that the seed chooses, so that a loop of it is a campaign: clients cut,
     * delayed, a request or an answer lost, a server cut off, stopped or started. A majority stays.
     *
     * @return what was done, for the test's log
     */
    public String disturb() throws StartException {
        TestServer any = servers.get(random.nextInt(servers.size()));
        return switch (random.nextInt(7)) {
            case 0 -> {
                clients().cut();
                yield "clients cut";
            }
            case 1 -> {
                clients().loseNextRequest();
                yield "next request will be lost";
            }
            case 2 -> {
                clients().loseNextAnswer();
                yield "next answer will be lost";
            }
            case 3 -> {
                clients().delay(SHORT_DELAY);
                yield "clients delayed by " + SHORT_DELAY.toMillis() + " ms";
            }
            case 4 -> {
                heal();
                yield "healed";
            }
            case 5 -> {
                startStopped();
                network.heal();
                isolate(any.id());
                yield "server " + any.id() + " isolated";
            }
            default -> {
                network.heal();
                if (startStopped() || servers.size() < SERVERS_TO_SPARE_ONE) {
                    yield "stopped servers started";
                }
                any.stop();
                yield "server " + any.id() + " stopped";
            }
        };
    }

    private boolean startStopped() throws StartException {
        boolean some = false;
        for (TestServer server : servers) {
            if (!server.isRunning()) {
                server.start();
                some = true;
            }
        }
        return some;
    }

    // ---- its end

    /** Stops all servers and deletes their data. */
    @Override
    public void close() {
        sessions.heal();
        network.close();
        servers.forEach(TestServer::close);
        delete(dir);
    }

    private static void delete(Path dir) {
        try (Stream<Path> files = Files.walk(dir)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void await(String otherwise, BooleanSupplier condition) {
        boolean _ =
                found(
                        otherwise,
                        () -> condition.getAsBoolean() ? Optional.of(true) : Optional.empty());
    }

    /** Looks until there is something. */
    private static <T> T found(String otherwise, Supplier<Optional<T>> look) {
        long deadlineNanos = System.nanoTime() + SERVE_SECONDS_MAX * 1_000_000_000L;
        while (true) {
            Optional<T> seen = look.get();
            if (seen.isPresent()) {
                return seen.get();
            }
            if (System.nanoTime() - deadlineNanos > 0) {
                throw new IllegalStateException(
                        otherwise + ", after " + SERVE_SECONDS_MAX + " seconds");
            }
            try {
                Thread.sleep(1);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException(otherwise + ", and the wait was interrupted", e);
            }
        }
    }

    /** What an ensemble is to be. Not thread-safe. */
    public static final class Builder {
        private final List<String> lines = new ArrayList<>();
        private int servers = 3;
        private int tickMillis = 100;
        private long seed = 1;

        private Builder() {}

        /**
         * How many servers.
         *
         * @param count 1 to 7
         */
        public Builder servers(int count) {
            if (count < 1 || count > SERVERS_MAX) {
                throw new IllegalArgumentException(
                        "servers is " + count + ", but must be 1 to " + SERVERS_MAX);
            }
            servers = count;
            return this;
        }

        /** What chance begins with. */
        public Builder seed(long newSeed) {
            seed = newSeed;
            return this;
        }

        /** The servers' tick: session timeouts are 2 to 20 of them. 100 ms unless told. */
        public Builder tickTime(int millis) {
            tickMillis = millis;
            return this;
        }

        /** A further line for the servers' configuration file: {@code key=value}. */
        public Builder config(String line) {
            lines.add(line);
            return this;
        }

        /** Starts it and waits until all servers serve. */
        public TestEnsemble start() throws IOException {
            Path dir = Files.createTempDirectory("quorate-testkit-");
            TestEnsemble ensemble;
            try {
                ensemble = new TestEnsemble(dir, this);
            } catch (ConfigException e) {
                delete(dir);
                throw new IOException(e.getMessage(), e);
            }
            try {
                for (TestServer server : ensemble.servers) {
                    server.start();
                }
                ensemble.awaitServing();
                return ensemble;
            } catch (IOException | RuntimeException e) {
                ensemble.close();
                throw e;
            }
        }
    }
}
