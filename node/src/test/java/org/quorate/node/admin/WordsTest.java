package org.quorate.node.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Properties;
import java.util.TimeZone;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.quorate.node.config.ServerConfig;
import org.quorate.node.config.ZooCfg;
import org.quorate.node.metrics.Jvm;
import org.quorate.protocol.peer.EnsembleConfig;
import org.quorate.zab.Role;

class WordsTest {
    private static final byte[] NOTHING = {};

    @TempDir Path dir;
    private final Jvm jvm = new Jvm();
    private final TimeZone zone = TimeZone.getDefault();
    private FakeServer server;
    private Words words;

    @BeforeEach
    void recordedServer() throws Exception {
        TimeZone.setDefault(TimeZone.getTimeZone("UTC"));
        serve(
                "clientPort=23010",
                "clientPortAddress=127.0.0.1",
                "tickTime=1000",
                "maxClientCnxns=0",
                "4lw.commands.whitelist=*");
    }

    @AfterEach
    void restoreZone() {
        TimeZone.setDefault(zone);
        jvm.close();
    }

    private void serve(String... lines) throws Exception {
        Files.createDirectories(dir.resolve("version-2"));
        Files.writeString(dir.resolve("myid"), "1");
        Path file = dir.resolve("zoo.cfg");
        Files.writeString(file, "dataDir=%s\n%s\n".formatted(dir, String.join("\n", lines)));
        server = new FakeServer(ZooCfg.read(file, new Properties(), warning -> {}));
        words = new Words(server, new Monitor(server, jvm), new TraceMask());
    }

    private void serveEnsemble(String... more) throws Exception {
        String[] lines = {
            "standaloneEnabled=false",
            "tickTime=1000",
            "initLimit=5",
            "syncLimit=3",
            "4lw.commands.whitelist=*",
            "server.1=127.0.0.1:23121:23122:participant;127.0.0.1:23123"
        };
        String[] all = Arrays.copyOf(lines, lines.length + more.length);
        System.arraycopy(more, 0, all, lines.length, more.length);
        serve(all);
        server.members =
                EnsembleConfig.of(
                        server.config.quorum().members().members().values(), 0x100000020L);
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
    }

    private String answer(String word) {
        return words.answer(word, NOTHING);
    }

    private void assertAnswersAsRecorded(String word, String recording) {
        assertThat(answer(word)).isEqualTo(Vectors.word(recording));
    }

    @ParameterizedTest
    @ValueSource(strings = {"ruok", "isro", "srvr", "gtmk", "crst", "srst"})
    void aWordIsAnsweredAsRecorded(String word) {
        assertAnswersAsRecorded(word, word);
    }

    @Test
    void statListsClients() {
        server.connections = List.of(FakeServer.client(), FakeServer.asker(37_476));
        server.traffic =
                new ServerView.Traffic(
                        2,
                        2184,
                        2243,
                        0,
                        server.traffic.latency(),
                        server.traffic.replyBytes(),
                        0,
                        0);
        assertAnswersAsRecorded("stat", "stat");
    }

    @Test
    void consTellsAllOfEachConnection() {
        server.connections = List.of(FakeServer.client(), FakeServer.asker(37_384));
        assertAnswersAsRecorded("cons", "cons");
    }

    @Test
    void aClientThatAskedForNothingYetHasNoLastCxid() {
        var client = FakeServer.client();
        server.connections =
                List.of(
                        new org.quorate.net.LinkStats(
                                client.remote(),
                                5,
                                0,
                                1,
                                1,
                                0,
                                -1,
                                -1,
                                1,
                                1,
                                0,
                                0,
                                1,
                                client.latency()));
        assertThat(answer("cons")).contains(",lop=NA,est=1,to=1,lzxid=0xffffffffffffffff,");
    }

    @Test
    void confTellsTheConfiguration() {
        assertThat(sizesBlanked(answer("conf"))).isEqualTo(sizesBlanked(Vectors.word("conf")));
    }

    @Test
    void confOfAnEnsembleTellsItsMembers() throws Exception {
        serveEnsemble();
        assertThat(sizesBlanked(answer("conf")))
                .isEqualTo(sizesBlanked(Vectors.word("leader_conf")));
    }

    @Test
    void confOfAReadOnlyServerTellsNoMembers() throws Exception {
        serveEnsemble();
        server.readOnly = true;
        assertThat(answer("conf")).endsWith("peerType=0\n").doesNotContain("membership");
    }

    /** Directories and sizes are another machine's. */
    private static String sizesBlanked(String conf) {
        return conf.replaceAll("(data(Log)?Dir)=.*/version-2", "$1=<dir>")
                .replaceAll("Size=\\d+", "Size=N");
    }

    @Test
    void dirsSumsUpTheFiles() throws IOException {
        Files.write(dir.resolve("version-2").resolve("log.1"), new byte[1000]);
        assertThat(answer("dirs")).isEqualTo("datadir_size: 1000\nlogdir_size: 1000\n");
        assertThat(answer("conf")).contains("dataDirSize=1000\n");
    }

    @Test
    void aDirectoryThatIsNotThereIsEmpty() throws IOException {
        Files.delete(dir.resolve("version-2"));
        assertThat(answer("dirs")).isEqualTo("datadir_size: 0\nlogdir_size: 0\n");
    }

    @Test
    void dumpTellsSessionsEphemeralsAndConnections() {
        long id = 0x100001953620118L;
        server.sessions =
                new ServerView.Sessions(
                        new TreeMap<>(java.util.Map.of(1_795_346_474_000L, List.of(id))),
                        new TreeMap<>(java.util.Map.of(id, 20_000)),
                        new TreeMap<>(java.util.Map.of(id, List.of("/v/eph1", "/v/eph2"))));
        server.connections = List.of(FakeServer.client(), FakeServer.asker(37_396));
        assertAnswersAsRecorded("dump", "dump");
    }

    @Test
    void dumpOfALearnerTellsTimeouts() throws Exception {
        serveEnsemble();
        server.role = new Role(Role.Kind.FOLLOWING, 2, 1);
        server.sessions =
                new ServerView.Sessions(
                        new TreeMap<>(),
                        new TreeMap<>(java.util.Map.of(0x20L, 4000)),
                        new TreeMap<>());
        assertThat(answer("dump"))
                .startsWith("SessionTracker dump:\nGlobal Sessions(1):\n0x20\t4000ms\nephemeral");
    }

    @Test
    void watchesAreToldBySessionAndByPath() {
        server.watches.put(0x100001953620118L, List.of("/v", "/v/eph1"));
        assertAnswersAsRecorded("wchs", "wchs");
        assertAnswersAsRecorded("wchc", "wchc");
        assertAnswersAsRecorded("wchp", "wchp");
    }

    @Test
    void hashTellsDigestsInHexAndDecimal() {
        server.digests.add(new ServerView.Digest(0x80, 8_896_350_817L));
        assertThat(Vectors.word("hash")).startsWith(answer("hash"));
    }

    @Test
    void enviTellsTheEnvironmentInZooKeepersOrder() {
        assertThat(keys(answer("envi"))).isEqualTo(keys(Vectors.word("envi")));
        assertThat(answer("envi")).contains("zookeeper.version=3.9.6-quorate-", "os.memory.max=");
    }

    private static List<String> keys(String envi) {
        return envi.lines().map(line -> line.replaceFirst("=.*", "")).toList();
    }

    @Test
    void stmkSetsTheMaskThatGtmkTells() {
        byte[] two = ByteBuffer.allocate(8).putLong(2).array();
        assertThat(words.answer("stmk", two)).isEqualTo(Vectors.word("stmk"));
        assertThat(answer("gtmk")).isEqualTo("2");
    }

    @Test
    void resetsReachTheServer() {
        server.metrics.commits.increment();
        answer("crst");
        answer("srst");
        assertThat(server.connectionResets).isEqualTo(1);
        assertThat(server.trafficResets).isEqualTo(1);
        assertThat(server.metrics.commits.value()).isZero();
    }

    @Test
    void theLeaderTellsItsProposalSizes() throws Exception {
        serveEnsemble();
        server.counts = new ServerView.Counts(0x100000027L, 6, 0, 0, 0, 0, 0, 0);
        server.traffic =
                new ServerView.Traffic(
                        1,
                        65,
                        65,
                        0,
                        new org.quorate.net.LinkStats.Latency(10_000, 57_719, 0, 47),
                        ServerView.Sizes.NONE,
                        0,
                        0);
        assertAnswersAsRecorded("srvr", "leader_srvr");
    }

    @Test
    void aReadOnlyServerSaysSo() throws Exception {
        serveEnsemble();
        server.readOnly = true;
        server.leadership = null;
        server.role = Role.LOOKING;
        server.counts = new ServerView.Counts(0, 5, 0, 0, 0, 0, 0, 0);
        server.traffic =
                new ServerView.Traffic(
                        1,
                        25,
                        22,
                        10,
                        new org.quorate.net.LinkStats.Latency(10, 20, 0, 5),
                        ServerView.Sizes.NONE,
                        0,
                        0);
        assertAnswersAsRecorded("srvr", "readonly_srvr");
        assertAnswersAsRecorded("isro", "readonly_isro");
        assertThat(answer("mntr")).contains("zk_server_state\tread-only\n");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "wchs", "ruok", "cons", "isro", "stat", "dirs", "dump", "conf", "hash", "srvr",
                "mntr"
            })
    void withoutAQuorumAWordIsAnsweredAsRecorded(String word) {
        server.serving = false;
        assertAnswersAsRecorded(word, "notserving_" + word);
    }

    @Test
    void withoutAQuorumTheEnvironmentIsToldAllTheSame() {
        server.serving = false;
        assertThat(answer("envi")).startsWith("Environment:\n");
        assertThat(answer("gtmk")).isEqualTo("306");
    }

    @ParameterizedTest
    @ValueSource(strings = {"stat", "cons", "dump", "wchs", "wchc", "wchp", "hash", "mntr"})
    void aServerThatIsBeingStoppedDoesNotServe(String word) {
        server.gone = true;
        assertThat(answer(word)).isEqualTo(Words.NOT_SERVING + "\n");
    }

    @Test
    void onlyWordsOfTheWhiteListAreAnswered() throws Exception {
        serve("clientPort=1");
        assertAnswersAsRecorded("mntr", "not_whitelisted_mntr");
        assertAnswersAsRecorded("ruok", "not_whitelisted_ruok");
        assertThat(answer("srvr")).startsWith("Zookeeper version: ");
        assertThat(answer("isro")).startsWith("isro is not executed");
    }

    @Test
    void srvrIsAnsweredWhateverTheWhiteListSays() throws Exception {
        serve("clientPort=1", "4lw.commands.whitelist=stat");
        assertThat(answer("srvr")).startsWith("Zookeeper version: ");
        assertThat(answer("mntr")).startsWith("mntr is not executed");
    }

    @Test
    void stmkIsRefusedWithoutWaitingForItsMask() throws Exception {
        int stmk = WordHandler.code("stmk");
        assertThat(new WordHandler(words).argumentBytes(stmk)).isEqualTo(8);
        serve("clientPort=1");
        assertThat(new WordHandler(words).argumentBytes(stmk)).isZero();
        assertThat(answer("stmk")).startsWith("stmk is not executed");
    }

    @Test
    void isroIsAnsweredWhereReadOnlyModeIsAllowed() throws Exception {
        serve("clientPort=1");
        ServerConfig.Behaviour old = server.config.behaviour();
        server.config =
                server.config.withBehaviour(
                        new ServerConfig.Behaviour(
                                old.extendedTypes(),
                                old.enforceQuota(),
                                old.skipAcl(),
                                true,
                                old.localSessions(),
                                old.localSessionsUpgrading()));
        assertThat(answer("isro")).isEqualTo("rw");
    }

    @ParameterizedTest
    @ValueSource(strings = {"mntr", "leader_mntr", "readonly_mntr"})
    void mntrHasEveryNameThatZooKeeperHas(String recording) throws Exception {
        if (!recording.equals("mntr")) {
            serveEnsemble();
        }
        if (recording.startsWith("readonly")) {
            server.readOnly = true;
            server.leadership = null;
        }
        server.metrics.readsByNamespace.of("v").add(71);
        server.metrics.readsByNamespace.of("zookeeper").add(71);
        server.metrics.writesByNamespace.of("v").add(71);
        server.metrics.writesByNamespace.of("zookeeper").add(71);
        server.metrics.quotaExceeded.of("v").add(3);

        String answer = answer("mntr");

        assertThat(names(answer)).containsAll(names(Vectors.word(recording)));
        assertThat(answer).startsWith("zk_version\t" + Version.FULL + "\nzk_server_state\t");
    }

    private static List<String> names(String mntr) {
        return mntr.lines().map(line -> line.substring(0, line.indexOf('\t'))).toList();
    }

    @Test
    void mntrTellsValuesInZooKeepersForm() {
        server.metrics.fsyncTime.add(1);
        server.metrics.fsyncTime.add(2, 2);
        server.metrics.updateLatency.add(7);
        assertThat(answer("mntr").lines())
                .contains(
                        "zk_avg_latency\t2.5291",
                        "zk_znode_count\t9",
                        "zk_connection_drop_probability\t0.0",
                        "zk_avg_fsynctime\t1.6667",
                        "zk_min_fsynctime\t1",
                        "zk_max_fsynctime\t2",
                        "zk_cnt_fsynctime\t3",
                        "zk_sum_fsynctime\t5",
                        "zk_p50_updatelatency\t7",
                        "zk_p999_updatelatency\t7",
                        "zk_avg_readlatency\t0.0");
    }

    @Test
    void withPrometheusMntrHasItsForm() throws Exception {
        serve(
                "clientPort=1",
                "4lw.commands.whitelist=mntr",
                "metricsProvider.className="
                        + "org.apache.zookeeper.metrics.prometheus.PrometheusMetricsProvider");
        server.metrics.readsByNamespace.of("a").add(71);
        server.metrics.writesByNamespace.of("a").add(2);

        List<String> names = names(answer("mntr"));

        List<String> recorded =
                names(Vectors.admin("prometheus_mntr").lines().skip(1).reduce("", WordsTest::join));
        assertThat(names)
                .containsAll(recorded.stream().filter(WordsTest::isNotOfAMachine).toList());
        assertThat(answer("mntr"))
                .contains("zk_read_per_namespace{key=\"a\",quantile=\"0.5\"}\t71.0\n");
    }

    private static String join(String a, String b) {
        return a + b + "\n";
    }

    /** Names of memory pools and collectors depend on the collector. */
    private static boolean isNotOfAMachine(String name) {
        return !name.matches("zk_jvm_(memory_pool|gc|info|buffer_pool).*");
    }

    // ---- the edge's side

    @Test
    void theEdgeKnowsTheWordsAndTheirArguments() {
        WordHandler handler = new WordHandler(words);
        for (String word : Words.KNOWN) {
            assertThat(handler.argumentBytes(WordHandler.code(word)))
                    .as(word)
                    .isEqualTo(word.equals("stmk") ? 8 : 0);
        }
        assertThat(handler.argumentBytes(WordHandler.code("nope"))).isEqualTo(-1);
        assertThat(handler.argumentBytes(44)).isEqualTo(-1);
        assertThat(handler.argumentBytes(0xfff4fffd)).isZero();
    }

    @Test
    void theEdgeIsAnsweredOnAnotherThread() throws Exception {
        CompletableFuture<byte[]> answered = new CompletableFuture<>();
        new WordHandler(words).answer(WordHandler.code("ruok"), NOTHING, answered::complete);
        assertThat(answered.get(10, TimeUnit.SECONDS))
                .isEqualTo("imok".getBytes(StandardCharsets.US_ASCII));
    }

    @Test
    void whatIsNoWordIsNotAnswered() {
        assertThatThrownBy(() -> new WordHandler(words).answer(44, NOTHING, answer -> {}))
                .isInstanceOf(IllegalStateException.class);
    }
}
