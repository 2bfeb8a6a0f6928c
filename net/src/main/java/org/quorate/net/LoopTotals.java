package org.quorate.net;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Sums over all links of one event loop. Written by that loop with ordered stores, read by anyone.
 */
final class LoopTotals {
    private final AtomicLong received = new AtomicLong();
    private final AtomicLong sent = new AtomicLong();
    private final LatencyCounter latency = new LatencyCounter();

    void received(int count) {
        received.lazySet(received.getPlain() + count);
    }

    void answered(int count, long millis) {
        sent.lazySet(sent.getPlain() + count);
        latency.add(millis, count);
    }

    /** Events and answers out of order. */
    void sent(int count) {
        sent.lazySet(sent.getPlain() + count);
    }

    long received() {
        return received.get();
    }

    long sent() {
        return sent.get();
    }

    /** On the loop. */
    LinkStats.Latency latency() {
        return latency.get();
    }

    /** On the loop. */
    void reset() {
        received.lazySet(0);
        sent.lazySet(0);
        latency.reset();
    }
}
