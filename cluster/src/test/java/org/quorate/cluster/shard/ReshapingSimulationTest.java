package org.quorate.cluster.shard;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.quorate.cluster.coordinator.CoordinationException;
import org.quorate.cluster.coordinator.Coordinator;
import org.quorate.cluster.fence.ShardId;
import org.quorate.cluster.map.Assignment;

/**
 * Shards are split and merged while everything goes wrong. Every key has one owner at each instant,
 * and nothing that was acknowledged is missing. A failure names its seed; {@code
 * -Dquorate.seeds=10000} runs more of them, {@code -Dquorate.seeds.from=301} others.
 */
class ReshapingSimulationTest {
    private static final int SEEDS = Integer.getInteger("quorate.seeds", 30);
    private static final int FIRST_SEED = Integer.getInteger("quorate.seeds.from", 1);
    private static final int SHARDS = 4;

    private static Coordinator person(SimulatedCluster cluster) {
        return Coordinator.on(
                cluster.world.host("person", SimulatedCluster.SESSION),
                SimulatedCluster.SESSION.multipliedBy(2));
    }

    private static List<Integer> live(SimulatedCluster cluster) {
        List<Integer> live = new ArrayList<>();
        for (int s = 0; s < cluster.image.shards(); s++) {
            if (cluster.image.keys().live(s)) {
                live.add(s);
            }
        }
        return live;
    }

    private static ShardId any(SimulatedCluster cluster, List<Integer> live) {
        return new ShardId("t", live.get(cluster.random.nextInt(live.size())));
    }

    private static void wish(SimulatedCluster cluster, ShardAdmin admin) throws Exception {
        List<Integer> live = live(cluster);
        try {
            if (live.size() > 2 && cluster.random.nextInt(live.size()) > 2) {
                admin.merge(any(cluster, live), any(cluster, live));
            } else {
                admin.split(any(cluster, live));
            }
        } catch (IllegalArgumentException gone) {
            // It has been split or merged a moment ago, or was drawn twice.
        }
    }

    private static boolean settled(SimulatedCluster cluster) {
        if (!cluster.allLed() || !cluster.image.keys().births().isEmpty()) {
            return false;
        }
        for (int s = 0; s < cluster.image.shards(); s++) {
            ShardId shard = new ShardId("t", s);
            boolean gone = !cluster.image.keys().live(s);
            if (gone && cluster.nodes.stream().anyMatch(node -> node.open.contains(shard))) {
                return false;
            }
        }
        return true;
    }

    private static String run(long seed) throws Exception {
        try (SimulatedCluster cluster = SimulatedCluster.leading(seed, SHARDS, true);
                Coordinator person = person(cluster)) {
            ShardAdmin admin = Shards.admin(person, SimulatedCluster.ROOT);
            try {
                for (int i = 0; i < 8; i++) {
                    wish(cluster, admin);
                    cluster.trouble(Duration.ofSeconds(cluster.random.nextInt(10)));
                }
                boolean settled =
                        cluster.world.runUntil(() -> settled(cluster), Duration.ofMinutes(5));
                assertThat(settled).as("seed %d: settled\n%s", seed, cluster).isTrue();
            } catch (AssertionError broken) {
                throw new AssertionError("seed " + seed + ": " + broken.getMessage(), broken);
            }
            assertThat(cluster.staleAccepted).as("seed %d", seed).isZero();
            assertThat(cluster.lost).as("seed %d", seed).isZero();
            assertThat(cluster.missing()).as("seed %d", seed).isEmpty();
            return cluster.accepted
                    + " accepted, "
                    + cluster.image.shards()
                    + " shards ever, "
                    + cluster.image.version()
                    + " decisions, "
                    + cluster.world.eventsRun()
                    + " events";
        }
    }

    @Test
    void inAnyTroubleSplitsAndMergesLoseNothingAndComeToTheirEnd() throws Exception {
        for (long seed = FIRST_SEED; seed < FIRST_SEED + (long) SEEDS; seed++) {
            run(seed);
        }
    }

    @Test
    void theSameSeedGivesTheSameRun() throws Exception {
        for (long seed = 1; seed <= 2; seed++) {
            assertThat(run(seed)).as("seed %d", seed).isEqualTo(run(seed));
        }
    }

    @Test
    void withoutTheFenceStaleWritesAreAcceptedOrThisTestIsBlind() throws Exception {
        int lost = 0;
        for (long seed = 1; seed <= 400 && lost == 0; seed++) {
            try (SimulatedCluster cluster = SimulatedCluster.leading(seed, SHARDS, false);
                    Coordinator person = person(cluster)) {
                ShardAdmin admin = Shards.admin(person, SimulatedCluster.ROOT);
                for (int i = 0; i < 8; i++) {
                    wish(cluster, admin);
                    cluster.trouble(Duration.ofSeconds(8));
                }
                lost += cluster.lost + cluster.staleAccepted;
            }
        }
        assertThat(lost).isPositive();
    }

    /** Runs until a shard is in a state, then lets a node go, and expects the end all the same. */
    private static void loses(
            long seed, boolean merge, Predicate<SimulatedCluster> when, boolean planner)
            throws Exception {
        try (SimulatedCluster cluster = SimulatedCluster.leading(seed, SHARDS, true);
                Coordinator person = person(cluster)) {
            ShardAdmin admin = Shards.admin(person, SimulatedCluster.ROOT);
            if (merge) {
                admin.merge(new ShardId("t", 0), new ShardId("t", 1));
            } else {
                admin.split(new ShardId("t", 0));
            }
            boolean reached =
                    cluster.world.runUntil(() -> when.test(cluster), Duration.ofMinutes(2));
            assertThat(reached).as("seed %d\n%s", seed, cluster).isTrue();
            Assignment zero = cluster.image.get(0);
            for (SimulatedCluster.Node node : cluster.nodes) {
                boolean plans = node.planner.status().leading();
                boolean holds = node.open.contains(new ShardId("t", 0));
                if (planner ? plans : holds && !plans) {
                    node.host.pause(Duration.ofSeconds(9));
                    break;
                }
            }
            boolean settled =
                    cluster.world.runUntil(
                            () -> !cluster.image.keys().live(0) && settled(cluster),
                            Duration.ofMinutes(5));
            assertThat(settled).as("seed %d, was %s\n%s", seed, zero, cluster).isTrue();
            assertThat(cluster.lost).isZero();
            assertThat(cluster.missing()).isEmpty();
            assertThat(admin.pending("t")).isEmpty();
        }
    }

    @Test
    void whoeverIsLostAtWhicheverStepItComesToItsEnd() throws Exception {
        List<Predicate<SimulatedCluster>> steps =
                List.of(
                        cluster -> cluster.image.get(0).successor() != Assignment.NONE,
                        cluster -> !cluster.image.keys().births().isEmpty(),
                        cluster ->
                                !cluster.image.keys().live(0)
                                        && cluster.image.keys().births().isEmpty());
        for (long seed = 1; seed <= 2; seed++) {
            for (Predicate<SimulatedCluster> step : steps) {
                for (boolean merge : List.of(false, true)) {
                    loses(seed, merge, step, true);
                    loses(seed, merge, step, false);
                }
            }
        }
    }

    @Test
    void aRouterFollowsAndNeverNamesAShardThatHasNotTheKey() throws Exception {
        try (SimulatedCluster cluster = SimulatedCluster.leading(3, SHARDS, true);
                Coordinator person = person(cluster);
                Router router = Shards.router(person, SimulatedCluster.ROOT, "t")) {
            ShardAdmin admin = Shards.admin(person, SimulatedCluster.ROOT);
            cluster.world.runUntil(() -> router.shards() > 0, Duration.ofSeconds(5));
            Route before = router.route(cluster.sample.get(5));
            admin.split(before.shard());
            cluster.world.runUntil(
                    () -> !router.route(cluster.sample.get(5)).shard().equals(before.shard()),
                    Duration.ofSeconds(20));
            cluster.world.runUntil(() -> settled(cluster), Duration.ofSeconds(60));
            for (int i = 0; i < cluster.sample.size(); i++) {
                Route route = router.route(cluster.sample.get(i));
                assertThat(cluster.keysOf.get(route.shard().index())).contains(i);
                assertThat(route.led()).isTrue();
            }
            Route after = router.route(cluster.sample.get(5));
            assertThat(after.epoch().value()).isGreaterThan(before.epoch().value());
            // Whoever still asks by the old number finds nobody.
            assertThat(router.route(before.shard().index()).led()).isFalse();
        }
    }

    @Test
    void whatCannotBeSplitOrMergedIsRefusedBeforeAnythingIsDone() throws Exception {
        try (SimulatedCluster cluster = SimulatedCluster.leading(4, SHARDS, true);
                Coordinator person = person(cluster)) {
            ShardAdmin admin = Shards.admin(person, SimulatedCluster.ROOT);
            for (Refused refused :
                    List.<Refused>of(
                            () -> admin.split(new ShardId("t", SHARDS)),
                            () -> admin.split(new ShardId("none", 0)),
                            () -> admin.merge(new ShardId("t", 1), new ShardId("t", 1)),
                            () -> admin.merge(new ShardId("t", 1), new ShardId("u", 2)))) {
                assertThat(refusal(refused)).isNotBlank();
            }
            long version = cluster.image.version();
            cluster.world.run(Duration.ofSeconds(5));
            assertThat(cluster.image.version()).isEqualTo(version);
        }
    }

    private interface Refused {
        void run() throws CoordinationException, InterruptedException;
    }

    private static String refusal(Refused refused) throws Exception {
        try {
            refused.run();
            throw new AssertionError("not refused");
        } catch (IllegalArgumentException expected) {
            return expected.getMessage();
        }
    }
}
