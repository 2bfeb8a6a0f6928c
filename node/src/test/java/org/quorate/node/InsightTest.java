package org.quorate.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.ZooKeeper;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.quorate.node.config.ZooCfg;
import org.quorate.node.host.Server;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Who does what, asked of a running server over HTTP. */
class InsightTest {
    @TempDir Path dir;
    private final HttpClient http = HttpClient.newHttpClient();
    private Server server;

    @AfterEach
    void stop() {
        server.close();
        http.close();
    }

    private ZooKeeper start(String... lines) throws Exception {
        Path file = dir.resolve("zoo.cfg");
        Files.writeString(
                file,
                """
                dataDir=%s
                clientPort=%d
                clientPortAddress=127.0.0.1
                preAllocSize=1024
                admin.serverAddress=127.0.0.1
                admin.serverPort=0
                %s
                """
                        .formatted(
                                dir.resolve("data"),
                                Ensemble.freePorts(1).get(0),
                                String.join("\n", lines)));
        server = Server.start(ZooCfg.read(file, new Properties(), w -> {}), (what, why) -> {});
        return new ZooKeeper("127.0.0.1:" + server.clientPort(), 30_000, event -> {});
    }

    private JsonNode ask(String command) throws Exception {
        URI uri =
                URI.create(
                        "http://127.0.0.1:" + server.admin().adminPort() + "/commands/" + command);
        String body =
                http.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString())
                        .body();
        JsonNode json = new JsonMapper().readTree(body);
        assertThat(json.get("error").isNull()).as(body).isTrue();
        return json;
    }

    @Test
    void everyStageOfAWriteIsMeasured() throws Exception {
        try (ZooKeeper client = start()) {
            for (int i = 0; i < 50; i++) {
                client.create(
                        "/n" + i, new byte[10], ZooDefs.Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT);
            }
            await().atMost(Duration.ofSeconds(10))
                    .untilAsserted(() -> {
                        JsonNode stages = ask("stages").get("stages");
                        assertThat(stages).hasSize(7);
                        for (JsonNode stage : stages) {
                            assertThat(stage.get("count").asLong())
                                    .as(stage.toString())
                                    .isGreaterThanOrEqualTo(50);
                            assertThat(stage.get("p99_us").asDouble())
                                    .as(stage.toString())
                                    .isGreaterThanOrEqualTo(stage.get("p50_us").asDouble());
                        }
                    });
        }
    }

    @Test
    void aSlowOperationIsToldWithWhoAndWhere() throws Exception {
        try (ZooKeeper client = start("slowOperation.thresholdMs=1")) {
            client.addAuthInfo("digest", "ann:secret".getBytes());
            byte[] data = new byte[900_000];
            // A large write takes more than a millisecond sooner or later.
            await().atMost(Duration.ofSeconds(30))
                    .untilAsserted(() -> {
                        if (client.exists("/big", false) == null) {
                            client.create(
                                    "/big",
                                    data,
                                    ZooDefs.Ids.OPEN_ACL_UNSAFE,
                                    CreateMode.PERSISTENT);
                        }
                        client.setData("/big", data, -1);
                        JsonNode slow = ask("slow_operations");
                        assertThat(slow.get("threshold_ms").asInt()).isEqualTo(1);
                        JsonNode set = null;
                        for (JsonNode operation : slow.get("operations")) {
                            if (operation.get("operation").stringValue().equals("setData")) {
                                set = operation;
                            }
                        }
                        assertThat(set).isNotNull();
                        assertThat(set.get("path").stringValue()).isEqualTo("/big");
                        assertThat(set.get("principal").stringValue()).isEqualTo("digest:ann");
                        assertThat(set.get("session").stringValue())
                                .isEqualTo("0x" + Long.toHexString(client.getSessionId()));
                        assertThat(set.get("address").stringValue()).startsWith("127.0.0.1:");
                        assertThat(set.get("total_us").asLong()).isGreaterThanOrEqualTo(1_000);
                        JsonNode stages = set.get("stages_us");
                        for (String stage :
                                new String[] {"decode", "queue", "prepare", "sync", "quorum"}) {
                            assertThat(stages.get(stage).asLong()).as(stage).isNotNegative();
                        }
                        assertThat(
                                        stages.get("decode").asLong()
                                                + stages.get("queue").asLong()
                                                + stages.get("prepare").asLong()
                                                + stages.get("quorum").asLong())
                                .isCloseTo(
                                        set.get("total_us").asLong(),
                                        org.assertj.core.data.Offset.offset(10L));
                    });
        }
    }

    @Test
    void whoAsksMostIsFound() throws Exception {
        try (ZooKeeper client = start()) {
            client.create("/hot", null, ZooDefs.Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT);
            client.create("/hot/a", null, ZooDefs.Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT);
            for (int i = 0; i < 200; i++) {
                client.getData("/hot/a", false, null);
            }
            client.setData("/hot/a", new byte[5], -1);
            JsonNode hot = ask("hot_paths?limit=5");
            assertThat(hot.get("requests").asLong()).isPositive();
            assertThat(hot.get("paths").get(0).get("path").stringValue()).isEqualTo("/hot/a");
            assertThat(hot.get("prefixes_by_depth").get(0).get(0).get("path").stringValue())
                    .isEqualTo("/hot");
            assertThat(hot.get("sessions").get(0).get("session").stringValue())
                    .isEqualTo("0x" + Long.toHexString(client.getSessionId()));
            assertThat(hot.get("principals").get(0).get("principal").stringValue())
                    .isEqualTo("ip:127.0.0.1");
        }
    }

    @Test
    void rolesAndTheLastHoursAreRemembered() throws Exception {
        try (ZooKeeper client = start()) {
            client.exists("/", false);
            JsonNode changes = ask("leader_history").get("changes");
            assertThat(changes.get(0).get("role").stringValue()).isEqualTo("leading");
            assertThat(ask("leader_history").get("lost_last_day").asInt()).isZero();
            await().atMost(Duration.ofSeconds(40))
                    .untilAsserted(() -> {
                        client.exists("/", false);
                        JsonNode history = ask("history");
                        assertThat(history.get("every_seconds").asInt()).isEqualTo(10);
                        assertThat(history.get("points")).isNotEmpty();
                        JsonNode point = history.get("points").get(0);
                        assertThat(point.get("read_per_s").asDouble()).isPositive();
                        assertThat(point.get("disk_free_bytes").asLong()).isPositive();
                        assertThat(point.get("role").stringValue()).isEqualTo("standalone");
                    });
        }
    }

    @Test
    void aCoreThatStandsStillIsAFindingWhileTheAdminPortAnswers() throws Exception {
        try (ZooKeeper client = start()) {
            client.exists("/", false);
            CompletableFuture<Boolean> released = new CompletableFuture<>();
            var _ = server.ask(core -> released.join());
            JsonNode health = ask("health");
            released.complete(true);
            assertThat(health.get("core_answers").asBoolean()).isFalse();
            assertThat(health.get("findings").get(0).get("id").stringValue())
                    .isEqualTo("no-answer");
            assertThat(health.get("findings").get(0).get("says").stringValue())
                    .isEqualTo("The core does not answer: nothing came within 5 s.");
            await().atMost(Duration.ofSeconds(30))
                    .until(() -> ask("health").get("core_answers").asBoolean());
        }
    }
}
