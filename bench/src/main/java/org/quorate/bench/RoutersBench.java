package org.quorate.bench;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.quorate.cluster.coordinator.Coordinator;
import org.quorate.cluster.fence.Epoch;
import org.quorate.cluster.fence.LeaderLease;
import org.quorate.cluster.fence.ShardId;
import org.quorate.cluster.map.MapPaths;
import org.quorate.cluster.member.Profile;
import org.quorate.cluster.move.MoveLimits;
import org.quorate.cluster.plan.Spread;
import org.quorate.cluster.shard.Handoff;
import org.quorate.cluster.shard.NodeRef;
import org.quorate.cluster.shard.Router;
import org.quorate.cluster.shard.ShardHost;
import org.quorate.cluster.shard.ShardNode;
import org.quorate.cluster.shard.ShardPlanner;
import org.quorate.cluster.shard.Shards;
import org.quorate.cluster.shard.Table;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;

/**
 * How long a decision about shards takes to be in the maps of a thousand routers, each in a session
 * and on a connection of its own, each with its own watch and its own read: in production each is a
 * process on a machine of its own. What is measured is the toolkit's own router; only the client
 * below it is a lean one ({@link LeanSessions}), since a thousand of ZooKeeper's in one process are
 * three thousand threads. A few routers on Curator run beside them, so that what the lean client
 * spares can be seen.
 */
@CommandLine.Command(
        name = "routers",
        mixinStandardHelpOptions = true,
        description = "Measures how long a decision takes to reach a thousand routers.")
public final class RoutersBench implements Callable<Integer> {
    private static final String ROOT = "/routers-bench";
    private static final String TABLE = "t";
    private static final Duration SESSION = Duration.ofSeconds(30);
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int SURVIVORS = 10;
    private static final MoveLimits ALL_AT_ONCE =
            new MoveLimits(1_000, 10_000, 10_000, 10_000, 100_000, 1_000, 1);

    @CommandLine.Option(
            names = "--kind",
            description = "${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE})")
    private ServerProcess.Kind kind = ServerProcess.Kind.QUORATE;

    @CommandLine.Option(names = "--routers", description = "default: ${DEFAULT-VALUE}")
    private int routers = 1_000;

    @CommandLine.Option(
            names = "--on-curator",
            description = "routers beside them on Curator (default: ${DEFAULT-VALUE})")
    private int onCurator = 10;

    @CommandLine.Option(names = "--shards", description = "default: ${DEFAULT-VALUE}")
    private int shards = 1_000;

    @CommandLine.Option(
            names = "--losses",
            description = "nodes lost one after the other (default: ${DEFAULT-VALUE})")
    private int losses = 10;

    @CommandLine.Option(
            names = "--warm",
            description = "losses before, which are not counted (default: ${DEFAULT-VALUE})")
    private int warm = 5;

    @CommandLine.Option(names = "--config", split = ",", description = "lines for the server")
    private List<String> config = List.of();

    private final Deque<Coordinator> nodes = new ArrayDeque<>();

    /** Runs the measurement; see {@code --help}. */
    public static void main(String[] args) {
        // A thousand sessions each have a line for their beginning and one for their end.
        ((Logger) LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME)).setLevel(Level.WARN);
        System.exit(new CommandLine(new RoutersBench()).execute(args));
    }

    @Override
    public Integer call() throws Exception {
        List<String> lines = new ArrayList<>(config);
        lines.add("maxClientCnxns=0");
        try (ServerProcess server = ServerProcess.start(kind, lines, List.of())) {
            measure(server);
        }
        return 0;
    }

    private void measure(ServerProcess server) throws Exception {
        String connect = "127.0.0.1:" + server.clientPort();
        List<Followed> lean = new ArrayList<>();
        List<Followed> real = new ArrayList<>();
        try (LeanSessions sessions = new LeanSessions(server.address());
                Coordinator coordinator = Coordinator.connect(connect, SESSION);
                ShardPlanner planner = Shards.planner(coordinator, ROOT, "planner")) {
            try {
                startNodes(connect);
                Shards.admin(coordinator, ROOT).apply(table());
                for (int i = 0; i < routers; i++) {
                    lean.add(Followed.lean(sessions));
                }
                for (int i = 0; i < onCurator; i++) {
                    real.add(Followed.onCurator(connect));
                }
                for (Followed one : all(lean, real)) {
                    if (!one.router().awaitReady(PATIENCE)) {
                        throw new IOException("a router is not ready");
                    }
                }
                Run run = new Run(server, sessions, coordinator, planner, lean, real);
                for (int i = 0; i < warm; i++) {
                    run.loss(new Figures());
                }
                Figures figures = new Figures();
                for (int i = 0; i < losses; i++) {
                    run.loss(figures);
                }
                print(figures);
            } finally {
                all(lean, real).forEach(Followed::close);
                nodes.forEach(Coordinator::close);
            }
        }
    }

    private Table table() {
        return Table.named(TABLE)
                .shards(shards)
                .replicas(3)
                .spread(Spread.acrossZones())
                .replicaGrace(Duration.ZERO)
                .moves(ALL_AT_ONCE);
    }

    /** Losses of one node after the other. */
    private final class Run {
        private final ServerProcess server;
        private final LeanSessions sessions;
        private final Coordinator coordinator;
        private final ShardPlanner planner;
        private final List<Followed> lean;
        private final List<Followed> real;

        Run(
                ServerProcess server,
                LeanSessions sessions,
                Coordinator coordinator,
                ShardPlanner planner,
                List<Followed> lean,
                List<Followed> real) {
            this.server = server;
            this.sessions = sessions;
            this.coordinator = coordinator;
            this.planner = planner;
            this.lean = lean;
            this.real = real;
        }

        void loss(Figures figures) throws Exception {
            quiet();
            System.gc(); // A thousand processes would not all do that in the midst of an update.
            TimeUnit.MILLISECONDS.sleep(500);
            long before = lean.getFirst().router().version();
            all(lean, real).forEach(one -> one.begin(before));
            figures.add(-1, server, sessions);
            nodes.removeFirst().close(); // Its session ends.
            quiet();
            figures.add(1, server, sessions);
            long after = lean.getFirst().router().version();
            for (int step = 0; step < after - before; step++) {
                String path = new MapPaths(ROOT).log(TABLE, before + 1 + step);
                long made = coordinator.znodes().read(path).orElseThrow().createdMillis();
                figures.decisions++;
                for (Followed one : lean) {
                    (step == 0 ? figures.first : figures.further).add(one.atMillis(step) - made);
                }
                for (Followed one : real) {
                    (step == 0 ? figures.firstReal : figures.furtherReal)
                            .add(one.atMillis(step) - made);
                }
            }
        }

        /** Waits until nothing is to be done and everybody knows it. */
        private void quiet() throws Exception {
            TimeUnit.MILLISECONDS.sleep(500);
            if (!Shards.admin(coordinator, ROOT).awaitQuiet(planner, PATIENCE)) {
                throw new IOException("not quiet: " + planner.status());
            }
            await(
                    () ->
                            all(lean, real).stream()
                                            .mapToLong(one -> one.router().version())
                                            .distinct()
                                            .count()
                                    == 1,
                    "all routers know the same");
            TimeUnit.MILLISECONDS.sleep(500);
        }
    }

    private static List<Followed> all(List<Followed> some, List<Followed> others) {
        List<Followed> all = new ArrayList<>(some);
        all.addAll(others);
        return all;
    }

    private static long processCpuNanos() {
        return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
                .getProcessCpuTime();
    }

    private void startNodes(String connect) throws Exception {
        for (int i = 0; i < SURVIVORS + warm + losses; i++) {
            String id = "n%04d".formatted(i);
            Coordinator tie = Coordinator.connect(connect, SESSION);
            ShardNode node =
                    Shards.node(tie, ROOT, id)
                            .profile(Profile.at(id + ":7000").zone("z" + i % 3))
                            .host(new Idle())
                            .start();
            if (!node.awaitJoined(PATIENCE)) {
                throw new IOException(id + " has not joined");
            }
            nodes.add(tie);
        }
    }

    /** A database that has nothing to do. */
    private static final class Idle implements ShardHost {
        @Override
        public void open(ShardId shard, Epoch epoch, List<NodeRef> sources) {}

        @Override
        public void promote(ShardId shard, LeaderLease lease, Handoff handoff) {}

        @Override
        public void close(ShardId shard, boolean deleteData) {}
    }

    private static void await(BooleanSupplier condition, String what) throws Exception {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - end > 0) {
                throw new IOException("not within " + PATIENCE + ": " + what);
            }
            TimeUnit.MILLISECONDS.sleep(100);
        }
    }

    /** What was seen in all losses. */
    private static final class Figures {
        private final List<Long> first = new ArrayList<>();
        private final List<Long> further = new ArrayList<>();
        private final List<Long> firstReal = new ArrayList<>();
        private final List<Long> furtherReal = new ArrayList<>();
        private long decisions;
        private long requests;
        private long serverMicros;
        private long microsHere;

        /** Adds, or takes away, what has been used by now. */
        void add(int sign, ServerProcess server, LeanSessions sessions) throws IOException {
            requests += sign * sessions.requests();
            serverMicros += sign * ProcessCpu.of(List.of(server.pid())).serverMicros();
            microsHere += sign * processCpuNanos() / 1_000;
        }
    }

    private void print(Figures figures) {
        System.out.printf(
                Locale.ROOT,
                "%s: %,d routers in as many sessions, %d on Curator beside them; %d losses, %.1f"
                        + " decisions each%n",
                kind,
                routers,
                onCurator,
                losses,
                (double) figures.decisions / losses);
        print("the first decision of a loss", figures.first);
        print("… the routers on Curator", figures.firstReal);
        print("those that follow at once", figures.further);
        print("… the routers on Curator", figures.furtherReal);
        System.out.printf(
                Locale.ROOT,
                "requests per router and decision %.3f; CPU per loss: server %d ms, all else %d ms;"
                        + " load average %.1f%n",
                (double) figures.requests / figures.decisions / routers,
                figures.serverMicros / losses / 1_000,
                figures.microsHere / losses / 1_000,
                ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage());
    }

    private static void print(String what, List<Long> millis) {
        long[] sorted = millis.stream().mapToLong(m -> m).sorted().toArray();
        System.out.printf(
                Locale.ROOT,
                "  %-29s p50 %4d  p99 %4d  most %4d ms%n",
                what,
                at(sorted, 0.5),
                at(sorted, 0.99),
                LongStream.of(sorted).max().orElse(0));
    }

    private static long at(long[] sorted, double part) {
        return sorted.length == 0 ? 0 : sorted[(int) (sorted.length * part)];
    }

    /** A router, and when it reached each version of the map. Safe for many threads. */
    private static final class Followed {
        private static final int VERSIONS_MAX = 1_000;

        private final long[] atMillis = new long[VERSIONS_MAX];
        private final Coordinator coordinator;
        private final Router router;
        private @Nullable Thread waiting;
        private long before;
        private int seen;

        private Followed(Coordinator coordinator) {
            this.coordinator = coordinator;
            this.router = Shards.router(coordinator, ROOT, TABLE);
        }

        /** The host tells of each step of its router. */
        static Followed lean(LeanSessions sessions) throws IOException {
            List<Followed> made = new ArrayList<>(1);
            LeanSession session =
                    sessions.open(() -> {
                        synchronized (made) {
                            made.forEach(Followed::look);
                        }
                    });
            Followed followed = new Followed(Coordinator.on(session, PATIENCE));
            synchronized (made) {
                made.add(followed);
            }
            return followed;
        }

        /** A thread of its own waits for each version. */
        static Followed onCurator(String connect) {
            Followed followed = new Followed(Coordinator.connect(connect, SESSION));
            followed.waiting = Thread.ofPlatform().daemon().start(followed::waitForEach);
            return followed;
        }

        private void waitForEach() {
            try {
                long known = 0;
                while (true) {
                    router.awaitVersion(known + 1, PATIENCE);
                    known = router.version();
                    look();
                }
            } catch (InterruptedException closing) {
                // That is the end.
            }
        }

        Router router() {
            return router;
        }

        synchronized void begin(long version) {
            before = version;
            seen = 0;
        }

        private synchronized void look() {
            long steps = router.version() - before;
            for (long now = System.currentTimeMillis(); seen < steps; seen++) {
                if (seen < VERSIONS_MAX) {
                    atMillis[seen] = now;
                }
            }
        }

        /** When it had made so many steps and one. */
        synchronized long atMillis(int step) {
            return atMillis[step];
        }

        void close() {
            if (waiting != null) {
                waiting.interrupt();
            }
            router.close();
            coordinator.close();
        }
    }
}
