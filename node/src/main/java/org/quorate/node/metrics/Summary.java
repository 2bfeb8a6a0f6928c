package org.quorate.node.metrics;

import java.util.concurrent.atomic.LongAccumulator;
import java.util.concurrent.atomic.LongAdder;
import org.HdrHistogram.AtomicHistogram;

/**
 * Summarises whole numbers: count, sum, least, greatest and percentiles, which a basic one knows to
 * one significant digit and an advanced one to two. Any thread; adding does not allocate and does
 * not wait. What is read while others add may be off by what they add.
 */
public final class Summary implements Metric {
    /** ZooKeeper's two levels of detail. */
    public enum Detail {
        BASIC,
        ADVANCED
    }

    /** Larger values count as this in percentiles: an hour, in ms. */
    static final long PERCENTILE_VALUE_MAX = 3_600_000;

    private final String name;
    private final LongAdder count = new LongAdder();
    private final LongAdder sum = new LongAdder();
    private final LongAccumulator least = new LongAccumulator(Math::min, Long.MAX_VALUE);
    private final LongAccumulator greatest = new LongAccumulator(Math::max, Long.MIN_VALUE);
    private final Detail detail;
    private final AtomicHistogram histogram;

    Summary(String name, Detail detail) {
        this.name = name;
        this.detail = detail;
        this.histogram =
                new AtomicHistogram(PERCENTILE_VALUE_MAX, detail == Detail.ADVANCED ? 2 : 1);
    }

    @Override
    public String name() {
        return name;
    }

    /** Takes one value in. */
    public void add(long value) {
        add(value, 1);
    }

    /**
     * Takes the same value in several times: what a batch shares is measured once.
     *
     * @param times ≥ 0
     */
    public void add(long value, long times) {
        if (times <= 0) {
            return;
        }
        count.add(times);
        sum.add(value * times);
        least.accumulate(value);
        greatest.accumulate(value);
        histogram.recordValueWithCount(Math.clamp(value, 0, PERCENTILE_VALUE_MAX), times);
    }

    public long count() {
        return count.sum();
    }

    public long sum() {
        return sum.sum();
    }

    /** The least value; 0 if there was none. */
    public long min() {
        long value = least.get();
        return value == Long.MAX_VALUE ? 0 : value;
    }

    /** The greatest value; 0 if there was none. */
    public long max() {
        long value = greatest.get();
        return value == Long.MIN_VALUE ? 0 : value;
    }

    /** 0 if there was no value. */
    public double average() {
        long n = count();
        return n == 0 ? 0 : (double) sum() / n;
    }

    /** Does {@code mntr} show its percentiles? */
    public boolean isAdvanced() {
        return detail == Detail.ADVANCED;
    }

    /**
     * A percentile; 0 if there was no value.
     *
     * @param percent 0 to 100
     */
    public long percentile(double percent) {
        return histogram.getTotalCount() == 0 ? 0 : histogram.getValueAtPercentile(percent);
    }

    @Override
    public void reset() {
        count.reset();
        sum.reset();
        least.reset();
        greatest.reset();
        histogram.reset();
    }
}
