package org.quorate.example.kv;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.quorate.cluster.fence.Epoch;
import org.quorate.cluster.fence.ShardId;
import org.quorate.cluster.fence.StaleEpochException;
import org.quorate.example.kv.ShardStore.Tail;

class ShardStoreTest {
    private static final ShardId SHARD = new ShardId("kv", 1);

    @TempDir Path dir;

    private ShardStore open(String name) {
        return new ShardStore(SHARD, dir.resolve(name));
    }

    private static Entry entry(long seq, long epoch) {
        return new Entry(seq, epoch, "key-" + seq, "value of " + epoch);
    }

    @Test
    void theFenceOutlivesTheProcess() throws Exception {
        try (ShardStore store = open("a")) {
            store.fence(new Epoch(5));
        }
        try (ShardStore store = open("a")) {
            assertThatThrownBy(() -> store.fence(new Epoch(4)))
                    .isInstanceOf(StaleEpochException.class);
            store.fence(new Epoch(5));
        }
    }

    @Test
    void aLogWithAHoleIsRefused() {
        try (ShardStore store = open("a")) {
            store.append(List.of(entry(1, 1)));
            assertThatThrownBy(() -> store.append(List.of(entry(3, 1))))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("kv/1 ends at 1, got 3");
        }
    }

    @Test
    void aFollowerGetsWhatItMissesAndOneThatDivergedGetsEverything() {
        try (ShardStore leader = open("leader");
                ShardStore behind = open("behind");
                ShardStore diverged = open("diverged")) {
            leader.append(List.of(entry(1, 1), entry(2, 2), entry(3, 2)));
            behind.append(List.of(entry(1, 1)));
            diverged.append(List.of(entry(1, 1), entry(2, 1)));

            behind.append(leader.after(behind.tail()));
            assertThat(leader.after(diverged.tail())).isNull();
            diverged.replace(leader.everything());

            for (ShardStore follower : List.of(behind, diverged)) {
                assertThat(follower.tail()).isEqualTo(new Tail(3, 2));
                assertThat(follower.get("key-2")).isEqualTo("value of 2");
                assertThat(follower.size()).isEqualTo(3);
            }
        }
    }

    @Test
    void aFollowerFarBehindGetsEverythingOnceTheLogIsCut() {
        try (ShardStore leader = open("leader")) {
            leader.append(List.of(entry(1, 1)));
            for (long seq = 2; seq <= ShardStore.LOG_KEPT + 10; seq += 1_000) {
                leader.append(
                        java.util.stream.LongStream.range(seq, seq + 1_000)
                                .mapToObj(n -> new Entry(n, 1, "key", "value " + n))
                                .toList());
            }
            assertThat(leader.after(new Tail(1, 1))).isNull();
            assertThat(leader.after(Tail.NONE)).isNull();
            assertThat(leader.everything()).hasSizeLessThan(4);
        }
    }

    @Test
    void entriesSurviveTheirWayAsBytes() throws Exception {
        List<Entry> entries =
                List.of(
                        new Entry(1, 2, "a key with spaces", "värde\n"),
                        new Entry(3, 4, "", ""),
                        new Entry(0, 0, "7 8 9", "10 11"));
        assertThat(Entry.decode(Entry.encode(entries))).isEqualTo(entries);
    }
}
