package org.quorate.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.RevocationServer;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Properties;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.quorate.net.tls.TlsOptions;
import org.quorate.node.config.ServerConfig;
import org.quorate.node.config.ZooCfg;

/** The keys {@code ssl.quorum.*}, one by one, at the election port of a server that is alone. */
class PeerTlsKeysTest {
    @TempDir Path dir;
    private Certificates lab;

    @BeforeEach
    void anAuthority() throws Exception {
        lab = new Certificates(dir.resolve("lab"), "Lab CA");
    }

    private Ensemble one(String... lines) throws Exception {
        Ensemble ensemble =
                new Ensemble(
                        dir,
                        3,
                        "sslQuorum=true",
                        "ssl.quorum.keyStore.location=" + lab.pkcs12("server", lab.server()),
                        "ssl.quorum.keyStore.password=" + Certificates.PASSWORD,
                        "ssl.quorum.trustStore.location=" + lab.trust("p12"),
                        "ssl.quorum.trustStore.password=" + Certificates.PASSWORD,
                        String.join("\n", lines));
        ensemble.start(1);
        return ensemble;
    }

    private static int electionPort(Ensemble ensemble, int id) throws IOException {
        Matcher member =
                Pattern.compile("server\\.%d=127\\.0\\.0\\.1:\\d+:(\\d+)".formatted(id))
                        .matcher(Files.readString(ensemble.file(1)));
        assertThat(member.find()).isTrue();
        return Integer.parseInt(member.group(1));
    }

    private SSLContext context(@Nullable X509Bundle own) throws Exception {
        char[] password = Certificates.PASSWORD.toCharArray();
        TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
        trust.init(KeyStore.getInstance(lab.trust("p12").toFile(), password));
        SSLContext context = SSLContext.getInstance("TLS");
        if (own == null) {
            context.init(null, trust.getTrustManagers(), null);
            return context;
        }
        KeyManagerFactory keys = KeyManagerFactory.getInstance("PKIX");
        keys.init(KeyStore.getInstance(lab.pkcs12("probe", own).toFile(), password), password);
        context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
        return context;
    }

    private SSLSocket dial(Ensemble ensemble, @Nullable X509Bundle as) throws Exception {
        SSLSocket socket =
                (SSLSocket)
                        context(as)
                                .getSocketFactory()
                                .createSocket("127.0.0.1", electionPort(ensemble, 1));
        socket.setSoTimeout(10_000);
        return socket;
    }

    /** Who is let in and says nonsense is closed in good order, who is not hears an alert. */
    private boolean isLetIn(Ensemble ensemble, @Nullable X509Bundle as) throws Exception {
        try (SSLSocket socket = dial(ensemble, as)) {
            socket.getOutputStream().write(new byte[16]);
            return socket.getInputStream().read() == -1;
        } catch (IOException refused) {
            return false;
        }
    }

    private X509Bundle of(String address) throws Exception {
        return new CertificateBuilder()
                .subject("CN=peer")
                .ecp256()
                .addSanIpAddress(address)
                .buildIssuedBy(lab.authority());
    }

    @Test
    void aCertificateIsNeededAndItsNameCompared() throws Exception {
        try (Ensemble ensemble = one()) {
            assertThat(isLetIn(ensemble, of("127.0.0.1"))).isTrue();
            assertThat(isLetIn(ensemble, of("192.0.2.1"))).isFalse();
            assertThat(isLetIn(ensemble, null)).isFalse();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ssl.quorum.clientHostnameVerification=false",
                "ssl.quorum.hostnameVerification=false"
            })
    void itsNameIsNotComparedIfThatIsTurnedOff(String line) throws Exception {
        try (Ensemble ensemble = one(line)) {
            assertThat(isLetIn(ensemble, of("192.0.2.1"))).isTrue();
            assertThat(isLetIn(ensemble, null)).isFalse();
        }
    }

    @Test
    void noCertificateIsNeededIfNoneIsAskedFor() throws Exception {
        try (Ensemble ensemble = one("ssl.quorum.clientAuth=none")) {
            assertThat(isLetIn(ensemble, null)).isTrue();
        }
    }

    @Test
    void aRevokedCertificateIsRefused() throws Exception {
        RevocationServer lists = RevocationServer.getInstance();
        lists.register(lab.authority());
        X509Bundle good = listed(lists, "CN=good");
        X509Bundle revoked = listed(lists, "CN=revoked");
        lists.revoke(revoked, Instant.now());
        try (Ensemble ensemble = one("ssl.quorum.crl=true")) {
            assertThat(isLetIn(ensemble, good)).isTrue();
            assertThat(isLetIn(ensemble, revoked)).isFalse();
        }
    }

    private X509Bundle listed(RevocationServer lists, String subject) throws Exception {
        return lab.sign(subject, b -> b.addCrlDistributionPoint(lists.getCrlUri(lab.authority())));
    }

    @Test
    void versionAndCiphersAreThoseThatWereTold() throws Exception {
        String cipher = "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384";
        try (Ensemble ensemble =
                        one(
                                "ssl.quorum.enabledProtocols=TLSv1.2",
                                "ssl.quorum.ciphersuites=" + cipher);
                SSLSocket socket = dial(ensemble, lab.client("CN=probe"))) {
            assertThat(socket.getSession().getProtocol()).isEqualTo("TLSv1.2");
            assertThat(socket.getSession().getCipherSuite()).isEqualTo(cipher);
        }
    }

    @Test
    void changedFilesAreReadAgain() throws Exception {
        try (Ensemble ensemble = one("sslQuorumReloadCertFiles=true")) {
            assertThat(shown(ensemble)).isEqualTo("CN=server,O=Lab");
            lab.pkcs12("server", lab.sign("CN=second", b -> b));
            await().atMost(Duration.ofSeconds(20)).until(() -> shown(ensemble).equals("CN=second"));
        }
    }

    private String shown(Ensemble ensemble) throws Exception {
        try (SSLSocket socket = dial(ensemble, lab.client("CN=probe"))) {
            return socket.getSession().getPeerPrincipal().getName();
        }
    }

    /** The server dials another one, which shows a certificate of another address. */
    @ParameterizedTest
    @CsvSource({"true,false", "false,true"})
    void theNameOfWhoIsDialledIsComparedUnlessThatIsTurnedOff(String compared, boolean isBelieved)
            throws Exception {
        Ensemble ensemble =
                new Ensemble(
                        dir,
                        3,
                        "sslQuorum=true",
                        "ssl.quorum.keyStore.location=" + lab.pkcs12("server", lab.server()),
                        "ssl.quorum.keyStore.password=" + Certificates.PASSWORD,
                        "ssl.quorum.trustStore.location=" + lab.trust("p12"),
                        "ssl.quorum.trustStore.password=" + Certificates.PASSWORD,
                        "ssl.quorum.hostnameVerification=" + compared);
        try (SSLServerSocket other =
                        (SSLServerSocket)
                                context(of("192.0.2.1"))
                                        .getServerSocketFactory()
                                        .createServerSocket(
                                                electionPort(ensemble, 2),
                                                5,
                                                InetAddress.getLoopbackAddress());
                ensemble) {
            other.setNeedClientAuth(true);
            other.setSoTimeout(20_000);
            ensemble.start(1);
            try (SSLSocket dialled = (SSLSocket) other.accept()) {
                dialled.setSoTimeout(10_000);
                assertThat(says(dialled)).isEqualTo(isBelieved);
            }
        }
    }

    /** Does it say anything, or break off? */
    private static boolean says(SSLSocket socket) {
        try {
            return socket.getInputStream().read() >= 0;
        } catch (IOException brokenOff) {
            return false;
        }
    }

    /** Each key of one kind of connection is one of the other. */
    @ParameterizedTest
    @ValueSource(strings = {"ssl.", "ssl.quorum."})
    void eachKeyIsReadForClientsAndForServers(String prefix) throws Exception {
        Path secret = Files.writeString(dir.resolve("secret"), "hush\n");
        List<String> lines =
                List.of(
                        "dataDir=" + dir.resolve("server-1"),
                        "clientPort=1",
                        "secureClientPort=2",
                        "initLimit=1",
                        "syncLimit=1",
                        "sslQuorum=true",
                        "sslQuorumReloadCertFiles=true",
                        "client.certReload=true",
                        "server.1=127.0.0.1:3:4",
                        "server.2=127.0.0.1:5:6",
                        "ssl.keyStore.location=a.jks",
                        "ssl.quorum.keyStore.location=a.jks",
                        prefix + "keyStore.location=/keys",
                        prefix + "keyStore.type=PKCS12",
                        prefix + "keyStore.passwordPath=" + secret,
                        prefix + "trustStore.location=/trust",
                        prefix + "trustStore.type=JKS",
                        prefix + "trustStore.password=shush",
                        prefix + "enabledProtocols=TLSv1.2",
                        prefix + "ciphersuites=ONE,TWO",
                        prefix + "clientAuth=want",
                        prefix + "hostnameVerification=true",
                        prefix + "clientHostnameVerification=true",
                        prefix + "allowReverseDnsLookup=true",
                        prefix + "crl=true",
                        prefix + "ocsp=true",
                        prefix + "sslProvider=JDK",
                        prefix + "handshakeDetectionTimeoutMillis=1234");
        Files.createDirectories(dir.resolve("server-1"));
        Files.writeString(dir.resolve("server-1").resolve("myid"), "1\n");
        Path file = Files.write(dir.resolve("all.cfg"), lines);
        ServerConfig.Tls tls = ZooCfg.read(file, new Properties(), warning -> {}).tls();
        TlsOptions read = prefix.equals("ssl.") ? tls.clients() : tls.peers().options();
        assertThat(read)
                .isEqualTo(
                        new TlsOptions(
                                new TlsOptions.Store(
                                        Path.of("/keys"),
                                        TlsOptions.StoreType.PKCS12,
                                        "hush",
                                        secret),
                                new TlsOptions.Store(
                                        Path.of("/trust"), TlsOptions.StoreType.JKS, "shush", null),
                                List.of("TLSv1.2"),
                                List.of("ONE", "TWO"),
                                TlsOptions.ClientAuth.WANT,
                                new TlsOptions.Names(true, true, true),
                                new TlsOptions.Revocation(true, true),
                                TlsOptions.Library.JDK,
                                true,
                                prefix.equals("ssl.") ? 10_000 : 1_234));
    }
}
