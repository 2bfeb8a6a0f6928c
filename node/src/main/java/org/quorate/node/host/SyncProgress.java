package org.quorate.node.host;

import java.util.concurrent.TimeUnit;
import java.util.function.IntConsumer;

/**
 * Finds out how far a learner is that takes in its leader's state, and tells of it if that takes
 * long. Owned by whoever holds the core.
 */
final class SyncProgress {
    private static final long LONG_NANOS = TimeUnit.SECONDS.toNanos(2);

    private final StartProgress progress;
    private final IntConsumer whenLong;
    private int znodes = -1;
    private long beganNanos;
    private long nextNanos;
    private boolean told;

    /**
     * @param whenLong hears of the end, with the number of znodes, if it took more than two seconds
     */
    SyncProgress(StartProgress progress, IntConsumer whenLong) {
        this.progress = progress;
        this.whenLong = whenLong;
    }

    /**
     * At the end of each turn.
     *
     * @param serving whether the server answers clients, so that nothing is taken in
     * @param znodesNow in the tree
     */
    void turn(boolean serving, int znodesNow, long nowNanos) {
        if (serving || znodes < 0) {
            end(znodesNow, nowNanos);
            znodes = znodesNow;
            begin(nowNanos);
        } else if (znodesNow == znodes) {
            if (!told) {
                begin(nowNanos); // nothing comes: it may not have begun
            }
        } else if (nowNanos - nextNanos >= 0) {
            nextNanos = nowNanos + progress.everyNanos();
            znodes = znodesNow;
            told = true;
            progress.takingIn(znodesNow);
        }
    }

    private void begin(long nowNanos) {
        beganNanos = nowNanos;
        nextNanos = nowNanos + progress.everyNanos();
    }

    private void end(int znodesNow, long nowNanos) {
        if (told) {
            told = false;
            progress.over();
            if (nowNanos - beganNanos >= LONG_NANOS) {
                whenLong.accept(znodesNow);
            }
        }
    }
}
