package org.quorate.cluster.shard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongFunction;
import org.junit.jupiter.api.Test;

/**
 * The whole of it in simulated worlds: real nodes, real planners, virtual time. A failure names its
 * seed. {@code -Dquorate.seeds=300} runs more of them, {@code -Dquorate.seeds.from=301} others;
 * {@link ShardCampaign} runs thousands.
 */
class ShardSimulationTest {
    private static final int SEEDS = Integer.getInteger("quorate.seeds", 40);
    private static final int FIRST_SEED = Integer.getInteger("quorate.seeds.from", 1);
    private static final int SHARDS = 8;
    private static final Duration TROUBLE = Duration.ofSeconds(60);

    /** What a run amounted to: the same seed must give the same. */
    private static String run(long seed) throws Exception {
        return run(SimulatedCluster.leading(seed, SHARDS, true), seed);
    }

    private static String run(SimulatedCluster begun, long seed) {
        try (SimulatedCluster cluster = begun) {
            try {
                cluster.trouble(TROUBLE);
                boolean led = cluster.world.runUntil(cluster::allLed, Duration.ofMinutes(3));
                assertThat(led).as("seed %d: led again\n%s", seed, cluster).isTrue();
            } catch (AssertionError broken) {
                throw new AssertionError("seed " + seed + ": " + broken.getMessage(), broken);
            }
            assertThat(cluster.staleAccepted).as("seed %d", seed).isZero();
            return cluster.accepted
                    + " accepted, "
                    + cluster.staleRefused
                    + " refused, "
                    + cluster.image.version()
                    + " decisions, "
                    + cluster.world.eventsRun()
                    + " events";
        }
    }

    @Test
    void inAnyTroubleThereIsOneOwnerAndAfterItEveryShardIsLed() throws Exception {
        for (long seed = FIRST_SEED; seed < FIRST_SEED + (long) SEEDS; seed++) {
            run(seed);
        }
    }

    @Test
    void theSameHoldsOfSessionsThatAreBoundToTheirConnection() throws Exception {
        for (long seed = FIRST_SEED; seed < FIRST_SEED + SEEDS / 2L; seed++) {
            run(new SimulatedCluster(seed, 5, SHARDS, true, true, host -> {}).lead(), seed);
        }
    }

    @Test
    void aServerThatEndsBoundSessionsTooSoonIsFoundOut() throws Exception {
        assertTwoOwnersAreFound(seed ->
                new SimulatedCluster(seed, 5, SHARDS, true, true, host -> host.announceGrace(0.2)));
    }

    /** In one of some dozens of worlds in which something is broken. */
    private static void assertTwoOwnersAreFound(LongFunction<SimulatedCluster> broken)
            throws Exception {
        for (long seed = 1; seed <= 60; seed++) {
            try (SimulatedCluster cluster = broken.apply(seed)) {
                cluster.lead().trouble(TROUBLE);
            } catch (AssertionError found) {
                assertThat(found.getMessage()).contains("two owners");
                return;
            }
        }
        fail("no two owners are found");
    }

    /** Somebody saw the lease end; then a late proof came, and its holder was never told. */
    @Test
    void aLeaseThatWasSeenToEndIsGivenUpThoughALateProofComes() throws Exception {
        run(3314);
    }

    @Test
    void theSameSeedGivesTheSameRun() throws Exception {
        for (long seed = 1; seed <= 3; seed++) {
            assertThat(run(seed)).as("seed %d", seed).isEqualTo(run(seed));
        }
    }

    @Test
    void withoutTheFenceStaleWritesAreAcceptedOrThisTestIsBlind() throws Exception {
        int accepted = 0;
        for (long seed = 1; seed <= 400 && accepted == 0; seed++) {
            try (SimulatedCluster cluster = SimulatedCluster.leading(seed, SHARDS, false)) {
                cluster.trouble(TROUBLE);
                accepted += cluster.staleAccepted;
            }
        }
        assertThat(accepted).isPositive();
    }

    @Test
    void leasesLongerThanTheSessionAreFoundOut() throws Exception {
        assertTwoOwnersAreFound(seed ->
                new SimulatedCluster(
                        seed, 5, SHARDS, true, false, host -> host.announceTimeout(4)));
    }

    @Test
    void inQuietTheRulesHoldAndNothingMovesAnyMore() throws Exception {
        for (long seed = 1; seed <= 3; seed++) {
            try (SimulatedCluster cluster = SimulatedCluster.leading(seed, SHARDS, true)) {
                cluster.trouble(Duration.ofSeconds(20));
                cluster.world.run(Duration.ofMinutes(45)); // Until every node passes for steady.
                long version = cluster.image.version();
                PlannerStatus status = cluster.planning().orElseThrow();
                assertThat(status.underReplicated()).as("seed %d", seed).isZero();
                assertThat(status.shortfalls()).as("seed %d", seed).isEmpty();
                for (int s = 0; s < SHARDS; s++) {
                    assertThat(cluster.zonesOf(s)).as("seed %d shard %d", seed, s).hasSize(3);
                }
                cluster.world.run(Duration.ofMinutes(5));
                assertThat(cluster.image.version()).as("seed %d", seed).isEqualTo(version);
            }
        }
    }

    @Test
    void aDrainedNodeIsEmptiedWithoutAGapLongerThanAHandOver() throws Exception {
        try (SimulatedCluster cluster = SimulatedCluster.leading(4, SHARDS, true)) {
            cluster.world.run(Duration.ofSeconds(10));
            SimulatedCluster.Node leaving = cluster.nodes.get(3);
            Shards.admin(cluster.nodes.get(0).coordinator, SimulatedCluster.ROOT)
                    .drain(leaving.name, true);
            boolean empty = cluster.world.runUntil(leaving.open::isEmpty, Duration.ofMinutes(5));
            assertThat(empty).isTrue();
            assertThat(leaving.leading).isEmpty();
            assertThat(cluster.world.runUntil(cluster::allLed, Duration.ofSeconds(5))).isTrue();
        }
    }

    @Test
    void callbacksThatThrowNowAndThenStopNothing() throws Exception {
        for (long seed = 1; seed <= 5; seed++) {
            try (SimulatedCluster cluster = new SimulatedCluster(seed, 5, SHARDS, true)) {
                cluster.nodes.forEach(node -> node.failEvery = 3);
                cluster.admin().apply(SimulatedCluster.table(SHARDS));
                boolean led = cluster.world.runUntil(cluster::allLed, Duration.ofMinutes(2));
                assertThat(led).as("seed %d", seed).isTrue();
            }
        }
    }

    @Test
    void aNodeThatFailsEveryCallIsGivenNothingMore() throws Exception {
        try (SimulatedCluster cluster = new SimulatedCluster(7, 7, SHARDS, true)) {
            SimulatedCluster.Node broken = cluster.nodes.get(1);
            broken.failEvery = 1;
            cluster.admin().apply(SimulatedCluster.table(SHARDS));
            boolean led = cluster.world.runUntil(cluster::allLed, Duration.ofMinutes(5));
            assertThat(led).as("%s", cluster).isTrue();
            assertThat(broken.leading).isEmpty();
            assertThat(cluster.planning().orElseThrow().alerts())
                    .anySatisfy(
                            alert -> assertThat(alert).contains("n1").contains("fails on purpose"));
        }
    }

    @Test
    void aNodeThatCannotSayThatItWantsToGoIsNotTakenForDrained() throws Exception {
        try (SimulatedCluster cluster = new SimulatedCluster(5, 5, SHARDS, true)) {
            cluster.world.run(Duration.ofSeconds(5));
            SimulatedCluster.Node alone = cluster.nodes.get(2);
            alone.host.cut();
            List<Boolean> said = new ArrayList<>();
            alone.host.execute(() -> {
                try {
                    said.add(alone.shardNode.drain(Duration.ofSeconds(2)));
                } catch (InterruptedException closing) {
                    Thread.currentThread().interrupt();
                }
            });
            cluster.world.run(Duration.ofSeconds(4));
            assertThat(said).containsExactly(false);
        }
    }
}
