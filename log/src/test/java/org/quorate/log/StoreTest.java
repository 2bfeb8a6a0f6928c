package org.quorate.log;

import static java.util.concurrent.TimeUnit.HOURS;
import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.quorate.protocol.Zxid;

class StoreTest {
    private final FaultyDisk disk = new FaultyDisk();

    @Test
    void anEmptyDirectoryMayVoteAndEndsAtZero() throws Exception {
        try (Opened opened = Opened.on(disk)) {
            assertThat(opened.recovery).isEqualTo(new Store.Recovery(0, -1, true, true, List.of()));
            assertThat(opened.store.acceptedEpoch()).isZero();
            assertThat(opened.store.currentEpoch()).isZero();
        }
    }

    @Test
    void whatWasSyncedComesBack() throws Exception {
        try (Opened opened = Opened.fresh(disk)) {
            opened.append(1, 10);
            opened.store.sync();
            opened.append(11, 12);
            opened.store.sync();
        }
        try (Opened again = Opened.on(disk)) {
            assertThat(again.recovery.lastZxid()).isEqualTo(12);
            assertThat(again.recovery.snapshotZxid()).isZero();
            assertThat(again.snapshot.nodes).hasSize(2);
            assertThat(again.txns.keySet())
                    .containsExactlyElementsOf(LongStream.rangeClosed(1, 12).boxed().toList());
            assertThat(again.txns.get(7L)).isEqualTo(Txns.setData(7, 20));
        }
    }

    @Test
    void aBatchCostsOneWriteAndOneSync() throws Exception {
        try (Opened opened = Opened.fresh(disk)) {
            opened.append(1, 1);
            opened.store.sync();
            int before = disk.syncs;
            opened.append(2, 500);
            opened.store.sync();
            assertThat(disk.syncs - before).isOne();
        }
    }

    @Test
    void aBatchLongerThanOneWriteIsSyncedInPieces() throws Exception {
        try (Opened opened = Opened.fresh(disk)) {
            for (long zxid = 1; zxid <= 5; zxid++) {
                byte[] txn = Txns.setData(zxid, 600_000);
                opened.store.append(zxid, txn, 0, txn.length);
            }
            int before = disk.syncs;
            opened.store.sync();
            assertThat(disk.syncs - before).isEqualTo(5);
            assertThat(opened.store.pendingBytes()).isZero();
        }
        try (Opened again = Opened.on(disk)) {
            assertThat(again.txns).hasSize(5);
            assertThat(again.txns.get(3L)).isEqualTo(Txns.setData(3, 600_000));
        }
    }

    @Test
    void aRestartNeverAppendsToAnExistingFile() throws Exception {
        try (Opened opened = Opened.fresh(disk)) {
            opened.append(1, 3);
        }
        byte[] first = disk.content(Opened.FILES.resolve("log.1"));
        try (Opened opened = Opened.on(disk)) {
            opened.append(4, 5);
        }
        assertThat(disk.content(Opened.FILES.resolve("log.1"))).isEqualTo(first);
        assertThat(disk.files()).contains(Opened.FILES.resolve("log.4"));
        try (Opened again = Opened.on(disk)) {
            assertThat(again.recovery.lastZxid()).isEqualTo(5);
        }
    }

    @Test
    void aRollBeginsAFileNamedAfterItsFirstRecord() throws Exception {
        try (Opened opened = Opened.fresh(disk)) {
            opened.append(1, 3);
            opened.store.roll();
            opened.append(4, 4);
            opened.store.sync();
            assertThat(disk.files())
                    .contains(Opened.FILES.resolve("log.1"), Opened.FILES.resolve("log.4"));
        }
    }

    @Test
    void aLogIsNotBegunWithoutASnapshot() throws Exception {
        try (Opened opened = Opened.on(disk)) {
            opened.append(1, 1);
            assertThatThrownBy(opened.store::sync)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("snapshot first");
            opened.writeSnapshot(0);
            opened.store.sync();
        }
    }

    @Test
    void aRecordOutOfOrderIsOurOwnMistake() throws Exception {
        try (Opened opened = Opened.fresh(disk)) {
            opened.append(1, 3);
            assertThatThrownBy(() -> opened.append(3, 3)).isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void aRecordHasALengthWithinBounds() throws Exception {
        try (Opened opened = Opened.fresh(disk)) {
            byte[] bytes = new byte[100];
            for (int length : new int[] {0, -1, LogFormat.RECORD_BYTES_MAX + 1}) {
                assertThatThrownBy(() -> opened.store.append(1, bytes, 0, length))
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining("1 to 268435456 are allowed");
            }
        }
    }

    @Test
    void aFileThatIsGoneIsNotPreparedAgain() throws Exception {
        try (Opened opened = Opened.fresh(disk)) {
            opened.append(1, 1);
            opened.store.sync();
            opened.store.roll();
            assertThat(opened.store.prepareWanted()).isFalse();
            disk.delete(Opened.FILES.resolve("log.1"));
            opened.store.prepare();
            assertThat(disk.files()).doesNotContain(Opened.FILES.resolve("log.1"));
        }
    }

    @Test
    void afterAFailedSyncNothingIsAcceptedAnyMore() throws Exception {
        Opened opened = Opened.fresh(disk);
        opened.append(1, 1);
        disk.syncFails = true;
        assertThatThrownBy(opened.store::sync).isInstanceOf(IOException.class);
        disk.syncFails = false;
        assertThatThrownBy(opened.store::sync)
                .isInstanceOf(IOException.class)
                .hasMessageContaining("failed before");
    }

    @Test
    void zerosAreLaidAheadAndReadAsTheEnd() throws Exception {
        try (Opened opened = Opened.fresh(disk)) {
            assertThat(opened.store.prepareWanted()).isFalse();
            opened.append(1, 3);
            opened.store.sync();
            assertThat(opened.store.prepareWanted()).isTrue();
            opened.store.prepare();
            assertThat(opened.store.prepareWanted()).isFalse();
            assertThat(disk.content(Opened.FILES.resolve("log.1"))).hasSizeGreaterThan(3 << 20);
            opened.append(4, 6);
            opened.store.sync();
            Opened crashed = Opened.on(FaultyDisk.of(disk.image()));
            assertThat(crashed.recovery.lastZxid()).isEqualTo(6);
            assertThat(crashed.recovery.findings()).isEmpty();
        }
        assertThat(disk.content(Opened.FILES.resolve("log.1"))).hasSizeLessThan(2000);
    }

    @Test
    void zerosAreNotLaidWhileBatchesAreLarge() throws Exception {
        try (Opened opened = Opened.fresh(disk)) {
            for (int batch = 0; batch < 30; batch++) {
                opened.append(1 + batch * 200L, 200 + batch * 200L);
                opened.store.sync();
            }
            assertThat(opened.store.prepareWanted()).isFalse();
            for (int batch = 0; batch < 30; batch++) {
                opened.append(6001 + batch, 6001 + batch);
                opened.store.sync();
            }
            assertThat(opened.store.prepareWanted()).isTrue();
        }
    }

    @Test
    void aFullDiskLosesNothingAndGoesOnWhenThereIsRoom() throws Exception {
        try (Opened opened = Opened.fresh(disk)) {
            opened.append(1, 3);
            opened.store.sync();
            byte[] before = disk.content(Opened.FILES.resolve("log.1"));
            opened.append(4, 9);
            disk.freeBytes = 200;
            assertThatThrownBy(opened.store::sync).isInstanceOf(DiskFullException.class);
            assertThat(disk.content(Opened.FILES.resolve("log.1"))).isEqualTo(before);
            assertThatThrownBy(opened.store::sync).isInstanceOf(DiskFullException.class);
            disk.freeBytes = Long.MAX_VALUE;
            opened.store.sync();
            assertThat(opened.store.pendingBytes()).isZero();
        }
        try (Opened again = Opened.on(disk)) {
            assertThat(again.txns).hasSize(9);
        }
    }

    /** Else a power loss may bring it back, in front of a later file that holds the same again. */
    @Test
    void whatAFullDiskTookOfABatchIsCutOffForGood() throws Exception {
        try (Opened opened = Opened.fresh(disk)) {
            opened.append(1, 3);
            opened.store.sync();
            opened.append(4, 9);
            disk.freeBytes = 200;
            int syncs = disk.syncs;
            assertThatThrownBy(opened.store::sync).isInstanceOf(DiskFullException.class);
            assertThat(disk.syncs).isGreaterThan(syncs);
            disk.freeBytes = Long.MAX_VALUE;
        }
    }

    @Test
    void aDiskThatIsFullAtTheFirstRecordLeavesNoFile() throws Exception {
        try (Opened opened = Opened.fresh(disk)) {
            opened.append(1, 3);
            disk.freeBytes = 50;
            assertThatThrownBy(opened.store::sync).isInstanceOf(DiskFullException.class);
            assertThat(disk.files()).doesNotContain(Opened.FILES.resolve("log.1"));
            disk.freeBytes = Long.MAX_VALUE;
        }
        try (Opened again = Opened.on(disk)) {
            assertThat(again.txns).hasSize(3);
        }
    }

    @Test
    void recordsFitInBlocksThatWerePreparedEvenIfTheDiskIsFull() throws Exception {
        try (Opened opened = Opened.fresh(disk)) {
            opened.append(1, 1);
            opened.store.sync();
            opened.store.prepare();
            disk.freeBytes = 0;
            opened.append(2, 1000);
            opened.store.sync();
            disk.freeBytes = Long.MAX_VALUE;
        }
    }

    @Test
    void aSnapshotIsLoadedAndOnlyTheLogBehindItReplayed() throws Exception {
        try (Opened opened = Opened.fresh(disk)) {
            opened.append(1, 5);
            opened.store.roll();
            opened.writeSnapshot(5);
            opened.append(6, 8);
        }
        try (Opened again = Opened.on(disk)) {
            assertThat(again.recovery.snapshotZxid()).isEqualTo(5);
            assertThat(again.txns.keySet()).containsExactly(6L, 7L, 8L);
        }
    }

    @Test
    void aSnapshotIsDueByCountOnceTheLogHasGrownByItsSizeOrTimeHasGone() throws Exception {
        StoreOptions few =
                new StoreOptions(
                        Opened.DIR,
                        Opened.DIR,
                        10,
                        1 << 30,
                        0,
                        true,
                        "",
                        false,
                        true,
                        true,
                        true,
                        1);
        try (Opened opened = Opened.on(disk, few)) {
            opened.writeSnapshot(0);
            opened.append(1, 4);
            assertThat(opened.store.snapshotDue()).isFalse();
            opened.append(5, 11);
            assertThat(opened.store.snapshotDue()).isTrue();
            opened.store.roll();
            assertThat(opened.store.snapshotDue()).isFalse();
            Recorded large = new Recorded();
            large.node("", "x".repeat(100_000), 11);
            opened.store.writeSnapshot(large.source(11));
            opened.append(12, 30);
            assertThat(opened.store.snapshotDue()).isFalse();
            // Or enough time has gone: 100 kB at a megabyte per second.
            assertThat(opened.store.snapshotDue(MILLISECONDS.toNanos(50))).isFalse();
            assertThat(opened.store.snapshotDue(MILLISECONDS.toNanos(200))).isTrue();
            opened.store.roll();
            assertThat(opened.store.snapshotDue(HOURS.toNanos(1))).isFalse();
        }
    }

    @Test
    void epochsLastAndOnlyRise() throws Exception {
        try (Opened opened = Opened.fresh(disk)) {
            opened.store.acceptedEpoch(3);
            opened.store.currentEpoch(3);
            opened.store.acceptedEpoch(4);
            assertThatThrownBy(() -> opened.store.acceptedEpoch(2))
                    .isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(() -> opened.store.currentEpoch(5))
                    .isInstanceOf(IllegalStateException.class);
        }
        try (Opened again = Opened.on(disk)) {
            assertThat(again.store.acceptedEpoch()).isEqualTo(4);
            assertThat(again.store.currentEpoch()).isEqualTo(3);
        }
    }

    @Test
    void anEpochOlderThanTheLogIsRefusedUnlessTheNewOneIsKnown() throws Exception {
        try (Opened opened = Opened.fresh(disk)) {
            opened.store.acceptedEpoch(2);
            opened.store.currentEpoch(2);
            opened.append(Zxid.of(2, 1), Zxid.of(2, 3));
        }
        byte[] one = {'1'};
        disk.put(Opened.FILES.resolve("currentEpoch"), one);
        disk.put(Opened.FILES.resolve("acceptedEpoch"), one);
        assertThatThrownBy(() -> Opened.on(disk))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("currentEpoch says 1 and acceptedEpoch 1");
        disk.put(Opened.FILES.resolve("currentEpoch.tmp"), new byte[0]);
        assertThatThrownBy(() -> Opened.on(disk)).isInstanceOf(StoreException.class);
        disk.put(Opened.FILES.resolve("acceptedEpoch"), new byte[] {'3'});
        disk.put(Opened.FILES.resolve("currentEpoch.tmp"), new byte[] {'3'});
        try (Opened again = Opened.on(disk)) {
            assertThat(again.store.currentEpoch()).isEqualTo(3);
            assertThat(again.recovery.findings()).hasSize(1);
        }
    }

    @Test
    void aLearnerThatStoppedBeforeItWroteItsEpochComesBack() throws Exception {
        try (Opened opened = Opened.fresh(disk)) {
            opened.store.acceptedEpoch(2);
            opened.append(Zxid.of(2, 1), Zxid.of(2, 3));
        }
        try (Opened again = Opened.on(disk)) {
            assertThat(again.store.currentEpoch()).isEqualTo(2);
            assertThat(again.recovery.findings()).singleElement().asString().contains("said 0");
        }
    }

    @Test
    void anAcceptedEpochBelowTheCurrentOneIsRefused() throws Exception {
        disk.put(Opened.FILES.resolve("currentEpoch"), new byte[] {'7'});
        disk.put(Opened.FILES.resolve("acceptedEpoch"), new byte[] {'6'});
        assertThatThrownBy(() -> Opened.on(disk))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("acceptedEpoch says 6, less than currentEpoch 7");
    }

    @Test
    void twoStoresDoNotShareADirectory() throws Exception {
        try (Opened opened = Opened.fresh(disk)) {
            assertThatThrownBy(() -> Opened.on(disk))
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining("in use by another server");
        }
        Opened.on(disk).close();
    }

    @Test
    void aNewerFormatIsRefused() {
        disk.put(Opened.DIR.resolve("version-3/log.1"), new byte[0]);
        assertThatThrownBy(() -> Opened.on(disk))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("newer format (version-3)");
    }

    @Test
    void anEmptyDirectoryMayVoteOnlyIfAllowedOrMarked() throws Exception {
        StoreOptions strict =
                new StoreOptions(
                        Opened.DIR,
                        Opened.DIR,
                        100,
                        1 << 30,
                        0,
                        true,
                        "",
                        false,
                        false,
                        true,
                        true,
                        1);
        try (Opened opened = Opened.on(disk, strict)) {
            assertThat(opened.recovery.mayVote()).isFalse();
            assertThat(opened.recovery.lastZxid()).isEqualTo(-1);
        }
        disk.put(Opened.DIR.resolve("initialize"), new byte[0]);
        try (Opened opened = Opened.on(disk, strict)) {
            assertThat(opened.recovery.mayVote()).isTrue();
            assertThat(opened.recovery.lastZxid()).isZero();
        }
        assertThat(disk.files()).doesNotContain(Opened.DIR.resolve("initialize"));
    }
}
