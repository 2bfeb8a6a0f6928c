package org.quorate.node.oidc;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.source.JWKSource;
import com.nimbusds.jose.jwk.source.JWKSourceBuilder;
import com.nimbusds.jose.proc.BadJOSEException;
import com.nimbusds.jose.proc.DefaultJOSEObjectTypeVerifier;
import com.nimbusds.jose.proc.JWSVerificationKeySelector;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jose.util.DefaultResourceRetriever;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.proc.DefaultJWTClaimsVerifier;
import com.nimbusds.jwt.proc.DefaultJWTProcessor;
import java.io.IOException;
import java.net.URI;
import java.net.URL;
import java.text.ParseException;
import java.util.Collection;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.quorate.net.LogLimit;
import org.quorate.node.config.ServerConfig;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Judges the bearer tokens of one issuer: signed by a key that the issuer publishes, with RSA or
 * elliptic curves; of this issuer, for this audience, not too old; and an operator's, if the claim
 * that the configuration names holds one of its values. The issuer is asked for its keys when the
 * first token comes, and again when a token names a key that is not known, at most twice in half a
 * minute; while it does not answer, keys that are known are good for an hour.
 *
 * <p>Source: OpenID Connect Discovery 1.0; RFC 7519, 8725, 9068. Any thread that may wait.
 */
public final class BearerTokens {
    /** Clocks of issuer and server may differ by so much. */
    static final int CLOCK_SKEW_SECONDS_MAX = 60;

    /** Longest document that is taken from the issuer. */
    static final int DOCUMENT_BYTES_MAX = 256 << 10;

    /** An issuer that could not be asked is not asked again for so long. */
    static final long RETRY_NANOS = TimeUnit.SECONDS.toNanos(10);

    private static final Logger LOG = LoggerFactory.getLogger(BearerTokens.class);
    private static final int CONNECT_MILLIS_MAX = 2_000;
    private static final int READ_MILLIS_MAX = 2_000;
    private static final long KEYS_OUTLIVE_MILLIS = TimeUnit.HOURS.toMillis(1);
    private static final String DISCOVERY = ".well-known/openid-configuration";
    private static final int NAME_CHARS_MAX = 64;
    private static final String SCHEME = "Bearer ";

    private final ServerConfig.Issuer issuer;
    private final LongSupplier nowNanos;
    private final DefaultResourceRetriever web =
            new DefaultResourceRetriever(CONNECT_MILLIS_MAX, READ_MILLIS_MAX, DOCUMENT_BYTES_MAX);
    private final LogLimit complaints = new LogLimit();

    // Guards the fields below; held while the issuer is asked, so that it is asked once.
    private final ReentrantLock lock = new ReentrantLock();
    private @Nullable DefaultJWTProcessor<SecurityContext> processor;
    private @Nullable IOException failure;
    private long failedNanos;

    BearerTokens(ServerConfig.Issuer issuer, LongSupplier nowNanos) {
        this.issuer = issuer;
        this.nowNanos = nowNanos;
    }

    /** Asks nothing yet; null if the configuration names no issuer. */
    public static @Nullable BearerTokens of(ServerConfig.Admin config) {
        ServerConfig.Issuer issuer = config.issuer();
        return issuer == null ? null : new BearerTokens(issuer, System::nanoTime);
    }

    /**
     * Judges what a request shows.
     *
     * @param authorization the header of that name
     * @return null if it shows no bearer token
     */
    public @Nullable TokenVerdict judge(@Nullable String authorization) {
        if (authorization == null
                || !authorization.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
            return null;
        }
        TokenVerdict verdict = verdict(authorization.substring(SCHEME.length()).strip());
        if (verdict instanceof TokenVerdict.Refused(String why) && complaints.admits()) {
            LOG.warn("a bearer token is refused: {}{}", why, complaints.untold());
        }
        return verdict;
    }

    private TokenVerdict verdict(String token) {
        try {
            JWTClaimsSet claims = processor().process(token, null);
            String name = name(claims);
            return values(claims).stream().anyMatch(issuer.operators()::contains)
                    ? new TokenVerdict.Operator(name)
                    : new TokenVerdict.Stranger(name);
        } catch (ParseException e) {
            return new TokenVerdict.Refused("it is no signed JWT"); // the library quotes it
        } catch (BadJOSEException | JOSEException | IOException e) {
            return new TokenVerdict.Refused(String.valueOf(e.getMessage()));
        }
    }

    private DefaultJWTProcessor<SecurityContext> processor() throws IOException {
        lock.lock();
        try {
            DefaultJWTProcessor<SecurityContext> known = processor;
            if (known != null) {
                return known;
            }
            IOException before = failure;
            if (before != null && nowNanos.getAsLong() - failedNanos < RETRY_NANOS) {
                throw before;
            }
            try {
                known = processorFor(discover());
            } catch (IOException e) {
                failure = e;
                failedNanos = nowNanos.getAsLong();
                throw e;
            }
            processor = known;
            return known;
        } finally {
            lock.unlock();
        }
    }

    /** Where the issuer publishes its keys. */
    private URL discover() throws IOException {
        String base = issuer.url();
        String at = base + (base.endsWith("/") ? "" : "/") + DISCOVERY;
        String text;
        try {
            text = web.retrieveResource(URI.create(at).toURL()).getContent();
        } catch (IOException e) {
            throw new IOException("the issuer cannot be asked: %s: %s".formatted(at, e), e);
        }
        try {
            JsonNode document = JsonMapper.shared().readTree(text);
            JsonNode named = document.get("issuer");
            JsonNode keys = document.get("jwks_uri");
            if (named == null || !named.isString() || !named.asString().equals(base)) {
                throw new IOException("%s is the document of another issuer".formatted(at));
            }
            if (keys == null || !keys.isString()) {
                throw new IOException("%s names no keys (jwks_uri)".formatted(at));
            }
            URI where = URI.create(keys.asString());
            ServerConfig.Issuer.requireSafe(where);
            return where.toURL();
        } catch (JacksonException | IllegalArgumentException e) {
            throw new IOException("%s cannot be understood: %s".formatted(at, e.getMessage()), e);
        }
    }

    private DefaultJWTProcessor<SecurityContext> processorFor(URL keysAt) {
        JWKSource<SecurityContext> keys =
                JWKSourceBuilder.create(keysAt, web)
                        .refreshAheadCache(false) // it would have a thread of its own
                        .outageTolerant(KEYS_OUTLIVE_MILLIS)
                        .build();
        Set<JWSAlgorithm> algorithms = new HashSet<>(JWSAlgorithm.Family.RSA);
        algorithms.addAll(JWSAlgorithm.Family.EC);
        DefaultJWTProcessor<SecurityContext> made = new DefaultJWTProcessor<>();
        made.setJWSTypeVerifier(
                new DefaultJOSEObjectTypeVerifier<>(
                        JOSEObjectType.JWT, new JOSEObjectType("at+jwt"), null));
        made.setJWSKeySelector(new JWSVerificationKeySelector<>(algorithms, keys));
        DefaultJWTClaimsVerifier<SecurityContext> claims =
                new DefaultJWTClaimsVerifier<>(
                        issuer.audience(),
                        new JWTClaimsSet.Builder().issuer(issuer.url()).build(),
                        Set.of("sub", "exp"),
                        Set.of());
        claims.setMaxClockSkew(CLOCK_SKEW_SECONDS_MAX);
        made.setJWTClaimsSetVerifier(claims);
        return made;
    }

    /** Of the claim that says who is an operator; a dot in its name leads into an object. */
    private Collection<?> values(JWTClaimsSet claims) {
        Object at = claims.getClaims();
        for (String step : issuer.claim().split("\\.")) {
            at = at instanceof Map<?, ?> object ? object.get(step) : null;
        }
        return at instanceof Collection<?> several ? several : at == null ? Set.of() : Set.of(at);
    }

    /** Nothing of it may end a line of the log. */
    private static String name(JWTClaimsSet claims) {
        Object called = claims.getClaim("preferred_username");
        String name = called instanceof String text ? text : claims.getSubject();
        String shown = name.replaceAll("[^\\p{L}\\p{N}@._+:/-]", "?");
        return shown.substring(0, Math.min(NAME_CHARS_MAX, shown.length()));
    }
}
