package org.quorate.cluster.fence;

import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import org.quorate.cluster.metric.Metric;

/**
 * A fence that counts what it refuses. That should be nothing: each one is a write of a leader who
 * did not know that he was none any more, and would have been lost or would have done harm. Safe
 * for many threads.
 */
public final class CountingFence implements Fence {
    private final Fence fence;
    private final LongAdder passed = new LongAdder();
    private final LongAdder refused = new LongAdder();

    /** Counts what {@code fence} does. */
    public CountingFence(Fence fence) {
        this.fence = fence;
    }

    @Override
    public void check(ShardId shard, Epoch epoch) throws StaleEpochException {
        try {
            fence.check(shard, epoch);
        } catch (StaleEpochException stale) {
            refused.increment();
            throw stale;
        }
        passed.increment();
    }

    @Override
    public Epoch highest(ShardId shard) {
        return fence.highest(shard);
    }

    /** Writes refused so far. */
    public long refused() {
        return refused.sum();
    }

    /** Writes passed and refused. */
    public List<Metric> metrics() {
        return List.of(
                Metric.counter("quorate_fence_passed_total", Map.of(), passed.sum()),
                Metric.counter("quorate_fence_refused_total", Map.of(), refused.sum()));
    }
}
