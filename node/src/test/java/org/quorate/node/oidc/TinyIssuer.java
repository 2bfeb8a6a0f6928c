package org.quorate.node.oidc;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** An OpenID Connect issuer as far as a resource server sees it. */
public final class TinyIssuer implements AutoCloseable {
    final AtomicInteger documents = new AtomicInteger();
    final AtomicInteger keySets = new AtomicInteger();
    volatile JWKSet keys;
    volatile boolean away;
    volatile @Nullable String named;
    volatile @Nullable String keysAt;
    volatile int padding;

    private final HttpServer http;

    public TinyIssuer(JWKSet keys) throws IOException {
        this.keys = keys;
        http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        http.createContext("/realm/.well-known/openid-configuration", this::document);
        http.createContext("/realm/keys", this::keys);
        http.start();
    }

    public String url() {
        return "http://127.0.0.1:%d/realm".formatted(http.getAddress().getPort());
    }

    private void document(HttpExchange exchange) throws IOException {
        documents.incrementAndGet();
        String text =
                "{\"issuer\":\"%s\",\"jwks_uri\":\"%s\",\"padding\":\"%s\"}"
                        .formatted(
                                Objects.requireNonNullElse(named, url()),
                                Objects.requireNonNullElse(keysAt, url() + "/keys"),
                                "x".repeat(padding));
        send(exchange, text);
    }

    private void keys(HttpExchange exchange) throws IOException {
        keySets.incrementAndGet();
        send(exchange, keys.toString());
    }

    private void send(HttpExchange exchange, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(away ? 503 : 200, bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    /** What a token of an operator says, for the audience quorate. */
    public static JWTClaimsSet.Builder claims(String issuer, String subject, List<String> groups) {
        return new JWTClaimsSet.Builder()
                .issuer(issuer)
                .subject(subject)
                .audience("quorate")
                .expirationTime(Date.from(Instant.now().plusSeconds(300)))
                .claim("groups", groups);
    }

    /** A token of these claims. */
    public static String sign(ECKey key, JWTClaimsSet claims) throws JOSEException {
        JWSAlgorithm algorithm =
                key.getCurve().equals(Curve.P_384) ? JWSAlgorithm.ES384 : JWSAlgorithm.ES256;
        SignedJWT token =
                new SignedJWT(
                        new JWSHeader.Builder(algorithm)
                                .keyID(key.getKeyID())
                                .type(JOSEObjectType.JWT)
                                .build(),
                        claims);
        token.sign(new ECDSASigner(key));
        return token.serialize();
    }

    @Override
    public void close() {
        http.stop(0);
    }
}
