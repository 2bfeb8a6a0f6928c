package org.quorate.cluster.member;

import java.time.Duration;
import java.util.List;

/**
 * How long a member that was lost must stay before it counts as steady again: each loss within the
 * window doubles the time. Immutable.
 *
 * @param windowMillis losses older than this are forgotten, positive
 * @param firstMillis the time after one loss, positive
 * @param mostMillis the longest time
 */
public record Damping(long windowMillis, long firstMillis, long mostMillis) {
    /** Six hours; 30 s to 30 min. */
    public static final Damping DEFAULT =
            of(Duration.ofHours(6), Duration.ofSeconds(30), Duration.ofMinutes(30));

    /**
     * @throws IllegalArgumentException if a time is not positive or the first is above the most
     */
    public Damping {
        if (windowMillis <= 0 || firstMillis <= 0 || mostMillis < firstMillis) {
            throw new IllegalArgumentException(
                    "damping over "
                            + windowMillis
                            + " ms from "
                            + firstMillis
                            + " to "
                            + mostMillis);
        }
    }

    /** Losses within {@code window} count; from {@code first} to {@code most}. */
    public static Damping of(Duration window, Duration first, Duration most) {
        return new Damping(window.toMillis(), first.toMillis(), most.toMillis());
    }

    /**
     * From when on the member is steady.
     *
     * @param lossMillis when it came back from each loss, ascending
     * @return 0 if it always was; wall time of the service in milliseconds otherwise
     */
    public long steadyAtMillis(List<Long> lossMillis) {
        if (lossMillis.isEmpty()) {
            return 0;
        }
        long last = lossMillis.get(lossMillis.size() - 1);
        long wait = firstMillis;
        for (int i = lossMillis.size() - 2; i >= 0; i--) {
            if (last - lossMillis.get(i) > windowMillis || wait >= mostMillis) {
                break;
            }
            wait = Math.min(mostMillis, wait * 2);
        }
        return last + wait;
    }
}
