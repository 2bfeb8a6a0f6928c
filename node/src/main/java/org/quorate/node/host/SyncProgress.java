package org.quorate.node.host;

import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Says how far a learner is that takes in its leader's state, if that takes more than two seconds.
 * Owned by whoever holds the core.
 */
final class SyncProgress {
    private static final long EVERY_NANOS = TimeUnit.SECONDS.toNanos(2);

    private final Consumer<String> says;
    private int znodes = -1;
    private long nextNanos;
    private boolean told;

    SyncProgress(Consumer<String> says) {
        this.says = says;
    }

    /**
     * At the end of each turn.
     *
     * @param serving whether the server answers clients, so that nothing is taken in
     * @param znodesNow in the tree
     */
    void turn(boolean serving, int znodesNow, long nowNanos) {
        if (serving || znodes < 0) {
            if (told) {
                says.accept("the leader's state is here: %d znodes".formatted(znodesNow));
                told = false;
            }
            znodes = znodesNow;
            nextNanos = nowNanos + EVERY_NANOS;
        } else if (znodesNow == znodes) {
            if (!told) {
                nextNanos = nowNanos + EVERY_NANOS; // nothing comes: it may not have begun
            }
        } else if (nowNanos - nextNanos >= 0) {
            nextNanos = nowNanos + EVERY_NANOS;
            znodes = znodesNow;
            told = true;
            says.accept("taking in the leader's state: %d znodes so far".formatted(znodesNow));
        }
    }
}
