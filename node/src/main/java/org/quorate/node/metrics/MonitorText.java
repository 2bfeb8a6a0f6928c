package org.quorate.node.metrics;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.List;
import java.util.function.BiConsumer;

/**
 * Metrics in the form of {@code mntr} and of the admin command {@code monitor}: a name and a number
 * each, summaries spread out (reference: administration §4). Stateless.
 */
public final class MonitorText {
    private static final int DECIMALS = 4;

    private MonitorText() {}

    /** Hands out name (without {@code zk_}) and value of each metric, gauges first. */
    public static void forEach(
            List<Gauge> gauges, ServerMetrics metrics, BiConsumer<String, Number> out) {
        gauges.forEach(gauge -> out.accept(gauge.name(), gauge.value()));
        List<Metric> all = metrics.all();
        for (Metric metric : all) {
            if (metric instanceof Counter counter) {
                out.accept(counter.name(), counter.value());
            } else if (metric instanceof CounterFamily family) {
                family.forEach((key, c) -> out.accept(key + "_" + family.name(), c.value()));
            }
        }
        for (boolean advanced : new boolean[] {false, true}) {
            for (Metric metric : all) {
                if (metric instanceof Summary summary && summary.isAdvanced() == advanced) {
                    spread(summary.name(), summary, out);
                }
            }
        }
        for (Metric metric : all) {
            if (metric instanceof SummaryFamily family) {
                family.forEach((key, s) -> spread(key + "_" + family.name(), s, out));
            }
        }
    }

    /** An average as ZooKeeper shows it: rounded to four decimals. */
    public static double rounded(double average) {
        return BigDecimal.valueOf(average).setScale(DECIMALS, RoundingMode.HALF_UP).doubleValue();
    }

    private static void spread(String name, Summary summary, BiConsumer<String, Number> out) {
        out.accept("avg_" + name, rounded(summary.average()));
        out.accept("min_" + name, summary.min());
        out.accept("max_" + name, summary.max());
        out.accept("cnt_" + name, summary.count());
        out.accept("sum_" + name, summary.sum());
        if (summary.isAdvanced()) {
            out.accept("p50_" + name, summary.percentile(50));
            out.accept("p95_" + name, summary.percentile(95));
            out.accept("p99_" + name, summary.percentile(99));
            out.accept("p999_" + name, summary.percentile(99.9));
        }
    }
}
