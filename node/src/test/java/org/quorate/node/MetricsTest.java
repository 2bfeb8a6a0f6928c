package org.quorate.node;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.ZooDefs.Ids;
import org.apache.zookeeper.ZooKeeper;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code mntr} shows of servers that have done something. */
class MetricsTest {
    private static final int WRITES = 50;
    private static final int READS = 70;

    @TempDir Path dir;

    private static Map<String, String> mntr(int port) throws Exception {
        try (Socket socket = new Socket("127.0.0.1", port)) {
            socket.getOutputStream().write("mntr".getBytes(UTF_8));
            Map<String, String> values = new TreeMap<>();
            new String(socket.getInputStream().readAllBytes(), UTF_8)
                    .lines()
                    .forEach(line -> values.put(line.split("\t")[0], line.split("\t")[1]));
            return values;
        }
    }

    private static long number(Map<String, String> metrics, String name) {
        assertThat(metrics).containsKey("zk_" + name);
        return Long.parseLong(metrics.get("zk_" + name));
    }

    private static void work(int port) throws Exception {
        try (ZooKeeper client = new ZooKeeper("127.0.0.1:" + port, 10_000, event -> {})) {
            client.create("/n", null, Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT);
            client.getData("/n", true, null);
            client.getChildren("/", true);
            client.getChildren("/zookeeper", false);
            for (int i = 0; i < WRITES; i++) {
                client.setData("/n", new byte[10], -1);
            }
            for (int i = 0; i < READS; i++) {
                client.getData("/n", false, null);
            }
            client.delete("/n", -1);
        }
    }

    @Test
    void aLoneServerMeasuresItsRequests() throws Exception {
        try (Quorate server = Quorate.builder().dataDir(dir).start()) {
            work(server.port());
            Map<String, String> metrics = mntr(server.port());
            // createSession, create, the writes, delete, closeSession
            assertThat(number(metrics, "cnt_updatelatency")).isEqualTo(WRITES + 4);
            assertThat(number(metrics, "cnt_readlatency")).isEqualTo(READS + 3);
            assertThat(number(metrics, "cnt_propagation_latency")).isEqualTo(WRITES + 4);
            assertThat(number(metrics, "connection_request_count")).isEqualTo(1);
            assertThat(number(metrics, "connection_drop_count")).isZero();
            assertThat(number(metrics, "bytes_received_count")).isGreaterThan(READS * 20L);
            assertThat(number(metrics, "response_bytes")).isGreaterThan(READS * 100L);
            assertThat(number(metrics, "watch_bytes")).isPositive();
            assertThat(number(metrics, "sum_node_changed_watch_count")).isEqualTo(1);
            assertThat(number(metrics, "sum_node_children_watch_count")).isEqualTo(1);
            assertThat(number(metrics, "sync_processor_request_queued")).isEqualTo(WRITES + 4);
            assertThat(number(metrics, "cnt_dbinittime")).isEqualTo(1);
            // The path, the data, the 68 bytes of a Stat: what a real server counts, too.
            assertThat(number(metrics, "cnt_n_read_per_namespace")).isEqualTo(READS + 1);
            assertThat(number(metrics, "sum_n_read_per_namespace")).isEqualTo(70 + READS * 80);
            assertThat(number(metrics, "sum_zookeeper_read_per_namespace"))
                    .isEqualTo("/zookeeper".length() + "configquota".length() + 68);
            assertThat(number(metrics, "cnt_n_write_per_namespace")).isEqualTo(WRITES + 2);
            assertThat(number(metrics, "sum_n_write_per_namespace")).isEqualTo(2 + WRITES * 12 + 2);
            // As in ZooKeeper nothing is proposed by a server that is alone.
            assertThat(number(metrics, "proposal_count")).isZero();
        }
        try (Quorate again = Quorate.builder().dataDir(dir).start()) {
            assertThat(number(mntr(again.port()), "sum_startup_txns_loaded")).isEqualTo(WRITES + 4);
        }
    }

    @Test
    void clientsThatVanishOrNeverSayHelloAreCounted() throws Exception {
        try (Quorate server =
                Quorate.builder()
                        .dataDir(dir)
                        .property("zookeeper.nio.sessionlessCnxnTimeout", "100")
                        .start()) {
            Socket silent = new Socket("127.0.0.1", server.port());
            assertThat(silent.getInputStream().read()).isEqualTo(-1);
            Socket session = new Socket("127.0.0.1", server.port());
            session.getOutputStream().write(new byte[] {0, 0, 0, 44});
            session.getOutputStream().write(new byte[44]);
            assertThat(session.getInputStream().readNBytes(40)).hasSize(40);
            session.close();
            await().atMost(Duration.ofSeconds(10))
                    .untilAsserted(() -> {
                        Map<String, String> metrics = mntr(server.port());
                        assertThat(number(metrics, "sessionless_connections_expired")).isEqualTo(1);
                        assertThat(number(metrics, "connection_drop_count")).isEqualTo(1);
                    });
        }
    }

    @Test
    void aLeaderAndItsFollowersMeasureWhatTheyReplicate() throws Exception {
        try (Ensemble ensemble = new Ensemble(dir, 3)) {
            ensemble.startAll();
            int leader = ensemble.leader();
            int follower = ensemble.follower();
            work(ensemble.server(follower).clientPort());
            await().atMost(Duration.ofSeconds(10))
                    .untilAsserted(() -> {
                        Map<String, String> metrics = mntr(ensemble.server(leader).clientPort());
                        assertThat(number(metrics, "quorum_size")).isEqualTo(3);
                        assertThat(number(metrics, "learners")).isEqualTo(2);
                        assertThat(number(metrics, "synced_followers")).isEqualTo(2);
                        assertThat(number(metrics, "synced_observers")).isZero();
                        assertThat(number(metrics, "synced_non_voting_followers")).isZero();
                    });
            Map<String, String> leads = mntr(ensemble.server(leader).clientPort());
            assertThat(number(leads, "proposal_count")).isEqualTo(WRITES + 4);
            assertThat(number(leads, "commit_count")).isEqualTo(WRITES + 4);
            assertThat(number(leads, "cnt_quorum_ack_latency")).isEqualTo(WRITES + 4);
            assertThat(number(leads, "diff_count")).isEqualTo(2);
            assertThat(number(leads, "snap_count")).isZero();
            assertThat(number(leads, "looking_count")).isEqualTo(1);
            assertThat(number(leads, "cnt_election_time")).isEqualTo(1);
            assertThat(number(leads, "cnt_leader_unavailable_time")).isEqualTo(1);
            assertThat(number(leads, "leader_uptime")).isPositive();
            assertThat(number(leads, "min_proposal_size"))
                    .isPositive()
                    .isLessThan(number(leads, "max_proposal_size"));
            await().atMost(Duration.ofSeconds(10))
                    .untilAsserted(() -> {
                        Map<String, String> follows = mntr(ensemble.server(follower).clientPort());
                        assertThat(number(follows, "learner_proposal_received_count"))
                                .isEqualTo(WRITES + 4);
                        assertThat(number(follows, "learner_commit_received_count"))
                                .isEqualTo(WRITES + 4);
                        assertThat(number(follows, "cnt_follower_sync_time")).isEqualTo(1);
                        assertThat(number(follows, "cnt_updatelatency")).isEqualTo(WRITES + 4);
                        assertThat(number(follows, "quorum_size")).isEqualTo(3);
                        assertThat(follows).doesNotContainKey("zk_learners");
                    });
            await().atMost(Duration.ofSeconds(30)) // every ten
                    .untilAsserted(() -> {
                        Map<String, String> of = mntr(ensemble.server(leader).clientPort());
                        for (int id = 1; id <= 3; id++) {
                            for (String name : List.of("qp_size", "qp_time_ms")) {
                                String count = "zk_cnt_" + id + "_learner_handler_" + name;
                                if (id == ensemble.server(leader).config().serverId()) {
                                    assertThat(of).doesNotContainKey(count);
                                } else {
                                    assertThat(of).containsKey(count);
                                }
                            }
                        }
                    });
            ensemble.stop(leader);
            await().atMost(Duration.ofSeconds(10))
                    .until(() -> ensemble.server(follower).role().isServing());
            Map<String, String> after = mntr(ensemble.server(follower).clientPort());
            assertThat(number(after, "cnt_unavailable_time")).isEqualTo(1);
        }
    }
}
