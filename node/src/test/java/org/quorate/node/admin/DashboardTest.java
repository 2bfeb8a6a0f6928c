package org.quorate.node.admin;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.quorate.node.config.ServerConfig;
import org.quorate.node.metrics.Jvm;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Dashboards and alerts, those that are shipped and public ones for ZooKeeper, ask for what servers
 * tell.
 */
class DashboardTest {
    private static final Path SHIPPED = Path.of("..", "packaging", "prometheus");

    /** What stands in an expression and is no metric of a server. */
    private static final Pattern OTHER =
            Pattern.compile(
                    "\\{[^}]*}|\\[[^\\]]*]|\"[^\"]*\"|\\b(by|without)\\s*\\([^)]*\\)"
                            + "|\\b[a-z_]+\\s*(?=\\()|\\b(or|and|unless|up|sum|max|topk)\\b|\\b[0-9.]+\\b");

    private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9_]+");

    /** Of a leader with a follower and a client, as Prometheus sees them: the names of samples. */
    private static Set<String> told() throws IOException {
        FakeServer server = new FakeServer(ServerConfig.embedded(Path.of("nowhere")));
        server.leadership =
                new ServerView.Leadership(
                        2, 0, 2, 0, List.of(), 3, 1, ServerView.Sizes.NONE, List.of());
        server.metrics.readsByNamespace.of("app").add(75);
        server.metrics.writesByNamespace.of("app").add(7);
        server.metrics.learnerQueues.of("2").add(0);
        Set<String> names = new TreeSet<>();
        try (Jvm jvm = new Jvm()) {
            for (String line : new Monitor(server, jvm).prometheus().lines().toList()) {
                names.add(line.startsWith("# ") ? line.split(" ")[2] : line.split("[{ ]", 2)[0]);
            }
        }
        return names;
    }

    private static Set<String> asked(List<String> expressions) {
        Set<String> names = new TreeSet<>();
        for (String expression : expressions) {
            NAME.matcher(OTHER.matcher(expression).replaceAll(" "))
                    .results()
                    .forEach(found -> names.add(found.group()));
        }
        return names;
    }

    @Test
    void theDashboardAsksForWhatThereIs() throws IOException {
        JsonNode dashboard =
                new JsonMapper()
                        .readTree(Files.readString(SHIPPED.resolve("grafana-dashboard.json")));
        List<String> expressions = new ArrayList<>();
        for (JsonNode panel : dashboard.get("panels")) {
            panel.get("targets").forEach(target -> expressions.add(target.get("expr").asString()));
        }
        assertThat(expressions).hasSizeGreaterThan(20);
        assertThat(told()).containsAll(asked(expressions));
    }

    /** Written down from public ones; what each file is of stands in it. */
    @ParameterizedTest
    @ValueSource(strings = {"altinity-zookeeper", "zookeeper-alerts"})
    void dashboardsAndAlertsMadeForZooKeeperFindAllTheyAskFor(String name) throws IOException {
        List<String> asked =
                Files.readAllLines(Path.of("src/test/resources/dashboards/" + name + ".txt"))
                        .stream()
                        .filter(line -> !line.startsWith("#"))
                        .toList();
        assertThat(asked).hasSizeGreaterThan(10);
        Set<String> told = told();
        assertThat(told).containsAll(asked);
    }

    @Test
    void theAlertsAskForWhatThereIs() throws IOException {
        List<String> expressions =
                Files.readAllLines(SHIPPED.resolve("alerts.yml")).stream()
                        .filter(line -> line.contains("expr: "))
                        .map(line -> line.substring(line.indexOf("expr: ") + 6))
                        .toList();
        assertThat(expressions).hasSizeGreaterThan(5);
        assertThat(told()).containsAll(asked(expressions));
    }
}
