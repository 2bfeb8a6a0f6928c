package org.quorate.example.kv;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.quorate.cluster.coordinator.Coordinator;
import org.quorate.cluster.fence.ShardId;
import org.quorate.cluster.plan.Spread;
import org.quorate.cluster.shard.Route;
import org.quorate.cluster.shard.ShardAdmin;
import org.quorate.cluster.shard.Shards;
import org.quorate.cluster.shard.Table;
import org.quorate.testkit.TestEnsemble;

/** The database on four nodes in this JVM, and its parts. */
@Timeout(60)
class DatabaseTest {
    private static final int SHARDS = 8;
    private static final Duration SESSION = Duration.ofSeconds(2);

    @TempDir Path dir;
    private TestEnsemble ensemble;
    private Coordinator coordinator;
    private Client client;
    private final Map<String, Node> nodes = new TreeMap<>();

    @BeforeEach
    void start() throws Exception {
        ensemble = TestEnsemble.builder().servers(1).start();
        coordinator = Coordinator.connect(ensemble.connectString());
        Shards.admin(coordinator, Node.ROOT)
                .apply(
                        Table.named(Node.TABLE)
                                .shards(SHARDS)
                                .replicas(3)
                                .spread(Spread.none())
                                .replicaGrace(Duration.ofMillis(200)));
        for (int i = 1; i <= 4; i++) {
            String id = "node-" + i;
            nodes.put(id, new Node(ensemble.connectString(), id, "zone", dir.resolve(id), SESSION));
        }
        client = new Client(coordinator, Duration.ofSeconds(20));
        assertThat(client.router().awaitReady(Duration.ofSeconds(20))).isTrue();
    }

    @AfterEach
    void stop() {
        client.close();
        nodes.values().forEach(Node::close);
        coordinator.close();
        ensemble.close();
    }

    @Test
    void whatIsWrittenIsReadWhereverItsShardIs() throws Exception {
        for (int i = 0; i < 20; i++) {
            client.put("key/" + i, "value " + i);
        }
        for (int i = 0; i < 20; i++) {
            assertThat(client.get("key/" + i)).contains("value " + i);
        }
        client.delete("key/3");
        assertThat(client.get("key/3")).isEmpty();
    }

    @Test
    void anyNodeSendsOnToTheLeader() throws Exception {
        client.put("hello", "world");
        for (Node node : nodes.values()) {
            HttpClient http =
                    HttpClient.newBuilder().followRedirects(HttpClient.Redirect.NORMAL).build();
            HttpRequest request =
                    HttpRequest.newBuilder(URI.create("http://" + node.address() + "/kv/hello"))
                            .build();
            await().until(() -> http.send(request, BodyHandlers.ofString()).statusCode() == 200);
            assertThat(http.send(request, BodyHandlers.ofString()).body()).isEqualTo("world");
        }
    }

    @Test
    void aNodeThatIsCutOffFromTheServiceIsSucceededAndMayNotWriteAnyMore() throws Exception {
        List<String> keys = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            keys.add("key-" + i);
            client.put("key-" + i, "before");
        }
        Route before = client.router().route(keys.getFirst().getBytes(StandardCharsets.UTF_8));
        Node cutOff = nodes.get(before.leader().id());

        ensemble.clients(cutOff.sessionId()).refuse();

        await().atMost(Duration.ofSeconds(30))
                .until(() -> {
                    Route now = client.router().route(before.shard().index());
                    return now.led() && !now.leader().id().equals(before.leader().id());
                });
        HttpResponse<String> refused = put(cutOff.address(), before.shard(), keys.getFirst());
        assertThat(refused.statusCode()).isEqualTo(421);
        for (String key : keys) {
            assertThat(client.get(key)).as(key).contains("before");
            client.put(key, "after");
            assertThat(client.get(key)).as(key).contains("after");
        }
    }

    @Test
    void splitAndMergedShardsKeepWhatWasAcknowledgedWhileItIsWritten() throws Exception {
        Map<String, String> acknowledged = new TreeMap<>();
        ShardAdmin admin = Shards.admin(coordinator, Node.ROOT);
        for (int i = 0; i < 60; i++) {
            if (i == 20) {
                admin.split(new ShardId(Node.TABLE, 2));
                admin.merge(new ShardId(Node.TABLE, 4), new ShardId(Node.TABLE, 5));
            }
            String key = "key-" + i % 40;
            client.put(key, "value " + i);
            acknowledged.put(key, "value " + i);
        }
        await().atMost(Duration.ofSeconds(30))
                .until(() ->
                        Stream.of(2, 4, 5).noneMatch(client.router().keys()::live)
                                && client.router().keys().births().isEmpty());
        for (Map.Entry<String, String> pair : acknowledged.entrySet()) {
            assertThat(client.get(pair.getKey())).contains(pair.getValue());
            client.put(pair.getKey(), "afterwards");
            assertThat(client.get(pair.getKey())).contains("afterwards");
        }
        assertThat(client.router().shards()).isEqualTo(SHARDS + 3);
    }

    private static HttpResponse<String> put(String address, ShardId shard, String key)
            throws Exception {
        URI uri = URI.create("http://%s/shards/%d/kv/%s".formatted(address, shard.index(), key));
        HttpRequest request =
                HttpRequest.newBuilder(uri).PUT(BodyPublishers.ofString("stale")).build();
        try (HttpClient http = HttpClient.newHttpClient()) {
            return http.send(request, BodyHandlers.ofString());
        }
    }

    @Test
    void aDrainedNodeLeavesWithoutAnyoneWaitingForItsSession() throws Exception {
        client.put("key", "value");
        Node leaving = nodes.remove("node-2");

        assertThat(leaving.drain(Duration.ofSeconds(30))).isTrue();
        long version = leaving.mapVersion();
        leaving.close();

        // The client follows the map by itself, a moment later: it is asked about that version.
        assertThat(client.router().awaitVersion(version, Duration.ofSeconds(10))).isTrue();
        assertThat(client.get("key")).contains("value");
        for (int shard = 0; shard < SHARDS; shard++) {
            Route route = client.router().route(shard);
            assertThat(route.leader().id()).isNotEqualTo("node-2");
            assertThat(route.followers()).noneMatch(node -> node.id().equals("node-2"));
        }
    }
}
