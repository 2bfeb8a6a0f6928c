package org.quorate.node.metrics;

import java.util.concurrent.atomic.LongAdder;

/** Counts. Any thread; adding does not allocate and does not wait. */
public final class Counter implements Metric {
    private final String name;
    private final LongAdder count = new LongAdder();

    Counter(String name) {
        this.name = name;
    }

    @Override
    public String name() {
        return name;
    }

    /** One more. */
    public void increment() {
        count.increment();
    }

    /** So many more. */
    public void add(long delta) {
        count.add(delta);
    }

    /** The count now. */
    public long value() {
        return count.sum();
    }

    @Override
    public void reset() {
        count.reset();
    }
}
