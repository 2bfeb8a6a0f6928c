package org.quorate.node;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.Watcher;
import org.apache.zookeeper.ZooDefs.Ids;
import org.apache.zookeeper.ZooKeeper;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.quorate.node.config.ServerConfig;
import org.quorate.node.config.ZooCfg;

/** A running server that is put back to a snapshot over HTTP. */
class RestoreTest {
    @TempDir Path dir;

    private final HttpClient http = HttpClient.newHttpClient();

    private Quorate start() throws Exception {
        Path file = dir.resolve("zoo.cfg");
        Files.writeString(
                file,
                """
                dataDir=%s
                clientPort=2181
                preAllocSize=1024
                admin.serverAddress=127.0.0.1
                admin.serverPort=0
                admin.rateLimiterIntervalInMS=0
                """
                        .formatted(dir.resolve("data")));
        ServerConfig config = ZooCfg.read(file, new Properties(), warning -> {});
        return Quorate.builder().config(config).port(0).start();
    }

    private URI command(Quorate server, String name) {
        int port = server.server().admin().adminPort();
        return URI.create("http://127.0.0.1:" + port + "/commands/" + name);
    }

    private byte[] snapshot(Quorate server) throws Exception {
        HttpResponse<byte[]> response =
                http.send(
                        HttpRequest.newBuilder(command(server, "snapshot"))
                                .header("Authorization", "digest user:password")
                                .build(),
                        BodyHandlers.ofByteArray());
        assertThat(response.statusCode()).isEqualTo(200);
        return response.body();
    }

    private HttpResponse<String> restore(Quorate server, byte[] snapshot) throws Exception {
        return http.send(
                HttpRequest.newBuilder(command(server, "restore"))
                        .header("Authorization", "digest user:password")
                        .header("Content-Type", "application/octet-stream")
                        .POST(BodyPublishers.ofByteArray(snapshot))
                        .build(),
                BodyHandlers.ofString());
    }

    private static void create(ZooKeeper client, String path, CreateMode mode) throws Exception {
        client.create(path, path.getBytes(UTF_8), Ids.OPEN_ACL_UNSAFE, mode);
    }

    private List<String> temporaryFiles() throws Exception {
        try (Stream<Path> files = Files.list(dir.resolve("data"))) {
            return files.map(path -> path.getFileName().toString())
                    .filter(name -> name.startsWith("restore-"))
                    .toList();
        }
    }

    @Test
    void theServerGoesBackToTheSnapshotAndStaysThereAfterARestart() throws Exception {
        try (Quorate server = start()) {
            BlockingQueue<Watcher.Event.KeeperState> states = new LinkedBlockingQueue<>();
            ZooKeeper old =
                    new ZooKeeper(
                            server.connectString(), 10_000, event -> states.add(event.getState()));
            create(old, "/kept", CreateMode.PERSISTENT);
            create(old, "/mine", CreateMode.EPHEMERAL);
            long zxid = old.exists("/mine", false).getCzxid();
            byte[] snapshot = snapshot(server);
            for (int i = 0; i < 300; i++) {
                create(old, "/lost-" + i, CreateMode.PERSISTENT);
            }
            old.delete("/kept", -1);
            ZooKeeper young = new ZooKeeper(server.connectString(), 10_000, event -> {});
            create(young, "/of-a-young-session", CreateMode.EPHEMERAL);

            HttpResponse<String> restored = restore(server, snapshot);
            assertThat(restored.statusCode()).as(restored.body()).isEqualTo(200);
            assertThat(restored.body()).contains("\"last_zxid\" : " + zxid);
            // The old session is in the snapshot and goes on; the young one never was.
            await().atMost(Duration.ofSeconds(20))
                    .ignoreExceptions()
                    .until(() -> old.exists("/kept", false) != null);
            assertThat(old.getChildren("/", false))
                    .containsExactlyInAnyOrder("kept", "mine", "zookeeper");
            assertThat(states).contains(Watcher.Event.KeeperState.Disconnected);
            await().atMost(Duration.ofSeconds(20))
                    .until(() -> young.getState() == ZooKeeper.States.CLOSED);
            create(old, "/new", CreateMode.PERSISTENT);
            // Zxids go on, or nobody who saw a later one could come back.
            assertThat(old.exists("/new", false).getCzxid()).isGreaterThan(zxid + 300);
            assertThat(temporaryFiles()).isEmpty();
            old.close();
        }
        try (Quorate again = start();
                ZooKeeper client = new ZooKeeper(again.connectString(), 10_000, event -> {})) {
            assertThat(client.getChildren("/", false))
                    .containsExactlyInAnyOrder("kept", "new", "zookeeper");
            assertThat(new String(client.getData("/kept", false, null), UTF_8)).isEqualTo("/kept");
        }
    }

    @Test
    void aBadSnapshotChangesNothing() throws Exception {
        try (Quorate server = start();
                ZooKeeper client = new ZooKeeper(server.connectString(), 10_000, event -> {})) {
            create(client, "/there", CreateMode.PERSISTENT);
            byte[] good = snapshot(server);
            create(client, "/later", CreateMode.PERSISTENT);
            byte[] flipped = good.clone();
            flipped[good.length / 2] ^= 1;
            for (byte[] bad :
                    List.of(
                            new byte[0],
                            "garbage".getBytes(UTF_8),
                            Arrays.copyOf(good, good.length / 2),
                            Arrays.copyOf(good, good.length - 1),
                            flipped)) {
                HttpResponse<String> refused = restore(server, bad);
                assertThat(refused.statusCode()).as("%d bytes", bad.length).isEqualTo(500);
                assertThat(refused.body()).contains("the restore failed").doesNotContain(".tmp");
            }
            assertThat(client.exists("/later", false)).isNotNull();
            assertThat(temporaryFiles()).isEmpty();
            assertThat(server.server().failure()).isNull();
            client.setData("/later", new byte[0], -1);
        }
    }

    @Test
    void requestsUnderWayAreNotAnsweredFromTheOldState() throws Exception {
        try (Quorate server = start()) {
            byte[] empty = snapshot(server);
            try (ZooKeeper client = new ZooKeeper(server.connectString(), 10_000, event -> {})) {
                for (int round = 0; round < 5; round++) {
                    LinkedBlockingQueue<Integer> codes = new LinkedBlockingQueue<>();
                    for (int i = 0; i < 500; i++) {
                        client.create(
                                "/r%d-%d".formatted(round, i),
                                new byte[100],
                                Ids.OPEN_ACL_UNSAFE,
                                CreateMode.PERSISTENT,
                                (rc, path, context, name) -> codes.add(rc),
                                null);
                    }
                    assertThat(restore(server, empty).statusCode()).isEqualTo(200);
                    for (int i = 0; i < 500; i++) {
                        assertThat(codes.poll(20, TimeUnit.SECONDS)).isNotNull();
                    }
                    if (!client.getState().isAlive()) {
                        return; // the snapshot does not know its session
                    }
                }
            }
            assertThat(server.server().failure()).isNull();
        }
    }
}
