package org.quorate.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;

class LatencyHistogramTest {
    @Test
    void percentilesAreRightToAnEighth() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        long[] values = new long[10_000];
        LatencyHistogram histogram = new LatencyHistogram();
        for (int i = 0; i < values.length; i++) {
            values[i] = 1 + (long) Math.exp(random.nextDouble() * 30);
            histogram.add(values[i], 1);
        }
        Arrays.sort(values);
        LatencyHistogram.Counts counts = histogram.counts();
        for (double percent : new double[] {1, 25, 50, 90, 99, 100}) {
            long exact = values[(int) Math.ceil(percent / 100 * values.length) - 1];
            assertThat(counts.percentile(percent))
                    .as("p%s, seed %d", percent, seed)
                    .isCloseTo(exact, Percentage.withPercentage(12.5));
        }
        assertThat(counts.mean())
                .as("seed %d", seed)
                .isCloseTo(
                        Arrays.stream(values).average().orElseThrow(),
                        Percentage.withPercentage(12.5));
    }

    @Test
    void whatCameBetweenTwoMomentsIsTheirDifference() {
        LatencyHistogram histogram = new LatencyHistogram();
        histogram.add(1_000, 5);
        LatencyHistogram.Counts before = histogram.counts();
        histogram.add(1_000_000, 3);
        LatencyHistogram.Counts since = histogram.counts().since(before);
        assertThat(since.count()).isEqualTo(3);
        assertThat(since.percentile(1)).isCloseTo(1_000_000, within(125_000.0));
        assertThat(before.plus(since).count()).isEqualTo(8);
    }

    @Test
    void theSmallestAndTheGreatestHaveAPlace() {
        LatencyHistogram histogram = new LatencyHistogram();
        histogram.add(-1, 1);
        histogram.add(0, 1);
        histogram.add(Long.MAX_VALUE, 1);
        LatencyHistogram.Counts counts = histogram.counts();
        assertThat(counts.count()).isEqualTo(3);
        assertThat(counts.percentile(50)).isZero();
        assertThat(counts.percentile(100)).isGreaterThan(8e18);
        assertThat(LatencyHistogram.Counts.NONE.percentile(99)).isZero();
    }

    @Test
    void whatIsBelowAPowerOfTwoIsCountedExactly() {
        LatencyHistogram histogram = new LatencyHistogram();
        histogram.add((1 << 14) - 1, 3);
        histogram.add(1 << 14, 5);
        histogram.add(Long.MAX_VALUE, 1);
        LatencyHistogram.Counts counts = histogram.counts();
        assertThat(counts.below(13)).isZero();
        assertThat(counts.below(14)).isEqualTo(3);
        assertThat(counts.below(15)).isEqualTo(8);
        assertThat(counts.below(62)).isEqualTo(8);
    }
}
