package org.quorate.tree;

import org.quorate.protocol.jute.Slice;

/** ZooKeeper's digest of version 2 (disk formats §6). Stateless. */
public final class Digest {
    private Digest() {}

    /** CRC-32 of the path (the root is empty) and the data: the first part of a node's digest. */
    public static int prefixCrc(Slice path, Slice data) {
        throw new IllegalStateException("not built yet: " + path + data);
    }

    /** A node's digest: {@link NodeState#prefixCrc} continued over the 60 bytes of its stat. */
    public static long node(NodeState state) {
        throw new IllegalStateException("not built yet: " + state);
    }

    /** False for the paths below {@code /zookeeper/}, which count nothing. */
    public static boolean covers(Slice path) {
        throw new IllegalStateException("not built yet: " + path);
    }
}
