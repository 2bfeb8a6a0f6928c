package org.quorate.node.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.quorate.log.Disk;
import org.quorate.log.Store;
import org.quorate.log.StoreOptions;
import org.quorate.node.metrics.ServerMetrics;
import org.quorate.protocol.acl.AclVector;
import org.quorate.protocol.jute.JuteOut;
import org.quorate.protocol.snapshot.SnapshotNode;
import org.quorate.protocol.snapshot.SnapshotSession;
import org.quorate.protocol.snapshot.SnapshotSink;
import org.quorate.protocol.snapshot.SnapshotSource;
import org.quorate.protocol.txn.TxnHeader;

class JournalingTest {
    private final SteeredDisk disk = new SteeredDisk();
    private final List<String> heard = new CopyOnWriteArrayList<>();
    private final List<String> deaths = new CopyOnWriteArrayList<>();

    /** The epoch on disk at each {@link Listener#durable}. */
    private final List<Long> epochs = new CopyOnWriteArrayList<>();

    @TempDir Path dir;
    private Store store;
    private Journaling journaling;

    private final class Listener implements JournalListener {
        @Override
        public void durable() {
            heard.add("durable " + journaling.durable());
            epochs.add(store.currentEpoch());
        }

        @Override
        public void diskFull(boolean full, String what) {
            heard.add(full ? "full" : "room");
        }

        @Override
        public void snapshotDue() {
            heard.add("snapshot due");
        }

        @Override
        public void synced(long nanos, int bytes, int records) {
            heard.add("synced " + records);
        }
    }

    /** A tree with nothing but its root. */
    private static final class Nothing implements SnapshotSource {
        private final long lastZxid;
        private boolean told;

        Nothing(long lastZxid) {
            this.lastZxid = lastZxid;
        }

        @Override
        public long lastZxid() {
            return lastZxid;
        }

        @Override
        public long digestZxid() {
            return 0;
        }

        @Override
        public long treeDigest() {
            return 0;
        }

        @Override
        public int sessionCount() {
            return 0;
        }

        @Override
        public boolean nextSession(SnapshotSession into) {
            return false;
        }

        @Override
        public int aclCount() {
            return 0;
        }

        @Override
        public long nextAcl(AclVector into) {
            return 0;
        }

        @Override
        public boolean nextNode(SnapshotNode into) {
            boolean first = !told;
            told = true;
            into.path.set(new byte[0], 0, 0);
            return first;
        }

        @Override
        public void close() {}
    }

    /** Takes a snapshot and forgets it. */
    private static final class Forgetful implements SnapshotSink {
        @Override
        public void session(long sessionId, int timeoutMillis) {}

        @Override
        public void acl(long ref, AclVector acl) {}

        @Override
        public void node(SnapshotNode node) {}

        @Override
        public void end() {}
    }

    @BeforeEach
    void open() throws Exception {
        store = open(disk);
        store.writeSnapshot(new Nothing(0));
        journaling =
                new Journaling(
                        "test-log", store, new Listener(), (what, why) -> deaths.add(what + why));
        journaling.start();
    }

    private Store open(Disk on) throws Exception {
        StoreOptions all = StoreOptions.of(dir);
        Store opened =
                Store.open(
                        on,
                        new StoreOptions(
                                dir,
                                dir,
                                all.snapCount(),
                                all.snapBytes(),
                                64 << 10,
                                true,
                                "",
                                false,
                                true,
                                true,
                                true,
                                1));
        opened.recover(zxid -> new Forgetful(), (zxid, txn) -> {}, null);
        return opened;
    }

    @AfterEach
    void close() throws Exception {
        disk.release();
        journaling.stop();
        try {
            store.close();
        } catch (java.io.IOException e) {
            assertThat(deaths).isNotEmpty();
        }
    }

    private void append(long zxid) {
        JuteOut out = new JuteOut();
        TxnHeader header = new TxnHeader();
        header.zxid = zxid;
        header.type = -1;
        header.write(out);
        out.writeInt(-101);
        journaling.append(zxid, out.array(), 0, out.size());
    }

    private void mark(long token) {
        journaling.add(JournalBatch.Kind.MARK, token);
    }

    private List<Long> logged() throws Exception {
        journaling.stop();
        store.close();
        List<Long> zxids = new ArrayList<>();
        Store again = Store.open(Disk.REAL, StoreOptions.of(dir));
        again.recover(zxid -> new Forgetful(), (zxid, txn) -> zxids.add(zxid), null);
        again.close();
        return zxids;
    }

    @Test
    void aMarkIsToldOnlyBehindTheSync() throws Exception {
        disk.hold();
        append(1);
        mark(7);
        journaling.endTurn();
        await().until(() -> journaling.pendingBytes() > 0);
        assertThat(journaling.durable()).isEqualTo(-1);
        disk.release();
        await().until(() -> journaling.durable() == 7);
        assertThat(heard).containsExactly("synced 1", "durable 7");
        assertThat(journaling.pendingBytes()).isZero();
        assertThat(logged()).containsExactly(1L);
    }

    @Test
    void allTurnsThatGatherDuringASyncShareTheNext() throws Exception {
        disk.hold();
        append(1);
        mark(1);
        journaling.endTurn();
        await().until(() -> journaling.pendingBytes() > 0);
        for (int zxid = 2; zxid <= 500; zxid++) {
            append(zxid);
            mark(zxid);
            journaling.endTurn();
        }
        disk.release();
        await().until(() -> {
            journaling.endTurn();
            return journaling.durable() == 500;
        });
        // The queue holds 64 turns; what does not fit gathers in one more.
        assertThat(disk.logSyncs.get()).isLessThanOrEqualTo(4);
        assertThat(logged()).hasSize(500);
    }

    @Test
    void aFailedSyncIsFatalAndNothingIsDurableAfterIt() {
        disk.broken = true;
        append(1);
        mark(1);
        journaling.endTurn();
        await().until(() -> !deaths.isEmpty());
        assertThat(deaths.getFirst()).contains("broken, says the test");
        append(2);
        mark(2);
        journaling.endTurn();
        assertThat(journaling.durable()).isEqualTo(-1);
        disk.broken = false;
    }

    @Test
    void withoutRoomWritesWaitAndGoOnWhenThereIsSome() throws Exception {
        disk.full = true;
        append(1);
        mark(1);
        journaling.endTurn();
        await().until(() -> disk.refusals.get() > 2);
        assertThat(heard).containsExactly("full");
        assertThat(journaling.durable()).isEqualTo(-1);
        disk.full = false;
        await().until(() -> journaling.durable() == 1);
        assertThat(heard).containsExactly("full", "room", "synced 1", "durable 1");
        assertThat(deaths).isEmpty();
        assertThat(logged()).containsExactly(1L);
    }

    @Test
    void aBorrowerFindsAllThatWasAskedBeforeOnDisk() throws Exception {
        for (int zxid = 1; zxid <= 100; zxid++) {
            append(zxid);
            journaling.endTurn();
        }
        long last =
                journaling.exclusively(lent -> {
                    assertThat(lent.pendingBytes()).isZero();
                    return lent.lastZxid();
                });
        assertThat(last).isEqualTo(100);
        append(101);
        mark(101);
        journaling.endTurn();
        await().until(() -> journaling.durable() == 101);
    }

    /** Or else a power loss leaves a state of an epoch that was never promised on disk. */
    @Test
    void aSnapshotIsWrittenBehindTheLogThatItSays() throws Exception {
        Path snapshot = dir.resolve("version-2").resolve("snapshot.1");
        Maintenance stopped = maintenance();
        Maintenance going = maintenance();
        disk.hold();
        append(1);
        journaling.work(stopped.snapshot(new Nothing(1)));
        journaling.work(going.snapshot(new Nothing(1)));
        journaling.endTurn();
        stopped.stop(); // which waits for all that it has begun
        assertThat(snapshot).doesNotExist();
        disk.release();
        await().until(() -> Files.exists(snapshot));
        going.stop();
    }

    private Maintenance maintenance() {
        return new Maintenance(
                "test",
                store,
                () -> {},
                3,
                0,
                new ServerMetrics(),
                (what, why) -> deaths.add(what + why));
    }

    @Test
    void anEpochIsWrittenBehindTheRecordsBeforeIt() throws Exception {
        append(1);
        journaling.add(JournalBatch.Kind.ACCEPTED_EPOCH, 5);
        journaling.add(JournalBatch.Kind.CURRENT_EPOCH, 5);
        mark(1);
        journaling.endTurn();
        await().until(() -> journaling.durable() == 1);
        assertThat(heard.getFirst()).isEqualTo("synced 1");
        assertThat(store.currentEpoch()).isEqualTo(5);
        assertThat(store.acceptedEpoch()).isEqualTo(5);
    }

    @Test
    void anEpochThatNothingWaitsForLetsRecordsPassAndNothingElse() throws Exception {
        journaling.add(JournalBatch.Kind.ACCEPTED_EPOCH, 6);
        mark(1);
        journaling.endTurn();
        await().until(() -> epochs.size() == 1);
        journaling.add(JournalBatch.Kind.CURRENT_EPOCH_SOON, 5);
        append(1);
        mark(2);
        journaling.endTurn();
        await().until(() -> epochs.size() == 2);
        assertThat(epochs).containsExactly(0L, 0L);
        await().until(() -> Files.readString(epochFile()).startsWith("5"));

        journaling.add(JournalBatch.Kind.CURRENT_EPOCH_SOON, 6);
        append(2);
        journaling.add(JournalBatch.Kind.ROLL, 0);
        mark(3);
        journaling.endTurn();
        await().until(() -> epochs.size() == 3);
        assertThat(epochs.getLast()).isEqualTo(6);
    }

    @Test
    void anEpochThatNothingWaitsForIsWrittenAtTheEnd() throws Exception {
        journaling.add(JournalBatch.Kind.ACCEPTED_EPOCH, 5);
        journaling.add(JournalBatch.Kind.CURRENT_EPOCH_SOON, 5);
        journaling.endTurn();
        journaling.stop();
        assertThat(Files.readString(epochFile())).startsWith("5");
    }

    private Path epochFile() {
        return dir.resolve("version-2").resolve("currentEpoch");
    }

    @Test
    void anEndingWritesWhatWasHandedOver() throws Exception {
        for (int zxid = 1; zxid <= 40; zxid++) {
            append(zxid);
            journaling.endTurn();
        }
        assertThat(logged()).hasSize(40);
    }
}
