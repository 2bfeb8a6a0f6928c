package org.quorate.bench;

import java.util.List;
import java.util.function.ToDoubleFunction;
import org.HdrHistogram.Histogram;

/**
 * What one run has shown.
 *
 * @param perSecond operations
 * @param microsPerOperation processor time of the servers, added up
 * @param loaderMicros processor time per operation of who asks, which is no part of the above
 * @param bytesPerOperation written to disks
 * @param p50 milliseconds, as the others
 */
record Figures(
        double perSecond,
        double microsPerOperation,
        double loaderMicros,
        double bytesPerOperation,
        double p50,
        double p99,
        double p999) {

    static Figures of(
            double perSecond,
            double micros,
            double loaderMicros,
            double bytes,
            Histogram latencyNanos) {
        return new Figures(
                perSecond,
                micros,
                loaderMicros,
                bytes,
                millis(latencyNanos, 50),
                millis(latencyNanos, 99),
                millis(latencyNanos, 99.9));
    }

    private static double millis(Histogram nanos, double percentile) {
        return nanos.getValueAtPercentile(percentile) / 1e6;
    }

    /** Each figure by itself. */
    static Figures median(List<Figures> runs) {
        return new Figures(
                middle(runs, Figures::perSecond),
                middle(runs, Figures::microsPerOperation),
                middle(runs, Figures::loaderMicros),
                middle(runs, Figures::bytesPerOperation),
                middle(runs, Figures::p50),
                middle(runs, Figures::p99),
                middle(runs, Figures::p999));
    }

    /** How far processor time per operation was apart between runs: (most − least) / median. */
    static double spread(List<Figures> runs) {
        double[] micros = runs.stream().mapToDouble(Figures::microsPerOperation).sorted().toArray();
        return (micros[micros.length - 1] - micros[0]) / middle(runs, Figures::microsPerOperation);
    }

    private static double middle(List<Figures> runs, ToDoubleFunction<Figures> of) {
        double[] values = runs.stream().mapToDouble(of).sorted().toArray();
        int half = values.length / 2;
        return values.length % 2 == 1 ? values[half] : (values[half - 1] + values[half]) / 2;
    }
}
