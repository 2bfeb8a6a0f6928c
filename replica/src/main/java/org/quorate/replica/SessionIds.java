package org.quorate.replica;

import java.util.function.LongPredicate;

/**
 * Draws session ids in ZooKeeper's layout (peer protocol §7): the server id in the top byte, then
 * 40 bits of milliseconds at the start, then a counter of 16 bits that overflows into them. Owned
 * by the core thread.
 */
final class SessionIds {
    /** The owner that marks a container; never a session. */
    static final long CONTAINER = 0x8000000000000000L;

    private static final int SERVER_SHIFT = 56;
    private static final long BELOW_SERVER = (1L << SERVER_SHIFT) - 1;
    private static final int SEED_MASK = 0x7ff;

    private long next;

    /**
     * @param serverId 0 to 254
     * @param wallMillis at the start; what keeps ids of an earlier start apart
     * @param seed keeps servers apart that started in the same millisecond
     */
    SessionIds(long serverId, long wallMillis, long seed) {
        if (serverId < 0 || serverId > 255) {
            throw new IllegalArgumentException("server id " + serverId + " is not 0 to 255");
        }
        next = (serverId << SERVER_SHIFT | wallMillis << 24 >>> 8) + (seed & SEED_MASK);
    }

    /** The server that a session's id says it was opened at. */
    static long serverOf(long sessionId) {
        return sessionId >>> SERVER_SHIFT;
    }

    /** A new id: not 0, not the container mark, not one that {@code taken} knows. */
    long next(LongPredicate taken) {
        long id;
        do {
            id = next;
            next = next & ~BELOW_SERVER | next + 1 & BELOW_SERVER;
        } while (id == 0 || id == CONTAINER || taken.test(id));
        return id;
    }
}
