package org.quorate.cluster.shard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.quorate.cluster.fence.CountingFence;
import org.quorate.cluster.fence.Epoch;
import org.quorate.cluster.fence.Fence;
import org.quorate.cluster.fence.ShardId;
import org.quorate.cluster.fence.StaleEpochException;
import org.quorate.cluster.metric.Histogram;
import org.quorate.cluster.metric.Metric;

/** What planner, nodes and fences count is what happened. */
class MetricsTest {
    private static final int SHARDS = 8;

    private static double value(List<Metric> metrics, String name) {
        return metrics.stream()
                .filter(metric -> metric.name().equals(name))
                .mapToDouble(Metric::value)
                .sum();
    }

    private static SimulatedCluster.Node planner(SimulatedCluster cluster) {
        return cluster.nodes.stream()
                .filter(node -> node.planner.status().leading())
                .findFirst()
                .orElseThrow();
    }

    @Test
    void aLostNodesLeadersAreCountedWithTheTimeTheyWereMissing() throws Exception {
        try (SimulatedCluster cluster = SimulatedCluster.leading(6, SHARDS, true)) {
            cluster.world.run(Duration.ofSeconds(20));
            SimulatedCluster.Node planner = planner(cluster);
            List<Metric> quiet = planner.planner.metrics();
            assertThat(value(quiet, "quorate_planner_leading")).isEqualTo(1);
            assertThat(value(quiet, "quorate_shards_leaderless")).isZero();
            assertThat(value(quiet, "quorate_shards_under_replicated")).isZero();
            assertThat(value(quiet, "quorate_map_lag_versions")).isZero();
            assertThat(value(quiet, "quorate_map_version")).isEqualTo(cluster.image.version());
            SimulatedCluster.Node victim =
                    cluster.nodes.stream()
                            .filter(node -> node != planner && !node.leading.isEmpty())
                            .findFirst()
                            .orElseThrow();
            int led = victim.leading.size();
            victim.host.kill();
            cluster.world.run(Duration.ofSeconds(12));
            List<Metric> after = planner.planner.metrics();
            String count = "quorate_shards_leaderless_seconds_count";
            assertThat(value(after, count) - value(quiet, count)).isEqualTo(led);
            assertThat(value(after, "quorate_shards_under_replicated")).isPositive();
            assertThat(after)
                    .anySatisfy(metric -> assertThat(metric.labels()).containsEntry("live", "2"));
            String decisions = "quorate_planner_decisions_total";
            assertThat(value(after, decisions)).isGreaterThan(value(quiet, decisions));
            assertThat(value(after, "quorate_planner_written_bytes_total")).isPositive();
            assertThat(value(after, "quorate_balance_max_over_mean")).isPositive();
        }
    }

    @Test
    void aNodeCountsWhatItHoldsAndWhatFails() throws Exception {
        try (SimulatedCluster cluster = SimulatedCluster.leading(6, SHARDS, true)) {
            cluster.world.run(Duration.ofSeconds(10));
            double leading = 0;
            double replicas = 0;
            for (SimulatedCluster.Node node : cluster.nodes) {
                List<Metric> metrics = node.shardNode.metrics();
                leading += value(metrics, "quorate_node_leading");
                replicas += value(metrics, "quorate_node_replicas");
                assertThat(value(metrics, "quorate_node_failed_calls_total")).isZero();
                if (!node.leading.isEmpty()) {
                    assertThat(value(metrics, "quorate_node_lease_left_seconds"))
                            .isBetween(0.1, SimulatedCluster.SESSION.toMillis() / 1e3);
                }
            }
            assertThat(leading).isEqualTo(SHARDS);
            assertThat(replicas).isEqualTo(3 * SHARDS);
        }
        try (SimulatedCluster cluster = new SimulatedCluster(5, 5, SHARDS, true)) {
            cluster.nodes.forEach(node -> node.failEvery = 3);
            cluster.admin().apply(SimulatedCluster.table(SHARDS));
            cluster.world.runUntil(cluster::allLed, Duration.ofMinutes(2));
            double failed = 0;
            for (SimulatedCluster.Node node : cluster.nodes) {
                failed += value(node.shardNode.metrics(), "quorate_node_failed_calls_total");
            }
            assertThat(failed).isPositive();
        }
    }

    @Test
    void whoDoesNotPlanSaysThatAlone() throws Exception {
        try (SimulatedCluster cluster = SimulatedCluster.leading(6, SHARDS, true)) {
            SimulatedCluster.Node planner = planner(cluster);
            for (SimulatedCluster.Node node : cluster.nodes) {
                if (node != planner) {
                    assertThat(Metric.prometheus(node.planner.metrics()))
                            .isEqualTo(
                                    "# TYPE quorate_planner_leading gauge\n"
                                            + "quorate_planner_leading 0\n");
                }
            }
        }
    }

    @Test
    void aFenceCountsWhatItRefuses() throws Exception {
        CountingFence fence = new CountingFence(Fence.inMemory());
        ShardId shard = new ShardId("t", 1);
        fence.check(shard, new Epoch(7));
        assertThatThrownBy(() -> fence.check(shard, new Epoch(6)))
                .isInstanceOf(StaleEpochException.class);
        assertThat(fence.refused()).isEqualTo(1);
        assertThat(fence.highest(shard)).isEqualTo(new Epoch(7));
        assertThat(Metric.prometheus(fence.metrics()))
                .isEqualTo(
                        "# TYPE quorate_fence_passed_total counter\n"
                                + "quorate_fence_passed_total 1\n"
                                + "# TYPE quorate_fence_refused_total counter\n"
                                + "quorate_fence_refused_total 1\n");
    }

    @Test
    void aHistogramIsWrittenAsPrometheusReadsIt() {
        Histogram histogram = new Histogram("wait_seconds");
        histogram.observe(0.2);
        histogram.observe(1_000);
        assertThat(Metric.prometheus(histogram.metrics(Map.of("table", "a\"b"))))
                .startsWith("# TYPE wait_seconds histogram\n")
                .contains("wait_seconds_bucket{le=\"0.1\",table=\"a\\\"b\"} 0\n")
                .contains("wait_seconds_bucket{le=\"0.25\",table=\"a\\\"b\"} 1\n")
                .contains("wait_seconds_bucket{le=\"+Inf\",table=\"a\\\"b\"} 2\n")
                .contains("wait_seconds_sum{table=\"a\\\"b\"} 1000.2\n")
                .endsWith("wait_seconds_count{table=\"a\\\"b\"} 2\n");
    }
}
