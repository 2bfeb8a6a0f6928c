package org.quorate.node.oidc;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import com.nimbusds.jwt.SignedJWT;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.quorate.node.config.ServerConfig;

/** Which tokens are believed; the issuer is a small one in this process. */
class BearerTokensTest {
    private static ECKey key;
    private static ECKey other;

    private final AtomicLong nowNanos = new AtomicLong();
    private TinyIssuer issuer;
    private BearerTokens tokens;

    @BeforeAll
    static void keys() throws Exception {
        key = new ECKeyGenerator(Curve.P_256).keyID("one").generate();
        other = new ECKeyGenerator(Curve.P_256).keyID("one").generate();
    }

    @BeforeEach
    void anIssuer() throws Exception {
        issuer = new TinyIssuer(new JWKSet(key.toPublicJWK()));
        tokens = tokens("groups");
    }

    @AfterEach
    void close() {
        issuer.close();
    }

    private BearerTokens tokens(String claim) {
        return new BearerTokens(
                new ServerConfig.Issuer(
                        issuer.url(), Set.of("quorate"), claim, Set.of("keepers", "root")),
                nowNanos::get);
    }

    private JWTClaimsSet.Builder claims() {
        return TinyIssuer.claims(issuer.url(), "ann", List.of("readers", "keepers"));
    }

    private @Nullable TokenVerdict judge(String token) {
        return tokens.judge("Bearer " + token);
    }

    private @Nullable TokenVerdict with(UnaryOperator<JWTClaimsSet.Builder> changes)
            throws Exception {
        return judge(TinyIssuer.sign(key, changes.apply(claims()).build()));
    }

    @Test
    void anOperatorsTokenIsBelieved() throws Exception {
        String token = TinyIssuer.sign(key, claims().build());
        assertThat(judge(token)).isEqualTo(new TokenVerdict.Operator("ann"));
        assertThat(tokens.judge("bearer  " + token)).isEqualTo(new TokenVerdict.Operator("ann"));
        assertThat(with(c -> c.claim("preferred_username", "ann\nroot logged in")))
                .isEqualTo(new TokenVerdict.Operator("ann?root?logged?in"));
        assertThat(issuer.documents.get()).as("asked once for all of them").isEqualTo(1);
        assertThat(issuer.keySets.get()).isEqualTo(1);
    }

    @Test
    void anAccessTokenSignedByRsaIsBelieved() throws Exception {
        RSAKey rsa = new RSAKeyGenerator(2048).keyID("rsa").generate();
        issuer.keys = new JWKSet(List.of(key.toPublicJWK(), rsa.toPublicJWK()));
        SignedJWT token =
                new SignedJWT(
                        new JWSHeader.Builder(JWSAlgorithm.PS256)
                                .keyID("rsa")
                                .type(new JOSEObjectType("at+jwt"))
                                .build(),
                        claims().build());
        token.sign(new RSASSASigner(rsa));
        assertThat(judge(token.serialize())).isEqualTo(new TokenVerdict.Operator("ann"));
    }

    @Test
    void whoIsNoOperatorIsAStranger() throws Exception {
        assertThat(with(c -> c.claim("groups", List.of("readers"))))
                .isEqualTo(new TokenVerdict.Stranger("ann"));
        assertThat(with(c -> c.claim("groups", null))).isEqualTo(new TokenVerdict.Stranger("ann"));
        assertThat(with(c -> c.claim("groups", "root")))
                .isEqualTo(new TokenVerdict.Operator("ann"));
    }

    @Test
    void theClaimMayStandInAnObject() throws Exception {
        tokens = tokens("realm_access.roles");
        assertThat(with(c -> c.claim("realm_access", Map.of("roles", List.of("root")))))
                .isEqualTo(new TokenVerdict.Operator("ann"));
        assertThat(with(c -> c)).isEqualTo(new TokenVerdict.Stranger("ann"));
    }

    @Test
    void whatIsOldOrForSomebodyElseIsRefused() throws Exception {
        Date past = Date.from(Instant.now().minusSeconds(120));
        Date soon = Date.from(Instant.now().plusSeconds(120));
        for (TokenVerdict verdict :
                List.of(
                        with(c -> c.expirationTime(past)),
                        with(c -> c.expirationTime(null)),
                        with(c -> c.notBeforeTime(soon)),
                        with(c -> c.audience("another service")),
                        with(c -> c.audience((String) null)),
                        with(c -> c.issuer("http://127.0.0.1/another")),
                        with(c -> c.subject(null)))) {
            assertThat(verdict).isInstanceOf(TokenVerdict.Refused.class);
        }
        assertThat(with(c -> c.expirationTime(Date.from(Instant.now().minusSeconds(20)))))
                .as("clocks may differ a little")
                .isInstanceOf(TokenVerdict.Operator.class);
    }

    @Test
    void whatTheIssuerHasNotSignedIsRefused() throws Exception {
        String good = TinyIssuer.sign(key, claims().build());
        String changed = good.substring(0, good.length() - 8) + "AAAAAAAA";
        SignedJWT byMac =
                new SignedJWT(
                        new JWSHeader.Builder(JWSAlgorithm.HS256).keyID("one").build(),
                        claims().build());
        byMac.sign(new MACSigner(key.toPublicJWK().toJSONString())); // what everybody knows
        SignedJWT ofOwnKey =
                new SignedJWT(
                        new JWSHeader.Builder(JWSAlgorithm.ES256)
                                .jwk(other.toPublicJWK())
                                .keyID("one")
                                .build(),
                        claims().build());
        ofOwnKey.sign(new ECDSASigner(other));
        for (String token :
                List.of(
                        changed,
                        TinyIssuer.sign(other, claims().build()),
                        new PlainJWT(claims().build()).serialize(),
                        byMac.serialize(),
                        ofOwnKey.serialize(),
                        "",
                        "a.b.c",
                        "x".repeat(7_000))) {
            assertThat(judge(token)).as(token).isInstanceOf(TokenVerdict.Refused.class);
        }
    }

    @Test
    void whatIsNoBearerTokenIsNotJudged() {
        assertThat(tokens.judge(null)).isNull();
        assertThat(tokens.judge("digest ann:secret")).isNull();
        assertThat(tokens.judge("Bearer")).isNull();
        assertThat(issuer.documents.get()).isZero();
    }

    @Test
    void aNewKeyOfTheIssuerIsFetchedAndNoTokenCanHaveItFetchedAgainAndAgain() throws Exception {
        assertThat(with(c -> c)).isInstanceOf(TokenVerdict.Operator.class);
        ECKey next = new ECKeyGenerator(Curve.P_384).keyID("two").generate();
        issuer.keys = new JWKSet(next.toPublicJWK());
        assertThat(judge(TinyIssuer.sign(next, claims().build())))
                .isInstanceOf(TokenVerdict.Operator.class);
        for (int i = 0; i < 20; i++) {
            ECKey unknown = new ECKeyGenerator(Curve.P_256).keyID("x" + i).generate();
            assertThat(judge(TinyIssuer.sign(unknown, claims().build())))
                    .isInstanceOf(TokenVerdict.Refused.class);
        }
        assertThat(issuer.keySets.get()).isLessThanOrEqualTo(4);
    }

    @Test
    void whileTheIssuerIsAwayItsKnownKeysAreGood() throws Exception {
        String token = TinyIssuer.sign(key, claims().build());
        issuer.away = true;
        assertThat(judge(token)).isInstanceOf(TokenVerdict.Refused.class);
        assertThat(issuer.documents.get()).isEqualTo(1);
        issuer.away = false;
        assertThat(judge(token))
                .as("not asked again at once")
                .isInstanceOf(TokenVerdict.Refused.class);
        assertThat(issuer.documents.get()).isEqualTo(1);
        nowNanos.addAndGet(BearerTokens.RETRY_NANOS);
        assertThat(judge(token)).isInstanceOf(TokenVerdict.Operator.class);
        issuer.away = true;
        assertThat(judge(token)).isInstanceOf(TokenVerdict.Operator.class);
    }

    @Test
    void aDocumentOfAnotherIssuerOrWithKeysInPlainTextElsewhereIsRefused() throws Exception {
        issuer.named = "https://elsewhere.example";
        assertThat(with(c -> c)).isInstanceOf(TokenVerdict.Refused.class);
        nowNanos.addAndGet(BearerTokens.RETRY_NANOS);
        issuer.named = null;
        issuer.keysAt = "http://elsewhere.example/keys";
        assertThat(with(c -> c)).isInstanceOf(TokenVerdict.Refused.class);
        nowNanos.addAndGet(BearerTokens.RETRY_NANOS);
        issuer.padding = BearerTokens.DOCUMENT_BYTES_MAX;
        issuer.keysAt = null;
        assertThat(with(c -> c)).isInstanceOf(TokenVerdict.Refused.class);
    }
}
