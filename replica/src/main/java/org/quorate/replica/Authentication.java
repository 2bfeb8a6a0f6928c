package org.quorate.replica;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.quorate.protocol.ErrorCode;
import org.quorate.protocol.acl.Id;
import org.quorate.protocol.client.AuthRequest;

/**
 * What auth packets do to a connection (client protocol §10), and whether the server insists on
 * them. Owned by the core thread.
 */
final class Authentication {
    private final boolean digestScheme;
    private final @Nullable String superDigest;
    private final List<String> enforced;
    private final int idsMax;

    /**
     * @param digestScheme whether the digest scheme is there
     * @param superDigest as the digest scheme writes the super user's id, or null
     * @param enforcedSchemes comma list of schemes one of which is needed, or null
     * @param idsMax of one connection
     */
    Authentication(
            boolean digestScheme,
            @Nullable String superDigest,
            @Nullable String enforcedSchemes,
            int idsMax) {
        this.idsMax = idsMax;
        this.digestScheme = digestScheme;
        this.superDigest = superDigest;
        this.enforced =
                enforcedSchemes == null
                        ? List.of()
                        : Arrays.stream(enforcedSchemes.split(","))
                                .map(String::strip)
                                .filter(scheme -> !scheme.isEmpty())
                                .toList();
    }

    /** May a connection with these ids ask for anything but authentication? */
    boolean admits(List<Id> ids) {
        return enforced.isEmpty() || ids.stream().anyMatch(id -> enforced.contains(id.scheme()));
    }

    /**
     * Adds what the packet proves to the connection's ids.
     *
     * @return {@link ErrorCode#OK} or {@link ErrorCode#AUTH_FAILED}: then the connection is to be
     *     closed
     */
    int authenticate(AuthRequest request, Connection connection) {
        return switch (request.scheme.text()) {
            case Schemes.IP -> ErrorCode.OK;
            case Schemes.DIGEST -> {
                if (!digestScheme) {
                    yield ErrorCode.AUTH_FAILED;
                }
                yield addDigest(request.auth.text(), connection)
                        ? ErrorCode.OK
                        : ErrorCode.AUTH_FAILED;
            }
            default -> ErrorCode.AUTH_FAILED;
        };
    }

    /**
     * Adds what was proven to the connection's ids. False if there are too many then: each request
     * carries them all to the leader.
     */
    boolean add(List<Id> proven, Connection connection) {
        List<Id> ids = new ArrayList<>(connection.ids());
        proven.forEach(id -> add(ids, id));
        if (ids.size() > idsMax) {
            return false;
        }
        connection.ids(ids);
        connection.admitted(admits(ids));
        return true;
    }

    /** How a failed SASL conversation is answered. */
    int saslFailure() {
        return enforced.contains(Schemes.SASL)
                ? ErrorCode.SESSION_CLOSED_REQUIRE_SASL_AUTH
                : ErrorCode.AUTH_FAILED;
    }

    private boolean addDigest(String userAndPassword, Connection connection) {
        Id id = new Id(Schemes.DIGEST, digestId(userAndPassword));
        return add(
                id.id().equals(superDigest) ? List.of(new Id(Schemes.SUPER, ""), id) : List.of(id),
                connection);
    }

    /** The id of {@code user:password}: the user, and a hash over the whole text. */
    static String digestId(String userAndPassword) {
        int colon = userAndPassword.indexOf(':');
        String user = colon < 0 ? userAndPassword : userAndPassword.substring(0, colon);
        byte[] hash = sha1().digest(userAndPassword.getBytes(StandardCharsets.UTF_8));
        return user + ":" + Base64.getEncoder().encodeToString(hash);
    }

    /** What whoAmI tells of an id: never a hash. */
    static String userOf(Id id) {
        int colon = id.id().indexOf(':');
        return id.scheme().equals(Schemes.DIGEST) && colon >= 0
                ? id.id().substring(0, colon)
                : id.id();
    }

    private static void add(List<Id> ids, Id id) {
        if (!ids.contains(id)) {
            ids.add(id);
        }
    }

    private static MessageDigest sha1() {
        try {
            return MessageDigest.getInstance("SHA-1");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-1", e);
        }
    }
}
