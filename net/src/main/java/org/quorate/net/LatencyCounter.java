package org.quorate.net;

/** Counts latencies. Owned by one event loop. */
final class LatencyCounter {
    private long count;
    private long totalMillis;
    private long minMillis = Long.MAX_VALUE;
    private long maxMillis;

    void add(long millis, int times) {
        count += times;
        totalMillis += millis * times;
        minMillis = Math.min(minMillis, millis);
        maxMillis = Math.max(maxMillis, millis);
    }

    void reset() {
        count = 0;
        totalMillis = 0;
        minMillis = Long.MAX_VALUE;
        maxMillis = 0;
    }

    LinkStats.Latency get() {
        return count == 0
                ? LinkStats.Latency.NONE
                : new LinkStats.Latency(count, totalMillis, minMillis, maxMillis);
    }
}
