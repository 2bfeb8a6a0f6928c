package org.quorate.node.metrics;

import java.util.List;
import java.util.Map;

/**
 * Writes metrics in Prometheus' text format 0.0.4 exactly as ZooKeeper 3.9 does: names without
 * {@code zk_}, counters without {@code _total}, a comma behind the last label. Written by hand
 * because Prometheus' own library no longer allows these names (decision record). One text; owned
 * by one thread.
 */
public final class PrometheusText {
    /** The content type of the text. */
    public static final String CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";

    private final StringBuilder text = new StringBuilder(32 << 10);

    /** Appends all of a server's metrics. */
    public PrometheusText add(List<Gauge> gauges, ServerMetrics metrics) {
        gauges.forEach(gauge -> {
            head(gauge.name(), "gauge");
            sample(gauge.name(), Map.of(), gauge.value());
        });
        metrics.all().forEach(this::add);
        return this;
    }

    /**
     * Appends the two lines before the samples of a name.
     *
     * @param type gauge, counter, summary or histogram
     */
    public void head(String name, String type) {
        text.append("# HELP ").append(name).append(' ').append(name).append('\n');
        text.append("# TYPE ").append(name).append(' ').append(type).append('\n');
    }

    /** Appends one sample. */
    public void sample(String name, Map<String, String> labels, Number value) {
        text.append(name);
        if (!labels.isEmpty()) {
            text.append('{');
            labels.forEach((label, content) -> {
                text.append(label).append("=\"");
                escape(content);
                text.append("\",");
            });
            text.append('}');
        }
        text.append(' ').append(number(value.doubleValue())).append('\n');
    }

    @Override
    public String toString() {
        return text.toString();
    }

    private void add(Metric metric) {
        switch (metric) {
            case Counter counter -> {
                head(counter.name(), "counter");
                sample(counter.name(), Map.of(), counter.value());
            }
            case CounterFamily family -> {
                head(family.name(), "counter");
                family.forEach((key, counter) ->
                        sample(family.name(), Map.of("key", key), counter.value()));
            }
            case Summary summary -> {
                head(summary.name(), "summary");
                summary(summary.name(), "", summary);
            }
            case SummaryFamily family -> {
                head(family.name(), "summary");
                family.forEach((key, summary) -> summary(family.name(), key, summary));
            }
        }
    }

    /**
     * The samples of a summary.
     *
     * @param key empty if it is not one of a family
     */
    private void summary(String name, String key, Summary summary) {
        for (Quantiles.Quantile quantile : Quantiles.of(summary)) {
            sample(name, labels(key, quantile.label()), quantile.value());
        }
        Map<String, String> labels = labels(key, "");
        sample(name + "_count", labels, summary.count());
        sample(name + "_sum", labels, summary.sum());
    }

    private static Map<String, String> labels(String key, String quantile) {
        Map<String, String> labels = new java.util.LinkedHashMap<>();
        if (!key.isEmpty()) {
            labels.put("key", key);
        }
        if (!quantile.isEmpty()) {
            labels.put("quantile", quantile);
        }
        return labels;
    }

    private void escape(String content) {
        for (int i = 0; i < content.length(); i++) {
            char c = content.charAt(i);
            switch (c) {
                case '\\' -> text.append("\\\\");
                case '"' -> text.append("\\\"");
                case '\n' -> text.append("\\n");
                default -> text.append(c);
            }
        }
    }

    private static String number(double value) {
        if (value == Double.POSITIVE_INFINITY) {
            return "+Inf";
        }
        return value == Double.NEGATIVE_INFINITY ? "-Inf" : Double.toString(value);
    }
}
