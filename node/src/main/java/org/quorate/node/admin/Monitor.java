package org.quorate.node.admin;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import org.quorate.node.metrics.Gauge;
import org.quorate.node.metrics.Jvm;
import org.quorate.node.metrics.MonitorText;
import org.quorate.node.metrics.PrometheusText;

/** All metrics of a server together, in each of the forms they are told in. Any thread. */
public final class Monitor {
    private static final String PREFIX = "zk_";

    private final ServerView server;
    private final Jvm jvm;

    public Monitor(ServerView server, Jvm jvm) {
        this.server = server;
        this.jvm = jvm;
    }

    /** Name, without {@code zk_}, and value: a {@link String} or a {@link Number}. */
    void forEach(BiConsumer<String, Object> out) throws IOException {
        head(out);
        MonitorText.forEach(Gauges.of(server), server.metrics(), out::accept);
    }

    /**
     * Lines of {@code mntr}. With Prometheus switched on they are in its form, as ZooKeeper's are.
     */
    String mntr() throws IOException {
        StringBuilder text = new StringBuilder();
        BiConsumer<String, Object> line =
                (name, value) ->
                        text.append(PREFIX).append(name).append('\t').append(value).append('\n');
        if (!server.config().metrics().prometheus()) {
            forEach(line);
            return text.toString();
        }
        head(line);
        prometheus()
                .lines()
                .filter(sample -> !sample.startsWith("#"))
                .forEach(sample -> {
                    int blank = sample.lastIndexOf(' ');
                    line.accept(
                            sample.substring(0, blank).replace(",}", "}"),
                            sample.substring(blank + 1));
                });
        return text.toString();
    }

    /**
     * What Prometheus scrapes. What the core and the tree would have to be asked is left out where
     * they do not answer.
     */
    String prometheus() throws IOException {
        HealthCheck check = new HealthCheck(server, System.currentTimeMillis());
        List<Finding> findings = check.findings();
        boolean serving = server.isServing() && check.coreAnswers();
        List<Gauge> gauges = serving ? Gauges.of(server) : List.of();
        PrometheusText text = new PrometheusText().add(gauges, server.metrics());
        quotas(text, serving ? server.quotas() : List.of());
        OwnMetrics.write(server, check, findings, text);
        if (server.config().metrics().jvm()) {
            jvm.write(text);
        }
        return text.toString();
    }

    private void head(BiConsumer<String, Object> out) {
        out.accept("version", Version.FULL);
        out.accept("server_state", Mode.of(server));
        if (Mode.isInEnsemble(server)) {
            out.accept("peer_state", Mode.detailed(server));
        }
    }

    private static void quotas(PrometheusText text, List<ServerView.Quota> quotas) {
        text.head("quota_count_limit_per_namespace", "gauge");
        quotas.forEach(q -> quota(text, "quota_count_limit", q, q.countLimit()));
        text.head("quota_count_usage_per_namespace", "gauge");
        quotas.forEach(q -> quota(text, "quota_count_usage", q, q.countUsed()));
        text.head("quota_bytes_limit_per_namespace", "gauge");
        quotas.forEach(q -> quota(text, "quota_bytes_limit", q, q.bytesLimit()));
        text.head("quota_bytes_usage_per_namespace", "gauge");
        quotas.forEach(q -> quota(text, "quota_bytes_usage", q, q.bytesUsed()));
    }

    private static void quota(PrometheusText text, String name, ServerView.Quota of, long value) {
        text.sample(name + "_per_namespace", Map.of("key", of.namespace()), value);
    }
}
