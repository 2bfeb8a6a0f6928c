package org.quorate.node;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.ZooDefs.Ids;
import org.apache.zookeeper.ZooKeeper;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.quorate.node.host.Server;
import org.quorate.tree.DataTree;

/** Servers of an ensemble whose files were damaged while they were down. */
class DamageTest {
    private static final int NODES = 200;

    @TempDir Path dir;
    private final LogLines log = new LogLines();
    private Ensemble ensemble;

    @BeforeEach
    void threeServersWithSomeHistory() throws Exception {
        ensemble =
                new Ensemble(
                        dir,
                        3,
                        "admin.enableServer=true",
                        "admin.serverAddress=127.0.0.1",
                        "admin.serverPort=0");
        ensemble.startAll();
        write("/n", NODES);
        await().atMost(Duration.ofSeconds(20)).until(this::allAreEqual);
    }

    @AfterEach
    void stop() {
        ensemble.close();
        log.close();
    }

    @Test
    void aServerWithADamagedRecordAmongOthersIsRepairedByItsPeers() throws Exception {
        int down = ensemble.follower();
        ensemble.stop(down);
        write("/later", 10);
        Path damaged = newest(down, "log.");
        flipBit(damaged, "/n100");

        assertRepaired(down);
        assertThat(log.with("ERROR", damaged + " at offset ", "behind transaction 0x1000000"))
                .hasSize(1);
        assertThat(damaged).doesNotExist();
        assertThat(dataFile(down, "damaged-1").resolve(damaged.getFileName())).exists();
        assertThat(health(down)).contains("\"damaged\"", "notice", " at offset ");

        ensemble.stop(down);
        ensemble.start(down);
        ensemble.awaitServing();
        await().atMost(Duration.ofSeconds(20)).until(this::allAreEqual);
        assertThat(health(down)).doesNotContain("damaged");
    }

    @Test
    void aServerWithADamagedSnapshotAndNoLogBeforeItIsRepairedByItsPeers() throws Exception {
        int down = ensemble.follower();
        ensemble.server(down).snapshot();
        await().until(() -> !newest(down, "snapshot.").endsWith("snapshot.0"));
        write("/later", 10);
        ensemble.stop(down);
        Path damaged = newest(down, "snapshot.");
        flipBit(damaged, "n150");
        Files.delete(dataFile(down, "snapshot.0"));
        Files.delete(oldest(down, "log."));

        assertRepaired(down);
        assertThat(log.with("ERROR", damaged.toString())).isNotEmpty();
        assertThat(dataFile(down, "damaged-1").resolve(damaged.getFileName())).exists();
    }

    @Test
    void aDamagedSnapshotWhoseTransactionsTheLogHoldsIsPassedOver() throws Exception {
        int down = ensemble.follower();
        ensemble.server(down).snapshot();
        await().until(() -> !newest(down, "snapshot.").endsWith("snapshot.0"));
        write("/later", 10);
        ensemble.stop(down);
        Path damaged = newest(down, "snapshot.");
        flipBit(damaged, "n150");

        assertRepaired(down);
        assertThat(log.with("WARN", damaged + " was passed over: ")).isNotEmpty();
        assertThat(dataFile(down, "damaged-1")).doesNotExist();
    }

    @Test
    void aServerWithADamagedCurrentEpochIsRepairedByItsPeers() throws Exception {
        int down = ensemble.follower();
        ensemble.stop(down);
        String before = Files.readString(dataFile(down, "currentEpoch"));
        Files.writeString(dataFile(down, "currentEpoch"), before.replaceFirst("1", "3"));

        assertRepaired(down);
        assertThat(log.with("ERROR", "currentEpoch holds \"3", "not an epoch as it was written"))
                .hasSize(1);
        assertThat(dataFile(down, "damaged-1").resolve("currentEpoch")).exists();
    }

    @Test
    void aServerWithADamagedAcceptedEpochKeepsOutForAWhileAndIsRepairedByItsPeers()
            throws Exception {
        int down = ensemble.follower();
        ensemble.stop(down);
        Files.write(dataFile(down, "acceptedEpoch"), new byte[4]);

        assertRepaired(down);
        assertThat(log.with("ERROR", "acceptedEpoch holds \"????\"")).hasSize(1);
        assertThat(log.with("keeps out of elections for 6 s")).hasSize(1);
        write("/after", 1);
    }

    @Test
    void whereAQuorumsCopiesOfACommittedTransactionAreDamagedNobodyServesUntilThereIsACopy()
            throws Exception {
        ensemble.stopAll();
        for (int id : List.of(1, 2)) {
            flipBit(newest(id, "log."), "/n100");
        }
        for (int id = 1; id <= 3; id++) {
            ensemble.start(id);
        }
        for (int id : List.of(1, 2)) {
            String place =
                    newestIn(dataFile(id, "damaged-1"), "log.").getFileName() + " at offset ";
            assertThat(log.with("ERROR", "server-" + id, place, "behind transaction 0x1000000"))
                    .hasSize(1);
            assertThat(health(id)).contains("\"damaged\"", "critical", place, "0x1000000");
        }
        await().atMost(Duration.ofSeconds(20))
                .until(() ->
                        log.with(
                                                "WARN",
                                                "nobody can lead: servers [1, 2] have no history to vote with")
                                        .size()
                                == 3);
        for (Server server : ensemble.servers()) {
            assertThat(server.role().isServing()).isFalse();
        }

        // A restart changes nothing, and says it again.
        ensemble.stop(2);
        ensemble.start(2);
        assertThat(log.with("ERROR", "damaged-1", "holds what was damaged", " at offset "))
                .hasSize(1);
        assertThat(health(2)).contains("critical", " at offset ");
        assertThat(ensemble.server(2).role().isServing()).isFalse();

        // What docs/runbook.md says: a whole directory in the place of a damaged one.
        ensemble.stopAll();
        copy(dataFile(3, ""), dataFile(2, ""));
        for (int id = 1; id <= 3; id++) {
            ensemble.start(id);
        }
        ensemble.awaitServing();
        write("/after", 1);
        await().atMost(Duration.ofSeconds(20)).until(this::allAreEqual);
        assertThat(nodes(1)).isGreaterThan(NODES);
        assertThat(ensemble.failures).isEmpty();
    }

    private void assertRepaired(int id) throws Exception {
        ensemble.start(id);
        ensemble.awaitServing();
        await().atMost(Duration.ofSeconds(20)).until(this::allAreEqual);
        assertThat(nodes(id)).isGreaterThan(NODES);
        assertThat(ensemble.failures).isEmpty();
    }

    private void write(String path, int count) throws Exception {
        try (ZooKeeper client = new ZooKeeper(ensemble.connectString(), 10_000, event -> {})) {
            await().ignoreExceptionsInstanceOf(KeeperException.ConnectionLossException.class)
                    .until(() -> client.exists("/", false) != null);
            for (int i = 0; i < count; i++) {
                client.create(path + i, new byte[100], Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT);
            }
        }
    }

    private boolean allAreEqual() {
        return ensemble.servers().stream()
                        .map(server -> server.read(tree -> tree.lastZxid() + " " + tree.digest()))
                        .distinct()
                        .count()
                == 1;
    }

    private int nodes(int id) {
        return ensemble.server(id).read(DataTree::nodeCount);
    }

    private String health(int id) throws Exception {
        int port = ensemble.server(id).admin().adminPort();
        try (HttpClient http = HttpClient.newHttpClient()) {
            URI uri = URI.create("http://127.0.0.1:" + port + "/commands/health");
            return http.send(
                            HttpRequest.newBuilder(uri).timeout(Duration.ofSeconds(20)).build(),
                            BodyHandlers.ofString())
                    .body();
        }
    }

    private Path dataFile(int id, String name) {
        return ensemble.dataDir(id).resolve("version-2").resolve(name);
    }

    private Path newest(int id, String prefix) throws IOException {
        return newestIn(dataFile(id, ""), prefix);
    }

    private static Path newestIn(Path dir, String prefix) throws IOException {
        try (Stream<Path> files = Files.list(dir)) {
            return files.filter(file -> file.getFileName().toString().startsWith(prefix))
                    .max(BY_ZXID)
                    .orElseThrow();
        }
    }

    private Path oldest(int id, String prefix) throws IOException {
        try (Stream<Path> files = Files.list(dataFile(id, ""))) {
            return files.filter(file -> file.getFileName().toString().startsWith(prefix))
                    .min(BY_ZXID)
                    .orElseThrow();
        }
    }

    private static final Comparator<Path> BY_ZXID =
            Comparator.comparingLong(file ->
                    Long.parseLong(file.getFileName().toString().replaceFirst(".*\\.", ""), 16));

    /** Damages a file in the middle, where it says this. */
    private static void flipBit(Path file, String text) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        byte[] wanted = text.getBytes(UTF_8);
        int at = 0;
        while (!new String(bytes, at, wanted.length, UTF_8).equals(text)) {
            at++;
        }
        bytes[at + wanted.length + 1] ^= 0x10;
        Files.write(file, bytes);
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.list(to)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Files.delete(file);
            }
        }
        try (Stream<Path> files = Files.list(from)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Files.copy(file, to.resolve(file.getFileName()));
            }
        }
    }
}
