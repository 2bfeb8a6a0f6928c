package org.quorate.tree;

import org.quorate.protocol.client.CreateRequest;

/**
 * What the field ephemeralOwner says (client protocol §8): nothing, a session, a container, or a
 * time to live.
 */
public final class Owner {
    public static final long NONE = 0;
    public static final long CONTAINER = 0x8000000000000000L;

    private static final long TTL_MARK = 0xff00000000000000L;
    private static final long TTL_MARK_BITS = 0xffffff0000000000L;

    private Owner() {}

    public static boolean isContainer(long owner) {
        return owner == CONTAINER;
    }

    /**
     * Does it say a time to live?
     *
     * @param extendedTypes without them, no owner is a time to live
     */
    public static boolean isTtl(long owner, boolean extendedTypes) {
        return extendedTypes && (owner & TTL_MARK_BITS) == TTL_MARK;
    }

    /** Does a session own the node? */
    public static boolean isSession(long owner, boolean extendedTypes) {
        return owner != NONE && owner != CONTAINER && !isTtl(owner, extendedTypes);
    }

    /** The field of a node with a time to live, 1 to 2^40 − 1 ms. */
    public static long ofTtl(long millis) {
        return TTL_MARK | millis & CreateRequest.TTL_MILLIS_MAX;
    }

    public static long ttlMillis(long owner) {
        return owner & CreateRequest.TTL_MILLIS_MAX;
    }

    /** What clients see: containers and times to live are not shown. */
    public static long visible(long owner, boolean extendedTypes) {
        return isSession(owner, extendedTypes) ? owner : NONE;
    }
}
