package org.quorate.log;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;
import org.quorate.protocol.jute.Slice;
import org.quorate.protocol.snapshot.SnapshotNode;

/**
 * The digest of version 2 over a snapshot's nodes (disk formats §6), computed apart from the tree,
 * so that a file can be checked against what the tree said. Owned by one thread.
 */
final class TreeDigest {
    static final int VERSION = 2;

    private static final byte[] BELOW_ZOOKEEPER = "/zookeeper/".getBytes(StandardCharsets.US_ASCII);

    private final CRC32 crc = new CRC32();
    private final ByteBuffer stat = ByteBuffer.allocate(60);
    private long sum;

    void add(SnapshotNode node) {
        if (!isBelowZookeeper(node.path)) {
            crc.reset();
            crc.update(node.path.array(), node.path.from(), node.path.length());
            crc.update(node.data.array(), node.data.from(), node.data.length());
            stat.clear();
            stat.putLong(node.czxid).putLong(node.mzxid).putLong(node.pzxid);
            stat.putLong(node.ctimeMillis).putLong(node.mtimeMillis);
            stat.putInt(node.version).putInt(node.cversion).putInt(node.aversion);
            stat.putLong(node.ephemeralOwner);
            crc.update(stat.array());
            sum += crc.getValue();
        }
    }

    private static boolean isBelowZookeeper(Slice path) {
        if (path.length() < BELOW_ZOOKEEPER.length) {
            return false;
        }
        for (int i = 0; i < BELOW_ZOOKEEPER.length; i++) {
            if (path.at(i) != BELOW_ZOOKEEPER[i]) {
                return false;
            }
        }
        return true;
    }

    long sum() {
        return sum;
    }
}
