package org.quorate.cli.ensemble;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.quorate.cli.Captured;
import org.quorate.node.config.ZooCfg;
import org.quorate.node.host.Server;
import org.quorate.zab.Role;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** {@code quorate status --connect} asks three servers in this process. */
class EnsembleStatusTest {
    @TempDir Path dir;
    private final List<Server> servers = new ArrayList<>();

    @BeforeEach
    void start() throws Exception {
        List<Path> files = LocalFiles.make(dir, 3);
        // One of them was told something else.
        Files.writeString(
                files.get(2), Files.readString(files.get(2)) + "\nglobalOutstandingLimit=777\n");
        for (Path file : files) {
            servers.add(
                    Server.start(
                            ZooCfg.read(file, new Properties(), warning -> {}), (what, why) -> {}));
        }
        await().atMost(Duration.ofSeconds(30))
                .until(() -> servers.stream().allMatch(server -> server.role().isServing()));
    }

    @AfterEach
    void stop() {
        servers.forEach(Server::close);
    }

    private String admins() {
        List<String> all = new ArrayList<>();
        servers.forEach(server -> all.add(server.config().admin().address().toString()));
        return String.join(",", all);
    }

    private static List<String> ids(JsonNode answer) {
        List<String> ids = new ArrayList<>();
        answer.get("findings")
                .forEach(finding ->
                        ids.add(
                                finding.get("level").stringValue()
                                        + " "
                                        + finding.get("id").stringValue()));
        return ids;
    }

    @Test
    void theDriftedTheDeadAndTheLostMajorityAreFound() throws Exception {
        Captured text = Captured.run("status", "--connect", admins());
        assertThat(text.out())
                .contains("health: warning")
                .contains("(docs/findings/configuration-differs.md)")
                .contains("globalOutstandingLimit is not the same everywhere")
                .containsPattern("server \\d \\(127.0.0.1:\\d+\\): leader, epoch 1, zxid 0x1")
                .containsPattern(
                        "ensemble: server \\d leads epoch 1; 3 of 3 voters in sync, 1 more may fail\n")
                .contains(
                        "  queues   0 of 777 requests under way, 0 bytes wait for the log's disk\n")
                .contains("  leader   not lost in the last day\n");
        assertThat(text.exitCode()).isEqualTo(1);

        Server follower =
                servers.stream()
                        .filter(server -> server.role().kind() == Role.Kind.FOLLOWING)
                        .findFirst()
                        .orElseThrow();
        follower.close();
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> {
                    Captured json = Captured.run("status", "--json", "--connect", admins());
                    assertThat(ids(new JsonMapper().readTree(json.out())))
                            .contains(
                                    "warning no-contact",
                                    "warning member-missing",
                                    "warning no-margin");
                    assertThat(json.exitCode()).isEqualTo(1);
                });

        servers.stream()
                .filter(server -> server != follower)
                .filter(server -> server.role().kind() == Role.Kind.FOLLOWING)
                .findFirst()
                .orElseThrow()
                .close();
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> {
                    Captured json = Captured.run("status", "--json", "--connect", admins());
                    assertThat(ids(new JsonMapper().readTree(json.out())))
                            .contains("critical not-serving", "critical no-leader");
                    assertThat(json.exitCode()).isEqualTo(3);
                });
    }
}
