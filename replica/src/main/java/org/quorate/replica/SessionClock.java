package org.quorate.replica;

import org.jspecify.annotations.Nullable;

/**
 * Says which sessions have expired: a wheel of buckets, one for each tick. Owned by the core
 * thread.
 *
 * <p>As in ZooKeeper a deadline is rounded up to the next tick (client protocol §14), so a session
 * lives at least its timeout and at most one tick longer. A sign of life costs nothing here: only
 * when a bucket is due are its sessions looked at, and those that have shown one move to a later
 * bucket.
 */
final class SessionClock {
    private static final int SLOTS = 1024;
    private static final long NANOS_PER_MILLI = 1_000_000L;

    private final long tickNanos;
    private final @Nullable Session[] slots = new @Nullable Session[SLOTS];
    private long originNanos;
    private boolean started;

    /** Every bucket up to this tick has been looked at. */
    private long doneTick;

    private int size;

    SessionClock(int tickMillis) {
        if (tickMillis <= 0) {
            throw new IllegalArgumentException("tick of " + tickMillis + " ms");
        }
        tickNanos = tickMillis * NANOS_PER_MILLI;
    }

    int size() {
        return size;
    }

    /** Begins to watch over a session, or takes a new timeout into account. */
    void add(Session session, long nowNanos) {
        start(nowNanos);
        remove(session);
        session.deadlineTick = Math.max(deadlineTick(session), doneTick + 1);
        link(session);
        size++;
    }

    /** Ends it; nothing happens if it was not watched over. */
    void remove(Session session) {
        if (session.clockSlot >= 0) {
            unlink(session);
            size--;
        }
    }

    boolean contains(Session session) {
        return session.clockSlot >= 0;
    }

    /** Milliseconds until the session expires if it stays silent. */
    long expiresInMillis(Session session, long nowNanos) {
        long deadlineNanos = originNanos + deadlineTick(session) * tickNanos;
        return (deadlineNanos - nowNanos) / NANOS_PER_MILLI;
    }

    /**
     * Takes one expired session out.
     *
     * @param nowNanos never smaller than in an earlier call
     * @return null if there is none (any more)
     */
    @Nullable Session nextExpired(long nowNanos) {
        start(nowNanos);
        long nowTick = Math.floorDiv(nowNanos - originNanos, tickNanos);
        if (nowTick - doneTick > SLOTS) {
            doneTick = nowTick - SLOTS; // each bucket is due: look at each once
        }
        while (doneTick < nowTick) {
            Session expired = expiredIn(slotOf(doneTick + 1), nowTick);
            if (expired != null) {
                return expired;
            }
            doneTick++;
        }
        return null;
    }

    private @Nullable Session expiredIn(int slot, long nowTick) {
        Session session = slots[slot];
        while (session != null) {
            Session next = session.clockNext;
            if (session.deadlineTick <= nowTick) {
                unlink(session);
                session.deadlineTick = deadlineTick(session);
                if (session.deadlineTick <= nowTick) {
                    size--;
                    return session;
                }
                link(session);
            }
            session = next;
        }
        return null;
    }

    /** The tick at whose beginning the session is over. */
    private long deadlineTick(Session session) {
        long deadlineNanos =
                session.lastSignNanos() + session.timeoutMillis * NANOS_PER_MILLI - originNanos;
        return Math.floorDiv(deadlineNanos, tickNanos) + 1;
    }

    private void start(long nowNanos) {
        if (!started) {
            started = true;
            originNanos = nowNanos;
        }
    }

    private static int slotOf(long tick) {
        return (int) (tick & SLOTS - 1);
    }

    private void link(Session session) {
        int slot = slotOf(session.deadlineTick);
        Session first = slots[slot];
        session.clockSlot = slot;
        session.clockPrevious = null;
        session.clockNext = first;
        if (first != null) {
            first.clockPrevious = session;
        }
        slots[slot] = session;
    }

    private void unlink(Session session) {
        Session previous = session.clockPrevious;
        Session next = session.clockNext;
        if (previous == null) {
            slots[session.clockSlot] = next;
        } else {
            previous.clockNext = next;
        }
        if (next != null) {
            next.clockPrevious = previous;
        }
        session.clockNext = null;
        session.clockPrevious = null;
        session.clockSlot = -1;
    }
}
