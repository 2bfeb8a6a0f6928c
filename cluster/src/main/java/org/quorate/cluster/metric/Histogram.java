package org.quorate.cluster.metric;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** How often something took how long. Safe for many threads. */
public final class Histogram {
    private static final double[] SECONDS = {0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300};

    private final String name;
    // Guarded by this.
    private final long[] counts = new long[SECONDS.length + 1];
    private double sum;

    /** Called {@code name}, which ends with the unit: seconds. */
    public Histogram(String name) {
        this.name = name;
    }

    /** It took that long once more. */
    public synchronized void observe(double seconds) {
        int bucket = 0;
        while (bucket < SECONDS.length && seconds > SECONDS[bucket]) {
            bucket++;
        }
        counts[bucket]++;
        sum += seconds;
    }

    /** The buckets, each with all below it, the sum and the count. */
    public synchronized List<Metric> metrics(Map<String, String> labels) {
        List<Metric> metrics = new ArrayList<>();
        long below = 0;
        for (int bucket = 0; bucket < counts.length; bucket++) {
            below += counts[bucket];
            Map<String, String> with = new HashMap<>(labels);
            with.put("le", bucket < SECONDS.length ? Double.toString(SECONDS[bucket]) : "+Inf");
            metrics.add(new Metric(name + "_bucket", Metric.Kind.HISTOGRAM, with, (double) below));
        }
        metrics.add(new Metric(name + "_sum", Metric.Kind.HISTOGRAM, labels, sum));
        metrics.add(new Metric(name + "_count", Metric.Kind.HISTOGRAM, labels, (double) below));
        return metrics;
    }
}
