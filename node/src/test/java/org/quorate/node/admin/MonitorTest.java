package org.quorate.node.admin;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.quorate.net.LatencyHistogram;
import org.quorate.node.config.ServerConfig;
import org.quorate.node.insight.Stage;
import org.quorate.node.metrics.Jvm;

class MonitorTest {
    private static final Pattern TYPE = Pattern.compile("# TYPE (\\S+) (\\S+)");
    private static final Pattern SAMPLE =
            Pattern.compile(
                    "[a-zA-Z_][a-zA-Z0-9_]*(\\{([a-z]+=\"([^\"\\\\\\n]|\\\\.)*\",)+})? \\S+");

    private final Jvm jvm = new Jvm();
    private final FakeServer server = new FakeServer(ServerConfig.embedded(Path.of("nowhere")));
    private final Monitor monitor = new Monitor(server, jvm);

    @AfterEach
    void close() {
        jvm.close();
    }

    private static Map<String, String> types(String text) {
        Map<String, String> types = new LinkedHashMap<>();
        Matcher matcher = TYPE.matcher(text);
        while (matcher.find()) {
            assertThat(types.put(matcher.group(1), matcher.group(2))).as(matcher.group()).isNull();
        }
        return types;
    }

    @Test
    void prometheusFindsEveryMetricOfZooKeeperWithItsType() throws IOException {
        assertThat(types(monitor.prometheus()))
                .containsAllEntriesOf(types(Vectors.admin("prometheus_metrics")));
    }

    @Test
    void everyLineIsInPrometheusForm() throws IOException {
        server.metrics.readsByNamespace.of("a \"quoted\\ \n name").add(1);
        server.quotas.add(new ServerView.Quota("a", 10, 2, -1, 300));
        server.metrics.readLatency.add(3);
        String text = monitor.prometheus();

        assertThat(text.lines().filter(line -> !line.startsWith("#")))
                .allMatch(line -> SAMPLE.matcher(line).matches());
        assertThat(text)
                .contains("\nreadlatency{quantile=\"0.99\",} 3.0\n")
                .contains("\nreadlatency_count 1.0\n")
                .contains("\nupdatelatency{quantile=\"0.5\",} NaN\n")
                .contains("\nquota_bytes_usage_per_namespace{key=\"a\",} 300.0\n")
                .contains("\nprocess_resident_memory_bytes ");
    }

    @Test
    void theShapeOfASummaryIsAsRecorded() throws IOException {
        List<String> recorded = samples(Vectors.admin("prometheus_metrics"), "updatelatency");
        assertThat(recorded).hasSize(5);
        assertThat(samples(monitor.prometheus(), "updatelatency")).isEqualTo(recorded);
    }

    private static List<String> samples(String text, String name) {
        return text.lines()
                .filter(line -> line.startsWith(name))
                .map(line -> line.substring(0, line.lastIndexOf(' ')))
                .toList();
    }

    @Test
    void whoDoesWhatAndWhatIsWrongIsToldToPrometheusToo() throws IOException {
        LatencyHistogram sync = server.insight.stages().of(Stage.SYNC);
        sync.add(100_000, 3); // 100 µs
        sync.add(20_000_000_000L, 1); // past the last bound
        server.insight.hot().add("/app/n1", 7, "digest:ann", true, 10, 50, System.nanoTime());
        server.metrics.digestMismatches.increment();
        server.metrics.sessionsExpiredByCause.of("lost").add(2);
        server.certificates.add(
                new ServerView.Certificate("clients", Path.of("keys.p12"), Long.MAX_VALUE / 2));
        String text = monitor.prometheus();

        assertThat(text.lines().filter(line -> !line.startsWith("#")))
                .allMatch(line -> SAMPLE.matcher(line).matches());
        String stage = "quorate_request_stage_seconds_";
        assertThat(text)
                .contains("# TYPE quorate_request_stage_seconds histogram\n")
                .contains(stage + "bucket{stage=\"sync\",le=\"6.5536E-5\",} 0.0\n")
                .contains(stage + "bucket{stage=\"sync\",le=\"1.31072E-4\",} 3.0\n")
                .contains(stage + "bucket{stage=\"sync\",le=\"17.179869184\",} 3.0\n")
                .contains(stage + "bucket{stage=\"sync\",le=\"+Inf\",} 4.0\n")
                .contains(stage + "count{stage=\"sync\",} 4.0\n")
                .contains("quorate_slow_operations_total 0.0\n")
                .contains(
                        "quorate_hot_prefix_requests_per_second{depth=\"1\",path=\"/app\",} 50.0\n")
                .contains(
                        "quorate_hot_principal_requests_per_second{principal=\"digest:ann\",} 50.0\n")
                .contains("quorate_health_level 3.0\n")
                .contains("quorate_health_finding{id=\"digest-differs\",} 3.0\n")
                .contains("quorate_certificate_ends_seconds{use=\"clients\",}")
                .contains("stale_sessions_expired_by_cause{key=\"lost\",} 2.0\n")
                .doesNotContain("0x7");
    }

    @Test
    void aCoreThatDoesNotAnswerIsToldToPrometheusAndHoldsUpNothing() throws IOException {
        server.silent = true;
        assertThat(monitor.prometheus())
                .contains("quorate_health_finding{id=\"no-answer\",} 3.0\n")
                .contains("looking_count 0.0")
                .doesNotContain("znode_count");
    }

    @Test
    void withoutAQuorumCountersAreToldAllTheSame() throws IOException {
        server.serving = false;
        server.gone = true;
        assertThat(monitor.prometheus())
                .contains("looking_count 0.0")
                .doesNotContain("znode_count");
    }

    @Test
    void allocationIsCountedWhenGarbageIsCollected() throws IOException {
        org.awaitility.Awaitility.await()
                .until(() -> {
                    System.gc();
                    return monitor.prometheus()
                            .contains("\njvm_memory_pool_allocated_bytes_total{pool=");
                });
    }
}
