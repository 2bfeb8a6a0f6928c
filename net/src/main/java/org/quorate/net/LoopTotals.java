package org.quorate.net;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Sums over all links of one event loop. Written by that loop with ordered stores, read by anyone.
 */
final class LoopTotals {
    private final AtomicLong received = new AtomicLong();
    private final AtomicLong sent = new AtomicLong();
    private final LatencyCounter latency = new LatencyCounter();
    private final RequestMeter meter;

    // How long requests took since the start, from receipt to reply.
    private final LatencyHistogram reads = new LatencyHistogram();
    private final LatencyHistogram updates = new LatencyHistogram();

    // Since the start; see ClientEdge.Volume.
    private final AtomicLong bytesReceived = new AtomicLong();
    private final AtomicLong replyBytes = new AtomicLong();
    private final AtomicLong eventBytes = new AtomicLong();
    private final AtomicLong dropped = new AtomicLong();
    private final AtomicLong sessionless = new AtomicLong();

    // Of the loop: the last requests, all with the same latency, that the meter has not heard of.
    private boolean unmeteredUpdate;
    private long unmeteredMillis;
    private long unmetered;

    // Lengths of replies. Read by others without order: they are for people.
    private int last;
    private int min = Integer.MAX_VALUE;
    private int max;

    LoopTotals(RequestMeter meter) {
        this.meter = meter;
    }

    void received(int count, int bytes) {
        add(received, count);
        add(bytesReceived, bytes);
    }

    void answered(int count, long nanos, boolean update) {
        long millis = TimeUnit.NANOSECONDS.toMillis(nanos);
        (update ? updates : reads).add(nanos, count);
        add(sent, count);
        latency.add(millis, count);
        if (millis != unmeteredMillis || update != unmeteredUpdate) {
            meter();
            unmeteredMillis = millis;
            unmeteredUpdate = update;
        }
        unmetered += count;
    }

    private void meter() {
        if (unmetered > 0) {
            meter.answered(unmeteredUpdate, unmeteredMillis, unmetered);
            unmetered = 0;
        }
    }

    /** How long reads, or updates, took since the start. */
    LatencyHistogram.Counts latencies(boolean update) {
        return (update ? updates : reads).counts();
    }

    /** The client went away without closing its session. */
    void dropped() {
        add(dropped, 1);
    }

    /** No handshake came in time. */
    void sessionless() {
        add(sessionless, 1);
    }

    private static void add(AtomicLong counter, long more) {
        counter.lazySet(counter.getPlain() + more); // there is but one writer
    }

    /** What went over this loop's links since the start. */
    ClientEdge.Volume volume() {
        return new ClientEdge.Volume(
                bytesReceived.get(),
                replyBytes.get(),
                eventBytes.get(),
                dropped.get(),
                sessionless.get(),
                0,
                0);
    }

    /**
     * Replies went out, at least one, with their lengths in front of them.
     *
     * @return where the last begins
     */
    int sizes(byte[] frames, int from, int to) {
        add(replyBytes, to - from);
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

    /** More of the last reply went out. */
    void replyGoesOn(int bytes) {
        add(replyBytes, bytes);
    }

    /** Events and answers out of order. */
    void pushed(int count, int bytes) {
        add(sent, count);
        add(eventBytes, bytes);
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
        meter();
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
