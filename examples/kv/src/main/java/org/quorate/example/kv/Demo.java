package org.quorate.example.kv;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.quorate.cluster.coordinator.Coordinator;
import org.quorate.cluster.fence.ShardId;
import org.quorate.cluster.plan.Spread;
import org.quorate.cluster.shard.Route;
import org.quorate.cluster.shard.Router;
import org.quorate.cluster.shard.ShardAdmin;
import org.quorate.cluster.shard.Shards;
import org.quorate.cluster.shard.Table;
import org.quorate.node.Quorate;

/**
 * The database on five local nodes, each a process, under load, through the days that operators
 * fear: a node killed, two added, one drained, one frozen past its session. At the end every
 * acknowledged write must be there. Ends with 0 if so.
 */
public final class Demo implements AutoCloseable {
    private static final int SHARDS = 32;
    private static final int REPLICAS = 3;
    private static final int WRITERS = 4;
    private static final long HEAL_SECONDS_MAX = 60;
    private static final long FREEZE_SECONDS = 7; // the nodes' sessions last 4
    private static final String[] ZONES = {"a", "b", "c"};

    private final Path dir = Files.createTempDirectory("quorate-kv-");
    private final Quorate service = Quorate.builder().tickTime(1_000).start();
    private final Coordinator coordinator = Coordinator.connect(service.connectString());
    private final Client client = new Client(coordinator, Duration.ofSeconds(15));
    private final Map<String, Process> nodes = new ConcurrentHashMap<>();
    private final long startNanos = System.nanoTime();
    private int started;

    private Demo() throws IOException {}

    /** Runs it all, about a minute. */
    public static void main(String[] args) throws Exception {
        long lost;
        try (Demo demo = new Demo()) {
            Runtime.getRuntime().addShutdownHook(new Thread(demo::killAll));
            lost = demo.run();
        }
        System.exit(lost == 0 ? 0 : 1);
    }

    private long run() throws Exception {
        Shards.admin(coordinator, Node.ROOT)
                .apply(
                        Table.named(Node.TABLE)
                                .shards(SHARDS)
                                .replicas(REPLICAS)
                                .spread(Spread.acrossZones())
                                .replicaGrace(Duration.ofSeconds(2)));
        for (int i = 0; i < 5; i++) {
            startNode();
        }
        healed("five nodes hold " + SHARDS + " shards, " + REPLICAS + " replicas each");
        try (Load load = new Load(client, WRITERS)) {
            step(load, "load for a while", () -> TimeUnit.SECONDS.sleep(3));
            step(load, "kill -9 node-2", () -> kill("node-2"));
            step(
                    load,
                    "add node-6 and node-7",
                    () -> {
                        startNode();
                        startNode();
                        await(() -> leads("node-6") && leads("node-7"));
                    });
            step(load, "split shard 3, merge shards 5 and 6", this::reshape);
            step(load, "drain node-1 and stop it", () -> drain("node-1"));
            step(load, "freeze node-3 for " + FREEZE_SECONDS + " s", () -> freeze("node-3"));
            long lost = load.verify();
            say(
                    "%d writes acknowledged, %d given up, %d acknowledged writes missing"
                            .formatted(load.writes(), load.failures(), lost));
            return lost;
        }
    }

    private interface Action {
        void run() throws Exception;
    }

    private void step(Load load, String what, Action action) throws Exception {
        say(what);
        long writes = load.writes();
        load.longestGapMillis();
        long beginNanos = System.nanoTime();
        action.run();
        await(this::whole);
        double seconds = (System.nanoTime() - beginNanos) / 1e9;
        say(
                "  whole after %.1f s; %.0f writes/s meanwhile, longest wait for one: %d ms"
                        .formatted(
                                seconds,
                                (load.writes() - writes) / seconds,
                                load.longestGapMillis()));
    }

    private void say(String what) {
        System.out.printf("%6.1f s  %s%n", (System.nanoTime() - startNanos) / 1e9, what);
    }

    // ---- what is done to nodes

    private void startNode() throws IOException {
        started++;
        String id = "node-" + started;
        Path out = dir.resolve(id + ".out");
        Process process =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-Xmx128m",
                                "-XX:+UseSerialGC",
                                "-cp",
                                System.getProperty("java.class.path"),
                                Node.class.getName(),
                                service.connectString(),
                                id,
                                ZONES[started % ZONES.length],
                                dir.resolve(id).toString())
                        .redirectErrorStream(true)
                        .redirectOutput(out.toFile())
                        .start();
        nodes.put(id, process);
    }

    private void kill(String id) throws Exception {
        taken(id).destroyForcibly().waitFor();
        await(() -> !holds(id));
    }

    private void reshape() throws Exception {
        ShardAdmin admin = Shards.admin(coordinator, Node.ROOT);
        admin.split(new ShardId(Node.TABLE, 3));
        admin.merge(new ShardId(Node.TABLE, 5), new ShardId(Node.TABLE, 6));
        await(() -> Stream.of(3, 5, 6).noneMatch(client.router().keys()::live));
    }

    private void drain(String id) throws Exception {
        Process process = taken(id);
        process.destroy(); // its shutdown hook drains
        process.waitFor();
    }

    private void freeze(String id) throws Exception {
        Process process = taken(id);
        signal(process, "STOP");
        try {
            TimeUnit.SECONDS.sleep(FREEZE_SECONDS);
        } finally {
            signal(process, "CONT");
            nodes.put(id, process);
        }
    }

    private static void signal(Process process, String signal) throws Exception {
        String pid = Long.toString(process.pid());
        new ProcessBuilder("kill", "-" + signal, pid).start().waitFor();
    }

    private Process taken(String id) {
        return Objects.requireNonNull(nodes.remove(id), id);
    }

    // ---- what the map says

    private void healed(String what) throws Exception {
        await(this::whole);
        say(what);
    }

    private boolean whole() {
        Router router = client.router();
        if (router.shards() < SHARDS || !router.keys().births().isEmpty()) {
            return false;
        }
        for (int shard = 0; shard < router.shards(); shard++) {
            if (!router.keys().live(shard)) {
                continue; // Split or merged away.
            }
            Route route = router.route(shard);
            if (!route.led() || route.followers().size() < REPLICAS - 1) {
                return false;
            }
        }
        return true;
    }

    private boolean leads(String id) {
        return anyRoute(route -> route.leader().id().equals(id));
    }

    private boolean holds(String id) {
        return anyRoute(route ->
                route.leader().id().equals(id)
                        || route.followers().stream().anyMatch(node -> node.id().equals(id)));
    }

    private boolean anyRoute(Predicate<Route> asked) {
        Router router = client.router();
        for (int shard = 0; shard < router.shards(); shard++) {
            if (asked.test(router.route(shard))) {
                return true;
            }
        }
        return false;
    }

    private static void await(BooleanSupplier condition) throws Exception {
        long deadlineNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(HEAL_SECONDS_MAX);
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - deadlineNanos > 0) {
                throw new IllegalStateException(
                        "not whole again after " + HEAL_SECONDS_MAX + " seconds");
            }
            TimeUnit.MILLISECONDS.sleep(10);
        }
    }

    private void killAll() {
        nodes.values().forEach(Process::destroyForcibly);
    }

    @Override
    public void close() throws IOException {
        killAll();
        client.close();
        coordinator.close();
        service.close();
        try (Stream<Path> files = Files.walk(dir)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
