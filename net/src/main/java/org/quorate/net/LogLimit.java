package org.quorate.net;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Keeps a kind of complaint, which anybody outside can cause, from filling the log: so many a
 * minute are told, and then how many were not. Any thread.
 */
public final class LogLimit {
    /** Lines of one kind within a minute. */
    public static final int LINES_PER_MINUTE_MAX = 10;

    private static final long MINUTE_NANOS = TimeUnit.MINUTES.toNanos(1);

    private final LongSupplier nanoTime;

    // Guarded by this.
    private long sinceNanos;
    private int told;
    private long untold;

    public LogLimit() {
        this(System::nanoTime);
    }

    LogLimit(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        this.sinceNanos = nanoTime.getAsLong();
    }

    /** May one more line be told? */
    public synchronized boolean admits() {
        long nowNanos = nanoTime.getAsLong();
        if (nowNanos - sinceNanos >= MINUTE_NANOS) {
            sinceNanos = nowNanos;
            told = 0;
        }
        if (told == LINES_PER_MINUTE_MAX) {
            untold++;
            return false;
        }
        told++;
        return true;
    }

    /** What a line that is told says at its end of those that were not; empty if all were. */
    public synchronized String untold() {
        long count = untold;
        untold = 0;
        return count == 0 ? "" : " (%d more like it were not told)".formatted(count);
    }
}
