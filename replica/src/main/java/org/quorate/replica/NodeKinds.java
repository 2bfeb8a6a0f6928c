package org.quorate.replica;

/** What a znode's stored owner says of its kind (client protocol §8). Stateless. */
final class NodeKinds {
    static final long PERSISTENT = 0;
    static final long CONTAINER = SessionIds.CONTAINER;

    private static final long TTL_MARK = 0xff00000000000000L;
    private static final long TTL_MASK = (1L << 40) - 1;

    private NodeKinds() {}

    static long ttlOwner(long ttlMillis) {
        return TTL_MARK | ttlMillis;
    }

    /** Milliseconds; only for an owner that says TTL. */
    static long ttlMillis(long owner) {
        return owner & TTL_MASK;
    }

    static boolean isTtl(long owner, boolean extendedTypes) {
        return extendedTypes && owner >>> 56 == 0xff;
    }

    /** Belongs to a session. */
    static boolean isEphemeral(long owner, boolean extendedTypes) {
        return owner != PERSISTENT && owner != CONTAINER && !isTtl(owner, extendedTypes);
    }
}
