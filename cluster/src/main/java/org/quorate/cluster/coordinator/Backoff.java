package org.quorate.cluster.coordinator;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * How long to wait before trying again: doubled with each failure up to a most, and drawn from the
 * upper half of that, so that many who failed together do not come back together. Immutable.
 *
 * @param firstNanos the longest wait after the first failure, positive
 * @param mostNanos the longest wait ever, not less than the first
 */
public record Backoff(long firstNanos, long mostNanos) {
    /** 50 ms, 100 ms, … 3 s. */
    public static final Backoff DEFAULT = of(Duration.ofMillis(50), Duration.ofSeconds(3));

    /**
     * @throws IllegalArgumentException if the first wait is not positive or above the most
     */
    public Backoff {
        if (firstNanos <= 0 || mostNanos < firstNanos) {
            throw new IllegalArgumentException(
                    "back-off from " + firstNanos + " ns to " + mostNanos + " ns");
        }
    }

    /** From {@code first} to {@code most}. */
    public static Backoff of(Duration first, Duration most) {
        return new Backoff(first.toNanos(), most.toNanos());
    }

    /**
     * The wait after the {@code failures}-th failure in a row.
     *
     * @param failures from 1
     */
    public long delayNanos(int failures, RandomGenerator random) {
        long longest = firstNanos;
        for (int i = 1; i < failures && longest < mostNanos; i++) {
            longest = longest > mostNanos / 2 ? mostNanos : longest * 2;
        }
        return longest - random.nextLong(longest / 2 + 1);
    }
}
