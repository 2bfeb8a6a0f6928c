package org.quorate.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.quorate.protocol.Zxid;
import org.quorate.protocol.jute.Slice;

/** History for peers, cutting back, taking another state in, purging. */
class HistoryTest {
    private final FaultyDisk disk = new FaultyDisk();
    private Opened opened;

    @BeforeEach
    void open() throws Exception {
        opened = Opened.fresh(disk);
    }

    /** Records 1 to 30 in files of ten, snapshots at 10 and 20. */
    private void threeFiles() throws IOException {
        opened.append(1, 10);
        opened.store.roll();
        opened.writeSnapshot(10);
        opened.append(11, 20);
        opened.store.roll();
        opened.writeSnapshot(20);
        opened.append(21, 30);
        opened.store.sync();
    }

    private List<Long> history(long after, long bytesMax) throws IOException {
        try (Store.Cursor cursor = opened.store.history(after, bytesMax)) {
            if (cursor == null) {
                return null;
            }
            List<Long> zxids = new ArrayList<>();
            Slice txn = new Slice();
            for (long zxid = cursor.next(txn); zxid >= 0; zxid = cursor.next(txn)) {
                assertThat(txn.copy()).isEqualTo(Txns.setData(zxid, 20));
                zxids.add(zxid);
            }
            return zxids;
        }
    }

    private static List<Long> range(long from, long to) {
        return LongStream.rangeClosed(from, to).boxed().toList();
    }

    @Test
    void historyGoesFromAnyRecordToTheLastSyncedOne() throws Exception {
        threeFiles();
        opened.append(31, 33);
        assertThat(history(1, Long.MAX_VALUE)).isEqualTo(range(2, 30));
        assertThat(history(10, Long.MAX_VALUE)).isEqualTo(range(11, 30));
        assertThat(history(25, Long.MAX_VALUE)).isEqualTo(range(26, 30));
        assertThat(history(30, Long.MAX_VALUE)).isEmpty();
        assertThat(history(99, Long.MAX_VALUE)).isEmpty();
    }

    @Test
    void historyThatDoesNotReachBackIsNone() throws Exception {
        threeFiles();
        assertThat(history(0, Long.MAX_VALUE)).isNull();
    }

    @Test
    void onlyTheFilesBehindTheFirstCountForTheLimit() throws Exception {
        threeFiles();
        assertThat(history(15, 0)).isNull();
        assertThat(history(25, 0)).isEqualTo(range(26, 30));
    }

    @Test
    void previousTellsWhetherTheRecordIsThere() throws Exception {
        opened.append(1, 3);
        opened.append(Zxid.of(2, 1), Zxid.of(2, 2));
        opened.store.sync();
        try (Store.Cursor cursor = opened.store.history(Zxid.of(1, 7), Long.MAX_VALUE)) {
            assertThat(cursor.previous()).isEqualTo(3);
            assertThat(cursor.next(new Slice())).isEqualTo(Zxid.of(2, 1));
        }
        try (Store.Cursor cursor = opened.store.history(2, Long.MAX_VALUE)) {
            assertThat(cursor.previous()).isEqualTo(2);
        }
    }

    @Test
    void historyWithAHoleOrDamageIsNone() throws Exception {
        threeFiles();
        disk.delete(Opened.FILES.resolve("log.b"));
        assertThat(history(5, Long.MAX_VALUE)).isNull();
        assertThat(history(25, Long.MAX_VALUE)).isEqualTo(range(26, 30));
        byte[] log = disk.content(Opened.FILES.resolve("log.15"));
        log[60] ^= 1;
        disk.put(Opened.FILES.resolve("log.15"), log);
        assertThat(history(25, Long.MAX_VALUE)).isNull();
    }

    @Test
    void aCursorOutlivesAPurge() throws Exception {
        threeFiles();
        opened.store.roll();
        opened.writeSnapshot(30);
        try (Store.Cursor cursor = opened.store.history(5, Long.MAX_VALUE)) {
            assertThat(opened.store.purge(3)).containsExactly("snapshot.0");
            opened.append(31, 31);
            opened.store.roll();
            opened.writeSnapshot(31);
            assertThat(opened.store.purge(3)).containsExactly("snapshot.a", "log.1");
            assertThat(cursor.next(new Slice())).isEqualTo(6);
        }
    }

    @Test
    void aCutLeavesExactlyWhatIsNotBehindIt() throws Exception {
        threeFiles();
        assertThat(opened.store.truncate(14)).isTrue();
        Opened again = Opened.recover(opened.store);
        assertThat(again.recovery.lastZxid()).isEqualTo(14);
        assertThat(again.recovery.snapshotZxid()).isEqualTo(10);
        assertThat(again.txns.keySet()).containsExactly(11L, 12L, 13L, 14L);
        assertThat(disk.files())
                .doesNotContain(
                        Opened.FILES.resolve("log.15"), Opened.FILES.resolve("snapshot.14"));
        again.append(15, 16);
        again.store.sync();
        again.close();
        assertThat(Opened.on(disk).recovery.lastZxid()).isEqualTo(16);
    }

    @Test
    void aCutAtASnapshotNeedsNoRecordOfThatZxid() throws Exception {
        opened.append(1, 3);
        opened.store.roll();
        opened.store.acceptedEpoch(2);
        opened.store.currentEpoch(2);
        opened.store.installed(Zxid.of(2, 0));
        opened.writeSnapshot(Zxid.of(2, 0));
        opened.append(Zxid.of(2, 1), Zxid.of(2, 5));
        opened.store.sync();
        assertThat(opened.store.truncate(Zxid.of(2, 0))).isTrue();
        assertThat(Opened.recover(opened.store).recovery.lastZxid()).isEqualTo(Zxid.of(2, 0));
    }

    @Test
    void aCutToWhatThisLogNeverHeldChangesNothing() throws Exception {
        threeFiles();
        var before = disk.image().keySet();
        assertThat(opened.store.truncate(Zxid.of(1, 5))).isFalse();
        assertThat(opened.store.truncate(99)).isFalse();
        assertThat(disk.image().keySet()).isEqualTo(before);
        assertThat(Opened.recover(opened.store).recovery.lastZxid()).isEqualTo(30);
    }

    @Test
    void aCutRemovesASnapshotWhoseWalkSawMore() throws Exception {
        threeFiles();
        Recorded fuzzy = new Recorded();
        fuzzy.node("", "", 0);
        new SnapshotWriter(disk, Compression.NONE, 0)
                .write(fuzzy.source(27), Opened.FILES.resolve("snapshot.18"));
        assertThat(opened.store.truncate(25)).isTrue();
        assertThat(disk.files()).doesNotContain(Opened.FILES.resolve("snapshot.18"));
        Opened again = Opened.recover(opened.store);
        assertThat(again.recovery.snapshotZxid()).isEqualTo(20);
        assertThat(again.recovery.lastZxid()).isEqualTo(25);
    }

    @Test
    void aViewFrozenBeforeACutIsNotWritten() throws Exception {
        threeFiles();
        Recorded content = new Recorded();
        content.node("", "", 0);
        Store store = opened.store;
        var view = content.source(30);
        // The cut comes while the snapshot is being written.
        var slow =
                new SlowSource(
                        view,
                        () -> {
                            assertThat(store.truncate(15)).isTrue();
                        });
        assertThat(store.writeSnapshot(slow)).isFalse();
        assertThat(disk.files())
                .doesNotContain(Opened.FILES.resolve("snapshot.1e"))
                .allSatisfy(path -> assertThat(path.toString()).doesNotContain("tmp-"));
        assertThat(Opened.recover(store).recovery.lastZxid()).isEqualTo(15);
    }

    @Test
    void aViewFrozenBeforeACutIsNotWrittenEvenIfTheWritingBeginsBehindIt() throws Exception {
        threeFiles();
        Recorded content = new Recorded();
        content.node("", "", 0);
        Store store = opened.store;
        long frozenIn = store.history();
        var view = content.source(30);
        assertThat(store.truncate(15)).isTrue();
        Opened.recover(store);
        // By now the log may be longer than the view again, in another epoch.
        store.append(Zxid.of(1, 1), new byte[60], 0, 60);
        store.sync();

        assertThat(store.writeSnapshot(view, frozenIn)).isFalse();
        assertThat(disk.files()).doesNotContain(Opened.FILES.resolve("snapshot.1e"));
    }

    @Test
    void anInstalledStateReplacesTheOldHistory() throws Exception {
        threeFiles();
        opened.store.acceptedEpoch(2);
        opened.store.installed(Zxid.of(2, 4));
        assertThatThrownBy(
                        () -> {
                            opened.append(Zxid.of(2, 5), Zxid.of(2, 5));
                            opened.store.sync();
                        })
                .isInstanceOf(IllegalStateException.class);
        opened.writeSnapshot(Zxid.of(2, 4));
        opened.store.currentEpoch(2);
        opened.store.sync();
        assertThat(history(5, Long.MAX_VALUE)).isNull();
        opened.close();
        Opened again = Opened.on(disk);
        assertThat(again.recovery.snapshotZxid()).isEqualTo(Zxid.of(2, 4));
        assertThat(again.recovery.lastZxid()).isEqualTo(Zxid.of(2, 5));
    }

    @Test
    void anInstalledStateOfLowerZxidTakesTheRestAway() throws Exception {
        threeFiles();
        opened.store.installed(12);
        opened.close();
        // A crash before the new snapshot: the old state, cut back.
        opened = Opened.on(disk);
        assertThat(opened.recovery.lastZxid()).isEqualTo(12);
        opened.store.installed(11);
        opened.writeSnapshot(11);
        opened.close();
        assertThat(Opened.on(disk).recovery.lastZxid()).isEqualTo(11);
    }

    @Test
    void aPurgeBehindASnapshotWaitsUntilOldFilesTakeMoreRoomThanTheOthers() throws Exception {
        int zxid = 0;
        long most = 0;
        int purges = 0;
        for (int round = 0; round < 40; round++) {
            opened.append(zxid + 1, zxid + 100);
            zxid += 100;
            opened.store.sync();
            opened.writeSnapshot(zxid);
            opened.store.roll();
            List<String> removed = opened.store.purgeIfMuch(3);
            purges += removed.isEmpty() ? 0 : 1;
            most = Math.max(most, snapshots());
            assertThat(snapshots()).isGreaterThanOrEqualTo(Math.min(3, round + 2));
        }
        assertThat(purges).isBetween(5, 20);
        assertThat(most).isBetween(5L, 10L);
    }

    private long snapshots() throws Exception {
        return disk.list(Opened.FILES).stream().filter(n -> n.startsWith("snapshot.")).count();
    }

    @Test
    void aPurgeKeepsWhatTheOldestKeptSnapshotNeeds() throws Exception {
        threeFiles();
        opened.append(31, 35);
        opened.store.sync();
        opened.writeSnapshot(33);
        assertThat(opened.store.purge(3)).containsExactly("snapshot.0");
        opened.store.roll();
        opened.append(36, 36);
        opened.store.sync();
        opened.writeSnapshot(36);
        assertThat(opened.store.purge(3)).containsExactly("snapshot.a", "log.1");
        assertThat(opened.store.purge(3)).isEmpty();
        assertThatThrownBy(() -> opened.store.purge(2)).hasMessageContaining("at least 3");
        // Even the oldest one kept leads to the end.
        disk.delete(Opened.FILES.resolve("snapshot.24"));
        disk.delete(Opened.FILES.resolve("snapshot.21"));
        opened.close();
        assertThat(Opened.on(disk).recovery.lastZxid()).isEqualTo(36);
    }

    /** Runs something in the middle of being written. */
    private static final class SlowSource extends ForwardingSource {
        private interface Step {
            void run() throws IOException;
        }

        private final Step step;
        private boolean done;

        SlowSource(org.quorate.protocol.snapshot.SnapshotSource source, Step step) {
            super(source);
            this.step = step;
        }

        @Override
        public boolean nextNode(org.quorate.protocol.snapshot.SnapshotNode into) {
            if (!done) {
                done = true;
                try {
                    step.run();
                } catch (IOException e) {
                    throw new java.io.UncheckedIOException(e);
                }
            }
            return super.nextNode(into);
        }
    }
}
