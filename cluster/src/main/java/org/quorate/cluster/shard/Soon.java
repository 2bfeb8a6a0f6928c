package org.quorate.cluster.shard;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.quorate.cluster.coordinator.Host;

/**
 * Gathers reasons to do something: it is done once when the most pressing of them is due. Safe for
 * many threads.
 */
final class Soon {
    private static final long NOTHING_DUE = Long.MAX_VALUE;

    private final Host host;
    private final Runnable act;
    // Guarded by this.
    private long dueNanos = NOTHING_DUE;
    private Host.@Nullable Timer timer;

    /** Does {@code act}, which must not block. */
    Soon(Host host, Runnable act) {
        this.host = host;
        this.act = act;
    }

    /** Has it done within {@code most}; at once if that is zero. */
    synchronized void within(Duration most) {
        long due = host.nanoTime() + most.toNanos();
        if (dueNanos != NOTHING_DUE && due - dueNanos >= 0) {
            return;
        }
        cancel();
        if (most.isZero()) {
            act.run();
        } else {
            dueNanos = due;
            timer = host.schedule(most.toNanos(), this::fire);
        }
    }

    private void fire() {
        synchronized (this) {
            dueNanos = NOTHING_DUE;
            timer = null;
        }
        act.run();
    }

    /** What was due is being done now, or not at all any more. */
    synchronized void cancel() {
        if (timer != null) {
            timer.cancel();
            timer = null;
        }
        dueNanos = NOTHING_DUE;
    }
}
