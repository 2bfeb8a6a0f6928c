package org.quorate.node.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.quorate.net.LinkStats;
import org.quorate.node.config.ZooCfg;
import org.quorate.protocol.acl.Acl;
import org.quorate.protocol.acl.Id;
import org.quorate.protocol.acl.Perms;
import org.quorate.protocol.peer.EnsembleConfig;
import org.quorate.zab.Role;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class AdminHttpTest {
    private static final String[] ALONE = {
        "clientPort=23010",
        "clientPortAddress=127.0.0.1",
        "tickTime=1000",
        "maxClientCnxns=0",
        "reconfigEnabled=true",
    };
    private static final String[] ENSEMBLE = {
        "standaloneEnabled=false",
        "tickTime=1000",
        "initLimit=5",
        "syncLimit=3",
        "server.1=127.0.0.1:23121:23122:participant;127.0.0.1:23123"
    };

    @TempDir Path dir;
    private final HttpClient client = HttpClient.newHttpClient();
    private final JsonMapper json = new JsonMapper();
    private FakeServer server;
    private AdminSurface surface;

    @BeforeEach
    void alone() throws Exception {
        serve(ALONE);
        server.traffic =
                new ServerView.Traffic(
                        1, 2, 3, 0, LinkStats.Latency.NONE, ServerView.Sizes.NONE, 0, 0);
        server.counts = new ServerView.Counts(1265, 9, 3, 2, 68, 0, 1, 0);
        server.uptimeMillis = 409_456;
    }

    @AfterEach
    void stop() {
        surface.close();
        client.close();
    }

    private void serve(String... lines) throws Exception {
        if (surface != null) {
            surface.close();
        }
        Files.createDirectories(dir.resolve("version-2"));
        Files.writeString(dir.resolve("myid"), "1");
        List<String> all = new ArrayList<>(List.of("dataDir=" + dir));
        all.addAll(List.of(lines));
        Path file = Files.writeString(dir.resolve("zoo.cfg"), String.join("\n", all) + "\n");
        Properties system = new Properties();
        system.setProperty("zookeeper.admin.serverAddress", "127.0.0.1");
        system.setProperty("zookeeper.admin.serverPort", "0");
        system.setProperty("zookeeper.admin.rateLimiterIntervalInMS", "0");
        server = new FakeServer(ZooCfg.read(file, system, warning -> {}));
        surface = new AdminSurface(server);
        surface.start();
    }

    private void serveEnsemble() throws Exception {
        serve(ENSEMBLE);
        server.members = EnsembleConfig.of(server.config.quorum().members().members().values(), 0);
        server.role = new Role(Role.Kind.LEADING, 1, 1);
        server.leadership =
                new ServerView.Leadership(
                        0,
                        0,
                        0,
                        0,
                        List.of(),
                        1,
                        222_194,
                        new ServerView.Sizes(48, 36, 205),
                        List.of());
        server.counts = new ServerView.Counts(0x100000027L, 6, 0, 0, 0, 0, 0, 0);
        server.traffic =
                new ServerView.Traffic(
                        0,
                        68,
                        71,
                        0,
                        new LinkStats.Latency(10_000, 57_719, 0, 47),
                        new ServerView.Sizes(16, 16, 220),
                        0,
                        0);
        server.uptimeMillis = 228_095;
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + surface.adminPort() + path));
    }

    private HttpResponse<String> get(String path, String... headers) throws Exception {
        HttpRequest.Builder request = request(path);
        for (int i = 0; i < headers.length; i += 2) {
            request.header(headers[i], headers[i + 1]);
        }
        return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private HttpResponse<String> post(String path, byte[] body, String authorization)
            throws Exception {
        HttpRequest request =
                request(path)
                        .header("Authorization", authorization)
                        .POST(HttpRequest.BodyPublishers.ofByteArray(body))
                        .build();
        return client.send(request, HttpResponse.BodyHandlers.ofString());
    }

    /** Status, content type and body as the recordings have them. */
    private String answer(String command) throws Exception {
        HttpResponse<String> response = get("/commands/" + command);
        return "HTTP %d %s\n%s"
                .formatted(
                        response.statusCode(),
                        response.headers().firstValue("content-type").orElse("None"),
                        response.body());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "connection_stat_reset",
                "observer_connection_stat_reset",
                "observers",
                "is_read_only",
                "leader",
                "nosuch",
                "shed_connections",
                "ruok",
                "set_trace_mask",
                "stat_reset",
                "voting_view",
                "zabstate"
            })
    void aLoneServerAnswersAsRecorded(String command) throws Exception {
        assertThat(answer(command)).isEqualTo(Vectors.admin(command));
    }

    @Test
    void theTraceMaskIsSetAndTold() throws Exception {
        assertThat(answer("set_trace_mask?traceMask=2"))
                .isEqualTo(Vectors.admin("set_trace_mask_traceMask_2"));
        assertThat(answer("gtmk")).isEqualTo(Vectors.admin("get_trace_mask"));
        assertThat(answer("stmk?traceMask=many")).contains("got many");
    }

    @Test
    void configurationAnswersAsRecorded() throws Exception {
        assertThat(dirsBlanked(answer("configuration")))
                .isEqualTo(dirsBlanked(Vectors.admin("configuration")));
    }

    @Test
    void configurationOfAnEnsembleTellsItsPortsToo() throws Exception {
        serveEnsemble();
        assertThat(keys(answer("conf")))
                .containsAll(keys(Vectors.admin("leader__configuration")))
                .contains(
                        "init_limit",
                        "sync_limit",
                        "election_alg",
                        "election_port",
                        "quorum_port",
                        "peer_type");
    }

    private static String dirsBlanked(String text) {
        return text.replaceAll("\"(data_(log_)?dir)\" : \"[^\"]*/version-2\"", "\"$1\" : \"<dir>\"")
                .replaceAll("\"((data|log)_?dir_size)\" : \\d+", "\"$1\" : 0");
    }

    @Test
    void connectionsAnswersAsRecorded() throws Exception {
        server.connections =
                List.of(
                        new LinkStats(
                                FakeServer.client().remote(),
                                0x100001953620118L,
                                0,
                                0,
                                0,
                                0,
                                -1,
                                -1,
                                1_795_346_453_881L,
                                20_000,
                                0,
                                0,
                                0,
                                LinkStats.Latency.NONE));
        assertThat(answer("cons")).isEqualTo(Vectors.admin("connections"));

        server.traffic =
                new ServerView.Traffic(
                        1, 0, 0, 0, LinkStats.Latency.NONE, ServerView.Sizes.NONE, 0, 0);
        server.uptimeMillis = 409_516;
        assertThat(dirsBlanked(answer("stats"))).isEqualTo(dirsBlanked(Vectors.admin("stats")));
    }

    @Test
    void serverStatsAnswersAsRecorded() throws Exception {
        assertThat(dirsBlanked(answer("srvr")))
                .isEqualTo(dirsBlanked(Vectors.admin("server_stats")));
    }

    @Test
    void dirsAnswersAsRecorded() throws Exception {
        Files.write(dir.resolve("version-2").resolve("log.1"), new byte[500]);
        assertThat(answer("dirs")).isEqualTo(Vectors.admin("dirs").replaceAll("\\d{4,}", "500"));
    }

    @Test
    void dumpAnswersAsRecorded() throws Exception {
        long id = 0x100001953620118L;
        server.sessions =
                new ServerView.Sessions(
                        new TreeMap<>(Map.of(2_082_000L, List.of(id))),
                        new TreeMap<>(),
                        new TreeMap<>(Map.of(id, List.of("/v/eph1", "/v/eph2"))));
        assertThat(answer("dump")).isEqualTo(Vectors.admin("dump"));
    }

    @Test
    void hashAnswersAsRecorded() throws Exception {
        JsonNode recorded = body(Vectors.admin("hash")).get("digests");
        for (JsonNode digest : recorded) {
            server.digests.add(
                    new ServerView.Digest(
                            digest.get("zxid").longValue(), digest.get("digest").longValue()));
        }
        assertThat(answer("hash")).isEqualTo(Vectors.admin("hash"));
    }

    @Test
    void watchesAnswerAsRecorded() throws Exception {
        server.watches.put(0x100001953620118L, List.of("/v", "/v/eph1"));
        for (String command : List.of("watches", "watches_by_path", "watch_summary")) {
            assertThat(answer(command)).isEqualTo(Vectors.admin(command));
        }
    }

    @Test
    void lastSnapshotAnswersAsRecorded() throws Exception {
        server.lastSnapshot = new ServerView.SnapshotFile(dir, 0, 1_795_346_051_999L);
        assertThat(answer("lsnp")).isEqualTo(Vectors.admin("last_snapshot"));
        server.lastSnapshot = null;
        assertThat(answer("lsnp")).contains("\"timestamp\" : -1");
    }

    @Test
    void theStartFileIsTold() throws Exception {
        JsonNode told = body(answer("icfg")).get("initial_configuration");
        assertThat(told.stringValue())
                .isEqualTo("dataDir=" + dir + "\n" + String.join("\n", ALONE) + "\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"environment", "monitor", "system_properties"})
    void everyRecordedFieldIsThere(String command) throws Exception {
        server.metrics.readsByNamespace.of("v").add(1);
        server.metrics.readsByNamespace.of("zookeeper").add(1);
        server.metrics.writesByNamespace.of("v").add(1);
        server.metrics.writesByNamespace.of("zookeeper").add(1);
        server.metrics.quotaExceeded.of("v").increment();
        List<String> recorded = keys(Vectors.admin(command));
        recorded.removeIf(key -> key.startsWith("zookeeper.") && command.startsWith("system"));
        recorded.remove("znode.container.checkIntervalMs");
        assertThat(keys(answer(command))).containsAll(recorded);
    }

    @Test
    void systemPropertiesAreThoseZooKeeperWouldHaveSet() throws Exception {
        serve("clientPort=1", "snapCount=77");
        assertThat(answer("sysp")).contains("\"zookeeper.snapCount\" : \"77\"");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"initial_configuration", "leader", "observers", "voting_view", "zabstate"})
    void aLeaderAnswersAsRecorded(String command) throws Exception {
        serveEnsemble();
        assertThat(answer(command)).isEqualTo(Vectors.admin("leader__" + command));
    }

    @Test
    void aLeadersStatsHaveItsProposals() throws Exception {
        serveEnsemble();
        JsonNode mine = body(dirsBlanked(answer("stats")));
        JsonNode recorded = body(dirsBlanked(Vectors.admin("leader__stats")));
        assertThat(mine).isEqualTo(recorded);
        assertThat(keys(answer("stats"))).isEqualTo(keys(Vectors.admin("leader__stats")));
    }

    @Test
    void theLeaderTellsItsObservers() throws Exception {
        serveEnsemble();
        server.leadership =
                new ServerView.Leadership(
                        2,
                        0,
                        3,
                        0,
                        List.of(new ServerView.Observer(4, "/127.0.0.1:5000", 99, 1)),
                        2,
                        1,
                        ServerView.Sizes.NONE,
                        List.of());
        JsonNode observers = body(answer("obsr"));
        assertThat(observers.get("synced_observers").intValue()).isEqualTo(1);
        assertThat(observers.get("observers").get(0).get("sid").intValue()).isEqualTo(4);
    }

    @ParameterizedTest
    @ValueSource(strings = {"ruok", "stats", "zabstate"})
    void withoutAQuorumACommandAnswersAsRecorded(String command) throws Exception {
        serveEnsemble();
        server.serving = false;
        assertThat(answer(command)).isEqualTo(Vectors.admin("notserving__" + command));
    }

    @Test
    void withoutAQuorumMonitorSaysSo() throws Exception {
        server.serving = false;
        assertThat(answer("mntr")).startsWith("HTTP 200").contains(Words.NOT_SERVING);
    }

    @Test
    void aServerThatIsBeingStoppedDoesNotServe() throws Exception {
        server.gone = true;
        assertThat(answer("dump")).contains(Words.NOT_SERVING);
    }

    @Test
    void theIndexListsTheCommandsAsRecorded() throws Exception {
        String recorded = Vectors.admin("index");
        // Those of our own stand among them.
        String page =
                get("/commands")
                        .body()
                        .replaceAll(
                                "<a [^\n]*/(hand_over|health|history|hot_paths|leader_history"
                                        + "|log_levels|backups|slow_operations"
                                        + "|stages)\"[^\n]*\n<br/>\n",
                                "");
        assertThat(page).isEqualTo(recorded.substring(recorded.indexOf('\n') + 1));
        assertThat(get("/commands/").statusCode()).isEqualTo(200);
    }

    @Test
    void commandsStandWhereTheConfigurationPutsThem() throws Exception {
        serve("clientPort=1", "admin.commandURL=/zk");
        assertThat(get("/zk/ruok").body()).contains("\"command\" : \"ruok\"");
        assertThat(get("/commands/ruok").statusCode()).isEqualTo(404);
    }

    @ParameterizedTest
    @CsvSource({
        "POST,ruok,405",
        "GET,restore,405",
        "GET,hand_over,405",
        "POST,snapshot,405",
        "TRACE,ruok,403"
    })
    void otherMethodsAreRefused(String method, String command, int status) throws Exception {
        HttpRequest request =
                request("/commands/" + command)
                        .method(method, HttpRequest.BodyPublishers.noBody())
                        .build();
        assertThat(client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode())
                .isEqualTo(status);
    }

    // ---- snapshot and restore

    private Path snapshotFile() throws IOException {
        Path file = Files.write(dir.resolve("version-2").resolve("snapshot.4f1"), new byte[70_000]);
        server.lastSnapshot = new ServerView.SnapshotFile(file, 0x4f1, 0);
        return file;
    }

    @Test
    void withoutAuthenticationASnapshotIsRefusedAsRecorded() throws Exception {
        assertThat(answer("snapshot")).isEqualTo(Vectors.admin("snapshot_noauth"));
    }

    @Test
    void aSnapshotIsStreamed() throws Exception {
        Path file = snapshotFile();
        HttpResponse<byte[]> response =
                client.send(
                        request("/commands/snapshot")
                                .header("Authorization", "digest root:pw")
                                .build(),
                        HttpResponse.BodyHandlers.ofByteArray());
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.headers().firstValue("content-type"))
                .contains("application/octet-stream");
        assertThat(response.headers().firstValue("last_zxid")).contains("0x4f1");
        assertThat(response.headers().firstValue("snapshot_size")).contains("70000");
        assertThat(response.body()).isEqualTo(Files.readAllBytes(file));
    }

    @Test
    void aSnapshotMayBeTakenWithoutItsBytes() throws Exception {
        snapshotFile();
        HttpResponse<String> response =
                get("/commands/snap?streaming=false", "Authorization", "digest root:pw");
        assertThat(response.headers().firstValue("last_zxid")).contains("0x4f1");
        assertThat(response.body()).contains("\"command\" : \"snapshot\"");
    }

    @Test
    void aSnapshotThatFailsIsCountedAndSaid() throws Exception {
        HttpResponse<String> response =
                get("/commands/snapshot", "Authorization", "digest root:pw");
        assertThat(response.statusCode()).isEqualTo(500);
        assertThat(response.body()).contains("the disk is full");
        assertThat(server.metrics.snapshotErrors.value()).isEqualTo(1);
    }

    @Test
    void aRestoreHandsTheBodyToTheServer() throws Exception {
        HttpResponse<String> response =
                post("/commands/restore", new byte[100_000], "digest root:pw");
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(body("HTTP\n" + response.body()).get("last_zxid").longValue()).isEqualTo(1265);
        assertThat(server.restored).hasSize(100_000);
        assertThat(server.metrics.restoreTime.count()).isEqualTo(1);
    }

    @Test
    void aRestoreThatFailsIsCountedAndSaid() throws Exception {
        HttpResponse<String> response = post("/commands/rest", new byte[0], "digest root:pw");
        assertThat(response.statusCode()).isEqualTo(500);
        assertThat(response.body()).contains("the snapshot is empty");
        assertThat(server.metrics.restoreErrors.value()).isEqualTo(1);
    }

    // ---- leadership

    @Test
    void whoHasAllRightsAtTheRootMayHaveLeadershipHandedOver() throws Exception {
        HttpResponse<String> response = post("/commands/hand_over", new byte[0], "digest root:pw");
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(body("HTTP\n" + response.body()).get("leader_id").longValue()).isEqualTo(2);
        server.rootAcl = List.of();
        assertThat(post("/commands/hand_over", new byte[0], "digest root:pw").statusCode())
                .isEqualTo(403);
    }

    @Test
    void whoDoesNotLeadSaysSo() throws Exception {
        server.nextLeader = -1;
        HttpResponse<String> response = post("/commands/hand_over", new byte[0], "digest root:pw");
        assertThat(response.statusCode()).isEqualTo(409);
        assertThat(response.body()).contains("this server does not lead: server 3 does");
    }

    private int snapshotStatus(String authorization) throws Exception {
        snapshotFile();
        return get("/commands/snapshot", "Authorization", authorization).statusCode();
    }

    @ParameterizedTest
    @ValueSource(strings = {"kerberos x", "digest nocolon", "digest", "digest :x", "x509 CN=root"})
    void unknownSchemesAndBadDataAreNotAuthenticated(String authorization) throws Exception {
        assertThat(snapshotStatus(authorization)).isEqualTo(401);
    }

    @Test
    void whoLacksAPermissionAtTheRootIsNotAuthorized() throws Exception {
        server.rootAcl =
                List.of(
                        new Acl(Perms.ALL, new Id("digest", RootAccess.digest("ann:secret"))),
                        new Acl(Perms.READ, Id.ANYONE),
                        new Acl(Perms.ALL, new Id("ip", "10.0.0.0/8")));
        assertThat(snapshotStatus("digest ann:secret")).isEqualTo(200);
        assertThat(snapshotStatus("digest ann:wrong")).isEqualTo(403);
        assertThat(snapshotStatus("ip")).isEqualTo(403);
    }

    @ParameterizedTest
    @CsvSource({
        "127.0.0.1,200",
        "127.0.0.0/8,200",
        "0.0.0.0/0,200",
        "127.0.0.2,403",
        "127.0.0.1/33,403",
        "::1,403",
        "127.0.0.1/x,403",
        "no address,403"
    })
    void addressesAndRangesMatchTheClient(String entry, int status) throws Exception {
        server.rootAcl = List.of(new Acl(Perms.ALL, new Id("ip", entry)));
        assertThat(snapshotStatus("ip")).isEqualTo(status);
    }

    @Test
    void theSuperUserMayAlways() throws Exception {
        serve(
                "clientPort=1",
                "DigestAuthenticationProvider.superDigest=" + RootAccess.digest("super:pw"));
        server.rootAcl = List.of();
        assertThat(snapshotStatus("digest super:pw")).isEqualTo(200);
        assertThat(snapshotStatus("digest super:wrong")).isEqualTo(403);
    }

    @Test
    void switchedOffCommandsAreUnavailable() throws Exception {
        serve("clientPort=1", "admin.snapshot.enabled=false", "admin.restore.enabled=false");
        assertThat(snapshotStatus("digest a:b")).isEqualTo(503);
        assertThat(post("/commands/restore", new byte[1], "digest a:b").statusCode())
                .isEqualTo(503);
    }

    @Test
    void snapshotsAndRestoresAreLimitedInRate() throws Exception {
        serve("clientPort=1", "admin.rateLimiterIntervalInMS=3600000");
        assertThat(snapshotStatus("digest a:b")).isEqualTo(200);
        assertThat(snapshotStatus("digest a:b")).isEqualTo(429);
        assertThat(post("/commands/restore", new byte[1], "digest a:b").statusCode())
                .isEqualTo(200);
        assertThat(post("/commands/restore", new byte[1], "digest a:b").statusCode())
                .isEqualTo(429);
        assertThat(server.metrics.snapshotsRateLimited.value()).isEqualTo(1);
        assertThat(server.metrics.restoresRateLimited.value()).isEqualTo(1);
    }

    // ---- health and metrics

    @Test
    void healthSaysLiveAndReady() throws Exception {
        assertThat(get("/health").statusCode()).isEqualTo(200);
        assertThat(get("/health/ready").body()).contains("\"ready\" : true");
        server.silent = true;
        assertThat(get("/health/ready").statusCode()).as("its core stands still").isEqualTo(503);
        assertThat(get("/health/ready").body()).contains("\"ready\" : false");
        assertThat(get("/health/live").statusCode()).isEqualTo(200);
        server.silent = false;
        server.serving = false;
        assertThat(get("/health").statusCode()).isEqualTo(503);
        assertThat(get("/health/live").statusCode()).isEqualTo(200);
        assertThat(get("/health/other").statusCode()).isEqualTo(404);
    }

    @Test
    void verboseHealthSaysWhatIsWrongAndWhatToDo() throws Exception {
        HttpResponse<String> well = get("/health/verbose");
        assertThat(well.statusCode()).isEqualTo(200);
        assertThat(json.readTree(well.body()).get("level").asString()).isEqualTo("ok");
        assertThat(json.readTree(well.body()).get("findings")).isEmpty();
        server.serving = false;
        HttpResponse<String> ill = get("/health/verbose");
        assertThat(ill.statusCode()).isEqualTo(503);
        JsonNode finding = json.readTree(ill.body()).get("findings").get(0);
        assertThat(finding.get("id").asString()).isEqualTo("not-serving");
        assertThat(finding.get("level").asString()).isEqualTo("critical");
        assertThat(finding.get("says").asString()).isEqualTo("The server does not serve.");
        assertThat(finding.get("advice").asString()).isNotEmpty();
        assertThat(json.readTree(get("/commands/health").body()).get("level").asString())
                .isEqualTo("critical");
    }

    @Test
    void prometheusHasAPortOfItsOwn() throws Exception {
        assertThat(surface.metricsPort()).isEqualTo(-1);
        serve(
                "clientPort=1",
                "metricsProvider.className=x.PrometheusMetricsProvider",
                "metricsProvider.httpHost=127.0.0.1",
                "metricsProvider.httpPort=0");
        URI uri = URI.create("http://127.0.0.1:" + surface.metricsPort() + "/metrics");
        HttpResponse<String> response =
                client.send(
                        HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
        assertThat(response.body()).contains("\nznode_count 9.0\n").contains("jvm_info{");
        assertThat(get("/metrics").body()).contains("znode_count 9.0");
    }

    @Test
    void anAdminPortInUseDoesNotStopTheServer() throws Exception {
        try (ServerSocket taken =
                new ServerSocket(0, 1, java.net.InetAddress.getLoopbackAddress())) {
            serve("clientPort=1", "admin.serverPort=" + taken.getLocalPort());
            assertThat(surface.adminPort()).isEqualTo(-1);
            assertThatThrownBy(() ->
                            serve(
                                    "clientPort=1",
                                    "metricsProvider.className=x.PrometheusMetricsProvider",
                                    "metricsProvider.httpHost=127.0.0.1",
                                    "metricsProvider.httpPort=" + taken.getLocalPort()))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("the port is in use");
        }
    }

    @Test
    void theAdminServerMayBeSwitchedOff() throws Exception {
        serve("clientPort=1", "admin.enableServer=false");
        assertThat(surface.adminPort()).isEqualTo(-1);
    }

    private JsonNode body(String answer) {
        return json.readTree(answer.substring(answer.indexOf('\n') + 1));
    }

    private List<String> keys(String answer) {
        List<String> keys = new ArrayList<>();
        Iterator<String> names = body(answer).propertyNames().iterator();
        names.forEachRemaining(keys::add);
        return keys;
    }
}
