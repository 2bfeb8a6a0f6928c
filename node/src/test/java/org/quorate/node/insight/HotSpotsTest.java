package org.quorate.node.insight;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class HotSpotsTest {
    private final HotSpots hot = new HotSpots();

    @Test
    void aPathCountsForEachOfItsPrefixes() {
        hot.add("/app/locks/a/b", 0x10, "ip:10.0.0.1", true, 40, 1, 0);
        hot.add("/app/config", 0x11, "digest:ann", false, 20, 3, 0);
        HotSpots.Top top = hot.top(10, 2_000_000_000L);
        assertThat(top.requests()).isEqualTo(4);
        assertThat(top.seconds()).isEqualTo(2);
        assertThat(top.prefixes().get(0))
                .containsExactly(new HotSpots.Spot("/app", 4, 1, 100, 0, 1));
        assertThat(top.prefixes().get(1))
                .extracting(HotSpots.Spot::key)
                .containsExactly("/app/config", "/app/locks");
        assertThat(top.prefixes().get(2))
                .extracting(HotSpots.Spot::key)
                .containsExactly("/app/locks/a");
        assertThat(top.paths())
                .extracting(HotSpots.Spot::key)
                .containsExactly("/app/config", "/app/locks/a/b");
        assertThat(top.sessions()).extracting(HotSpots.Spot::key).containsExactly("0x11", "0x10");
        assertThat(top.principals())
                .extracting(HotSpots.Spot::key)
                .containsExactly("digest:ann", "ip:10.0.0.1");
    }

    @Test
    void whatHasNoPathOrAnOddOneCountsForItsSessionOnly() {
        hot.add("", 1, "ip:::1", false, 8, 1, 0);
        hot.add("no-slash", 1, "ip:::1", false, 8, 1, 0);
        hot.add("/", 1, "ip:::1", false, 8, 1, 0);
        assertThat(hot.top(9, 1).paths()).extracting(HotSpots.Spot::key).containsExactly("/");
        assertThat(hot.top(9, 1).sessions().getFirst().requests()).isEqualTo(3);
    }

    @Test
    void theFrequentAreFoundAmongMoreKeysThanThereIsRoomFor() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        HeavyHitters<String> hitters = new HeavyHitters<>(HotSpots.CAPACITY);
        Map<String, Long> exact = new HashMap<>();
        int total = 200_000;
        for (int i = 0; i < total; i++) {
            String key =
                    random.nextInt(10) < 3
                            ? "hot-" + random.nextInt(5)
                            : "cold-" + random.nextInt(100_000);
            exact.merge(key, 1L, Long::sum);
            hitters.add(key, 1, 0, 0);
        }
        for (HotSpots.Spot spot : hitters.top(5)) {
            long real = exact.getOrDefault(spot.key(), 0L);
            assertThat(spot.key()).as("seed %d", seed).startsWith("hot-");
            assertThat(real)
                    .as("%s, seed %d", spot, seed)
                    .isBetween(spot.requests() - spot.error(), spot.requests());
        }
    }

    @Test
    void whatIsLongAgoIsForgotten() {
        hot.add("/old", 1, "ip:::1", false, 8, 1000, 0);
        long later = 5 * HotSpots.HALF_LIFE_NANOS;
        hot.add("/new", 1, "ip:::1", false, 8, 100, later);
        HotSpots.Top top = hot.top(2, later);
        assertThat(top.paths().get(0).key()).isEqualTo("/new");
        assertThat(top.paths().get(1).requests()).isEqualTo(62);
        assertThat(hot.top(2, 30 * HotSpots.HALF_LIFE_NANOS).paths()).isEmpty();
    }
}
