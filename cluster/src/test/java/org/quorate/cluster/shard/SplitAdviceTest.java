package org.quorate.cluster.shard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.quorate.cluster.coordinator.Bytes;
import org.quorate.cluster.fence.ShardId;

/** Shards that stay too heavy are named, offered to the database, and split where it says. */
class SplitAdviceTest {
    private static final long PER_KEY = 100;
    private static final long MOST = 1_500;

    /** Two shards of some 32 keys each, every key used as much as the next. */
    private static SimulatedCluster cluster(Table table) throws Exception {
        SimulatedCluster cluster = new SimulatedCluster(11, 5, table.rules().shards(), true);
        cluster.queries = shard -> PER_KEY * cluster.keysOf.getOrDefault(shard, List.of()).size();
        cluster.admin().apply(table);
        assertThat(cluster.world.runUntil(cluster::allLed, Duration.ofMinutes(2))).isTrue();
        return cluster;
    }

    private static Table table() {
        return SimulatedCluster.table(2).splitAbove("qps", MOST);
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

    @Test
    void aShardThatStaysTooHeavyIsSplitUntilItsPartsAreNot() throws Exception {
        try (SimulatedCluster cluster = cluster(table())) {
            cluster.cut = SplitAdvice::middle;
            cluster.world.run(Duration.ofMinutes(6));
            assertThat(live(cluster)).hasSizeGreaterThan(3);
            for (int shard : live(cluster)) {
                assertThat(cluster.queries.applyAsLong(shard)).isLessThanOrEqualTo(MOST);
            }
            long version = cluster.image.keys().shards();
            cluster.world.run(Duration.ofMinutes(3));
            assertThat(cluster.image.keys().shards()).isEqualTo((int) version);
            assertThat(cluster.staleAccepted + cluster.lost).isZero();
            assertThat(cluster.missing()).isEmpty();
            assertThat(cluster.allLed()).isTrue();
        }
    }

    @Test
    void aPeakThatPassesSplitsNothing() throws Exception {
        try (SimulatedCluster cluster = cluster(table())) {
            cluster.cut = SplitAdvice::middle;
            cluster.queries = shard -> 0;
            cluster.world.run(Duration.ofSeconds(11));
            cluster.queries = shard -> 10 * MOST;
            cluster.world.run(Duration.ofSeconds(18));
            cluster.queries = shard -> MOST;
            cluster.world.run(Duration.ofMinutes(2));
            assertThat(live(cluster)).containsExactly(0, 1);
        }
    }

    @Test
    void whatTheDatabaseDoesNotCutIsOnlyNamed() throws Exception {
        try (SimulatedCluster cluster = cluster(table())) {
            List<ShardId> asked = new ArrayList<>();
            cluster.cut =
                    advice -> {
                        asked.add(advice.shard());
                        return Optional.empty();
                    };
            cluster.world.run(Duration.ofMinutes(2));
            assertThat(live(cluster)).containsExactly(0, 1);
            assertThat(asked).contains(new ShardId("t", 0), new ShardId("t", 1));
            List<SplitAdvice> advice = cluster.admin().advice();
            assertThat(advice).hasSize(2);
            assertThat(advice.get(0).load()).isGreaterThanOrEqualTo(advice.get(1).load());
            assertThat(advice.get(0).toString())
                    .contains("above its table's limit of 1500")
                    .contains("qps");
            assertThat(cluster.planning().orElseThrow().alerts())
                    .contains(advice.get(0).toString());
        }
    }

    @Test
    void aDatabaseThatThrowsOrAnswersNonsenseHarmsNothing() throws Exception {
        try (SimulatedCluster cluster = cluster(table())) {
            cluster.cut =
                    advice -> {
                        if (advice.shard().index() == 0) {
                            throw new IllegalStateException("throws on purpose");
                        }
                        return Optional.of(Bytes.utf8("not a hash"));
                    };
            cluster.world.run(Duration.ofMinutes(2));
            assertThat(live(cluster)).containsExactly(0, 1);
            assertThat(cluster.allLed()).isTrue();
            cluster.cut = SplitAdvice::middle;
            cluster.world.run(Duration.ofMinutes(2));
            assertThat(live(cluster)).doesNotContain(0, 1);
        }
    }

    @Test
    void aShardThatOutweighsAWholeNodeIsNamedWithoutALimit() throws Exception {
        Table balanced = SimulatedCluster.table(8).balance("qps", 1);
        try (SimulatedCluster cluster = cluster(balanced)) {
            cluster.queries = shard -> shard == 3 ? 10_000 : 10;
            cluster.world.run(Duration.ofMinutes(1));
            List<SplitAdvice> advice = cluster.admin().advice();
            assertThat(advice).hasSize(1);
            assertThat(advice.get(0).shard()).isEqualTo(new ShardId("t", 3));
            assertThat(advice.get(0).toString()).contains("more than the mean of a whole node");
        }
    }

    @Test
    void aLimitThatIsNoneIsRefused() {
        assertThatThrownBy(() -> table().splitAbove("qps", 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("above 0 in qps");
    }

    @Test
    void theLimitIsStored() throws Exception {
        Table table = table().splitAbove("disk", 1L << 40);
        assertThat(Table.decode("t", table.encode())).isEqualTo(table);
    }
}
