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
 * <p>A node's digest is a CRC-32 over path, data and 60 bytes of stat. It is kept with the node, so
 * that nobody computes that of a node as it was. Checksums of bytes as long as others differ by
 * what those bytes differ by: where only the stat changes, the digest is changed by the checksums
 * of the stats before and after.
 */
public final class Digest {
    private static final byte[] BELOW_ZOOKEEPER = Slice.of("/zookeeper/").copy();
    private static final int STAT_BYTES = 60;

    private static final VarHandle LONG =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle INT =
            MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);

    private final CRC32 crc = new CRC32();
    private final byte[] stat = new byte[STAT_BYTES];

    /** A node's digest: over its path (the root's is empty), its data and its stat. */
    public int node(Slice path, Slice data, NodeState state) {
        crc.reset();
        if (path.length() != 1 || path.at(0) != '/') {
            crc.update(path.array(), path.from(), path.length());
        }
        crc.update(data.array(), data.from(), data.length());
        updateStat(state);
        return (int) crc.getValue();
    }

    /**
     * What a node's digest has of its stat: with that of the stat before and of the stat after
     * taken out of it and put into it, both by exclusive or, it is that of the changed node.
     */
    public int stat(NodeState state) {
        crc.reset();
        updateStat(state);
        return (int) crc.getValue();
    }

    private void updateStat(NodeState state) {
        LONG.set(stat, 0, state.czxid);
        LONG.set(stat, 8, state.mzxid);
        LONG.set(stat, 16, state.pzxid);
        LONG.set(stat, 24, state.ctimeMillis);
        LONG.set(stat, 32, state.mtimeMillis);
        INT.set(stat, 40, state.version);
        INT.set(stat, 44, state.cversion);
        INT.set(stat, 48, state.aversion);
        LONG.set(stat, 52, state.ephemeralOwner);
        crc.update(stat, 0, STAT_BYTES);
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
}
