package org.quorate.cli.ensemble;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.ZooKeeper;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.quorate.cli.Captured;
import org.quorate.node.config.ServerConfig;
import org.quorate.node.config.ZooCfg;

/** A local ensemble, and the files for a real one. */
class EnsembleCommandTest {
    private static final Duration LONG = Duration.ofSeconds(30);

    @TempDir Path dir;

    @Test
    void aLocalEnsembleTellsItsRolesAndIsFoundAgainOnTheSamePortsWithItsData() throws Exception {
        List<Path> files = LocalFiles.make(dir, 3);
        String connect;
        try (LocalEnsemble ensemble = LocalEnsemble.start(files)) {
            connect = ensemble.connectString();
            List<String> lines = linesUntilAllServe(ensemble);
            assertThat(lines).anyMatch(line -> line.matches("server-3 leads epoch 1"));
            assertThat(lines)
                    .anyMatch(line -> line.matches("server-1 follows server-3 in epoch 1"))
                    .anyMatch(line -> line.matches("server-2 follows server-3 in epoch 1"))
                    .anyMatch(line -> line.startsWith("server-1 serves clients at 127.0.0.1:"));
            try (ZooKeeper client = connected(connect)) {
                client.create("/kept", null, ZooDefs.Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT);
            }
        }
        try (LocalEnsemble again = LocalEnsemble.start(LocalFiles.find(dir))) {
            assertThat(again.connectString()).isEqualTo(connect);
            linesUntilAllServe(again);
            try (ZooKeeper client = connected(connect)) {
                assertThat(client.exists("/kept", false)).isNotNull();
            }
        }
    }

    private static List<String> linesUntilAllServe(LocalEnsemble ensemble)
            throws InterruptedException {
        List<String> lines = new ArrayList<>();
        while (lines.stream().filter(line -> line.matches(".* (leads|follows) .*")).count() < 3) {
            lines.add(ensemble.nextLine());
        }
        return lines;
    }

    private static ZooKeeper connected(String connect) throws Exception {
        ZooKeeper client = new ZooKeeper(connect, 10_000, event -> {});
        await().atMost(LONG).until(() -> client.getState() == ZooKeeper.States.CONNECTED);
        return client;
    }

    @Test
    void theFilesOfARealEnsembleAreWhatAServerReads() throws Exception {
        Path data = dir.resolve("data");
        Path conf = dir.resolve("conf");
        Captured written =
                Captured.run(
                        "ensemble",
                        "--write-config",
                        conf.toString(),
                        "--conf-dir",
                        conf.resolve("b").toAbsolutePath().toString(),
                        "--data-dir",
                        data.toString(),
                        "--observer",
                        "d",
                        "a",
                        "b",
                        "c");
        assertThat(written.err()).isEmpty();
        assertThat(written.exitCode()).isZero();
        assertThat(written.out()).contains("connect string: a:2181,b:2181,c:2181,d:2181");
        assertThat(conf.resolve("d/zoo.cfg.dynamic"))
                .content()
                .isEqualTo(
                        """
                        server.1=a:2888:3888:participant;0.0.0.0:2181
                        server.2=b:2888:3888:participant;0.0.0.0:2181
                        server.3=c:2888:3888:participant;0.0.0.0:2181
                        server.4=d:2888:3888:observer;0.0.0.0:2181
                        """);
        Files.createDirectories(data);
        Files.copy(conf.resolve("b/myid"), data.resolve("myid"));
        ServerConfig read = ZooCfg.read(conf.resolve("b/zoo.cfg"), new Properties(), warning -> {});
        assertThat(read.quorum().members().voters()).hasSize(3);
        assertThat(read.quorum().members().observers()).hasSize(1);
        assertThat(read.quorum().members().isVoter(2)).isTrue();
    }

    @Test
    void filesThatAreThereAreNotOverwritten() throws Exception {
        Path there = Files.createDirectories(dir.resolve("b")).resolve("zoo.cfg");
        Files.writeString(there, "mine\n");
        Captured refused =
                Captured.run("ensemble", "--write-config", dir.toString(), "b", "c", "d");
        assertThat(refused.exitCode()).isEqualTo(1);
        assertThat(refused.err()).contains(there.toString()).contains("is there already");
        assertThat(there).content().isEqualTo("mine\n");
        assertThat(dir.resolve("c")).doesNotExist();
    }

    @Test
    void wrongUseIsSaid() throws Exception {
        assertWrong("named twice", "--write-config", dir.toString(), "a", "a", "b");
        assertWrong("needs hosts", "--write-config", dir.toString());
        assertWrong("only of use with --write-config", "a", "b", "c");
        assertWrong("--size must be 1 to 9, not 10", "--size", "10", "--dir", dir.toString());
        assertWrong(
                "are both 2888",
                "--write-config",
                dir.toString(),
                "--election-port",
                "2888",
                "a",
                "b",
                "c");
        LocalFiles.make(dir.resolve("three"), 3);
        assertWrong(
                "has an ensemble of 3", "--size", "5", "--dir", dir.resolve("three").toString());
    }

    private static void assertWrong(String why, String... arguments) {
        List<String> all = new ArrayList<>(List.of("ensemble"));
        all.addAll(List.of(arguments));
        Captured refused = Captured.run(all.toArray(String[]::new));
        assertThat(refused.exitCode()).as("%s", all).isEqualTo(2);
        assertThat(refused.err()).contains(why);
    }

    @Test
    void anEvenNumberOfVotersIsRemarkedOn() {
        Captured written =
                Captured.run("ensemble", "--write-config", dir.toString(), "a", "b", "c", "d");
        assertThat(written.exitCode()).isZero();
        assertThat(written.err()).contains("4 voters survive no more failures than 3");
    }
}
