package org.quorate.node.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import org.apache.zookeeper.ZooDefs.Perms;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.data.ACL;
import org.apache.zookeeper.data.Id;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.quorate.node.LogLines;
import org.quorate.node.config.ConfigException;
import org.quorate.node.oidc.TinyIssuer;

/** What the admin port lets an operator do who shows a token of the configured issuer. */
class OperatorTokenTest {
    @TempDir static Path dir;
    private static ECKey key;
    private static TinyIssuer issuer;
    private static OneServer one;
    private static ZooKeeper client;

    @BeforeAll
    static void serve() throws Exception {
        key = new ECKeyGenerator(Curve.P_256).keyID("one").generate();
        issuer = new TinyIssuer(new JWKSet(key.toPublicJWK()));
        one =
                new OneServer(
                        dir,
                        "admin.console.passwordHash=" + OneServer.PASSWORD_HASH,
                        "admin.rateLimiterIntervalInMS=0",
                        "admin.oidc.issuer=" + issuer.url(),
                        "admin.oidc.audience=quorate, other",
                        "admin.oidc.operators=keepers");
        client = new ZooKeeper(one.connectString(), 10_000, event -> {});
        client.setACL(
                "/",
                Collections.singletonList(new ACL(Perms.READ | Perms.CREATE, new Id("ip", "::1"))),
                -1);
    }

    @AfterAll
    static void stop() throws Exception {
        client.close();
        one.close();
        issuer.close();
    }

    private static String token(String group) throws Exception {
        return TinyIssuer.sign(key, TinyIssuer.claims(issuer.url(), "ann", List.of(group)).build());
    }

    private static HttpResponse<String> send(HttpRequest request) throws Exception {
        return one.http.send(request, HttpResponse.BodyHandlers.ofString());
    }

    private static HttpResponse<String> get(String path, String authorization) throws Exception {
        return send(one.request(path).header("Authorization", authorization).build());
    }

    private static HttpResponse<String> create(String path, String authorization) throws Exception {
        return send(
                one.request("/console/api/tree/create")
                        .header("Authorization", authorization)
                        .POST(
                                HttpRequest.BodyPublishers.ofString(
                                        "{\"path\":\"%s\",\"text\":\"x\"}".formatted(path)))
                        .build());
    }

    @Test
    void anOperatorTakesASnapshotLooksAndChanges() throws Exception {
        String shown = "Bearer " + token("keepers");
        assertThat(get("/commands/snapshot?streaming=false", shown).statusCode()).isEqualTo(200);
        assertThat(get("/console/api/overview", shown).statusCode()).isEqualTo(200);
        assertThat(get("/console/api/tree/node?path=/", shown).statusCode()).isEqualTo(200);
        try (LogLines lines = new LogLines()) {
            assertThat(create("/by-token", shown).statusCode()).isEqualTo(200);
            assertThat(String.join("\n", lines.all()))
                    .contains("ann at 127.0.0.1")
                    .doesNotContain(shown);
        }
        assertThat(client.exists("/by-token", false)).isNotNull();
    }

    @Test
    void whoIsNoOperatorIsToldSoAndDoesNothing() throws Exception {
        String shown = "Bearer " + token("readers");
        assertThat(get("/commands/snapshot", shown).statusCode()).isEqualTo(403);
        assertThat(get("/console/api/overview", shown).statusCode()).isEqualTo(401);
        assertThat(create("/by-reader", shown).statusCode()).isEqualTo(403);
        assertThat(client.exists("/by-reader", false)).isNull();
    }

    @Test
    void aTokenThatShowsNothingIsRefusedAndNotLogged() throws Exception {
        String[] parts = token("keepers").split("\\.");
        String shown = "Bearer " + parts[0] + "." + parts[1] + "." + "A".repeat(86);
        try (LogLines lines = new LogLines()) {
            assertThat(get("/commands/snapshot", shown).statusCode()).isEqualTo(401);
            assertThat(create("/forged", shown).statusCode()).isEqualTo(403);
            assertThat(String.join("\n", lines.all()))
                    .contains("a bearer token is refused")
                    .doesNotContain(parts[0])
                    .doesNotContain(parts[1]);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "http://id.example.org/realm|quorate|keepers|is not https",
                "id.example.org|quorate|keepers|is not https",
                "https://id.example.org||keepers|needs admin.oidc.audience beside it",
                "https://id.example.org|quorate||needs admin.oidc.operators beside it"
            })
    void whatIsMissingStopsTheStart(String url, String audience, String operators, String words) {
        assertThatThrownBy(() ->
                        new OneServer(
                                dir,
                                "admin.oidc.issuer=" + url,
                                "admin.oidc.audience=" + (audience == null ? "" : audience),
                                "admin.oidc.operators=" + (operators == null ? "" : operators)))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining(words);
    }
}
