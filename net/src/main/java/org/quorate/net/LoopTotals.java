package org.quorate.net;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Sums over all links of one event loop. Written by that loop with ordered stores, read by anyone.
 */
final class LoopTotals {
    private final AtomicLong received = new AtomicLong();
    private final AtomicLong sent = new AtomicLong();
    private final LatencyCounter latency = new LatencyCounter();

    // Lengths of replies. Read by others without order: they are for people.
    private int last;
    private int min = Integer.MAX_VALUE;
    private int max;

    void received(int count) {
        received.lazySet(received.getPlain() + count);
    }

    void answered(int count, long millis) {
        sent.lazySet(sent.getPlain() + count);
        latency.add(millis, count);
    }

    /**
     * Replies went out, at least one, with their lengths in front of them.
     *
     * @return where the last begins
     */
    int sizes(byte[] frames, int from, int to) {
        int shortest = min;
        int longest = max;
        int length = last;
        int begin = from;
        for (int at = from; at < to; ) {
            begin = at;
            length = FrameCutter.intAt(frames, at);
            shortest = Math.min(shortest, length);
            longest = Math.max(longest, length);
            at += 4 + length;
        }
        min = shortest;
        max = longest;
        last = length;
        return begin;
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

    ClientEdge.Sizes sizes() {
        return new ClientEdge.Sizes(max == 0 ? 0 : 1, last, min, max);
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
        last = 0;
        min = Integer.MAX_VALUE;
        max = 0;
    }
}
