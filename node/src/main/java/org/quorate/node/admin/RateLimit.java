package org.quorate.node.admin;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/** Allows something once in a time. Any thread. */
final class RateLimit {
    private static final long NEVER = Long.MIN_VALUE;

    private final long intervalNanos;
    private final LongSupplier nowNanos;
    private final AtomicLong lastNanos = new AtomicLong(NEVER);

    /**
     * @param nowNanos a monotonic clock
     */
    RateLimit(long intervalMillis, LongSupplier nowNanos) {
        this.intervalNanos = TimeUnit.MILLISECONDS.toNanos(intervalMillis);
        this.nowNanos = nowNanos;
    }

    /** May it happen now? Then it counts as done. */
    boolean allow() {
        long now = nowNanos.getAsLong();
        long last = lastNanos.get();
        return (last == NEVER || now - last >= intervalNanos) && lastNanos.compareAndSet(last, now);
    }
}
