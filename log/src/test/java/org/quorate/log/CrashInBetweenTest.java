package org.quorate.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.quorate.protocol.Zxid;
import org.quorate.protocol.jute.Slice;

/** The machine stops at each step of what takes several: the directory is never between states. */
class CrashInBetweenTest {
    private static final int SEEDS = 12;
    private static final int STEPS_MAX = 400;

    private Map<Path, byte[]> image;

    /** What is done, and what must hold after a crash in it. */
    private interface Deed {
        void run(Store store) throws IOException, StoreException;
    }

    private interface Check {
        void run(FaultyDisk disk, boolean done) throws Exception;
    }

    @BeforeEach
    void threeFilesAndSnapshots() throws Exception {
        FaultyDisk disk = new FaultyDisk();
        try (Opened opened = Opened.fresh(disk)) {
            for (int file = 0; file < 3; file++) {
                opened.append(1 + file * 20L, 20 + file * 20L);
                opened.store.roll();
                opened.writeSnapshot(20 + file * 20L);
            }
            opened.append(61, 70);
        }
        image = disk.image();
    }

    private void crashAtEachStep(Deed deed, Check check) {
        for (long seed = 1; seed <= SEEDS; seed++) {
            boolean done = false;
            for (int step = 0; step < STEPS_MAX && !done; step++) {
                try {
                    done = crash(seed, step, deed, check);
                } catch (Exception | AssertionError e) {
                    fail("seed %d, step %d".formatted(seed, step), e);
                }
            }
            assertThat(done).isTrue();
        }
    }

    private boolean crash(long seed, int step, Deed deed, Check check) throws Exception {
        FaultyDisk disk = FaultyDisk.of(image);
        disk.random = new Random(seed * 1000 + step);
        Store store = Opened.on(disk).store;
        disk.crashAfter = step;
        boolean done;
        try {
            deed.run(store);
            done = true;
        } catch (FaultyDisk.Crash e) {
            done = false;
        }
        disk.restart();
        check.run(disk, done);
        return done;
    }

    @Test
    void aCutCanBeDoneAgain() {
        crashAtEachStep(
                store -> assertThat(store.truncate(33)).isTrue(),
                (disk, done) -> {
                    Opened opened = Opened.on(disk);
                    if (done) {
                        assertThat(opened.recovery.lastZxid()).isEqualTo(33);
                    }
                    assertThat(opened.recovery.lastZxid()).isBetween(33L, 70L);
                    assertThat(opened.store.truncate(33)).isTrue();
                    Opened again = Opened.recover(opened.store);
                    assertThat(again.recovery.lastZxid()).isEqualTo(33);
                    assertThat(again.recovery.snapshotZxid()).isEqualTo(20);
                    assertThat(again.txns).hasSize(13);
                });
    }

    @Test
    void anInstallationLeavesTheOldStateOrTheNew() {
        long installed = Zxid.of(1, 4);
        crashAtEachStep(
                store -> install(store, installed),
                (disk, done) -> {
                    try (Opened opened = Opened.on(disk)) {
                        long last = opened.recovery.lastZxid();
                        assertThat(last).isIn(done ? installed : 70L, installed);
                        assertThat(opened.store.currentEpoch()).isEqualTo(last == 70 ? 0 : 1);
                    }
                });
    }

    @Test
    void aPurgeNeverTakesWhatAStartNeeds() {
        crashAtEachStep(
                store -> store.purge(3),
                (disk, done) -> assertThat(Opened.on(disk).recovery.lastZxid()).isEqualTo(70));
    }

    /** Six epochs of three transactions, a file and a snapshot each. */
    private static List<Long> sixEpochs(FaultyDisk disk) throws Exception {
        List<Long> zxids = new ArrayList<>();
        try (Opened opened = Opened.fresh(disk)) {
            opened.store.acceptedEpoch(6);
            opened.store.currentEpoch(6);
            for (int epoch = 1; epoch <= 6; epoch++) {
                opened.append(Zxid.of(epoch, 1), Zxid.of(epoch, 3));
                opened.store.roll();
                opened.writeSnapshot(Zxid.of(epoch, 3));
                for (int i = 1; i <= 3; i++) {
                    zxids.add(Zxid.of(epoch, i));
                }
            }
        }
        return zxids;
    }

    private static @Nullable List<Long> history(Store store, long after) throws IOException {
        try (Store.Cursor cursor = store.history(after, Long.MAX_VALUE)) {
            if (cursor == null) {
                return null;
            }
            List<Long> zxids = new ArrayList<>();
            Slice txn = new Slice();
            for (long zxid = cursor.next(txn); zxid >= 0; zxid = cursor.next(txn)) {
                zxids.add(zxid);
            }
            return zxids;
        }
    }

    /** Where an epoch begins nobody could see that the epoch before is missing. */
    @Test
    void aPurgeLeavesNoHoleInTheHistory() throws Exception {
        FaultyDisk epochs = new FaultyDisk();
        List<Long> zxids = sixEpochs(epochs);
        image = epochs.image();
        crashAtEachStep(
                store -> assertThat(store.purge(3)).contains("log.100000001", "log.200000001"),
                (disk, done) -> {
                    try (Opened opened = Opened.on(disk)) {
                        for (int i = 0; i < zxids.size(); i++) {
                            List<Long> rest = zxids.subList(i + 1, zxids.size());
                            assertThat(history(opened.store, zxids.get(i))).isIn(null, rest);
                        }
                    }
                });
    }

    /** A state that was taken in whole from the leader of its epoch. */
    private static void install(Store store, long zxid) throws IOException {
        store.acceptedEpoch(Zxid.epoch(zxid));
        store.installed(zxid);
        Recorded content = new Recorded();
        content.node("", "", 0);
        store.writeSnapshot(content.source(zxid));
        store.currentEpoch(Zxid.epoch(zxid));
    }

    @Test
    void behindAStateThatWasInstalledNothingOlderLeadsOn() throws Exception {
        FaultyDisk epochs = new FaultyDisk();
        List<Long> zxids = sixEpochs(epochs);
        image = epochs.image();
        long installed = Zxid.of(8, 4);
        crashAtEachStep(
                store -> install(store, installed),
                (disk, done) -> {
                    try (Opened opened = Opened.on(disk)) {
                        if (opened.recovery.lastZxid() == installed) {
                            opened.append(Zxid.of(9, 1), Zxid.of(9, 3));
                            opened.store.sync();
                            for (long zxid : zxids) {
                                assertThat(history(opened.store, zxid)).isNull();
                            }
                        }
                    }
                });
    }

    @Test
    void anEpochIsTheOldOrTheNew() {
        crashAtEachStep(
                store -> {
                    store.acceptedEpoch(12);
                    store.currentEpoch(12);
                },
                (disk, done) -> {
                    Store store = Opened.on(disk).store;
                    assertThat(store.acceptedEpoch()).isIn(0L, 12L);
                    assertThat(store.currentEpoch()).isIn(0L, 12L);
                    if (done) {
                        assertThat(store.currentEpoch()).isEqualTo(12);
                    }
                });
    }

    @Test
    void whatIsSetAsideIsNeverHalfAState() {
        crashAtEachStep(
                store -> store.setAside("a test"),
                (disk, done) -> {
                    try (Opened opened = Opened.on(disk)) {
                        assertThat(opened.recovery.mayVote())
                                .isEqualTo(opened.recovery.lastZxid() == 70);
                        assertThat(opened.recovery.lastZxid()).isIn(-1L, 70L);
                    } catch (StoreException e) {
                        assertThat(e.reason()).isEqualTo(StoreException.Cause.DAMAGE);
                    }
                });
    }

    @Test
    void aRepairOfATornTailCanBeInterrupted() {
        image.put(Opened.FILES.resolve("log.47"), "ZKLG".getBytes(StandardCharsets.US_ASCII));
        crashAtEachStep(
                store -> {
                    try {
                        Opened.recover(store);
                    } catch (StoreException e) {
                        if (e.getCause() instanceof FaultyDisk.Crash crash) {
                            throw crash;
                        }
                        throw e;
                    }
                },
                (disk, done) -> assertThat(Opened.on(disk).recovery.lastZxid()).isEqualTo(70));
    }
}
