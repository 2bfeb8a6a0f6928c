package org.quorate.node.host;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * So much per second, of requests or of bytes; what was not used within the last second can be used
 * at once. Any thread; allocates nothing.
 *
 * <p>One number says it all: until when what was taken is paid for, if each unit costs its part of
 * a second. While that is less than a second ahead there is room, for a unit of any size: what is
 * too much of it is paid for afterwards.
 */
final class Rate {
    private static final long AHEAD_NANOS_MAX = TimeUnit.SECONDS.toNanos(1);

    private final double nanosPerUnit;
    private final AtomicLong paidNanos;

    /**
     * @param perSecond above 0
     */
    Rate(long perSecond, long nowNanos) {
        if (perSecond <= 0) {
            throw new IllegalArgumentException(perSecond + " per second");
        }
        this.nanosPerUnit = (double) AHEAD_NANOS_MAX / perSecond;
        this.paidNanos = new AtomicLong(nowNanos);
    }

    boolean hasRoom(long nowNanos) {
        return paidNanos.get() - nowNanos < AHEAD_NANOS_MAX;
    }

    /** How long there is no room; 0 if there is some. */
    long untilRoomNanos(long nowNanos) {
        return Math.max(0, paidNanos.get() - nowNanos - AHEAD_NANOS_MAX + 1);
    }

    /** Is a whole second's worth there to be used? */
    boolean isFull(long nowNanos) {
        return paidNanos.get() - nowNanos <= 0;
    }

    /** Takes units whether there is room for them or not. */
    void take(long units, long nowNanos) {
        long cost = (long) (units * nanosPerUnit);
        long paid;
        long next;
        do {
            paid = paidNanos.get();
            next = (paid - nowNanos > 0 ? paid : nowNanos) + cost;
        } while (!paidNanos.compareAndSet(paid, next));
    }
}
