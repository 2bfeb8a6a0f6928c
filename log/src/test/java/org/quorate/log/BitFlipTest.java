package org.quorate.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.quorate.protocol.jute.JuteIn;
import org.quorate.protocol.jute.Slice;
import org.quorate.protocol.snapshot.SnapshotNode;

/** One wrong bit anywhere is refused, or changes nothing. */
class BitFlipTest {
    private static final int FLIPS = 1200;
    private static final long LAST_ZXID = 60;

    private static StoreOptions options(String compression) {
        return new StoreOptions(
                Opened.DIR,
                Opened.DIR,
                100_000,
                1L << 32,
                8 << 10,
                true,
                compression,
                false,
                true,
                true,
                true,
                1);
    }

    /** Three snapshots, four logs, the last of them with zeros behind its records. */
    private static Map<Path, byte[]> image(String compression) throws Exception {
        FaultyDisk disk = new FaultyDisk();
        TreeMap<Long, byte[]> state = new TreeMap<>();
        try (Opened opened = Opened.on(disk, options(compression))) {
            writeState(opened.store, state, 0);
            opened.store.acceptedEpoch(0);
            for (long zxid = 1; zxid <= LAST_ZXID; zxid++) {
                byte[] txn = txn(zxid);
                state.put(zxid, txn);
                opened.store.append(zxid, txn, 0, txn.length);
                if (zxid % 5 == 0) {
                    opened.store.sync();
                    opened.store.prepare();
                }
                if (zxid % 15 == 0 && zxid < LAST_ZXID) {
                    opened.store.roll();
                    writeState(opened.store, state, zxid);
                }
            }
            return disk.image();
        }
    }

    private static byte[] txn(long zxid) {
        return zxid % 7 == 0
                ? Txns.setData(zxid, new byte[1500])
                : Txns.setData(zxid, (int) (zxid * 11 % 90));
    }

    private static void writeState(Store store, Map<Long, byte[]> state, long zxid)
            throws IOException {
        Recorded content = new Recorded();
        content.node("", "", 0);
        SnapshotNode node = new SnapshotNode();
        for (var txn : state.entrySet()) {
            node.path.set(Slice.of("/n" + txn.getKey()));
            node.data.set(txn.getValue(), 0, txn.getValue().length);
            node.czxid = txn.getKey();
            content.node(node);
        }
        store.writeSnapshot(content.source(zxid));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "gz", "snappy"})
    void aFlippedBitIsRefusedOrRedundant(String compression) throws Exception {
        Map<Path, byte[]> image = image(compression);
        Map<Long, ByteBuffer> expected =
                state(Opened.on(FaultyDisk.of(image), options(compression)));
        assertThat(expected).hasSize((int) LAST_ZXID);
        Random random = new Random(7);
        int refused = 0;
        for (int flip = 0; flip < FLIPS; flip++) {
            Path path = image.keySet().stream().sorted().toList().get(random.nextInt(image.size()));
            int bit = random.nextInt(image.get(path).length * 8);
            refused += isRefused(image, expected, path, bit, options(compression)) ? 1 : 0;
        }
        assertThat(refused).isBetween(FLIPS / 20, FLIPS);
    }

    private static boolean isRefused(
            Map<Path, byte[]> image,
            Map<Long, ByteBuffer> expected,
            Path path,
            int bit,
            StoreOptions options) {
        FaultyDisk disk = FaultyDisk.of(image);
        byte[] bytes = image.get(path).clone();
        bytes[bit / 8] ^= (byte) (1 << bit % 8);
        disk.put(path, bytes);
        try (Opened opened = Opened.on(disk, options)) {
            assertThat(opened.recovery.lastZxid()).isEqualTo(LAST_ZXID);
            assertThat(state(opened)).isEqualTo(expected);
            assertThat(opened.store.currentEpoch()).isZero();
            assertThat(opened.store.acceptedEpoch()).isZero();
            return false;
        } catch (StoreException e) {
            assertThat(e.getMessage()).doesNotContain("\n").contains("/data");
            return true;
        } catch (Exception | AssertionError e) {
            return fail("bit %d of %s".formatted(bit, path), e);
        }
    }

    /** What a tree would hold: the snapshot's nodes, and the records behind. */
    private static Map<Long, ByteBuffer> state(Opened opened) {
        Map<Long, ByteBuffer> state = new TreeMap<>();
        SnapshotNode node = new SnapshotNode();
        for (byte[] bytes : opened.snapshot.nodes) {
            node.read(new JuteIn().wrap(bytes));
            if (node.path.length() > 0) {
                state.put(
                        Long.parseLong(node.path.text().substring(2)),
                        ByteBuffer.wrap(node.data.copy()));
            }
        }
        opened.txns.forEach((zxid, txn) -> state.put(zxid, ByteBuffer.wrap(txn)));
        return state;
    }
}
