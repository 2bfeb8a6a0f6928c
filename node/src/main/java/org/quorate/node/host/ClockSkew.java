package org.quorate.node.host;

import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.quorate.node.admin.ServerView;
import org.quorate.zab.Role;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How far this server's clock is from the leader's, as the times in the leader's transactions tell
 * (docs/decisions/0165). A transaction is under way for a while before it is here, which adds to
 * the difference, so of those seen in a window the smallest counts. Owned by the core thread, but
 * for {@link #millis}.
 */
final class ClockSkew {
    /** A window lasts at least as long, and has so many turns with transactions at least. */
    static final long WINDOW_NANOS = TimeUnit.SECONDS.toNanos(5);

    static final int WINDOW_TURNS = 3;

    private static final Logger LOG = LoggerFactory.getLogger(ClockSkew.class);
    private static final long NONE = Long.MAX_VALUE;

    private Role role = Role.LOOKING;
    private long lastMadeMillis;
    private long windowEndNanos;
    private int turns;
    private long smallestMillis = NONE;
    private boolean complained;
    private volatile long millis;

    /** This server's clock less the leader's, as of the last window; 0 if not known. Any thread. */
    long millis() {
        return millis;
    }

    /** A transaction was found on disk at the start. */
    void recovered(long madeMillis) {
        lastMadeMillis = madeMillis;
    }

    /**
     * At the end of a turn in which a learner got transactions.
     *
     * @param madeMillis when the leader made the last one, by its clock
     * @param wallMillis this server's clock now
     */
    void heard(long madeMillis, long nowNanos, long wallMillis) {
        lastMadeMillis = madeMillis;
        long difference = wallMillis - madeMillis;
        if (turns == 0) {
            windowEndNanos = nowNanos + WINDOW_NANOS;
        }
        turns++;
        smallestMillis = Math.min(smallestMillis, difference);
        if (turns >= WINDOW_TURNS && nowNanos - windowEndNanos >= 0) {
            millis = smallestMillis;
            forgetWindow();
            judge();
        }
    }

    private void judge() {
        boolean skewed = Math.abs(millis) > ServerView.CLOCK_SKEW_MILLIS_MAX;
        if (skewed && !complained) {
            LOG.warn(
                    "the clock here is {} that of server {}, which leads: run a time service"
                            + " (docs/findings/clock-skew.md)",
                    words(millis),
                    role.leader());
        } else if (!skewed && complained) {
            LOG.info("the clock here agrees again with that of server {}", role.leader());
        }
        complained = skewed;
    }

    /** The role has changed: what was measured was measured against another leader. */
    void role(Role now, long wallMillis) {
        if (now.leader() != role.leader()) {
            forgetWindow();
            millis = 0;
            complained = false;
        }
        role = now;
        if (now.kind() == Role.Kind.LEADING
                && lastMadeMillis - wallMillis > ServerView.CLOCK_SKEW_MILLIS_MAX) {
            millis = wallMillis - lastMadeMillis;
            LOG.warn(
                    "the clock here, of a leader now, is {} that of the leader before, as its last"
                            + " transaction shows: run a time service (docs/findings/clock-skew.md)",
                    words(millis));
        }
    }

    private void forgetWindow() {
        turns = 0;
        smallestMillis = NONE;
    }

    private static String words(long skewMillis) {
        return String.format(
                Locale.ROOT,
                "%.1f s %s",
                Math.abs(skewMillis) / 1000.0,
                skewMillis > 0 ? "ahead of" : "behind");
    }
}
