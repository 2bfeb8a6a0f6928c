package org.quorate.tree;

import java.util.zip.CRC32;
import org.quorate.protocol.jute.Slice;

/**
 * ZooKeeper's digest of version 2 (disk formats §6). Stateless.
 *
 * <p>A node's digest is a CRC-32 over path, data and 60 bytes of stat. The first part changes only
 * with the data, so it is kept with the node and continued over the stat from there.
 */
public final class Digest {
    private static final byte[] BELOW_ZOOKEEPER = Slice.of("/zookeeper/").copy();

    /** By distance in bytes, then by byte value: eight bytes are taken at a time. */
    private static final int[][] TABLES = tables();

    private Digest() {}

    /** CRC-32 of the path (the root is empty) and the data: the first part of a node's digest. */
    public static int prefixCrc(Slice path, Slice data) {
        CRC32 crc = new CRC32();
        if (path.length() != 1 || path.at(0) != '/') {
            crc.update(path.array(), path.from(), path.length());
        }
        crc.update(data.array(), data.from(), data.length());
        return (int) crc.getValue();
    }

    /** A node's digest: {@link NodeState#prefixCrc} continued over the 60 bytes of its stat. */
    public static long node(NodeState state) {
        int register = ~state.prefixCrc;
        register = takeLong(register, state.czxid);
        register = takeLong(register, state.mzxid);
        register = takeLong(register, state.pzxid);
        register = takeLong(register, state.ctimeMillis);
        register = takeLong(register, state.mtimeMillis);
        register = takeInt(register, state.version);
        register = takeInt(register, state.cversion);
        register = takeInt(register, state.aversion);
        register = takeLong(register, state.ephemeralOwner);
        return Integer.toUnsignedLong(~register);
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

    private static int takeLong(int register, long value) {
        int first = register ^ Integer.reverseBytes((int) (value >>> 32));
        int second = Integer.reverseBytes((int) value);
        return TABLES[7][first & 0xff]
                ^ TABLES[6][first >>> 8 & 0xff]
                ^ TABLES[5][first >>> 16 & 0xff]
                ^ TABLES[4][first >>> 24]
                ^ TABLES[3][second & 0xff]
                ^ TABLES[2][second >>> 8 & 0xff]
                ^ TABLES[1][second >>> 16 & 0xff]
                ^ TABLES[0][second >>> 24];
    }

    private static int takeInt(int register, int value) {
        int word = register ^ Integer.reverseBytes(value);
        return TABLES[3][word & 0xff]
                ^ TABLES[2][word >>> 8 & 0xff]
                ^ TABLES[1][word >>> 16 & 0xff]
                ^ TABLES[0][word >>> 24];
    }

    private static int[][] tables() {
        int[][] tables = new int[8][256];
        for (int value = 0; value < 256; value++) {
            int register = value;
            for (int bit = 0; bit < 8; bit++) {
                // One step of the reflected CRC-32 of polynomial 04C11DB7.
                register = register >>> 1 ^ ((register & 1) != 0 ? 0xedb88320 : 0);
            }
            tables[0][value] = register;
        }
        for (int distance = 1; distance < 8; distance++) {
            for (int value = 0; value < 256; value++) {
                int nearer = tables[distance - 1][value];
                tables[distance][value] = nearer >>> 8 ^ tables[0][nearer & 0xff];
            }
        }
        return tables;
    }
}
