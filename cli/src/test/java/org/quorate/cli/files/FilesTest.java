package org.quorate.cli.files;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.ZooKeeper;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.quorate.cli.Captured;
import org.quorate.node.Quorate;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class FilesTest {
    @TempDir static Path dir;
    @TempDir Path scratch;
    private static Path log;
    private static Path snapshot;

    @BeforeAll
    static void makeFiles() throws Exception {
        try (Quorate server = Quorate.builder().dataDir(dir).start();
                ZooKeeper client = new ZooKeeper(server.connectString(), 10_000, event -> {})) {
            client.create(
                    "/a", "secret".getBytes(), ZooDefs.Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT);
            client.create("/a/e", null, ZooDefs.Ids.READ_ACL_UNSAFE, CreateMode.EPHEMERAL);
            client.setData("/a", new byte[100], -1);
            client.multi(
                    List.of(
                            org.apache.zookeeper.Op.check("/a", 1),
                            org.apache.zookeeper.Op.delete("/a/e", -1)));
            server.server().snapshot();
            Awaitility.await().until(() -> files("snapshot.").size() > 1);
        }
        snapshot = files("snapshot.").getLast();
        log = files("log.").getFirst();
    }

    private static List<Path> files(String prefix) throws IOException {
        try (Stream<Path> all = Files.list(dir.resolve("version-2"))) {
            return all.filter(file -> file.getFileName().toString().startsWith(prefix))
                    .sorted()
                    .toList();
        }
    }

    private static List<JsonNode> json(Captured captured) {
        List<JsonNode> lines = new ArrayList<>();
        captured.out().lines().forEach(line -> lines.add(new JsonMapper().readTree(line)));
        return lines;
    }

    @Test
    void aLogIsDumpedLineByLine() {
        Captured dump = Captured.run("log", "dump", log.toString());
        assertThat(dump.exitCode()).isZero();
        assertThat(dump.err()).isEmpty();
        assertThat(dump.out())
                .contains(" zxid 0x2 create ", " path=/a dataLength=6 acl=[world:anyone:")
                .contains(" zxid 0x4 setData path=/a dataLength=100 version=1")
                .contains("multi ")
                .doesNotContain("secret")
                .contains(": 5 transactions, ");
    }

    @Test
    void aLogIsDumpedAsJson() {
        List<JsonNode> lines = json(Captured.run("log", "dump", "--json", log.toString()));
        assertThat(lines).hasSize(6);
        assertThat(lines.get(0).get("type").stringValue()).isEqualTo("createSession");
        assertThat(lines.get(3).get("zxid").stringValue()).isEqualTo("0x4");
        assertThat(lines.get(4).get("ops").size()).isEqualTo(2);
        assertThat(lines.get(5).get("transactions").intValue()).isEqualTo(5);
        assertThat(lines.get(5).get("clean").booleanValue()).isTrue();
    }

    @Test
    void damageInALogIsShownAndSaidByTheExitCode() throws IOException {
        Path damaged = Files.copy(log, scratch.resolve("log.1"));
        flip(damaged, 16 + 12 + 40);
        Captured dump = Captured.run("log", "dump", log.toString(), damaged.toString());
        assertThat(dump.exitCode()).isEqualTo(1);
        assertThat(dump.out())
                .contains("DAMAGED at offset 16: checksum")
                .contains("1 of them damaged");
        assertThat(
                        json(Captured.run("log", "dump", damaged.toString(), "--json"))
                                .get(0)
                                .get("problem")
                                .stringValue())
                .contains("checksum");
    }

    private static void flip(Path file, long at) throws IOException {
        try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "rw")) {
            bytes.seek(at);
            int old = bytes.read();
            bytes.seek(at);
            bytes.write(old ^ 1);
        }
    }

    @Test
    void whatIsNoLogIsRefusedInOneLine() {
        Captured dump = Captured.run("log", "dump", snapshot.toString());
        assertThat(dump.exitCode()).isEqualTo(1);
        assertThat(dump.err().lines()).hasSize(1);
        assertThat(dump.err())
                .startsWith("quorate: ")
                .contains("does not begin as a transaction log");
    }

    @Test
    void aSnapshotIsDumped() {
        Captured dump = Captured.run("snapshot", "dump", snapshot.toString());
        assertThat(dump.exitCode()).isZero();
        assertThat(dump.out())
                .contains("\n/a\n  cZxid = 0x2\n")
                .contains("\n  dataLength = 100\n  acl = world:anyone:")
                .contains("session 0x")
                .doesNotContain("data = ");
        assertThat(Captured.run("snapshot", "dump", "--data", snapshot.toString()).out())
                .contains("\n  data = AAAA");
    }

    @Test
    void aSnapshotIsDumpedAsJson() {
        List<JsonNode> lines =
                json(Captured.run("snapshot", "dump", "--json", "--data", snapshot.toString()));
        assertThat(lines)
                .filteredOn(line -> line.has("path"))
                .extracting(line -> line.get("path").stringValue())
                .contains("/", "/a", "/zookeeper", "/zookeeper/config", "/zookeeper/quota");
        assertThat(lines.getLast().get("nodes").intValue()).isEqualTo(5);
    }

    @Test
    void aSnapshotIsVerified() throws IOException {
        assertThat(Captured.run("snapshot", "verify", snapshot.toString()))
                .isEqualTo(new Captured(0, snapshot + ": ok\n", ""));
        Path damaged = Files.copy(snapshot, scratch.resolve("snapshot.6"));
        flip(damaged, Files.size(damaged) / 2);
        Captured verify =
                Captured.run("snapshot", "verify", snapshot.toString(), damaged.toString());
        assertThat(verify.exitCode()).isEqualTo(1);
        assertThat(verify.out().lines()).hasSize(2);
        List<JsonNode> lines =
                json(Captured.run("snapshot", "verify", "--json", damaged.toString()));
        assertThat(lines.get(0).get("ok").booleanValue()).isFalse();
        assertThat(lines.get(0).get("problem").stringValue()).startsWith(damaged.toString());
    }

    @Test
    void aSnapshotIsCounted() {
        assertThat(Captured.run("snapshot", "stats", snapshot.toString()).out())
                .contains("nodes: 5\n", "dataBytes: 100\n", "largestPath: /a\n");
        JsonNode stats =
                json(Captured.run("snapshot", "stats", snapshot.toString(), "--json")).get(0);
        assertThat(stats.get("digest")).isEqualTo(stats.get("nodeDigest"));
    }

    @Test
    void aMissingFileIsOneLine() {
        for (String command : List.of("dump", "stats")) {
            Captured captured = Captured.run("snapshot", command, "/no/such");
            assertThat(captured.exitCode()).isEqualTo(1);
            assertThat(captured.err().lines()).hasSize(1);
        }
        assertThat(Captured.run("snapshot", "verify", "/no/such").out())
                .isEqualTo("/no/such: no such file\n");
    }

    @Test
    void aGroupWithoutACommandSaysWhatThereIs() {
        assertThat(Captured.run("log").err()).startsWith("log what?");
        assertThat(Captured.run("snapshot").exitCode()).isEqualTo(2);
    }
}
