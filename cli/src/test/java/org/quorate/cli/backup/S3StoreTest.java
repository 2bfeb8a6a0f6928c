package org.quorate.cli.backup;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.ZooKeeper;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.quorate.cli.Captured;
import org.quorate.node.Quorate;

/** Backups in a bucket. */
class S3StoreTest {
    @TempDir Path dir;
    private TinyS3 s3;

    @BeforeAll
    static void credentials() {
        System.setProperty("aws.accessKeyId", "me");
        System.setProperty("aws.secretAccessKey", "secret");
    }

    @AfterAll
    static void noCredentials() {
        System.clearProperty("aws.accessKeyId");
        System.clearProperty("aws.secretAccessKey");
    }

    @BeforeEach
    void serve() throws Exception {
        s3 = new TinyS3();
        try (Quorate server = Quorate.builder().dataDir(dir.resolve("data")).start();
                ZooKeeper client = new ZooKeeper(server.connectString(), 30_000, event -> {})) {
            client.create("/n", null, ZooDefs.Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT);
        }
    }

    @AfterEach
    void stop() {
        s3.close();
    }

    private Captured run(String command, String option, String where, String... more) {
        List<String> all =
                new ArrayList<>(
                        List.of(
                                "backup",
                                command,
                                option,
                                where,
                                "--s3-endpoint",
                                s3.endpoint().toString()));
        all.addAll(List.of(more));
        return Captured.run(all.toArray(String[]::new));
    }

    private Captured create(String where) {
        return run("create", "--to", where, "--data", dir.resolve("data").toString());
    }

    @Test
    void backupsInABucketAreMadeListedProvenRestoredAndPruned() throws Exception {
        String where = "s3://bucket/some/prefix";
        for (int i = 0; i < 3; i++) {
            Captured made = create(where);
            assertThat(made.out()).as(made.err()).contains("can be restored");
        }
        assertThat(s3.objects.keySet())
                .allMatch(key ->
                        key.startsWith("some/prefix/files/")
                                || key.startsWith("some/prefix/backups/"));
        assertThat(run("list", "--from", where).out().lines()).hasSize(3);
        assertThat(run("verify", "--from", where).exitCode()).isZero();
        Path to = dir.resolve("restored");
        Captured restored = run("restore", "--from", where, "--to", to.toString());
        assertThat(restored.err()).isEmpty();
        try (Quorate server = Quorate.builder().dataDir(to).start();
                ZooKeeper client = new ZooKeeper(server.connectString(), 30_000, event -> {})) {
            assertThat(client.exists("/n", false)).isNotNull();
        }
        assertThat(run("prune", "--from", where, "--keep-last", "1").out().lines())
                .filteredOn(line -> line.endsWith(": removed"))
                .hasSize(2);
        assertThat(run("list", "--from", where).out().lines()).hasSize(1);
    }

    @Test
    void whatTheStoreSaysIsPassedOnInALine() throws Exception {
        assertThat(create("s3://nowhere").err())
                .contains("s3://nowhere/", "told by the test: NoSuchBucket");
        assertThat(create("s3:///x").exitCode()).isEqualTo(2);
        assertThat(create("s3://bucket").exitCode()).isZero();
        String content =
                s3.objects.keySet().stream().filter(k -> k.startsWith("files/")).findFirst().get();
        s3.objects.remove(content);
        Path to = dir.resolve("restored");
        assertThat(run("restore", "--from", "s3://bucket", "--to", to.toString()).err())
                .contains("s3://bucket/" + content, "is missing");
        assertThat(Files.exists(to)).isFalse();
    }
}
