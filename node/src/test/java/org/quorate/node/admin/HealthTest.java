package org.quorate.node.admin;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.quorate.node.backup.BackupLog;
import org.quorate.node.config.ZooCfg;
import org.quorate.node.insight.History;
import org.quorate.protocol.peer.EnsembleConfig;

class HealthTest {
    private static final long NOW = TimeUnit.DAYS.toMillis(20_000);
    private static final long GB = 1L << 30;

    @TempDir Path dir;
    private FakeServer server;

    @BeforeEach
    void alone() throws Exception {
        serve("clientPort=23010", "tree.memory.limit=1000000", "globalOutstandingLimit=1000");
    }

    private void serve(String... lines) throws Exception {
        Files.createDirectories(dir.resolve("data"));
        Files.writeString(dir.resolve("data/myid"), "1");
        Path file = dir.resolve("zoo.cfg");
        Files.writeString(
                file, "dataDir=" + dir.resolve("data") + "\n" + String.join("\n", lines) + "\n");
        server = new FakeServer(ZooCfg.read(file, new Properties(), warning -> {}));
    }

    private void ensemble(int voters) throws Exception {
        StringBuilder members = new StringBuilder();
        for (int id = 1; id <= voters; id++) {
            members.append("server.%d=127.0.0.1:%d:%d\n".formatted(id, 2000 + id, 3000 + id));
        }
        serve("clientPort=23010", "initLimit=5", "syncLimit=2", members.toString());
        server.members = EnsembleConfig.parse(members + "version=1");
    }

    private void leads(int synced, ServerView.Learner... learners) {
        server.leadership =
                new ServerView.Leadership(
                        synced,
                        0,
                        synced,
                        0,
                        List.of(),
                        3,
                        1,
                        ServerView.Sizes.NONE,
                        List.of(learners));
    }

    private List<String> findings() {
        return new HealthCheck(server, NOW)
                .findings().stream().map(f -> f.level().label() + " " + f.id()).toList();
    }

    private void point(long agoMinutes, long diskFree, long expired, long outstanding, long sync) {
        server.insight
                .history()
                .add(
                        new History.Point(
                                NOW - TimeUnit.MINUTES.toMillis(agoMinutes),
                                "standalone",
                                1,
                                History.Load.NONE,
                                History.Load.NONE,
                                new History.Load(1, sync, sync),
                                0,
                                0,
                                0,
                                1,
                                1,
                                expired,
                                1,
                                0,
                                outstanding,
                                0,
                                0,
                                0,
                                diskFree));
    }

    @Test
    void backupsThatFailOrAreNoLongerMadeAreTold() throws Exception {
        Path data = dir.resolve("data");
        BackupLog.add(
                data,
                new BackupLog.Entry(
                        NOW - TimeUnit.HOURS.toMillis(49), "/b", "x", "0x1", 1, 1, false, ""));
        assertThat(findings()).containsExactly("warning backup-old");
        BackupLog.add(
                data,
                BackupLog.Entry.failed(NOW - TimeUnit.HOURS.toMillis(2), "/b", "the disk is full"));
        assertThat(findings()).containsExactly("warning backup-failed");
        BackupLog.add(
                data,
                new BackupLog.Entry(
                        NOW - TimeUnit.HOURS.toMillis(1), "/b", "y", "0x2", 1, 1, false, ""));
        assertThat(findings()).isEmpty();
    }

    @Test
    void aHealthyServerHasNothingToSay() {
        point(9, 100 * GB, 0, 0, 1000);
        point(0, 100 * GB, 0, 0, 1000);
        assertThat(findings()).isEmpty();
    }

    @Test
    void damageIsCriticalUntilItIsRepairedAndSaysWhereAndWhat() throws Exception {
        ensemble(3);
        server.damage = new ServerView.Damage(Path.of("/d/damaged-1"), "log.1 at offset 42.");
        assertThat(findings()).containsExactly("notice damaged");
        server.serving = false;
        assertThat(findings()).contains("critical damaged");
        assertThat(new HealthCheck(server, NOW).findings())
                .anySatisfy(found ->
                        assertThat(found.says()).contains("log.1 at offset 42.", "/d/damaged-1"));
    }

    @Test
    void aClockThatDiffersFromTheLeadersByMoreThanTwoSecondsIsSaid() throws Exception {
        ensemble(3);
        server.clockSkewMillis = 2_000;
        assertThat(findings()).isEmpty();
        server.clockSkewMillis = -2_001;
        assertThat(findings()).containsExactly("warning clock-skew");
        assertThat(new HealthCheck(server, NOW).findings().getFirst().says())
                .isEqualTo("The clock here is 2.0 s behind the leader's.");
    }

    @Test
    void aNearlyFullMemoryLimitIsSaid() {
        server.counts = new ServerView.Counts(1, 9, 0, 0, 1, 799_000, 1, 0);
        assertThat(findings()).isEmpty();
        server.counts = new ServerView.Counts(1, 9, 0, 0, 1, 800_000, 1, 0);
        assertThat(findings()).containsExactly("warning memory-limit");
        server.counts = new ServerView.Counts(1, 9, 0, 0, 1, 950_000, 1, 0);
        assertThat(findings()).containsExactly("critical memory-limit");
    }

    @Test
    void aDiskThatFillsUpIsSaidInHours() {
        point(9, 100 * GB, 0, 0, 1000);
        point(0, 97 * GB, 0, 0, 1000);
        assertThat(new HealthCheck(server, NOW).diskHoursLeft()).isBetween(4.8, 4.9);
        assertThat(findings()).containsExactly("warning disk-fills-up");
        point(0, 20 * GB, 0, 0, 1000);
        assertThat(findings()).containsExactly("critical disk-fills-up");
    }

    @Test
    void aDiskWithoutRoomIsCriticalAtAnyRate() {
        point(0, 200 << 20, 0, 0, 1000);
        assertThat(findings()).containsExactly("critical disk-fills-up");
    }

    @Test
    void slowSyncsExpiriesAndALongQueueAreSaid() {
        point(1, 100 * GB, 0, 0, 1000);
        point(0, 100 * GB, 12, 900, 250_000);
        assertThat(findings())
                .containsExactlyInAnyOrder(
                        "warning slow-disk", "warning sessions-expire", "warning overloaded");
    }

    @Test
    void aServerThatKeepsLosingItsLeaderIsSaid() {
        for (int i = 0; i < 4; i++) {
            server.insight.roles().change("looking", -1, -1, NOW - 1000 + i);
            server.insight.roles().change("following", 2, i, NOW - 1000 + i);
        }
        assertThat(findings()).containsExactly("warning leader-unstable");
    }

    @Test
    void aServerWithoutALeaderIsCriticalAndTheWorstComesFirst() throws Exception {
        ensemble(4);
        server.serving = false;
        assertThat(findings()).containsExactly("critical not-serving", "notice even-voters");
    }

    @Test
    void aTreeUnlikeTheLeadersIsCritical() {
        server.metrics.digestMismatches.increment();
        assertThat(findings()).containsExactly("critical digest-differs");
    }

    @Test
    void aCoreThatDoesNotAnswerIsToldInEveryRoleAndNothingElseWaitsForIt() throws Exception {
        server.silent = true;
        assertThat(findings()).containsExactly("critical no-answer");
        ensemble(3);
        server.silent = true;
        assertThat(findings()).as("a follower").containsExactly("critical no-answer");
        leads(1);
        assertThat(findings()).as("a leader").containsExactly("critical no-answer");
        assertThat(new HealthCommand(server).health().fields())
                .containsEntry("level", "critical")
                .containsEntry("core_answers", false)
                .doesNotContainKeys("zxid", "znodes", "quorum");
        server.silent = false;
        assertThat(new HealthCommand(server).health().fields())
                .containsEntry("core_answers", true)
                .containsKeys("zxid", "znodes", "quorum");
    }

    @Test
    void aLeaderSaysWhoIsMissingAndWhoLags() throws Exception {
        ensemble(3);
        leads(2, new ServerView.Learner(2, false, true, 3));
        assertThat(findings()).isEmpty();
        leads(1, new ServerView.Learner(2, false, true, 5_000));
        assertThat(findings())
                .containsExactlyInAnyOrder(
                        "warning member-missing", "warning no-margin", "warning member-lags");
    }

    @Test
    void aCertificateThatEndsSoonIsSaidTheSoonerTheLouder() {
        long day = TimeUnit.DAYS.toMillis(1);
        server.certificates.add(certificate(NOW + 30 * day));
        assertThat(findings()).isEmpty();
        server.certificates.set(0, certificate(NOW + 30 * day - 1));
        assertThat(findings()).containsExactly("notice certificate-expires");
        server.certificates.set(0, certificate(NOW + 14 * day - 1));
        assertThat(findings()).containsExactly("warning certificate-expires");
        server.certificates.set(0, certificate(NOW + 2 * day - 1));
        assertThat(findings()).containsExactly("critical certificate-expires");
        server.certificates.set(0, certificate(NOW - day));
        assertThat(new HealthCheck(server, NOW).findings().getFirst().says())
                .isEqualTo(
                        "The certificate for peers in /etc/keys.p12 ended at 2024-10-03T00:00:00Z.");
    }

    private static ServerView.Certificate certificate(long endsMillis) {
        return new ServerView.Certificate("peers", Path.of("/etc/keys.p12"), endsMillis);
    }

    @Test
    void expiriesAreSaidWithTheirCauses() {
        point(0, 100 * GB, 12, 0, 1000);
        server.metrics.sessionsExpiredByCause.of("silent").add(9);
        server.metrics.sessionsExpiredByCause.of("lost").add(3);
        assertThat(new HealthCheck(server, NOW).findings().getFirst().says())
                .endsWith("Causes since the start: lost 3, silent 9.");
    }

    @Test
    void theCommandTellsMarginQueuesLatenciesAndWhyTheLeaderWasLost() throws Exception {
        ensemble(3);
        leads(1);
        server.insight.roles().change("looking", -1, -1, 1);
        server.insight.roles().change("following", 2, 1, 2);
        server.insight.roles().notice("heard nothing of the leader", System.currentTimeMillis());
        server.insight.roles().change("looking", -1, -1, System.currentTimeMillis());
        server.insight
                .history()
                .add(
                        new History.Point(
                                System.currentTimeMillis(),
                                "leader",
                                1,
                                new History.Load(10, 100, 200),
                                new History.Load(20, 300, 400),
                                new History.Load(5, 600, 700),
                                0,
                                0,
                                0,
                                1,
                                1,
                                0,
                                1,
                                0,
                                0,
                                4096,
                                0,
                                0,
                                100 * GB));
        Map<String, Object> told = new HealthCommand(server).health().fields();
        assertThat(told)
                .containsEntry(
                        "quorum", Map.of("voters", 3, "in_sync", 2, "needed", 2, "may_fail", 0))
                .containsEntry("read_p50_us", 100L)
                .containsEntry("write_p50_us", 300L)
                .containsEntry("fsync_p50_us", 600L)
                .containsEntry("log_queue_bytes", 4096L)
                .containsEntry("outstanding", 0L)
                .containsEntry("outstanding_max", 1000)
                .containsEntry("lost_leader_last_day", 1);
        assertThat(told.get("leader_losses"))
                .asInstanceOf(org.assertj.core.api.InstanceOfAssertFactories.LIST)
                .singleElement()
                .hasFieldOrPropertyWithValue("reason", "heard nothing of the leader");
    }

    private static final Path DOCS = Path.of("..", "docs");
    private static final Pattern MADE =
            Pattern.compile("\\badd\\(\\s*(?:(?:\"ensemble\"|[^\";]*),\\s*)?\"([a-z-]+)\",");
    private static final Pattern LITERAL = Pattern.compile("\"((?:[^\"\\\\]|\\\\.)*)\"");

    /** What each finding says, read off the sources, so that none can be forgotten. */
    private static Map<String, List<String>> made() throws Exception {
        Map<String, List<String>> made = new TreeMap<>();
        for (String source :
                List.of(
                        "src/main/java/org/quorate/node/admin/HealthCheck.java",
                        "../cli/src/main/java/org/quorate/cli/EnsembleHealth.java")) {
            String text = Files.readString(Path.of(source)).replaceAll("\"\\s*\\+\\s*\"", "");
            MADE.matcher(text)
                    .results()
                    .forEach(found -> {
                        String call =
                                text.substring(found.end(1), text.indexOf(");\n", found.end()));
                        List<String> says =
                                made.computeIfAbsent(found.group(1), id -> new ArrayList<>());
                        LITERAL.matcher(call.substring(1))
                                .results()
                                .map(literal -> literal.group(1))
                                .filter(literal -> literal.length() >= 10)
                                .forEach(says::add);
                    });
        }
        return made;
    }

    @Test
    void eachFindingHasItsPageAndNothingElseHasOne() throws Exception {
        Map<String, List<String>> made = made();
        assertThat(made).hasSizeGreaterThan(20);
        try (var pages = Files.list(DOCS.resolve("findings"))) {
            assertThat(pages.map(page -> page.getFileName().toString()))
                    .containsExactlyInAnyOrderElementsOf(
                            made.keySet().stream().map(id -> id + ".md").toList());
        }
        String index = Files.readString(DOCS.resolve("runbook.md"));
        for (String id : made.keySet()) {
            assertThat(index).contains("[%s](findings/%s.md)".formatted(id, id));
        }
    }

    /** A page shows the command's output; what it says there is what the code says today. */
    @Test
    void eachPageShowsTheFindingAsItIsSaid() throws Exception {
        for (Map.Entry<String, List<String>> finding : made().entrySet()) {
            String id = finding.getKey();
            String page = Files.readString(DOCS.resolve("findings").resolve(id + ".md"));
            assertThat(page)
                    .startsWith("# " + id + "\n")
                    .contains(
                            "\n**Level:** ",
                            "\n## How it is seen\n",
                            "\n$ ./quorate status --connect ",
                            "\nMetric: ",
                            "\n## What to do\n");
            assertThat(
                            page.lines()
                                    .filter(line -> line.matches("(notice|warning|critical): .*"))
                                    .filter(line ->
                                            line.endsWith(" (docs/findings/" + id + ".md)")))
                    .as(id)
                    .isNotEmpty()
                    .allSatisfy(line ->
                            assertThat(
                                            finding.getValue().stream()
                                                    .filter(part -> line.matches(asPattern(part))))
                                    .as("what is found and what to do, in: " + line)
                                    .hasSizeGreaterThanOrEqualTo(2));
        }
    }

    /** Of what is formatted only the constant parts are known. */
    private static String asPattern(String format) {
        StringBuilder pattern = new StringBuilder(".*");
        for (String constant : format.split("%[.0-9]*[sdf]", -1)) {
            pattern.append(Pattern.quote(constant.replace("%%", "%"))).append(".*");
        }
        return pattern.toString();
    }

    @Test
    void eachFindingNamesItsPage() {
        assertThat(new Finding("no-margin", Finding.Level.WARNING, "x", "y").fields())
                .containsEntry("page", "/console/findings/no-margin.md");
    }
}
