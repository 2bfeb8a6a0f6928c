package org.quorate.node.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.function.Function;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.quorate.log.StoreOptions;
import org.quorate.protocol.peer.Endpoint;
import org.quorate.replica.ReplicaOptions;
import org.quorate.tree.TreeOptions;
import org.quorate.zab.ZabOptions;

class ZooCfgTest {
    @TempDir Path dir;
    private final Properties system = new Properties();
    private final List<String> warnings = new ArrayList<>();
    private Path data;

    @BeforeEach
    void makeDataDir() throws IOException {
        data = Files.createDirectory(dir.resolve("data"));
    }

    private ServerConfig read(String... lines) throws Exception {
        Path file = dir.resolve("zoo.cfg");
        Files.writeString(file, "dataDir=" + data + "\n" + String.join("\n", lines) + "\n");
        return ZooCfg.read(file, system, warnings::add);
    }

    private ServerConfig alone(String... lines) throws Exception {
        List<String> all = new ArrayList<>(List.of(lines));
        all.add("clientPort=2181");
        return read(all.toArray(String[]::new));
    }

    private void myid(String id) throws IOException {
        Files.writeString(data.resolve("myid"), id);
    }

    private void assertRefused(String message, String... lines) {
        assertThatThrownBy(() -> alone(lines))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining(message)
                .message()
                .doesNotContain("\n");
    }

    @Test
    void theSmallestFileHasZooKeepersDefaults() throws Exception {
        ServerConfig config = read("clientPort=2181");

        assertThat(config.serverId()).isZero();
        assertThat(config.ports().plain()).isEqualTo(new Endpoint("0.0.0.0", 2181));
        assertThat(config.ports().secure()).isNull();
        assertThat(config.timing())
                .isEqualTo(new ServerConfig.Timing(3000, 6000, 60_000, 60_000, 10_000, 0));
        assertThat(config.limits().connectionsPerAddressMax()).isEqualTo(60);
        assertThat(config.limits().frameBytesMax()).isEqualTo(0xfffff);
        assertThat(config.admin().address()).isEqualTo(new Endpoint("0.0.0.0", 8080));
        assertThat(config.admin().words()).containsExactly("srvr");
        assertThat(config.metrics().prometheus()).isFalse();
        assertThat(config.quorum().standalone()).isTrue();
        assertThat(config.storeOptions(1)).isEqualTo(StoreOptions.of(data));
        assertThat(config.treeOptions()).isEqualTo(TreeOptions.DEFAULT);
        assertThat(config.replicaOptions()).isEqualTo(ReplicaOptions.defaults(3000));
        assertThat(config.zabOptions(7).standalone()).isTrue();
        assertThat(warnings).isEmpty();
    }

    @Test
    void theEmbeddedDefaultIsLoopback() {
        ServerConfig config = ServerConfig.embedded(Path.of("quorate-data"));

        assertThat(config.ports().plain()).isEqualTo(new Endpoint("127.0.0.1", 2181));
        assertThat(config.admin().address()).isEqualTo(new Endpoint("127.0.0.1", 8080));
        assertThat(config.directories().data()).isEqualTo(Path.of("quorate-data"));
        assertThat(config.fileText()).isEmpty();
    }

    @Test
    void theEmbeddedDefaultObeysSystemProperties() throws ConfigException {
        system.setProperty("zookeeper.4lw.commands.whitelist", "*");
        system.setProperty("zookeeper.admin.serverAddress", "0.0.0.0");

        ServerConfig config = ZooCfg.embedded(data, system, warnings::add);

        assertThat(config.admin().words()).containsExactly("*");
        assertThat(config.admin().address().host()).isEqualTo("0.0.0.0");
    }

    @FunctionalInterface
    interface Getter extends Function<ServerConfig, Object> {}

    private static Arguments honoured(String line, Getter getter, Object expected) {
        return Arguments.of(line, getter, expected);
    }

    static List<Arguments> honouredKeys() {
        return List.of(
                honoured("clientPortAddress=127.0.0.1", c -> c.ports().plain().host(), "127.0.0.1"),
                honoured("clientPortListenBacklog=7", c -> c.ports().backlog(), 7),
                honoured("clientTcpKeepAlive=true", c -> c.ports().keepAlive(), true),
                honoured("tickTime=500", c -> c.timing().maxSessionTimeoutMillis(), 10_000),
                honoured("minSessionTimeout=1", c -> c.timing().minSessionTimeoutMillis(), 1),
                honoured(
                        "maxSessionTimeout=90000",
                        c -> c.timing().maxSessionTimeoutMillis(),
                        90_000),
                honoured("maxClientCnxns=0", c -> c.limits().connectionsPerAddressMax(), 0),
                honoured("maxClientCnxns=-1", c -> c.limits().connectionsPerAddressMax(), 0),
                honoured(
                        "jute.maxbuffer.extrasize=5000",
                        c -> c.limits().fieldBytesMax(),
                        0xfffff + 5000),
                honoured(
                        "jute.maxbuffer.extrasize=0",
                        c -> c.limits().fieldBytesMax(),
                        0xfffff + 1024),
                honoured("maxCnxns=9", c -> c.limits().connectionsMax(), 9),
                honoured("globalOutstandingLimit=5", c -> c.limits().outstandingRequestsMax(), 5),
                honoured("largeRequestThreshold=1", c -> c.limits().largeRequestBytes(), 1),
                honoured("largeRequestMaxBytes=2", c -> c.limits().largeRequestBytesMax(), 2),
                honoured("dataLogDir=/tmp/x", c -> c.directories().log(), Path.of("/tmp/x")),
                honoured("snapCount=200", c -> c.storeOptions(1).snapCount(), 200),
                honoured("snapSizeLimitInKb=2", c -> c.storeOptions(1).snapBytes(), 2048L),
                honoured(
                        "snapSizeLimitInKb=-1", c -> c.storeOptions(1).snapBytes(), Long.MAX_VALUE),
                honoured("preAllocSize=64", c -> c.storeOptions(1).preallocBytes(), 65_536L),
                honoured("forceSync=no", c -> c.storeOptions(1).forceSync(), false),
                honoured(
                        "snapshot.compression.method=gz",
                        c -> c.storeOptions(1).compression(),
                        "gz"),
                honoured("snapshot.trust.empty=true", c -> c.storeOptions(1).trustEmpty(), true),
                honoured("digest.enabled=false", c -> c.treeOptions().digest(), false),
                honoured("datadir.autocreate=false", c -> c.storeOptions(1).dirAutocreate(), false),
                honoured("db.autocreate=false", c -> c.storeOptions(1).dbAutocreate(), false),
                honoured("commitLogCount=17", c -> c.zabOptions(0).committedCountMin(), 17),
                honoured("fsync.warningthresholdms=20", c -> c.storage().fsyncWarningMillis(), 20),
                honoured("autopurge.snapRetainCount=5", c -> c.purge().retainCount(), 5),
                honoured("autopurge.purgeInterval=0", c -> c.purge().intervalHours(), 0),
                honoured("initLimit=8", c -> c.zabOptions(0).initLimitTicks(), 8),
                honoured("syncLimit=4", c -> c.zabOptions(0).syncLimitTicks(), 4),
                honoured("reconfigEnabled=true", c -> c.replicaOptions().reconfigEnabled(), true),
                honoured(
                        "localSessionsEnabled=TRUE", c -> c.replicaOptions().localSessions(), true),
                honoured(
                        "localSessionsUpgradingEnabled=true",
                        c -> c.replicaOptions().localSessionsUpgrading(),
                        true),
                honoured("leaderServes=no", c -> c.quorum().leaderServes(), false),
                honoured("syncEnabled=false", c -> c.quorum().observerStores(), false),
                honoured("quorumListenOnAllIPs=true", c -> c.quorum().listenOnAllAddresses(), true),
                honoured("multiAddress.enabled=true", c -> c.quorum().multiAddress(), true),
                honoured(
                        "extendedTypesEnabled=true", c -> c.replicaOptions().extendedTypes(), true),
                honoured("enforceQuota=true", c -> c.replicaOptions().enforceQuota(), true),
                honoured("skipACL=yes", c -> c.replicaOptions().skipAcl(), true),
                honoured(
                        "DigestAuthenticationProvider.superDigest=super:x=",
                        c -> c.replicaOptions().superDigest(),
                        "super:x="),
                honoured(
                        "4lw.commands.whitelist=stat, ruok,",
                        c -> c.admin().words(),
                        List.of("stat", "ruok")),
                honoured("admin.enableServer=false", c -> c.admin().enabled(), false),
                honoured("admin.serverPort=9", c -> c.admin().address().port(), 9),
                honoured("admin.serverAddress=::1", c -> c.admin().address().host(), "::1"),
                honoured("admin.commandURL=/c", c -> c.admin().commandUrl(), "/c"),
                honoured("admin.idleTimeout=8", c -> c.admin().idleTimeoutMillis(), 8),
                honoured("admin.snapshot.enabled=false", c -> c.admin().snapshotEnabled(), false),
                honoured("admin.restore.enabled=false", c -> c.admin().restoreEnabled(), false),
                honoured("admin.rateLimiterIntervalInMS=0", c -> c.admin().rateLimitMillis(), 0L),
                honoured(
                        "metricsProvider.className=org.apache.zookeeper.metrics.prometheus.PrometheusMetricsProvider",
                        c -> c.metrics().prometheus(),
                        true),
                honoured("metricsProvider.httpHost=h", c -> c.metrics().address().host(), "h"),
                honoured("metricsProvider.httpPort=77", c -> c.metrics().address().port(), 77),
                honoured("metricsProvider.exportJvmInfo=false", c -> c.metrics().jvm(), false),
                honoured(
                        "snapshot.image=false",
                        c -> c.storeOptions(1).imageBytesMin(),
                        Long.MAX_VALUE),
                honoured("tree.memory.limit=2g", c -> c.treeOptions().memoryBytesMax(), 2L << 30),
                honoured(
                        "tree.memory.limit=64 M", c -> c.treeOptions().memoryBytesMax(), 64L << 20),
                honoured("hold.limitMs=100", c -> c.replicaOptions().holdMillisMax(), 100),
                honoured("hold.maxRequests=3", c -> c.replicaOptions().heldRequestsMax(), 3),
                honoured("hold.maxBytes=2m", c -> c.replicaOptions().heldBytesMax(), 2L << 20),
                honoured("peer.extras=false", c -> c.zabOptions(7).extras(), 0L),
                honoured(
                        "ssl.keyStore.type=PEM",
                        c -> c.tls().told().get("ssl.keyStore.type"),
                        "PEM"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("honouredKeys")
    void aKeyIsHonoured(String line, Getter getter, Object expected) throws Exception {
        assertThat(getter.apply(alone(line))).isEqualTo(expected);
        assertThat(warnings).allMatch(w -> w.startsWith("forceSync"));
    }

    static List<Arguments> propertiesOnly() {
        return List.of(
                Arguments.of(
                        "jute.maxbuffer", "4096", (Getter) c -> c.limits().frameBytesMax(), 4096),
                Arguments.of(
                        "jute.maxbuffer", "0x1000", (Getter) c -> c.limits().frameBytesMax(), 4096),
                Arguments.of(
                        "readonlymode.enabled",
                        "true",
                        (Getter) c -> c.behaviour().readOnlyMode(),
                        true),
                Arguments.of(
                        "znode.container.checkIntervalMs",
                        "100",
                        (Getter) c -> c.timing().containerCheckMillis(),
                        100),
                Arguments.of(
                        "znode.container.maxPerMinute",
                        "5",
                        (Getter) c -> c.timing().containersPerMinuteMax(),
                        5),
                Arguments.of(
                        "znode.container.maxNeverUsedIntervalMs",
                        "6",
                        (Getter) c -> c.timing().containerNeverUsedMillis(),
                        6L));
    }

    @ParameterizedTest(name = "-D{0}={1}")
    @MethodSource("propertiesOnly")
    void keysWithoutPrefixWorkAsPropertiesOnly(
            String key, String value, Getter getter, Object expected) throws Exception {
        Object standing = getter.apply(alone(key + "=" + value));
        assertThat(standing).isNotEqualTo(expected);
        assertThat(warnings).singleElement().asString().contains("-D" + key + "=" + value);

        system.setProperty(key, value);
        assertThat(getter.apply(alone())).isEqualTo(expected);
    }

    @Test
    void theFileBeatsTheCommandLine() throws Exception {
        system.setProperty("zookeeper.snapCount", "300");
        assertThat(alone().storage().snapCount()).isEqualTo(300);
        assertThat(alone("snapCount=400").storage().snapCount()).isEqualTo(400);
    }

    @Test
    void theSyncWarningHasTwoNames() throws Exception {
        system.setProperty("fsync.warningthresholdms", "30");
        assertThat(alone().storage().fsyncWarningMillis()).isEqualTo(30);
        system.setProperty("zookeeper.fsync.warningthresholdms", "40");
        assertThat(alone().storage().fsyncWarningMillis()).isEqualTo(40);
    }

    private static final String TLS = "secureClientPort=2281\nssl.keyStore.location=key.p12\n";

    static List<Arguments> badValues() {
        return List.of(
                Arguments.of(
                        "tickTime=0",
                        "line 2: tickTime: '0' is not legal; it must be a whole number"),
                Arguments.of("tickTime=soon", "tickTime: 'soon'"),
                Arguments.of(
                        "snapCount=1",
                        "snapCount: '1' is not legal; it must be a whole number, at least 2"),
                Arguments.of("clientPortListenBacklog=65536", "from -1 to 65535"),
                Arguments.of("secureClientPort=65536", "a port from 1 to 65535"),
                Arguments.of(
                        "forceSync=false", "forceSync: 'false' is not legal; it must be yes or no"),
                Arguments.of("skipACL=true", "yes or no"),
                Arguments.of("standaloneEnabled=maybe", "true or false"),
                Arguments.of("electionAlg=0", "electionAlg: '0' is not legal; it must be 3"),
                Arguments.of("peerType=leader", "participant or observer"),
                Arguments.of("snapshot.compression.method=zip", "empty or gz or snappy"),
                Arguments.of(
                        "minSessionTimeout=99999999", "must not be larger than maxSessionTimeout"),
                Arguments.of(
                        "clientPortAddress=1.2.3.4\nclientPort=", "is set but clientPort is not"),
                Arguments.of("sslQuorum=true", "ssl.quorum.keyStore.location is not set"),
                Arguments.of("portUnification=true", "ssl.quorum.keyStore.location is not set"),
                Arguments.of(
                        "sslQuorum=true\nssl.quorum.keyStore.location=key.p12\n"
                                + "ssl.quorum.handshakeDetectionTimeoutMillis=0",
                        "a whole number, at least 1"),
                Arguments.of("secureClientPort=2281", "ssl.keyStore.location is not set"),
                Arguments.of("client.portUnification=true", "ssl.keyStore.location is not set"),
                Arguments.of(TLS + "ssl.keyStore.location=key", "ends in .jks, .p12 or .pem"),
                Arguments.of(TLS + "ssl.keyStore.type=BCFKS", "JKS, PKCS12 or PEM"),
                Arguments.of(TLS + "ssl.enabledProtocols=TLSv1.1", "TLSv1.3 or TLSv1.2"),
                Arguments.of(TLS + "ssl.clientAuth=maybe", "none, want or need"),
                Arguments.of(TLS + "ssl.crl=yes", "true or false"),
                Arguments.of(TLS + "ssl.sslProvider=GnuTLS", "JDK or OPENSSL"),
                Arguments.of(TLS + "ssl.authProvider=own", "only x509"),
                Arguments.of(TLS + "ssl.context.supplier.class=x.Y", "name the stores instead"),
                Arguments.of("oraclePath=/x", "oracle"),
                Arguments.of(
                        "quorum.auth.learnerRequireSasl=true", "needs quorum.auth.enableSasl=true"),
                Arguments.of(
                        "quorum.auth.enableSasl=true\nquorum.auth.serverRequireSasl=true",
                        "needs quorum.auth.learnerRequireSasl=true"),
                Arguments.of(
                        "authProvider.1=org.apache.zookeeper.server.auth.Own",
                        "authProvider.1: 'org.apache"),
                Arguments.of("sessionRequireClientSASLAuth=true", "'sasl' is not available"),
                Arguments.of("security.auth_to_local=RULE", "no rule: RULE"),
                Arguments.of(
                        "enforce.auth.enabled=true\nenforce.auth.schemes=digest, x509",
                        "'x509' is not available"),
                Arguments.of("enforce.auth.enabled=true", "enforce.auth.schemes"),
                Arguments.of("DigestAuthenticationProvider.digestAlg=MD5", "SHA1"),
                Arguments.of("metricsProvider.className=x.Y", "metricsProvider.className: 'x.Y'"),
                Arguments.of("metricsProvider.httpPort=-1", "from 0 to 65535"),
                Arguments.of("admin.commandURL=commands", "begins with /"),
                Arguments.of("tree.memory.limit=all", "a number of bytes"),
                Arguments.of("tree.memory.limit=99999999999g", "a number of bytes"),
                Arguments.of("tree.memory.limit=", "a number of bytes"),
                Arguments.of(
                        "ssl.keyStore.passwordPath=/no/such",
                        "ssl.keyStore.passwordPath: cannot read"),
                Arguments.of("server.1=localhost", "server.1=localhost is not host:port:port"),
                Arguments.of("server.300=h:1:2", "server.300"),
                Arguments.of(
                        "server.1=a:1:2|b:1:2\nserver.2=c:1:2", "needs multiAddress.enabled=true"),
                Arguments.of("server.1=a:1:2\nserver.2=a:2:3", "both use a:2"),
                Arguments.of(
                        "server.1=a:1:2\nserver.2=b:1:2:observer", "observers need at least two"),
                Arguments.of("standaloneEnabled=false", "needs a server.N line"),
                Arguments.of("dynamicConfigFile=/no/such.dynamic", "does not exist"),
                Arguments.of("key=\\u00g0", "line 2"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("badValues")
    void aBadValueIsNamedWithWhatWouldBeLegal(String lines, String message) throws Exception {
        String key = lines.startsWith("clientPortAddress") ? lines : lines + "\nclientPort=2181";
        assertThatThrownBy(() -> read(key.split("\n")))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining(message)
                .message()
                .doesNotContain("\n");
    }

    @Test
    void aMissingFileIsNamed() {
        assertThatThrownBy(() -> ZooCfg.read(dir.resolve("no.cfg"), system, warnings::add))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("no.cfg does not exist");
    }

    @Test
    void withoutDataDirNothingStarts() throws IOException {
        Path file = Files.writeString(dir.resolve("zoo.cfg"), "clientPort=2181\n");
        assertThatThrownBy(() -> ZooCfg.read(file, system, warnings::add))
                .hasMessageContaining("dataDir is not set");
    }

    @Test
    void withoutAnyClientPortNothingStarts() {
        assertThatThrownBy(() -> read("tickTime=2000"))
                .hasMessageContaining("clientPort is not set");
    }

    @Test
    void aKeyThatNothingReadsIsWarnedAbout() throws Exception {
        alone("tickTme=2000", "zookeeper.snapCount=5");

        assertThat(warnings)
                .containsExactlyInAnyOrder(
                        "zoo.cfg line 2: tickTme: nothing reads this key",
                        "zoo.cfg line 3: zookeeper.snapCount: nothing reads it; in a file write"
                                + " 'snapCount', without the prefix");
    }

    @Test
    void aPropertyThatNothingReadsIsWarnedAbout() throws Exception {
        system.setProperty("zookeeper.tickTime", "1");
        system.setProperty("zookeeper.jute.maxbuffer", "1");
        system.setProperty("zookeeper.nonsense", "1");
        alone();

        assertThat(warnings)
                .containsExactly(
                        "nothing reads -Dzookeeper.jute.maxbuffer; its name is -Djute.maxbuffer",
                        "nothing reads -Dzookeeper.nonsense",
                        "nothing reads -Dzookeeper.tickTime; tickTime can only be told in the file");
    }

    @Test
    void keysOfZooKeepersMachineryAreNamedInOneLine() throws Exception {
        system.setProperty("zookeeper.log.dir", "/var/log");
        alone("cnxTimeout=3", "nio.numWorkerThreads=4");

        assertThat(warnings)
                .singleElement()
                .asString()
                .endsWith(": cnxTimeout, nio.numWorkerThreads, zookeeper.log.dir");
    }

    @Test
    void valuesMayBeContinuedEscapedAndCommented() throws Exception {
        ServerConfig config =
                read(
                        "# a comment \\",
                        "! another",
                        "clientPort : 22\\",
                        "   81",
                        "tick\\u0054ime 40");

        assertThat(config.ports().plain().port()).isEqualTo(2281);
        assertThat(config.timing().tickMillis()).isEqualTo(40);
    }

    @Test
    void ofAKeyThatStandsTwiceTheLastOneCounts() throws Exception {
        assertThat(alone("tickTime=1", "tickTime=2").timing().tickMillis()).isEqualTo(2);
    }

    @Test
    void fewSnapshotsToKeepCountAsThree() throws Exception {
        assertThat(alone("autopurge.snapRetainCount=1").purge().retainCount()).isEqualTo(3);
        assertThat(warnings).singleElement().asString().contains("autopurge.snapRetainCount");
    }

    @Test
    void aPasswordIsReadFromItsFile() throws Exception {
        Path secret = Files.writeString(dir.resolve("secret"), "hush \n");
        ServerConfig config =
                alone("ssl.keyStore.passwordPath=" + secret, "ssl.keyStore.password=other");

        assertThat(config.tls().told()).containsEntry("ssl.keyStore.password", "hush ");
    }

    @Test
    void whatZooKeeperWouldMakeSystemPropertiesIsKept() throws Exception {
        ServerConfig config = alone("snapCount=7", "tickTime=9", "odd=1");

        assertThat(config.properties())
                .containsEntry("zookeeper.snapCount", "7")
                .containsEntry("zookeeper.odd", "1")
                .doesNotContainKey("zookeeper.tickTime");
        assertThat(config.fileText()).contains("snapCount=7\ntickTime=9");
    }

    // ---- the old arguments

    @Test
    void theOldArgumentsArePortDirectoryTickAndConnections() throws Exception {
        ServerConfig config =
                ZooCfg.fromArguments(
                        List.of("2182", data.toString(), "1000", "5"), system, warnings::add);

        assertThat(config.ports().plain()).isEqualTo(new Endpoint("0.0.0.0", 2182));
        assertThat(config.directories().data()).isEqualTo(data);
        assertThat(config.timing().tickMillis()).isEqualTo(1000);
        assertThat(config.limits().connectionsPerAddressMax()).isEqualTo(5);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 5})
    void otherNumbersOfArgumentsAreRefused(int count) {
        List<String> arguments = java.util.Collections.nCopies(count, "1");
        assertThatThrownBy(() -> ZooCfg.fromArguments(arguments, system, warnings::add))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("port datadir");
    }

    // ---- ensembles

    private static final String[] THREE = {
        "initLimit=10",
        "syncLimit=5",
        "server.1=127.0.0.1:2888:3888:participant;127.0.0.1:2181",
        "server.2=127.0.0.1:2889:3889:participant;2182",
        "server.3=127.0.0.1:2890:3890:observer;2183",
        "server.4=127.0.0.1:2891:3891;2184"
    };

    /** As in ZooKeeper, whose own test writes -1 there. */
    @Test
    void theNumberOfALoneServerDoesNotMatter() throws Exception {
        myid("-1");
        assertThat(read("clientPort=1").quorum().standalone()).isTrue();
    }

    @Test
    void aServersLineTellsItsClientPort() throws Exception {
        myid("1\n");
        ServerConfig config = read(THREE);

        assertThat(config.serverId()).isEqualTo(1);
        assertThat(config.ports().plain()).isEqualTo(new Endpoint("127.0.0.1", 2181));
        assertThat(config.quorum().standalone()).isFalse();
        assertThat(config.quorum().observer()).isFalse();
        assertThat(config.quorum().members().voters()).hasSize(3);
        assertThat(config.self().addresses().get(0).electionPort()).isEqualTo(3888);
        assertThat(config.zabOptions(3))
                .isEqualTo(
                        new ZabOptions(
                                1,
                                false,
                                false,
                                3000,
                                10,
                                5,
                                500,
                                16 << 20,
                                16 << 20,
                                2 * 0xfffff,
                                0xfffffffeL,
                                false,
                                true,
                                3));
        assertThat(warnings).isEmpty();
    }

    @Test
    void theLineDecidesWhetherAServerVotes() throws Exception {
        myid("3");
        assertThat(read(THREE).quorum().observer()).isTrue();
        assertThat(warnings).singleElement().asString().contains("the line decides");
    }

    @Test
    void aClientPortThatContradictsTheLineIsRefused() throws Exception {
        myid("2");
        List<String> lines = new ArrayList<>(List.of(THREE));
        lines.add("clientPort=2181");
        assertThatThrownBy(() -> read(lines.toArray(String[]::new)))
                .hasMessageContaining(
                        "clientPort says 0.0.0.0:2181 but server.2 says 0.0.0.0:2182");
    }

    @Test
    void aClientPortThatAgreesWithTheLineIsFine() throws Exception {
        myid("1");
        List<String> lines = new ArrayList<>(List.of(THREE));
        lines.add("clientPort=2181");
        lines.add("clientPortAddress=localhost");
        assertThat(read(lines.toArray(String[]::new)).ports().plain().host())
                .isEqualTo("127.0.0.1");
    }

    @Test
    void anEnsembleNeedsMyidAndItsLimits() throws Exception {
        assertThatThrownBy(() -> read(THREE)).hasMessageContaining("myid is missing");
        myid("9");
        assertThatThrownBy(() -> read(THREE)).hasMessageContaining("no server.9 line");
        myid("one");
        assertThatThrownBy(() -> read(THREE)).hasMessageContaining("'one' is not a number");
        myid("256");
        assertThatThrownBy(() -> read(THREE)).hasMessageContaining("from 0 to 255");
        myid("1");
        assertThatThrownBy(() -> read(java.util.Arrays.copyOfRange(THREE, 1, 6)))
                .hasMessageContaining("initLimit is not set");
    }

    @Test
    void theHighestServerIdIsTakenByTtlZnodes() throws Exception {
        myid("255");
        List<String> lines = new ArrayList<>(List.of(THREE));
        lines.add("extendedTypesEnabled=true");
        assertThatThrownBy(() -> read(lines.toArray(String[]::new)))
                .hasMessageContaining("from 0 to 254");
    }

    @Test
    void oneServerLineMeansStandalone() throws Exception {
        ServerConfig config = read("server.1=127.0.0.1:2888:3888;127.0.0.1:2185");

        assertThat(config.quorum().standalone()).isTrue();
        assertThat(config.ports().plain()).isEqualTo(new Endpoint("127.0.0.1", 2185));
    }

    @Test
    void oneServerLineIsAnEnsembleIfStandaloneIsNotAllowed() throws Exception {
        myid("1");
        ServerConfig config =
                read(
                        "standaloneEnabled=false",
                        "initLimit=5",
                        "syncLimit=2",
                        "server.1=127.0.0.1:2888:3888;2185");

        assertThat(config.quorum().standalone()).isFalse();
    }

    @Test
    void unluckySizesAreWarnedAbout() throws Exception {
        myid("1");
        read(
                "initLimit=5",
                "syncLimit=2",
                "server.1=h:2888:3888;2185",
                "server.2=h:2889:3889;2185");
        assertThat(warnings).singleElement().asString().contains("no server may fail");
        warnings.clear();
        read(
                "initLimit=5",
                "syncLimit=2",
                "server.1=h:2888:3888;2185",
                "server.2=h:2889:3889;2185",
                "server.3=h:2890:3890;2185",
                "server.4=h:2891:3891;2185");
        assertThat(warnings)
                .singleElement()
                .asString()
                .contains("4 voters tolerate no more failures than 3");
    }

    @Test
    void withoutVotersNothingStarts() {
        String observer = "server.2=h:2889:3889:observer;2186";
        assertThatThrownBy(() -> read(observer))
                .hasMessageContaining("a configuration of observers without voters");
        assertThatThrownBy(() -> read("server.1=h:2888:3888;2185", observer))
                .hasMessageContaining("observers need at least two voters");
        assertThatThrownBy(() -> read("standaloneEnabled=false", "clientPort=2181"))
                .hasMessageContaining("standaloneEnabled=false needs a server.N line");
    }

    @Test
    void votersWithoutWeightAreWarnedAbout() throws Exception {
        myid("1");
        List<String> lines = new ArrayList<>(List.of(THREE));
        lines.addAll(List.of("group.1=1:2:4", "weight.1=0", "weight.2=0", "weight.4=0"));
        read(lines.toArray(String[]::new));
        assertThat(warnings).singleElement().asString().contains("no voter has any weight");
    }

    @Test
    void groupsAndWeightsAreRead() throws Exception {
        myid("1");
        List<String> lines = new ArrayList<>(List.of(THREE));
        lines.addAll(List.of("group.1=1:2:4", "weight.1=2"));
        assertThat(read(lines.toArray(String[]::new)).quorum().members().isHierarchical()).isTrue();
    }

    @Test
    void membersMayStandInADynamicFileWhoseNameTellsTheVersion() throws Exception {
        myid("2");
        Path dynamic = dir.resolve("zoo.cfg.dynamic.100000020");
        Files.writeString(dynamic, String.join("\n", java.util.Arrays.copyOfRange(THREE, 2, 6)));
        ServerConfig config = read("initLimit=1", "syncLimit=1", "dynamicConfigFile=" + dynamic);

        assertThat(config.quorum().members().version()).isEqualTo(0x100000020L);
        assertThat(config.quorum().dynamicFile()).isEqualTo(dynamic);
        assertThat(config.ports().plain().port()).isEqualTo(2182);
    }

    @Test
    void aVersionInsideADynamicFileIsRefused() throws Exception {
        Path dynamic = Files.writeString(dir.resolve("d.dynamic"), "version=1\n");
        assertRefused("has its version in its name", "dynamicConfigFile=" + dynamic);
    }

    @Test
    void anUnknownKeyInADynamicFileIsRefused() throws Exception {
        Path dynamic = Files.writeString(dir.resolve("d.dynamic"), "tickTime=1\n");
        assertRefused("d.dynamic: unknown key 'tickTime'", "dynamicConfigFile=" + dynamic);
    }
}
