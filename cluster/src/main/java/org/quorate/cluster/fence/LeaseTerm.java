package org.quorate.cluster.fence;

import java.time.Duration;

/**
 * How long a proof of contact with the coordination service lets an owner act: two thirds of the
 * session timeout, less a margin for what happens between asking and acting. The remaining third
 * covers clocks that run at different speeds and the way of the proof. Immutable.
 *
 * @param sessionTimeoutNanos what the service granted, positive
 * @param clockMarginNanos at least 0, less than two thirds of the session timeout
 */
public record LeaseTerm(long sessionTimeoutNanos, long clockMarginNanos) {
    /**
     * @throws IllegalArgumentException if the margin leaves no lease
     */
    public LeaseTerm {
        if (sessionTimeoutNanos <= 0 || clockMarginNanos < 0) {
            throw new IllegalArgumentException(
                    "session timeout "
                            + sessionTimeoutNanos
                            + " ns, margin "
                            + clockMarginNanos
                            + " ns");
        }
        if (clockMarginNanos >= sessionTimeoutNanos / 3 * 2) {
            throw new IllegalArgumentException(
                    "a margin of "
                            + clockMarginNanos
                            + " ns leaves no lease in a session of "
                            + sessionTimeoutNanos
                            + " ns: lengthen the session");
        }
    }

    /** The term for a session of that length with a margin of one fiftieth of it. */
    public static LeaseTerm of(Duration sessionTimeout) {
        long nanos = sessionTimeout.toNanos();
        return new LeaseTerm(nanos, nanos / 50);
    }

    /**
     * Until when (exclusive) an owner may act.
     *
     * @param provenContactNanos when the request was <em>sent</em> whose answer proved the contact,
     *     on the owner's own monotonic clock
     */
    public long endNanos(long provenContactNanos) {
        return provenContactNanos + sessionTimeoutNanos / 3 * 2 - clockMarginNanos;
    }

    /** How often to prove contact so that one lost proof costs nothing: a third of the lease. */
    public long renewalNanos() {
        return Math.max(1, (sessionTimeoutNanos / 3 * 2 - clockMarginNanos) / 3);
    }
}
