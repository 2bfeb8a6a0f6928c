package org.quorate.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.io.IOException;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** The machine stops at any moment, and what was not synced arrives in part or not at all. */
class CrashTest {
    private static final int SEEDS = 600;

    /** Few zeros ahead, so that records fall on them and behind them. */
    private static final StoreOptions OPTIONS =
            new StoreOptions(
                    Opened.DIR,
                    Opened.DIR,
                    100_000,
                    1L << 32,
                    16 << 10,
                    true,
                    "",
                    false,
                    true,
                    true,
                    true,
                    1);

    /** What one life of the server has promised, and what may be there beyond. */
    private static final class Promises {
        final TreeMap<Long, byte[]> appended = new TreeMap<>();
        long synced;
    }

    @Test
    void everySyncedRecordSurvivesAndNothingElseAppearsOutOfOrder() {
        int torn = 0;
        for (long seed = 1; seed <= SEEDS; seed++) {
            try {
                torn += lives(new Random(seed));
            } catch (Exception | AssertionError e) {
                fail("seed " + seed, e);
            }
        }
        // Otherwise this test would show nothing.
        assertThat(torn).isGreaterThan(SEEDS / 4);
    }

    /** Returns how many starts found something torn. */
    private static int lives(Random random) throws Exception {
        int torn = 0;
        FaultyDisk disk = new FaultyDisk();
        disk.random = random;
        Opened.fresh(disk).close();
        Promises promises = new Promises();
        for (int life = 0; life < 4; life++) {
            disk.crashAfter = random.nextInt(120);
            try {
                live(disk, promises, random);
                disk.crashAfter = 0;
            } catch (IOException | StoreException e) {
                assertThat(disk.crashAfter).as("%s", e).isZero();
            }
            disk.restart();
            torn += check(disk, promises);
        }
        return torn;
    }

    private static void live(FaultyDisk disk, Promises promises, Random random)
            throws IOException, StoreException {
        Store store = Opened.on(disk, OPTIONS).store;
        long zxid = store.lastZxid();
        int turns = random.nextInt(30);
        for (int turn = 0; turn < turns; turn++) {
            int records = 1 + random.nextInt(6);
            for (int i = 0; i < records; i++) {
                byte[] txn = txn(++zxid, random);
                promises.appended.put(zxid, txn);
                store.append(zxid, txn, 0, txn.length);
            }
            store.sync();
            promises.synced = zxid;
            switch (random.nextInt(10)) {
                case 0 -> store.prepare();
                case 1 -> {
                    store.roll();
                    Recorded content = new Recorded();
                    content.node("", "", 0);
                    store.writeSnapshot(content.source(zxid));
                    store.purge(3);
                }
                default -> {}
            }
        }
    }

    /** Short ones, ones over several sectors, and ones that are mostly zeros themselves. */
    private static byte[] txn(long zxid, Random random) {
        return switch (random.nextInt(6)) {
            case 0 -> Txns.setData(zxid, new byte[random.nextInt(3000)]);
            case 1 -> Txns.setData(zxid, random.nextInt(6000));
            default -> Txns.setData(zxid, random.nextInt(200));
        };
    }

    private static int check(FaultyDisk disk, Promises promises) throws Exception {
        try (Opened opened = Opened.on(disk, OPTIONS)) {
            long last = opened.recovery.lastZxid();
            assertThat(last).isGreaterThanOrEqualTo(promises.synced);
            long expected = opened.recovery.snapshotZxid();
            for (var txn : opened.txns.entrySet()) {
                assertThat(txn.getKey()).isEqualTo(++expected);
                assertThat(txn.getValue()).isEqualTo(promises.appended.get(txn.getKey()));
            }
            assertThat(expected).isEqualTo(last);
            promises.appended.tailMap(last, false).clear();
            promises.synced = last;
            return opened.recovery.findings().isEmpty() ? 0 : 1;
        }
    }
}
