package org.quorate.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.quorate.node.config.OpenDoors;
import org.quorate.node.config.ServerConfig;
import org.quorate.node.config.ZooCfg;
import org.quorate.node.host.Server;

/** TLS on the admin port. */
class AdminTlsTest {
    @TempDir Path dir;
    private Certificates lab;

    @BeforeEach
    void anAuthority() throws Exception {
        lab = new Certificates(dir.resolve("lab"), "Lab CA");
    }

    private ServerConfig config(String... more) throws Exception {
        List<String> lines =
                new ArrayList<>(
                        List.of(
                                "dataDir=" + dir.resolve("data"),
                                "clientPort=" + Ensemble.freePorts(1).get(0),
                                "clientPortAddress=127.0.0.1",
                                "preAllocSize=64",
                                "admin.serverAddress=127.0.0.1",
                                "admin.serverPort=0",
                                "ssl.quorum.keyStore.location="
                                        + lab.pkcs12("server", lab.server()),
                                "ssl.quorum.keyStore.password=" + Certificates.PASSWORD,
                                "ssl.quorum.trustStore.location=" + lab.trust("p12"),
                                "ssl.quorum.trustStore.password=" + Certificates.PASSWORD));
        lines.addAll(List.of(more));
        Path file = Files.write(dir.resolve("zoo.cfg"), lines);
        return ZooCfg.read(file, new Properties(), warning -> {});
    }

    private Server start(String... more) throws Exception {
        return Server.start(config(more), (what, why) -> {});
    }

    private SSLContext context(@Nullable Path keyStore) throws Exception {
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

    private static String get(Server server, String scheme, SSLContext context) throws Exception {
        return get(server, scheme, context, "/metrics");
    }

    private static String get(Server server, String scheme, SSLContext context, String path)
            throws Exception {
        try (HttpClient client =
                HttpClient.newBuilder()
                        .version(HttpClient.Version.HTTP_1_1)
                        .sslContext(context)
                        .build()) {
            URI uri =
                    URI.create(
                            "%s://127.0.0.1:%d%s"
                                    .formatted(scheme, server.admin().adminPort(), path));
            HttpRequest request =
                    HttpRequest.newBuilder(uri).timeout(Duration.ofSeconds(10)).build();
            return client.send(request, HttpResponse.BodyHandlers.ofString()).body();
        }
    }

    @Test
    void aUnifiedPortAnswersByTlsAndInPlainText() throws Exception {
        try (Server server = start("admin.portUnification=true")) {
            assertThat(get(server, "https", context(null))).contains("znode_count");
            assertThat(get(server, "http", context(null))).contains("znode_count");
        }
    }

    @Test
    void aForcedPortAnswersByTlsAlone() throws Exception {
        try (Server server = start("admin.forceHttps=true")) {
            assertThat(get(server, "https", context(null))).contains("znode_count");
            assertThatThrownBy(() -> get(server, "http", context(null)))
                    .isInstanceOf(IOException.class);
        }
    }

    @Test
    void aCertificateMayBeNeeded() throws Exception {
        try (Server server = start("admin.forceHttps=true", "admin.needClientAuth=true")) {
            Path keys = lab.pkcs12("client", lab.client("CN=operator"));
            assertThat(get(server, "https", context(keys))).contains("znode_count");
            assertThatThrownBy(() -> get(server, "https", context(null)))
                    .isInstanceOf(IOException.class);
        }
    }

    @Test
    void operatorsPasswordsInPlainTextAreAnOpenDoor() throws Exception {
        String hash =
                "admin.console.passwordHash="
                        + org.quorate.node.config.PasswordHash.of("secret".toCharArray());
        String reachable = "admin.serverAddress=0.0.0.0";
        assertThat(OpenDoors.of(config(reachable, hash)))
                .anyMatch(line -> line.contains("passwords go to") && line.contains("plain text"));
        assertThat(OpenDoors.of(config(reachable, hash, "admin.forceHttps=true")))
                .noneMatch(line -> line.contains("passwords go to"))
                .anyMatch(line -> line.contains("without a login:"));
        assertThat(
                        OpenDoors.of(
                                config(
                                        reachable,
                                        hash,
                                        "admin.forceHttps=true",
                                        "admin.needClientAuth=true")))
                .noneMatch(line -> line.contains("server's state"));
    }

    @Test
    void healthTellsWhenTheCertificateEnds() throws Exception {
        Path soon = lab.pkcs12("soon", lab.expired("CN=old"));
        try (Server server =
                start("admin.portUnification=true", "ssl.quorum.keyStore.location=" + soon)) {
            String health = get(server, "http", context(null), "/commands/health");
            assertThat(health).contains("\"use\" : \"admin\"", soon.toString());
            assertThat(health).contains("certificate-expires", "ended at ");
        }
    }
}
