package org.quorate.replica;

import org.jspecify.annotations.Nullable;

/**
 * A session as this server knows it: one that is connected here, and while this server leads each
 * one of the ensemble. Owned by the core thread.
 */
final class Session {
    /** Nobody has used it since this server leads. */
    static final long UNOWNED = Long.MIN_VALUE;

    /** It has a connection, or is not bound to one. */
    static final long NO_END = Long.MAX_VALUE;

    final long id;
    int timeoutMillis;

    /** Last sign of life that was noted; the connection may know a later one. */
    long touchedNanos;

    /** As learner: the sign of life last reported to the leader. */
    long reportedNanos;

    /** As learner: what was last reported when the leader was last asked whether it has read it. */
    long askedNanos;

    /** As leader: the server whose requests for it are accepted. */
    long owner = UNOWNED;

    /** As leader: a closeSession is on its way; further requests are refused. */
    boolean closing;

    /** As leader: when it is over, having lost the connection that it is bound to. */
    long endNanos = NO_END;

    /** Only this server knows it. */
    boolean local;

    /** A local session whose createSession is on its way. */
    boolean upgrading;

    @Nullable Connection connection;

    /** Writes under way of connections that are gone: their transactions come before others. */
    Pending.@Nullable Queue orphans;

    // ---- of SessionTable
    int tableIndex = -1;

    // ---- of SessionClock
    @Nullable Session clockNext;
    @Nullable Session clockPrevious;
    int clockSlot = -1;
    long deadlineTick;

    Session(long id, int timeoutMillis) {
        this.id = id;
        this.timeoutMillis = timeoutMillis;
    }

    /** Keeps a write under way whose connection is gone. */
    void addOrphan(Pending pending) {
        Pending.Queue queue = orphans;
        if (queue == null) {
            queue = new Pending.Queue();
            orphans = queue;
        }
        queue.append(pending);
    }

    /** The last sign of life, noted or not. */
    long lastSignNanos() {
        Connection here = connection;
        if (here != null && here.touchedNanos() - touchedNanos > 0) {
            touchedNanos = here.touchedNanos();
        }
        return touchedNanos;
    }

    @Override
    public String toString() {
        return "session 0x" + Long.toHexString(id);
    }
}
