package org.quorate.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.RevocationServer;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.Watcher.Event.KeeperState;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.ZooDefs.Ids;
import org.apache.zookeeper.ZooDefs.Perms;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.client.ZKClientConfig;
import org.apache.zookeeper.data.ACL;
import org.apache.zookeeper.data.ClientInfo;
import org.apache.zookeeper.data.Id;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.quorate.net.tls.TlsContext;
import org.quorate.net.tls.TlsOptions;
import org.quorate.node.config.ConfigException;
import org.quorate.node.config.ServerConfig;
import org.quorate.node.config.ZooCfg;
import org.quorate.node.host.Server;
import org.quorate.node.host.StartException;

/** TLS for clients, with certificates made here (client protocol §21). */
class ClientTlsTest {
    private static final int CONNECT_SECONDS_MAX = 20;

    @TempDir Path dir;
    private Certificates lab;

    @BeforeEach
    void anAuthority() throws Exception {
        lab = new Certificates(dir.resolve("lab"), "Lab CA");
    }

    private Server start(Path keyStore, Path trustStore, String... more)
            throws IOException, ConfigException, StartException {
        List<String> lines =
                new ArrayList<>(
                        List.of(
                                "dataDir=" + dir.resolve("data"),
                                "clientPort=" + Ensemble.freePorts(1).get(0),
                                "clientPortAddress=127.0.0.1",
                                "secureClientPort=" + Ensemble.freePorts(1).get(0),
                                "secureClientPortAddress=127.0.0.1",
                                "preAllocSize=64",
                                "admin.enableServer=false",
                                "4lw.commands.whitelist=*",
                                "ssl.keyStore.location=" + keyStore,
                                "ssl.keyStore.password=" + Certificates.PASSWORD,
                                "ssl.trustStore.location=" + trustStore,
                                "ssl.trustStore.password=" + Certificates.PASSWORD));
        lines.addAll(List.of(more));
        Path file = Files.write(dir.resolve("zoo.cfg"), lines);
        ServerConfig config = ZooCfg.read(file, new Properties(), warning -> {});
        return Server.start(config, (what, why) -> {});
    }

    private Server start(String... more) throws Exception {
        return start(lab.pkcs12("server", lab.server()), lab.trust("p12"), more);
    }

    private static ZooKeeper connect(int port, ZKClientConfig config) throws Exception {
        CountDownLatch connected = new CountDownLatch(1);
        ZooKeeper client =
                new ZooKeeper(
                        "127.0.0.1:" + port,
                        10_000,
                        event -> {
                            if (event.getState() == KeeperState.SyncConnected) {
                                connected.countDown();
                            }
                        },
                        config);
        if (!connected.await(CONNECT_SECONDS_MAX, TimeUnit.SECONDS)) {
            client.close();
            throw new IOException("no connection to port " + port);
        }
        return client;
    }

    private ZooKeeper connect(Server server, X509Bundle as) throws Exception {
        return connect(server.securePort(), lab.clientConfig(lab.pkcs12("client", as)));
    }

    /** A bare TLS client; sends a word and gives back the answer. */
    private static String ask(int port, SSLContext context, String word) throws IOException {
        try (SSLSocket socket =
                (SSLSocket) context.getSocketFactory().createSocket("127.0.0.1", port)) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream().write(word.getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private SSLContext context(Path keyStore) throws Exception {
        char[] password = Certificates.PASSWORD.toCharArray();
        TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
        trust.init(KeyStore.getInstance(lab.trust("p12").toFile(), password));
        KeyManagerFactory keys = KeyManagerFactory.getInstance("PKIX");
        keys.init(
                keyStore == null ? null : KeyStore.getInstance(keyStore.toFile(), password),
                password);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(
                keyStore == null ? null : keys.getKeyManagers(), trust.getTrustManagers(), null);
        return context;
    }

    private void assertRefused(Server server, SSLContext context) {
        assertThatThrownBy(
                        () -> {
                            String answer = ask(server.securePort(), context, "ruok");
                            if (answer.isEmpty()) {
                                throw new IOException("closed without an answer");
                            }
                        })
                .isInstanceOf(IOException.class);
    }

    @Test
    void zooKeepersClientWorksOverTlsAndIsKnownByItsCertificate() throws Exception {
        try (Server server = start();
                ZooKeeper client = connect(server, lab.client("CN=client,O=Lab"));
                ZooKeeper other = connect(server, lab.client("CN=other,O=Lab"))) {
            client.create("/mine", new byte[70_000], Ids.CREATOR_ALL_ACL, CreateMode.PERSISTENT);
            assertThat(client.getData("/mine", false, null)).hasSize(70_000);
            assertThat(client.getACL("/mine", null))
                    .containsExactly(new ACL(Perms.ALL, new Id("x509", "CN=client,O=Lab")));
            assertThat(client.whoAmI())
                    .extracting(ClientInfo::getAuthScheme, ClientInfo::getUser)
                    .contains(org.assertj.core.groups.Tuple.tuple("x509", "CN=client,O=Lab"));
            assertThatThrownBy(() -> other.getData("/mine", false, null))
                    .isInstanceOf(KeeperException.NoAuthException.class);
            assertThatThrownBy(() ->
                            client.create(
                                    "/bad",
                                    null,
                                    new ArrayList<>(
                                            List.of(new ACL(31, new Id("x509", "no name")))),
                                    CreateMode.PERSISTENT))
                    .isInstanceOf(KeeperException.InvalidACLException.class);
        }
    }

    @Test
    void theCertificateOfTheSuperUserPassesEverything() throws Exception {
        try (Server server = start("X509AuthenticationProvider.superUser=CN=root,O=Lab");
                ZooKeeper client = connect(server, lab.client("CN=client,O=Lab"));
                ZooKeeper root = connect(server, lab.client("CN=root,O=Lab"))) {
            client.create("/mine", null, Ids.CREATOR_ALL_ACL, CreateMode.PERSISTENT);
            root.setData("/mine", new byte[1], -1);
            assertThat(client.getData("/mine", false, null)).hasSize(1);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void bothVersionsAreSpokenByBothLibraries(String version) throws Exception {
        SSLContext client = context(lab.pkcs12("client", lab.client("CN=client")));
        for (String library : List.of("JDK", "OPENSSL")) {
            try (Server server =
                            start("ssl.enabledProtocols=" + version, "ssl.sslProvider=" + library);
                    SSLSocket socket =
                            (SSLSocket)
                                    client.getSocketFactory()
                                            .createSocket("127.0.0.1", server.securePort())) {
                socket.startHandshake();
                assertThat(socket.getSession().getProtocol()).isEqualTo(version);
                assertThat(ask(server.securePort(), client, "ruok")).isEqualTo("imok");
            }
        }
    }

    /** Also where some of them are only in the JDK's TLS. */
    @ParameterizedTest
    @ValueSource(strings = {"", "TLS_DHE_RSA_WITH_AES_256_GCM_SHA384,"})
    void theCiphersThatWereToldAreUsed(String others) throws Exception {
        String cipher = "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384";
        SSLContext client = context(lab.pkcs12("client", lab.client("CN=client")));
        try (Server server =
                        start(
                                "ssl.enabledProtocols=TLSv1.2",
                                "ssl.ciphersuites=" + others + cipher);
                SSLSocket socket =
                        (SSLSocket)
                                client.getSocketFactory()
                                        .createSocket("127.0.0.1", server.securePort())) {
            SSLSession session = socket.getSession();
            assertThat(session.getCipherSuite()).isEqualTo(cipher);
        }
    }

    /** ZooKeeper's C client waits at its socket behind each frame, whatever came with it. */
    @ParameterizedTest
    @ValueSource(strings = {"JDK", "OPENSSL"})
    void eachFrameHasARecordOfItsOwn(String library) throws Exception {
        SSLContext client = context(lab.pkcs12("client", lab.client("CN=client")));
        try (Server server = start("ssl.sslProvider=" + library);
                SSLSocket socket =
                        (SSLSocket)
                                client.getSocketFactory()
                                        .createSocket("127.0.0.1", server.securePort())) {
            socket.setSoTimeout(10_000);
            ByteBuffer said = ByteBuffer.allocate(10_000);
            said.putInt(44).putInt(0).putLong(0).putInt(10_000).putLong(0).putInt(16);
            said.put(new byte[16]);
            int asked = 100;
            for (int i = 0; i < asked; i++) {
                said.putInt(14).putInt(i).putInt(3).putInt(1).put((byte) '/').put((byte) 0);
            }
            socket.getOutputStream().write(said.array(), 0, said.position());
            byte[] got = new byte[64 << 10];
            for (int frame = 0; frame <= asked; frame++) {
                int length = socket.getInputStream().read(got); // of one record, at most
                assertThat(length).isEqualTo(4 + ByteBuffer.wrap(got).getInt());
            }
        }
    }

    /** As with ZooKeeper 3.9.5, where none is told; by either library. */
    @ParameterizedTest
    @ValueSource(strings = {"JDK", "OPENSSL"})
    void eachSuiteThatIsOfferedHasForwardSecrecyAndThoseOfZooKeeperAreThere(String library)
            throws Exception {
        TlsOptions.Store keys = store(lab.pkcs12("server", lab.server()));
        TlsOptions options =
                new TlsOptions(
                        keys,
                        store(lab.trust("p12")),
                        List.of("TLSv1.2", "TLSv1.3"),
                        List.of(),
                        TlsOptions.ClientAuth.NEED,
                        new TlsOptions.Names(false, false, false),
                        new TlsOptions.Revocation(false, false),
                        library.equals("JDK") ? TlsOptions.Library.JDK : TlsOptions.Library.NATIVE,
                        false,
                        10_000);
        EmbeddedChannel channel = new EmbeddedChannel();
        try (TlsContext context = TlsContext.open(options)) {
            List<String> offered =
                    List.of(context.accept(channel).engine().getEnabledCipherSuites());
            assertThat(offered)
                    .contains(
                            "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
                            "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
                            "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA",
                            "TLS_AES_256_GCM_SHA384")
                    .allMatch(suite ->
                            suite.startsWith("TLS_ECDHE_")
                                    || List.of(
                                                    "TLS_AES_256_GCM_SHA384",
                                                    "TLS_AES_128_GCM_SHA256",
                                                    "TLS_CHACHA20_POLY1305_SHA256")
                                            .contains(suite));
        } finally {
            channel.finishAndReleaseAll();
        }
    }

    private static TlsOptions.Store store(Path file) {
        return new TlsOptions.Store(file, TlsOptions.StoreType.PKCS12, Certificates.PASSWORD, null);
    }

    @Test
    void storesMayBeOfAnyKind() throws Exception {
        X509Bundle own = lab.server();
        SSLContext client = context(lab.pkcs12("client", lab.client("CN=client")));
        try (Server server =
                start(lab.pem("server", own), lab.trust("pem"), "ssl.keyStore.password=")) {
            assertThat(ask(server.securePort(), client, "ruok")).isEqualTo("imok");
        }
        try (Server server = start(lab.jks("server", own), lab.trust("jks"))) {
            assertThat(ask(server.securePort(), client, "ruok")).isEqualTo("imok");
        }
    }

    @Test
    void whoeverCannotShowAGoodCertificateIsRefused() throws Exception {
        Certificates elsewhere = new Certificates(dir.resolve("elsewhere"), "Other CA");
        Path wrong = elsewhere.pkcs12("wrong", elsewhere.client("CN=client,O=Lab"));
        Path old = lab.pkcs12("old", lab.expired("CN=client,O=Lab"));
        try (Server server = start()) {
            assertRefused(server, context(wrong));
            assertRefused(server, context(old));
            assertRefused(server, context(null));
            assertThat(
                            ask(
                                    server.securePort(),
                                    context(lab.pkcs12("ok", lab.client("CN=x"))),
                                    "ruok"))
                    .isEqualTo("imok");
        }
    }

    @Test
    void whoIsOnlyWantedToShowACertificateMayShowNone() throws Exception {
        try (Server server = start("ssl.clientAuth=want")) {
            assertThat(ask(server.securePort(), context(null), "ruok")).isEqualTo("imok");
            assertRefused(server, context(lab.pkcs12("old", lab.expired("CN=client"))));
        }
        try (Server server = start("ssl.clientAuth=none")) {
            assertThat(ask(server.securePort(), context(null), "ruok")).isEqualTo("imok");
        }
    }

    @Test
    void aRevokedCertificateIsRefused() throws Exception {
        RevocationServer lists = RevocationServer.getInstance();
        lists.register(lab.authority());
        X509Bundle good = listed(lists, "CN=good");
        X509Bundle revoked = listed(lists, "CN=revoked");
        lists.revoke(revoked, Instant.now());
        try (Server server = start("ssl.crl=true")) {
            assertThat(ask(server.securePort(), context(lab.pkcs12("good", good)), "ruok"))
                    .isEqualTo("imok");
            assertRefused(server, context(lab.pkcs12("revoked", revoked)));
        }
    }

    @Test
    void aCertificateThatItsIssuerNoLongerStandsForIsRefused() throws Exception {
        try (OcspResponder issuer = new OcspResponder(lab.authority());
                Server server = start("ssl.ocsp=true")) {
            byte[] where = issuer.extension();
            X509Bundle good = asked(where, "CN=good");
            X509Bundle revoked = asked(where, "CN=revoked");
            X509Bundle later = asked(where, "CN=later");
            issuer.revoke(revoked);
            assertThat(ask(server.securePort(), context(lab.pkcs12("good", good)), "ruok"))
                    .isEqualTo("imok");
            assertRefused(server, context(lab.pkcs12("revoked", revoked)));
            issuer.close();
            assertRefused(server, context(lab.pkcs12("later", later))); // Nobody stands for it.
        }
    }

    private X509Bundle asked(byte[] where, String subject) throws Exception {
        return lab.sign(
                subject,
                b ->
                        b.addExtensionOctetString(
                                OcspResponder.AUTHORITY_INFORMATION_ACCESS, false, where));
    }

    private X509Bundle listed(RevocationServer lists, String subject) throws Exception {
        return lab.sign(subject, b -> b.addCrlDistributionPoint(lists.getCrlUri(lab.authority())));
    }

    @Test
    void theNameOfAClientIsLookedAtIfWanted() throws Exception {
        X509Bundle elsewhere =
                new CertificateBuilder()
                        .subject("CN=client")
                        .ecp256()
                        .addSanIpAddress("192.0.2.1")
                        .buildIssuedBy(lab.authority());
        Path named = lab.pkcs12("named", lab.client("CN=client"));
        for (String library : List.of("JDK", "OPENSSL")) {
            try (Server server =
                    start("ssl.clientHostnameVerification=true", "ssl.sslProvider=" + library)) {
                assertThat(ask(server.securePort(), context(named), "ruok")).isEqualTo("imok");
                assertRefused(server, context(lab.pkcs12("elsewhere", elsewhere)));
            }
        }
    }

    @Test
    void plainBytesOnTheTlsPortEndTheConnection() throws Exception {
        try (Server server = start();
                Socket socket = new Socket("127.0.0.1", server.securePort())) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream().write("ruok".getBytes(StandardCharsets.US_ASCII));
            assertThat(socket.getInputStream().read()).isEqualTo(-1);
        }
    }

    @Test
    void onePortTakesBoth() throws Exception {
        try (Server server = start("client.portUnification=true");
                ZooKeeper secure =
                        connect(
                                server.clientPort(),
                                lab.clientConfig(lab.pkcs12("client", lab.client("CN=c"))));
                ZooKeeper plain = connect(server.clientPort(), new ZKClientConfig());
                Socket socket = new Socket("127.0.0.1", server.clientPort())) {
            plain.create("/n", null, Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT);
            secure.sync("/n", (rc, path, context) -> {}, null);
            assertThat(secure.exists("/n", false)).isNotNull();
            socket.getOutputStream().write("ruok".getBytes(StandardCharsets.US_ASCII));
            assertThat(socket.getInputStream().readAllBytes()).isEqualTo("imok".getBytes("UTF-8"));
        }
    }

    @Test
    void aClientProvesItselfBySaslOverTlsAndIsBothThatAndItsCertificate() throws Exception {
        try (Jaas jaas = new Jaas()) {
            jaas.digest("Server", "user_bob", "bob's")
                    .digest("Client-bob", "username", "bob", "password", "bob's");
            ZKClientConfig asBob = lab.clientConfig(lab.pkcs12("bob", lab.client("CN=bob")));
            asBob.setProperty(ZKClientConfig.LOGIN_CONTEXT_NAME_KEY, "Client-bob");
            asBob.setProperty("zookeeper.fips-mode", "false");
            ZKClientConfig other = lab.clientConfig(lab.pkcs12("other", lab.client("CN=other")));
            try (Server server =
                            start(
                                    "authProvider.sasl=org.apache.zookeeper.server.auth."
                                            + "SASLAuthenticationProvider");
                    ZooKeeper bob = connect(server.securePort(), asBob);
                    ZooKeeper eve = connect(server.securePort(), other)) {
                await().until(() ->
                        bob.whoAmI().stream()
                                .map(who -> who.getAuthScheme() + ":" + who.getUser())
                                .toList()
                                .containsAll(List.of("x509:CN=bob", "sasl:bob")));
                bob.create(
                        "/bobs",
                        new byte[1],
                        Collections.singletonList(
                                new ACL(ZooDefs.Perms.ALL, new Id("sasl", "bob"))),
                        CreateMode.PERSISTENT);
                assertThat(bob.getData("/bobs", false, null)).hasSize(1);
                assertThatThrownBy(() -> eve.getData("/bobs", false, null))
                        .isInstanceOf(KeeperException.NoAuthException.class);
            }
        }
    }

    @Test
    void pastTheLimitOfHandshakesConnectionsAreClosed() throws Exception {
        byte[] begun = {0x16, 3, 1, 2, 0};
        SSLContext client = context(lab.pkcs12("client", lab.client("CN=client")));
        try (Server server = start("netty.server.outstandingHandshake.limit=2");
                Socket first = new Socket("127.0.0.1", server.securePort());
                Socket second = new Socket("127.0.0.1", server.securePort());
                Socket third = new Socket("127.0.0.1", server.securePort())) {
            first.getOutputStream().write(begun);
            second.getOutputStream().write(begun);
            await().until(() -> handshakes(server) == 2);
            third.getOutputStream().write(begun);
            third.setSoTimeout(10_000);
            assertThat(third.getInputStream().read()).isEqualTo(-1);
            first.close();
            await().until(() -> handshakes(server) == 1);
            assertThat(ask(server.securePort(), client, "ruok")).isEqualTo("imok");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"JDK", "OPENSSL"})
    void handshakesThatAreBrokenOffWhileTheyAreWorkedOnDoNotCountForEver(String library)
            throws Exception {
        byte[] hello =
                HexFormat.of()
                        .parseHex(
                                "1603010088010000840303000102030405060708090a0b0c0d0e0f1011121314"
                                        + "15161718191a1b1c1d1e1f00000613011302c02b01000055000a00040002001d"
                                        + "000d0006000404030804002b0003020304003300260024001d00200001020304"
                                        + "05060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f0000000e00"
                                        + "0c0000096c6f63616c686f7374");
        try (Server server =
                start("ssl.sslProvider=" + library, "nio.sessionlessCnxnTimeout=60000")) {
            for (int i = 0; i < 50; i++) {
                try (Socket socket = new Socket("127.0.0.1", server.securePort())) {
                    socket.getOutputStream().write(hello);
                }
            }
            await().until(() -> handshakes(server) == 0);
        }
    }

    /** Handshakes under way, as operators see them. */
    private static long handshakes(Server server) throws IOException {
        try (Socket socket = new Socket("127.0.0.1", server.clientPort())) {
            socket.getOutputStream().write("mntr".getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> line.startsWith("zk_outstanding_tls_handshake\t"))
                    .mapToLong(line -> Long.parseLong(line.substring(line.indexOf('\t') + 1)))
                    .findFirst()
                    .orElseThrow();
        }
    }

    @Test
    void aHandshakeMayNotTakeForEver() throws Exception {
        try (Server server = start("nio.sessionlessCnxnTimeout=300");
                Socket socket = new Socket("127.0.0.1", server.securePort());
                InputStream in = socket.getInputStream()) {
            socket.getOutputStream().write(new byte[] {0x16, 3, 1, 2, 0});
            socket.setSoTimeout(10_000);
            while (in.read() >= 0) {
                // perhaps an alert
            }
            assertThat(handshakes(server)).isZero();
        }
    }

    @Test
    void changedFilesAreReadAgainWithoutARestart() throws Exception {
        Path keys = lab.pkcs12("server", lab.sign("CN=first", b -> b));
        SSLContext client = context(lab.pkcs12("client", lab.client("CN=client")));
        try (Server server = start(keys, lab.trust("p12"), "client.certReload=true")) {
            assertThat(shownBy(server, client)).isEqualTo("CN=first");
            try (ZooKeeper before = connect(server, lab.client("CN=client"))) {
                Files.writeString(keys, "half written");
                lab.pkcs12("server", lab.sign("CN=second", b -> b));
                await().atMost(Duration.ofSeconds(20))
                        .until(() -> shownBy(server, client).equals("CN=second"));
                assertThat(before.exists("/", false)).isNotNull();
            }
        }
    }

    @Test
    void aNewStoreMayHaveANewPassword() throws Exception {
        Path keys = lab.pkcs12("server", lab.sign("CN=first", b -> b));
        Path secret = Files.writeString(dir.resolve("secret"), Certificates.PASSWORD + "\n");
        SSLContext client = context(lab.pkcs12("client", lab.client("CN=client")));
        try (Server server =
                start(
                        keys,
                        lab.trust("p12"),
                        "ssl.keyStore.passwordPath=" + secret,
                        "client.certReload=true")) {
            assertThat(shownBy(server, client)).isEqualTo("CN=first");
            lab.pkcs12("server", lab.sign("CN=second", b -> b), "another secret");
            Files.writeString(secret, "another secret\n");
            await().atMost(Duration.ofSeconds(20))
                    .until(() -> shownBy(server, client).equals("CN=second"));
        }
    }

    private static String shownBy(Server server, SSLContext client) throws IOException {
        try (SSLSocket socket =
                (SSLSocket)
                        client.getSocketFactory().createSocket("127.0.0.1", server.securePort())) {
            return socket.getSession().getPeerPrincipal().getName();
        }
    }

    @Test
    void storesThatCannotBeReadStopTheStartWithoutShowingThePassword() throws Exception {
        Path keys = lab.pkcs12("server", lab.server());
        assertThatThrownBy(() -> start(keys, lab.trust("p12"), "ssl.keyStore.password=hush-hush"))
                .isInstanceOf(StartException.class)
                .hasMessageContaining("server.p12")
                .message()
                .doesNotContain("hush");
        assertThatThrownBy(() -> start(dir.resolve("none.p12"), lab.trust("p12")))
                .isInstanceOf(StartException.class)
                .hasMessageContaining("is not there or may not be read");
    }
}
