package org.quorate.node.metrics;

import java.util.List;

/** The quantiles that ZooKeeper's Prometheus form shows: the median, or 0.5, 0.9, 0.99. */
final class Quantiles {
    /** A quantile's label and value; NaN if there was none. */
    record Quantile(String label, double value) {}

    private Quantiles() {}

    static List<Quantile> of(Summary summary) {
        if (!summary.isAdvanced()) {
            return List.of(new Quantile("0.5", value(summary, 50)));
        }
        return List.of(
                new Quantile("0.5", value(summary, 50)),
                new Quantile("0.9", value(summary, 90)),
                new Quantile("0.99", value(summary, 99)));
    }

    private static double value(Summary summary, double percent) {
        return summary.count() == 0 ? Double.NaN : summary.percentile(percent);
    }
}
