package org.quorate.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.Adler32;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.Test;
import org.quorate.protocol.Zxid;
import org.quorate.protocol.jute.JuteException;

/** What a start makes of files that are not as they should be. */
class RecoveryTest {
    private final FaultyDisk disk = new FaultyDisk();

    private static Path file(String name) {
        return Opened.FILES.resolve(name);
    }

    /** A log file as ZooKeeper would have written it. */
    private void log(long first, long... zxids) {
        ByteBuffer bytes = ByteBuffer.allocate(16 + zxids.length * 200);
        bytes.putInt(LogFormat.MAGIC).putInt(2).putLong(0);
        for (long zxid : zxids) {
            byte[] txn = Txns.setData(zxid, 20);
            Adler32 adler = new Adler32();
            adler.update(txn);
            bytes.putLong(adler.getValue()).putInt(txn.length).put(txn).put((byte) 'B');
        }
        disk.put(file(FileName.log(first).name()), Arrays.copyOf(bytes.array(), bytes.position()));
    }

    private void snapshot(long zxid, long lastZxid) throws IOException {
        Recorded content = new Recorded();
        content.node("", "", 0);
        new SnapshotWriter(disk, Compression.NONE, 0)
                .write(
                        content.source(lastZxid),
                        file(FileName.snapshot(zxid, Compression.NONE).name()));
    }

    private AbstractThrowableAssert<?, ?> refused() {
        return assertThatThrownBy(() -> Opened.on(disk))
                .isInstanceOf(StoreException.class)
                .satisfies(e ->
                        assertThat(((StoreException) e).reason())
                                .isEqualTo(StoreException.Cause.DAMAGE));
    }

    @Test
    void aHoleInsideAnEpochIsRefused() throws Exception {
        snapshot(0, 0);
        log(1, 1, 2, 3, 5);
        refused().hasMessageContaining("transaction 0x5 follows 0x3");
    }

    @Test
    void aHoleAtTheBeginningOfAnEpochIsRefused() throws Exception {
        snapshot(0, 0);
        log(1, 1, 2, Zxid.of(1, 2));
        refused().hasMessageContaining("transaction 0x100000002 follows 0x2");
    }

    @Test
    void aHoleBehindTheSnapshotIsRefused() throws Exception {
        snapshot(0, 0);
        snapshot(5, 5);
        log(1, 1, 2, 3, 4, 5);
        log(7, 7, 8);
        refused().hasMessageContaining("log.7 at offset 16: transaction 0x7 follows 0x5");
    }

    @Test
    void laterEpochsBeginWithOne() throws Exception {
        snapshot(0, 0);
        log(1, 1, 2, Zxid.of(1, 1), Zxid.of(3, 1), Zxid.of(3, 2));
        disk.put(file("currentEpoch"), "3".getBytes(StandardCharsets.US_ASCII));
        disk.put(file("acceptedEpoch"), "3\n".getBytes(StandardCharsets.US_ASCII));
        assertThat(Opened.on(disk).recovery.lastZxid()).isEqualTo(Zxid.of(3, 2));
    }

    @Test
    void whatStandsTwiceOrLateIsAppliedAndReportedAsByZooKeeper() throws Exception {
        snapshot(0, 0);
        log(1, 1, 2, 2, 3);
        Opened opened = Opened.on(disk);
        assertThat(opened.recovery.lastZxid()).isEqualTo(3);
        assertThat(opened.recovery.findings()).singleElement().asString().contains("0x2 stands");
    }

    @Test
    void aFileWithoutAHeaderIsRemoved() throws Exception {
        snapshot(0, 0);
        log(1, 1, 2);
        for (byte[] remains : new byte[][] {{}, {0x5a, 0x4b}, new byte[700]}) {
            disk.put(file("log.3"), remains);
            Opened opened = Opened.on(disk);
            assertThat(opened.recovery.lastZxid()).isEqualTo(2);
            assertThat(opened.recovery.findings()).singleElement().asString().contains("log.3");
            assertThat(disk.files()).doesNotContain(file("log.3"));
            opened.close();
        }
    }

    @Test
    void aFileThatIsNoLogIsRefused() throws Exception {
        snapshot(0, 0);
        disk.put(file("log.1"), "hello, I am a shopping list".getBytes(StandardCharsets.US_ASCII));
        refused().hasMessageContaining("log.1 at offset 0");
    }

    @Test
    void aLogOfAnUnknownVersionIsRefused() throws Exception {
        snapshot(0, 0);
        log(1, 1);
        byte[] bytes = disk.content(file("log.1"));
        bytes[7] = 9;
        disk.put(file("log.1"), bytes);
        assertThatThrownBy(() -> Opened.on(disk))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("format version 9; this server knows 2");
    }

    @Test
    void aTornTailOfAnEarlierRunIsNoLossIfTheNextFileGoesOnThere() throws Exception {
        snapshot(0, 0);
        log(1, 1, 2, 3);
        byte[] bytes = disk.content(file("log.1"));
        disk.put(file("log.1"), Arrays.copyOf(bytes, bytes.length - 5));
        log(3, 3, 4);
        Opened opened = Opened.on(disk);
        assertThat(opened.recovery.lastZxid()).isEqualTo(4);
        assertThat(opened.recovery.findings()).singleElement().asString().contains("cut off");
        disk.delete(file("log.3"));
        log(4, 4);
        opened.close();
        refused().hasMessageContaining("0x4 follows 0x2");
    }

    @Test
    void aTornTailIsCutOnceAndThenGone() throws Exception {
        snapshot(0, 0);
        log(1, 1, 2, 3);
        byte[] bytes = disk.content(file("log.1"));
        disk.put(file("log.1"), Arrays.copyOf(bytes, bytes.length - 5));
        Opened opened = Opened.on(disk);
        assertThat(opened.recovery.findings()).hasSize(1);
        opened.append(3, 3);
        opened.close();
        Opened again = Opened.on(disk);
        assertThat(again.recovery.lastZxid()).isEqualTo(3);
        assertThat(again.recovery.findings()).isEmpty();
    }

    @Test
    void aRecordThatNobodyCanReadIsRefusedWithItsPlace() throws Exception {
        snapshot(0, 0);
        log(1, 1, 2);
        Store store = Store.open(disk, StoreOptions.of(Opened.DIR));
        assertThatThrownBy(() ->
                        store.recover(
                                zxid -> new Recorded(),
                                (zxid, txn) -> {
                                    if (zxid == 2) {
                                        throw new JuteException("no such type");
                                    }
                                },
                                null))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("transaction 0x2 cannot be understood: no such type");
    }

    @Test
    void aSnapshotThatSawMoreThanTheLogHoldsIsPassedOver() throws Exception {
        snapshot(0, 0);
        snapshot(3, 9);
        log(1, 1, 2, 3, 4, 5);
        Opened opened = Opened.on(disk);
        assertThat(opened.recovery.snapshotZxid()).isZero();
        assertThat(opened.recovery.lastZxid()).isEqualTo(5);
        assertThat(opened.txns).hasSize(5);
        assertThat(opened.recovery.findings()).singleElement().asString().contains("reaches 0x9");
    }

    @Test
    void aDamagedSnapshotNewerThanEverythingElseIsNotPassedOver() throws Exception {
        snapshot(0, 0);
        snapshot(9, 9);
        log(1, 1, 2, 3);
        byte[] bytes = disk.content(file("snapshot.9"));
        bytes[20] ^= 4;
        disk.put(file("snapshot.9"), bytes);
        refused().hasMessageContaining("snapshot.9").hasMessageContaining("ends at 0x3");
    }

    @Test
    void aNewLeadersSnapshotThatACrashCutOffIsPassedOver() throws Exception {
        snapshot(0, 0);
        snapshot(Zxid.of(2, 0), Zxid.of(2, 0));
        log(1, 1, 2, 3);
        byte[] whole = disk.content(file("snapshot.200000000"));
        for (int length : new int[] {0, 10, 40, whole.length - 30}) {
            disk.put(file("snapshot.200000000"), Arrays.copyOf(whole, length));
            try (Opened opened = Opened.on(disk)) {
                assertThat(opened.recovery.lastZxid()).isEqualTo(3);
                assertThat(opened.recovery.findings()).hasSize(1);
            }
        }
        whole[whole.length - 1] ^= 1;
        disk.put(file("snapshot.200000000"), whole);
        refused().hasMessageContaining("snapshot.200000000 cannot be loaded");
    }

    @Test
    void aSnapshotOfAnUnknownVersionIsRefused() throws Exception {
        snapshot(0, 0);
        snapshot(3, 3);
        log(1, 1, 2, 3);
        byte[] bytes = disk.content(file("snapshot.3"));
        bytes[7] = 3;
        disk.put(file("snapshot.3"), bytes);
        assertThatThrownBy(() -> Opened.on(disk))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("snapshot.3 is of format version 3; this server knows 2");
    }

    @Test
    void onlySoManySnapshotsAreTried() throws Exception {
        snapshot(0, 0);
        long[] zxids = java.util.stream.LongStream.rangeClosed(1, 101).toArray();
        log(1, zxids);
        for (int zxid = 1; zxid <= 100; zxid++) {
            snapshot(zxid, zxid);
            byte[] bytes = disk.content(file("snapshot." + Zxid.hex(zxid)));
            bytes[20] ^= 1;
            disk.put(file("snapshot." + Zxid.hex(zxid)), bytes);
        }
        refused().hasMessageContaining("no snapshot that can be loaded");
        disk.delete(file("snapshot.32"));
        try (Opened opened = Opened.on(disk)) {
            assertThat(opened.recovery.snapshotZxid()).isZero();
            assertThat(opened.recovery.lastZxid()).isEqualTo(101);
            assertThat(opened.recovery.findings()).hasSize(99);
        }
    }

    @Test
    void aFieldLongerThanAnyIsTakenForDamage() throws Exception {
        snapshot(0, 0);
        byte[] bytes = disk.content(file("snapshot.0"));
        // Behind the header, no sessions, no lists: the root's path has a length of 65 MiB.
        ByteBuffer.wrap(bytes).putInt(24, 65 << 20);
        disk.put(file("snapshot.0"), bytes);
        refused().hasMessageContaining("field length 68157440, allowed 0 to 67108864");
    }

    @Test
    void snapshotsThatAllFailAreRefused() throws Exception {
        snapshot(0, 0);
        byte[] bytes = disk.content(file("snapshot.0"));
        bytes[18] ^= 1;
        disk.put(file("snapshot.0"), bytes);
        refused().hasMessageContaining("no snapshot that can be loaded");
    }

    @Test
    void logsAndSnapshotsMayLieApartButNotMixed() throws Exception {
        Path logs = Path.of("/logs");
        StoreOptions apart =
                new StoreOptions(
                        Opened.DIR, logs, 100, 1 << 20, 0, true, "", false, true, true, true, 1);
        try (Opened opened = Opened.on(disk, apart)) {
            opened.writeSnapshot(0);
            opened.append(1, 3);
        }
        assertThat(disk.files())
                .contains(file("snapshot.0"), logs.resolve("version-2/log.1"))
                .doesNotContain(file("log.1"));
        Opened.on(disk, apart).close();
        disk.put(file("log.9"), new byte[0]);
        assertThatThrownBy(() -> Opened.on(disk, apart))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("holds a transaction log (log.9)");
        disk.delete(file("log.9"));
        disk.put(logs.resolve("version-2/snapshot.9"), new byte[0]);
        assertThatThrownBy(() -> Opened.on(disk, apart))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("holds a snapshot (snapshot.9)");
    }

    @Test
    void missingDirectoriesAreMadeOnlyIfAllowed() {
        StoreOptions strict =
                new StoreOptions(
                        Opened.DIR,
                        Opened.DIR,
                        100,
                        1 << 20,
                        0,
                        true,
                        "",
                        false,
                        true,
                        false,
                        true,
                        1);
        assertThatThrownBy(() -> Store.open(disk, strict))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("/data/version-2 does not exist");
    }

    @Test
    void anUnknownCompressionIsRefused() {
        StoreOptions lzma =
                new StoreOptions(
                        Opened.DIR,
                        Opened.DIR,
                        100,
                        1 << 20,
                        0,
                        true,
                        "lzma",
                        false,
                        true,
                        true,
                        true,
                        1);
        assertThatThrownBy(() -> Store.open(disk, lzma))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("\"lzma\": must be empty, gz or snappy");
    }

    @Test
    void leftoversOfUnfinishedSnapshotsAreRemoved() throws Exception {
        snapshot(0, 0);
        disk.put(file("tmp-snapshot.5"), new byte[100]);
        Opened.on(disk).close();
        assertThat(disk.files()).doesNotContain(file("tmp-snapshot.5"));
    }

    @Test
    void aDamagedServerComesBackWithoutAVoteUntilItHasAState() throws Exception {
        snapshot(0, 0);
        log(1, 1, 2, 3);
        disk.put(file("currentEpoch"), "x".getBytes(StandardCharsets.US_ASCII));
        disk.put(file("acceptedEpoch"), "4".getBytes(StandardCharsets.US_ASCII));
        byte[] bytes = disk.content(file("log.1"));
        bytes[50] ^= 1;
        disk.put(file("log.1"), bytes);
        try (Store store = Store.open(disk, StoreOptions.of(Opened.DIR))) {
            assertThatThrownBy(() -> Opened.recover(store)).isInstanceOf(StoreException.class);
            assertThat(store.setAside("bit 400 of log.1")).isEqualTo(file("damaged-1"));
            assertThat(Opened.recover(store).recovery.mayVote()).isFalse();
            assertThat(store.acceptedEpoch()).isEqualTo(4);
        }
        assertThat(disk.files()).contains(file("damaged-1/log.1"), file("damaged-1/snapshot.0"));
        try (Opened again = Opened.on(disk)) {
            assertThat(again.recovery.mayVote()).isFalse();
            assertThat(again.recovery.promiseKnown()).isTrue();
            assertThat(again.recovery.lastZxid()).isEqualTo(-1);
            assertThat(again.store.lastSetAside())
                    .isEqualTo(new Store.SetAside(file("damaged-1"), "bit 400 of log.1"));
            again.store.currentEpoch(4);
            again.store.installed(Zxid.of(4, 7));
            again.writeSnapshot(Zxid.of(4, 7));
        }
        try (Opened well = Opened.on(disk)) {
            assertThat(well.recovery.mayVote()).isTrue();
            assertThat(well.recovery.lastZxid()).isEqualTo(Zxid.of(4, 7));
        }
    }

    @Test
    void aPromiseThatIsLostIsSaidToBeUntilThereIsAState() throws Exception {
        snapshot(0, 0);
        log(1, 1, 2, 3);
        disk.put(file("currentEpoch"), "3".getBytes(StandardCharsets.US_ASCII));
        disk.put(file("acceptedEpoch"), new byte[] {0, 0});
        try (Store store = Store.open(disk, StoreOptions.of(Opened.DIR))) {
            assertThatThrownBy(() -> Opened.recover(store))
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining("acceptedEpoch holds");
            store.setAside("two zeros");
            assertThat(Opened.recover(store).recovery.promiseKnown()).isFalse();
            assertThat(store.acceptedEpoch()).isEqualTo(3);
        }
        try (Opened again = Opened.on(disk)) {
            assertThat(again.recovery.promiseKnown()).isFalse();
            again.store.installed(Zxid.of(3, 7));
            again.writeSnapshot(Zxid.of(3, 7));
        }
        try (Opened well = Opened.on(disk)) {
            assertThat(well.recovery.promiseKnown()).isTrue();
        }
    }

    @Test
    void anAcceptedEpochThatHasGoneIsAPromiseLost() throws Exception {
        snapshot(0, 0);
        log(1, 1, 2, 3);
        disk.put(file("currentEpoch"), "3".getBytes(StandardCharsets.US_ASCII));
        try (Opened opened = Opened.on(disk)) {
            assertThat(opened.recovery.promiseKnown()).isFalse();
            assertThat(opened.recovery.mayVote()).isTrue();
            assertThat(opened.recovery.findings()).singleElement().asString().contains("missing");
        }
    }

    @Test
    void anAcceptedEpochBelowTheCurrentOneIsSetAsideWithTheRest() throws Exception {
        snapshot(0, 0);
        disk.put(file("currentEpoch"), "3".getBytes(StandardCharsets.US_ASCII));
        disk.put(file("acceptedEpoch"), "2".getBytes(StandardCharsets.US_ASCII));
        try (Store store = Store.open(disk, StoreOptions.of(Opened.DIR))) {
            assertThatThrownBy(() -> Opened.recover(store)).isInstanceOf(StoreException.class);
            store.setAside("less");
            assertThat(Opened.recover(store).recovery.promiseKnown()).isFalse();
            assertThat(store.acceptedEpoch()).isEqualTo(3);
        }
    }

    @Test
    void progressIsTold() throws Exception {
        snapshot(0, 0);
        log(1, 1, 2, 3);
        var told = new java.util.ArrayList<String>();
        Store.open(disk, StoreOptions.of(Opened.DIR))
                .recover(
                        zxid -> new Recorded(),
                        (zxid, txn) -> {},
                        (what, done, all) -> told.add(what));
        assertThat(told).contains(file("log.1").toString());
    }
}
