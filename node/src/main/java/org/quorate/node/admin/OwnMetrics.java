package org.quorate.node.admin;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.quorate.net.LatencyHistogram;
import org.quorate.node.insight.HotSpots;
import org.quorate.node.insight.Insight;
import org.quorate.node.insight.Stage;
import org.quorate.node.metrics.PrometheusText;

/**
 * What Prometheus is told beyond ZooKeeper's names: health, stages, slow operations, who asks most
 * (docs/metrics.md). Sessions and whole paths are left out: each would be a time series of its own
 * for ever. Stateless; asks the server, so it may wait.
 */
final class OwnMetrics {
    /** Keys told of each kind: a time series each. */
    static final int TOP_MAX = 10;

    private static final String PREFIX = "quorate_";

    /** Bounds of the stages' buckets, as powers of two of a nanosecond: 16 µs to 17 s. */
    private static final int BOUND_FIRST = 14;

    private static final int BOUND_LAST = 34;

    private OwnMetrics() {}

    /**
     * Appends all.
     *
     * @param findings of the check
     */
    static void write(
            ServerView server, HealthCheck check, List<Finding> findings, PrometheusText text) {
        health(server, check, findings, text);
        stages(server.insight(), text);
        gauge(text, "slow_operations_total", "counter", server.insight().slow().count());
        hot(server.insight(), text);
    }

    private static void gauge(PrometheusText text, String name, String type, Number value) {
        text.head(PREFIX + name, type);
        text.sample(PREFIX + name, Map.of(), value);
    }

    private static void health(
            ServerView server, HealthCheck check, List<Finding> findings, PrometheusText text) {
        Finding.Level worst = findings.isEmpty() ? Finding.Level.OK : findings.getFirst().level();
        gauge(text, "health_level", "gauge", worst.number());
        Map<String, Integer> worstById = new LinkedHashMap<>();
        findings.forEach(
                finding -> worstById.merge(finding.id(), finding.level().number(), Math::max));
        text.head(PREFIX + "health_finding", "gauge");
        worstById.forEach(
                (id, level) -> text.sample(PREFIX + "health_finding", Map.of("id", id), level));
        gauge(text, "serving", "gauge", server.isServing() ? 1 : 0);
        gauge(
                text,
                "leader_lost_last_hour",
                "gauge",
                server.insight().roles().lostSince(System.currentTimeMillis() - 3_600_000));
        gauge(text, "clock_skew_seconds", "gauge", server.clockSkewMillis() / 1000.0);
        gauge(text, "disk_hours_left", "gauge", check.diskHoursLeft());
        long limit = server.config().limits().treeBytesMax();
        gauge(
                text,
                "tree_memory_limit_bytes",
                "gauge",
                limit == Long.MAX_VALUE ? Double.POSITIVE_INFINITY : limit);
        text.head(PREFIX + "certificate_ends_seconds", "gauge");
        for (ServerView.Certificate certificate : server.certificates()) {
            text.sample(
                    PREFIX + "certificate_ends_seconds",
                    Map.of("use", certificate.use()),
                    certificate.endsMillis() / 1000);
        }
    }

    private static void stages(Insight insight, PrometheusText text) {
        String name = PREFIX + "request_stage_seconds";
        text.head(name, "histogram");
        for (Stage stage : Stage.values()) {
            LatencyHistogram.Counts counts = insight.stages().counts(stage);
            for (int exponent = BOUND_FIRST; exponent <= BOUND_LAST; exponent++) {
                bucket(text, name, stage, (1L << exponent) / 1e9, counts.below(exponent));
            }
            bucket(text, name, stage, Double.POSITIVE_INFINITY, counts.count());
            text.sample(name + "_sum", Map.of("stage", stage.label()), counts.sum() / 1e9);
            text.sample(name + "_count", Map.of("stage", stage.label()), counts.count());
        }
    }

    private static void bucket(
            PrometheusText text, String name, Stage stage, double seconds, long count) {
        Map<String, String> labels = new LinkedHashMap<>();
        labels.put("stage", stage.label());
        labels.put("le", seconds == Double.POSITIVE_INFINITY ? "+Inf" : Double.toString(seconds));
        text.sample(name + "_bucket", labels, count);
    }

    private static void hot(Insight insight, PrometheusText text) {
        HotSpots.Top top = insight.hot().top(TOP_MAX, System.nanoTime());
        text.head(PREFIX + "hot_prefix_requests_per_second", "gauge");
        int depth = 0;
        for (List<HotSpots.Spot> spots : top.prefixes()) {
            depth++;
            for (HotSpots.Spot spot : spots) {
                Map<String, String> labels = new LinkedHashMap<>();
                labels.put("depth", String.valueOf(depth));
                labels.put("path", spot.key());
                text.sample(
                        PREFIX + "hot_prefix_requests_per_second",
                        labels,
                        spot.perSecond(top.seconds()));
            }
        }
        text.head(PREFIX + "hot_principal_requests_per_second", "gauge");
        for (HotSpots.Spot spot : top.principals()) {
            text.sample(
                    PREFIX + "hot_principal_requests_per_second",
                    Map.of("principal", spot.key()),
                    spot.perSecond(top.seconds()));
        }
    }
}
