package org.quorate.cluster.coordinator;

import java.time.Duration;

/**
 * One look at what is, and one move towards what is wanted. Run by a {@link Reconciler}, never
 * twice at the same time; it may block. A failure is tried again after a back-off, so a step must
 * find its way from wherever the last one stopped.
 */
@FunctionalInterface
public interface Step {
    /**
     * Looks and moves.
     *
     * @return when to look again even if nobody asks
     */
    Next run() throws CoordinationException, InterruptedException;

    /**
     * When a step wants to be run again by itself.
     *
     * @param delayNanos from the end of this run; negative for never
     */
    record Next(long delayNanos) {
        /** Only when woken. */
        public static final Next WHEN_WOKEN = new Next(-1);

        /** When woken, or after {@code delay}. */
        public static Next after(Duration delay) {
            return new Next(delay.toNanos());
        }
    }
}
