package org.quorate.tree;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.zip.CRC32;
import org.quorate.protocol.jute.Slice;

/**
 * ZooKeeper's digest of version 2 (disk formats §6). Holds only what it works with; owned by one
 * thread.
 *
 * <p>A node's digest is a CRC-32 over path, data and 60 bytes of stat. The first part changes only
 * with the data, so it is kept with the node and joined with that of the stat: moving a checksum by
 * a fixed number of bytes is linear, so a table for each of its bytes does it.
 */
public final class Digest {
    private static final byte[] BELOW_ZOOKEEPER = Slice.of("/zookeeper/").copy();
    private static final int STAT_BYTES = 60;

    private static final VarHandle LONG =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle INT =
            MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);

    /** By byte of a checksum, then by its value: what it becomes behind a stat. */
    private static final int[][] MOVED = moved();

    private final CRC32 crc = new CRC32();
    private final byte[] stat = new byte[STAT_BYTES];

    /** CRC-32 of the path (the root is empty) and the data: the first part of a node's digest. */
    public int prefixCrc(Slice path, Slice data) {
        crc.reset();
        if (path.length() != 1 || path.at(0) != '/') {
            crc.update(path.array(), path.from(), path.length());
        }
        crc.update(data.array(), data.from(), data.length());
        return (int) crc.getValue();
    }

    /** A node's digest: {@link NodeState#prefixCrc} continued over the 60 bytes of its stat. */
    public long node(NodeState state) {
        LONG.set(stat, 0, state.czxid);
        LONG.set(stat, 8, state.mzxid);
        LONG.set(stat, 16, state.pzxid);
        LONG.set(stat, 24, state.ctimeMillis);
        LONG.set(stat, 32, state.mtimeMillis);
        INT.set(stat, 40, state.version);
        INT.set(stat, 44, state.cversion);
        INT.set(stat, 48, state.aversion);
        LONG.set(stat, 52, state.ephemeralOwner);
        crc.reset();
        crc.update(stat, 0, STAT_BYTES);
        int prefix = state.prefixCrc;
        int moved =
                MOVED[0][prefix & 0xff]
                        ^ MOVED[1][prefix >>> 8 & 0xff]
                        ^ MOVED[2][prefix >>> 16 & 0xff]
                        ^ MOVED[3][prefix >>> 24];
        return crc.getValue() ^ Integer.toUnsignedLong(moved);
    }

    /** False for the paths below {@code /zookeeper/}, which count nothing. */
    public static boolean covers(Slice path) {
        if (path.length() < BELOW_ZOOKEEPER.length) {
            return true;
        }
        for (int i = 0; i < BELOW_ZOOKEEPER.length; i++) {
            if (path.at(i) != BELOW_ZOOKEEPER[i]) {
                return true;
            }
        }
        return false;
    }

    private static int[][] moved() {
        int[][] tables = new int[4][256];
        for (int index = 0; index < tables.length; index++) {
            for (int value = 0; value < 256; value++) {
                int register = value << 8 * index;
                for (int bit = 0; bit < 8 * STAT_BYTES; bit++) {
                    // One step of the reflected CRC-32 of polynomial 04C11DB7.
                    register = register >>> 1 ^ ((register & 1) != 0 ? 0xedb88320 : 0);
                }
                tables[index][value] = register;
            }
        }
        return tables;
    }
}
