package org.quorate.cluster.coordinator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Waits double up to a most, and those who failed together do not come back together. */
class BackoffTest {
    private static final Backoff BACKOFF = Backoff.of(Duration.ofMillis(50), Duration.ofSeconds(3));

    @Test
    void waitsDoubleUpToTheMostAndAreDrawnFromTheUpperHalf() {
        SplittableRandom random = new SplittableRandom(1);
        for (int failures = 1; failures <= 100; failures++) {
            long longest =
                    Math.min(
                            Duration.ofSeconds(3).toNanos(),
                            Duration.ofMillis(50).toNanos() << Math.min(20, failures - 1));
            for (int draw = 0; draw < 50; draw++) {
                assertThat(BACKOFF.delayNanos(failures, random)).isBetween(longest / 2, longest);
            }
        }
    }

    @Test
    void manyWhoFailedTogetherComeBackSpread() {
        Set<Long> slots = new HashSet<>();
        for (int client = 0; client < 1_000; client++) {
            long delayNanos = BACKOFF.delayNanos(10, new SplittableRandom(client));
            slots.add(delayNanos / Duration.ofMillis(100).toNanos());
        }
        assertThat(slots).hasSizeGreaterThanOrEqualTo(15); // Of the 16 between 1.5 and 3 s.
    }

    @Test
    void anImpossibleOneIsRefused() {
        assertThatThrownBy(() -> new Backoff(0, 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Backoff(2, 1)).isInstanceOf(IllegalArgumentException.class);
    }
}
