package org.quorate.net;

import java.util.concurrent.TimeUnit;

/**
 * How many have asked for something lately: in the present window of time, or in the one before if
 * those were more. Whoever asks counts himself in once a window. Any thread.
 */
final class Lately {
    static final long WINDOW_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private static final long ORIGIN_NANOS = System.nanoTime();

    private volatile long window;
    private volatile int before;
    private volatile int now;

    /** The window of a time of the monotonic clock. */
    static long window(long nanos) {
        return (nanos - ORIGIN_NANOS) / WINDOW_NANOS + 1;
    }

    /** One more, in this window. */
    synchronized void more(long at) {
        if (at > window) {
            before = at == window + 1 ? now : 0;
            now = 0;
            window = at;
        }
        now++;
    }

    /** As seen in this window; at least one, the one who asks. */
    int count(long at) {
        long last = window;
        int count = at <= last ? Math.max(before, now) : at == last + 1 ? now : 0;
        return Math.max(1, count);
    }
}
