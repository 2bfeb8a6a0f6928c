package org.quorate.node.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class MetricsPageTest {
    private static final String HEAD =
            """
            # Metrics

            <!-- Made from the code (org.quorate.node.metrics.ServerMetrics) by MetricsPageTest;
                 change it there. -->

            Every name that ZooKeeper 3.9 has is there, in `mntr` with `zk_` in front, in the admin
            command `monitor` and at Prometheus' `/metrics` without. Times are in ms, sizes in bytes.
            A summary spreads out into `avg_`, `min_`, `max_`, `cnt_`, `sum_`, an advanced one also
            into `p50_`, `p95_`, `p99_`, `p999_`; for Prometheus it has quantiles, `_count` and `_sum`.

            The hot path pays little for it: latencies of requests that took the same time are taken
            in together, and what concerns transactions is counted once a turn of the core or of the
            log. So `prep_process_time` is the mean of a round, and times within a turn are 0.

            ## Gauges

            `version`, `server_state`, `peer_state`, `avg_latency`, `min_latency`, `max_latency`,
            `packets_received`, `packets_sent`, `num_alive_connections`, `outstanding_requests`,
            `znode_count`, `watch_count`, `ephemerals_count`, `approximate_data_size`,
            `global_sessions`, `local_sessions`, `uptime`, `open_file_descriptor_count`,
            `max_file_descriptor_count`, `last_`/`min_`/`max_client_response_size`,
            `auth_failed_count`; in an ensemble `quorum_size`, on a leader or a follower that serves observers
            `synced_observers`, on an observer `observer_master_id` (whom it learns from); on a leader `synced_followers`,
            `synced_non_voting_followers`, `learners`, `pending_syncs`,
            `leader_uptime`, `last_`/`min_`/`max_proposal_size`; for Prometheus
            `quota_count_limit_per_namespace` and its three companions. Quorate's own:
            `tree_memory_bytes`. Always 0: `connection_drop_probability`,
            `outstanding_tls_handshake`, `non_mtls_remote_conn_count`, `non_mtls_local_conn_count`.

            ## Quorate's own, for Prometheus alone

            | name | kind | meaning |
            | --- | --- | --- |
            | `quorate_health_level` | gauge | the worst finding: 0 ok, 1 notice, 2 warning, 3 critical ([runbook.md](runbook.md)) |
            | `quorate_health_finding` | gauge by `id` | each finding and its level; not there while there is none |
            | `quorate_serving` | gauge | 1 while requests of clients are answered |
            | `quorate_leader_lost_last_hour` | gauge | how often this server lost its leader or its leadership |
            | `quorate_clock_skew_seconds` | gauge | this server's clock less its leader's |
            | `quorate_disk_hours_left` | gauge | until the log's disk is full at the present rate; `+Inf` if never |
            | `quorate_tree_memory_limit_bytes` | gauge | beside `tree_memory_bytes`; `+Inf` if there is none |
            | `quorate_certificate_ends_seconds` | gauge by `use` | when the certificate for clients, peers, admin ends (Unix time) |
            | `quorate_request_stage_seconds` | histogram by `stage` | how long requests spend where ([insight.md](insight.md)) |
            | `quorate_slow_operations_total` | counter | operations past `slowOperation.thresholdMs` |
            | `quorate_hot_prefix_requests_per_second` | gauge by `depth`, `path` | the ten busiest prefixes of one, two and three components |
            | `quorate_hot_principal_requests_per_second` | gauge by `principal` | the ten busiest users |

            ## Counters and summaries

            Those by key have a member for each namespace (first component of a path), server or
            cause: a thousand at most, the rest shares `others`. Reads and writes by namespace are
            counted as in ZooKeeper, but for what a start reads from its log. A learner has no queue
            of packets here, in which ZooKeeper's wait to be sent: instead it is told what is on its
            way to it, and how long that waits for its socket (ZooKeeper: one packet in a thousand).

            | name | kind | meaning |
            | --- | --- | --- |
            """;

    private static final String ZERO =
            """

            ## Always 0

            These exist under their names, so that dashboards find them. They belong to stages,
            caches and throttles of ZooKeeper that Quorate does not have, or are not measured
            (`ack_latency`, the log's queue, what a request costs in the tree; `jvm_pause_time_ms`
            is off by default in ZooKeeper, too). Of the 149 names that the dashboard of Altinity's
            operator asks for, and the 11 of ZooKeeper's own example alerts, all are there, and none
            of its panels stays empty for want of a name.

            """;

    /** Run with -Dquorate.docs.write=true to bring the page up to date. */
    @Test
    void thePageOfMetricsIsWhatTheCodeSays() throws IOException {
        Path page = Path.of("..", "docs", "metrics.md");
        if (Boolean.getBoolean("quorate.docs.write")) {
            Files.writeString(page, text());
        }
        assertThat(page)
                .as("run this test with -Dquorate.docs.write=true to bring the page up to date")
                .content()
                .isEqualTo(text());
    }

    private static String text() {
        StringBuilder page = new StringBuilder(HEAD);
        List<String> zero = new ArrayList<>();
        ServerMetrics metrics = new ServerMetrics();
        for (Metric metric : metrics.all()) {
            String meaning = metrics.meanings().get(metric.name());
            if (meaning.isEmpty()) {
                zero.add("`" + metric.name() + "`");
            } else {
                page.append("| `%s` | %s | %s |\n".formatted(metric.name(), kind(metric), meaning));
            }
        }
        return page.append(ZERO).append(String.join(",\n", zero)).append(".\n").toString();
    }

    private static String kind(Metric metric) {
        return switch (metric) {
            case Counter counter -> "counter";
            case CounterFamily family -> "counter by key";
            case Summary summary -> summary.isAdvanced() ? "advanced summary" : "summary";
            case SummaryFamily family -> "summary by key";
        };
    }
}
