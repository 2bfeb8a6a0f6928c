package org.quorate.sim;

import java.util.PriorityQueue;

/**
 * Simulated time: what is to happen and when, in one order. Events of one instant happen in the
 * order in which they were asked for.
 */
final class Timeline {
    static final long MILLI = 1_000_000;
    static final long SECOND = 1_000 * MILLI;

    /** A hundred times what a run is made of: in one with more somebody answers without end. */
    private static final long EVENTS_MAX = 5_000_000;

    private record Event(long atNanos, long order, Runnable action) implements Comparable<Event> {
        @Override
        public int compareTo(Event other) {
            int byTime = Long.compare(atNanos, other.atNanos);
            return byTime != 0 ? byTime : Long.compare(order, other.order);
        }
    }

    private final PriorityQueue<Event> events = new PriorityQueue<>();
    private final Trace trace;
    private long nowNanos;
    private long orders;

    Timeline(Trace trace) {
        this.trace = trace;
    }

    long nowNanos() {
        return nowNanos;
    }

    long nowMillis() {
        return nowNanos / MILLI;
    }

    /** Lets something happen later. */
    void after(long nanos, Runnable action) {
        if (orders >= EVENTS_MAX) {
            throw new SimulationFailure("%d events: somebody answers without end", orders);
        }
        events.add(new Event(nowNanos + Math.max(nanos, 0), orders++, action));
    }

    /** Lets everything up to a time happen. */
    void runTo(long untilNanos) {
        for (Event next = events.peek();
                next != null && next.atNanos <= untilNanos;
                next = events.peek()) {
            events.poll();
            nowNanos = next.atNanos;
            trace.at(nowNanos);
            trace.mix(next.atNanos ^ next.order << 40);
            next.action.run();
        }
        nowNanos = untilNanos;
    }

    /** How many events there have been. */
    long count() {
        return orders;
    }
}
