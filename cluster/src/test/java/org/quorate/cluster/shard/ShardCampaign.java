package org.quorate.cluster.shard;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;

/**
 * Thousands of seeds of {@link ShardSimulationTest}'s troubles, and some of them again without the
 * fence. Not run by the build.
 *
 * <pre>./build -B -ntp -pl cluster -Dtest=ShardCampaign -Dquorate.seeds=10000 test</pre>
 *
 * <p>{@code -Dquorate.seeds.from=2001} begins with another seed, so that it can run in pieces.
 */
class ShardCampaign {
    private static final int SEEDS = Integer.getInteger("quorate.seeds", 10_000);
    private static final int FIRST_SEED = Integer.getInteger("quorate.seeds.from", 1);
    private static final int WITHOUT_FENCE_EVERY = 20;
    private static final int TOLD_EVERY = 500;
    private static final int SHARDS = 8;
    private static final Duration TROUBLE = Duration.ofSeconds(60);

    private long accepted;
    private long refused;
    private long decisions;
    private final List<String> broken = new ArrayList<>();

    @Test
    void noSeedHasTwoOwnersOrAStaleWriteThatIsAccepted() throws Exception {
        int without = 0;
        int blind = 0;
        for (int i = 0; i < SEEDS; i++) {
            long seed = FIRST_SEED + i;
            run(seed);
            if (seed % WITHOUT_FENCE_EVERY == 0) {
                without++;
                blind += staleWithoutFence(seed) ? 0 : 1;
            }
            if ((i + 1) % TOLD_EVERY == 0 || i + 1 == SEEDS) {
                System.out.printf(
                        Locale.ROOT,
                        "seeds %d to %d: %,d writes accepted, %,d stale ones refused, %,d decisions,"
                                + " broken: %s; without the fence %d of %d took a stale one%n",
                        FIRST_SEED,
                        seed,
                        accepted,
                        refused,
                        decisions,
                        broken,
                        without - blind,
                        without);
            }
        }
        assertThat(broken).isEmpty();
        assertThat(without - blind).as("without the fence stale writes are taken").isPositive();
    }

    private void run(long seed) throws Exception {
        boolean bound = seed % 3 == 0; // Sessions end with their connections then.
        try (SimulatedCluster cluster =
                new SimulatedCluster(seed, 5, SHARDS, true, bound, host -> {})) {
            cluster.lead().trouble(TROUBLE);
            boolean led = cluster.world.runUntil(cluster::allLed, Duration.ofMinutes(3));
            if (!led || cluster.staleAccepted > 0 || cluster.lost > 0) {
                broken.add(
                        String.format(
                                "seed %d: led %s, %d stale accepted, %d lost",
                                seed, led, cluster.staleAccepted, cluster.lost));
            }
            accepted += cluster.accepted;
            refused += cluster.staleRefused;
            decisions += cluster.image.version();
        } catch (AssertionError failed) {
            broken.add("seed " + seed + ": " + failed.getMessage());
        }
    }

    private static boolean staleWithoutFence(long seed) throws Exception {
        try (SimulatedCluster cluster = SimulatedCluster.leading(seed, SHARDS, false)) {
            cluster.trouble(TROUBLE);
            return cluster.staleAccepted > 0;
        }
    }
}
