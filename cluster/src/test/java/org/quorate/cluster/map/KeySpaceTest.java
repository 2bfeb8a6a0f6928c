package org.quorate.cluster.map;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.quorate.cluster.coordinator.Bytes;

class KeySpaceTest {
    private static byte[] key(Random random) {
        byte[] key = new byte[random.nextInt(24)];
        random.nextBytes(key);
        return key;
    }

    @Test
    void hashedKeysAreSpreadEvenly() {
        KeySpace keys = KeySpace.hashed(100);
        int[] count = new int[100];
        for (int i = 0; i < 100_000; i++) {
            count[keys.shardOf(("order-" + i).getBytes(StandardCharsets.UTF_8))]++;
        }
        assertThat(Arrays.stream(count).min().orElseThrow()).isGreaterThan(850);
        assertThat(Arrays.stream(count).max().orElseThrow()).isLessThan(1_150);
    }

    @Test
    void theHashIsTheSameForEver() {
        assertThat(KeySpace.hash(new byte[0])).isEqualTo(0L);
        assertThat(KeySpace.hash("a".getBytes(StandardCharsets.UTF_8)))
                .isEqualTo(-327054986932344948L);
        assertThat(KeySpace.hash("a key of some length".getBytes(StandardCharsets.UTF_8)))
                .isEqualTo(4152694812244230140L);
    }

    @Test
    void orderedKeysGoByTheirBoundaries() {
        KeySpace keys = KeySpace.ordered(List.of(Bytes.utf8("g"), Bytes.utf8("p")));
        assertThat(keys.shardOf("".getBytes(StandardCharsets.UTF_8))).isEqualTo(0);
        assertThat(keys.shardOf("fzz".getBytes(StandardCharsets.UTF_8))).isEqualTo(0);
        assertThat(keys.shardOf("g".getBytes(StandardCharsets.UTF_8))).isEqualTo(1);
        assertThat(keys.shardOf("p".getBytes(StandardCharsets.UTF_8))).isEqualTo(2);
        assertThat(keys.shardOf(new byte[] {(byte) 0xFF})).isEqualTo(2);
    }

    @Test
    void splittingAndMergingAgreeWithAPlainModel() {
        for (long seed = 1; seed <= 200; seed++) {
            Random random = new Random(seed);
            KeySpace keys =
                    random.nextBoolean()
                            ? KeySpace.hashed(1 + random.nextInt(9))
                            : KeySpace.ordered(List.of(Bytes.utf8("b"), Bytes.utf8("x")));
            List<byte[]> sample = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                sample.add(key(random));
            }
            for (int step = 0; step < 12; step++) {
                keys = change(keys, random, sample, seed);
            }
        }
    }

    private static KeySpace change(KeySpace keys, Random random, List<byte[]> sample, long seed) {
        int shard = random.nextInt(keys.shards());
        if (random.nextInt(4) == 0) {
            int other = random.nextInt(keys.shards());
            if (shard == other || !keys.live(shard) || !keys.live(other)) {
                assertThatIllegalArgumentException().isThrownBy(() -> keys.merge(shard, other));
                return keys;
            }
            KeySpace merged = keys.merge(shard, other);
            for (byte[] key : sample) {
                int before = keys.shardOf(key);
                assertThat(merged.shardOf(key))
                        .as("seed %d", seed)
                        .isEqualTo(before == shard || before == other ? keys.shards() : before);
            }
            assertThat(merged.live(shard) || merged.live(other)).isFalse();
            assertThat(merged.origins(keys.shards())).containsExactly(shard, other);
            return merged.born(merged.births().get(merged.births().size() - 1));
        }
        byte[] point = key(random);
        Bytes at = keys.hashed() ? hashPoint(point) : Bytes.wrap(point);
        KeySpace split;
        try {
            split = keys.split(shard, at);
        } catch (IllegalArgumentException notThere) {
            return keys;
        }
        int low = keys.shards();
        assertThat(split.shards()).isEqualTo(low + 2);
        assertThat(split.live(shard)).isFalse();
        assertThat(split.live(low) && split.live(low + 1)).isTrue();
        for (byte[] key : sample) {
            int before = keys.shardOf(key);
            byte[] where = keys.hashed() ? hashPoint(key).array() : key;
            int expected =
                    before != shard
                            ? before
                            : Arrays.compareUnsigned(where, at.array()) < 0 ? low : low + 1;
            assertThat(split.shardOf(key)).as("seed %d", seed).isEqualTo(expected);
        }
        return split.born(split.births().get(split.births().size() - 1));
    }

    private static Bytes hashPoint(byte[] of) {
        byte[] point = new byte[8];
        long hash = KeySpace.hash(of);
        for (int i = 0; i < 8; i++) {
            point[i] = (byte) (hash >>> 8 * (7 - i));
        }
        return Bytes.wrap(point);
    }

    @Test
    void aSliceThatIsSplitInTheMiddleGivesHalfOfItsKeys() {
        KeySpace keys = KeySpace.hashed(3);
        KeySpace split = keys.split(1, keys.middle(1));
        int[] count = new int[5];
        for (int i = 0; i < 30_000; i++) {
            byte[] key = ("k" + i).getBytes(StandardCharsets.UTF_8);
            count[split.shardOf(key)]++;
            if (keys.shardOf(key) != 1) {
                assertThat(split.shardOf(key)).isEqualTo(keys.shardOf(key));
            }
        }
        assertThat(count[1]).isZero();
        assertThat(count[3]).isBetween(4_600, 5_400);
        assertThat(count[4]).isBetween(4_600, 5_400);
    }

    @Test
    void aLoneShardHasAMiddleToo() {
        KeySpace split = KeySpace.hashed(1).split(0, KeySpace.hashed(1).middle(0));
        int low = 0;
        for (int i = 0; i < 10_000; i++) {
            low += split.shardOf(("k" + i).getBytes(StandardCharsets.UTF_8)) == 1 ? 1 : 0;
        }
        assertThat(low).isBetween(4_700, 5_300);
    }

    @Test
    void rangesComeBackAsTheyWere() throws Exception {
        KeySpace keys = KeySpace.hashed(5);
        keys = keys.split(2, keys.middle(2)).merge(0, 4);
        assertThat(keys.births()).hasSize(2);
        assertThat(keys.pristine()).isFalse();
        for (KeySpace one : List.of(keys, KeySpace.hashed(7), KeySpace.ordered(List.of()))) {
            Encoder out = new Encoder('K', 1);
            one.encode(out);
            assertThat(KeySpace.decode(new Decoder("k", out.done(), 'K', 1), 100)).isEqualTo(one);
        }
    }

    @Test
    void badBoundariesAndTooManyRangesAreRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> KeySpace.ordered(List.of(Bytes.utf8("b"), Bytes.utf8("a"))))
                .withMessageContaining("not above");
        assertThatIllegalArgumentException()
                .isThrownBy(() ->
                        KeySpace.ordered(
                                List.of(Bytes.wrap(new byte[KeySpace.BOUNDARY_BYTES_MAX + 1]))))
                .withMessageContaining("at most");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> KeySpace.hashed(KeySpace.RANGES_MAX + 1).merge(0, 1))
                .withMessageContaining("can be split or merged");
    }
}
