package org.quorate.compat.shards;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.quorate.bench.ServerProcess;
import org.quorate.bench.ServerProcess.Kind;
import org.quorate.cluster.coordinator.Coordinator;
import org.quorate.cluster.move.MoveLimits;
import org.quorate.cluster.plan.Spread;
import org.quorate.cluster.shard.ShardPlanner;
import org.quorate.cluster.shard.Shards;
import org.quorate.cluster.shard.Table;

/**
 * Owners as processes that are killed with {@code kill -9} and frozen for longer than their
 * sessions, on Quorate and on ZooKeeper. {@code -Dshards.rounds=N} freezes and kills more of them.
 */
@Timeout(300)
class ShardProcessesTest {
    private static final int SHARDS = 30;
    private static final int NODES = 4;
    private static final int ROUNDS = Integer.getInteger("shards.rounds", 2);
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /** A service, owners on it, and the storage that they write to. */
    private static final class Town implements AutoCloseable {
        private final ServerProcess service;
        private final Storage storage;
        private final Coordinator coordinator;
        private final ShardPlanner planner;
        private final Duration session;
        private final Duration grace;
        private final Map<String, Process> owners = new TreeMap<>();
        private int started;

        Town(Kind kind, boolean fenced, Duration session, Duration grace) throws Exception {
            this.session = session;
            this.grace = grace;
            service = ServerProcess.start(kind, List.of("tickTime=500"), List.of());
            storage = new Storage(fenced);
            coordinator = Coordinator.connect(connectString(), Duration.ofSeconds(10));
            planner = Shards.planner(coordinator, Owner.ROOT, "planner");
            Shards.admin(coordinator, Owner.ROOT)
                    .apply(
                            Table.named(Owner.TABLE)
                                    .shards(SHARDS)
                                    .replicas(2)
                                    .spread(Spread.none())
                                    .moves(
                                            new MoveLimits(
                                                    1_000, 1_000, 1_000, 1_000, 1_000, 1_000, 1))
                                    .replicaGrace(Duration.ZERO));
            for (int i = 0; i < NODES; i++) {
                startOwner();
            }
            awaitLed();
        }

        private String connectString() {
            return "127.0.0.1:" + service.clientPort();
        }

        void startOwner() throws IOException {
            started++;
            String name = "n" + started;
            owners.put(
                    name,
                    new ProcessBuilder(
                                    Path.of(System.getProperty("java.home"), "bin", "java")
                                            .toString(),
                                    "-Xmx64m",
                                    "-XX:+UseSerialGC",
                                    "-XX:TieredStopAtLevel=1",
                                    "-cp",
                                    System.getProperty("java.class.path"),
                                    Owner.class.getName(),
                                    connectString(),
                                    name,
                                    "z",
                                    Integer.toString(storage.port()),
                                    Long.toString(session.toMillis()),
                                    Long.toString(grace.toMillis()))
                            .redirectErrorStream(true)
                            .redirectOutput(new File("/dev/null"))
                            .start());
        }

        Set<Integer> ledBy(String owner) {
            return storage.promotions().entrySet().stream()
                    .filter(one -> one.getValue().owner().equals(owner))
                    .map(Map.Entry::getKey)
                    .collect(Collectors.toSet());
        }

        /** All is led by processes that are there, and nothing is under way. */
        void awaitLed() throws InterruptedException {
            await().atMost(PATIENCE)
                    .until(() ->
                            storage.promotions().size() == SHARDS
                                    && storage.promotions().values().stream()
                                            .allMatch(p -> owners.containsKey(p.owner())));
            assertThat(Shards.admin(coordinator, Owner.ROOT).awaitQuiet(planner, PATIENCE))
                    .isTrue();
        }

        String any(Random random) {
            List<String> leading =
                    owners.keySet().stream().filter(owner -> !ledBy(owner).isEmpty()).toList();
            return leading.get(random.nextInt(leading.size()));
        }

        /** Milliseconds from kill -9 until the last of its shards is led by another. */
        double kill(String owner) throws Exception {
            Set<Integer> led = ledBy(owner);
            Process process = owners.remove(owner);
            long killedNanos = System.nanoTime();
            process.destroyForcibly();
            await().pollInterval(Duration.ofMillis(5))
                    .atMost(PATIENCE)
                    .until(() -> Collections.disjoint(ledBy(owner), led));
            long lastNanos = killedNanos;
            for (int shard : led) {
                Storage.Promotion next = storage.promotions().get(shard);
                lastNanos = Math.max(lastNanos, next == null ? 0 : next.nanos());
            }
            process.waitFor();
            return (lastNanos - killedNanos) / 1e6;
        }

        /** Stands still until others lead what it led, and goes on in mid-write. */
        void freeze(String owner) throws Exception {
            Set<Integer> led = ledBy(owner);
            signal(owner, "STOP");
            try {
                await().atMost(PATIENCE).until(() -> Collections.disjoint(ledBy(owner), led));
                TimeUnit.MILLISECONDS.sleep(300); // Its successors have begun to write.
            } finally {
                signal(owner, "CONT");
            }
        }

        private void signal(String owner, String signal) throws Exception {
            String pid = Long.toString(owners.get(owner).pid());
            new ProcessBuilder("kill", "-" + signal, pid).start().waitFor();
        }

        @Override
        public void close() throws Exception {
            owners.values().forEach(Process::destroyForcibly);
            planner.close();
            coordinator.close();
            storage.close();
            for (Process owner : owners.values()) {
                owner.waitFor();
            }
            service.close();
        }
    }

    private static void ordeal(Town town) throws Exception {
        Random random = new Random(17);
        for (int i = 0; i < ROUNDS; i++) {
            town.freeze(town.any(random));
            town.awaitLed();
        }
    }

    private static void assertOneOwner(Town town) {
        assertThat(town.storage.staleAccepted()).as("stale writes taken").isZero();
        assertThat(town.storage.doubleOwners()).as("two leases at once").isZero();
        assertThat(town.storage.accepted()).isGreaterThan(SHARDS);
    }

    /** Median of the rounds, in milliseconds. */
    private static double kills(Town town, String what) throws Exception {
        Random random = new Random(19);
        List<Double> millis = new ArrayList<>();
        for (int i = 0; i < ROUNDS; i++) {
            millis.add(town.kill(town.any(random)));
            town.startOwner();
            town.awaitLed();
        }
        Collections.sort(millis);
        System.out.println(what + ": led again after kill -9, ms, detection included: " + millis);
        return millis.get(millis.size() / 2);
    }

    @Test
    void onQuorateAKilledProcessIsSucceededLongBeforeItsSessionWouldHaveEnded() throws Exception {
        Duration session = Duration.ofSeconds(6);
        try (Town town = new Town(Kind.QUORATE, true, session, Coordinator.RECONNECT_GRACE)) {
            assertThat(kills(town, "Quorate, bound sessions")).isLessThan(4_000);
            ordeal(town);
            assertOneOwner(town);
        }
    }

    @Test
    void onZooKeeperAKilledProcessIsSucceededWhenItsSessionHasEnded() throws Exception {
        Duration session = Duration.ofSeconds(2);
        try (Town town = new Town(Kind.ZOOKEEPER, true, session, Coordinator.RECONNECT_GRACE)) {
            assertThat(kills(town, "ZooKeeper, sessions of 2 s")).isLessThan(6_000);
            ordeal(town);
            assertOneOwner(town);
        }
    }

    @Test
    void withoutTheFenceStaleWritesAreAcceptedOrThisTestIsBlind() throws Exception {
        Duration session = Duration.ofSeconds(2);
        try (Town town = new Town(Kind.QUORATE, false, session, Duration.ZERO)) {
            Random random = new Random(23);
            for (int i = 0; i < 20 && town.storage.staleAccepted() == 0; i++) {
                town.freeze(town.any(random));
                town.awaitLed();
            }
            assertThat(town.storage.staleAccepted()).isPositive();
        }
    }
}
