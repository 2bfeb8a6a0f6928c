package org.quorate.node.admin;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.quorate.node.oidc.BearerTokens;
import org.quorate.node.oidc.TokenVerdict;
import org.quorate.protocol.acl.Acl;
import org.quorate.protocol.acl.Id;
import org.quorate.protocol.acl.Perms;

/**
 * Decides who may take and restore snapshots over HTTP: whoever has all permissions at the root
 * (reference: administration §3), or shows an operator's bearer token. Schemes are digest, ip and
 * Bearer. Any thread that may wait.
 */
final class RootAccess {
    /** What the check found, with ZooKeeper's status and words. */
    enum Verdict {
        GRANTED(200, ""),
        MISSING(401, "Auth info is missing for the command"),
        NOT_AUTHENTICATED(401, "Not authenticated"),
        NOT_AUTHORIZED(403, "Not authorized");

        final int status;
        final String error;

        Verdict(int status, String error) {
            this.status = status;
            this.error = error;
        }
    }

    private static final String SUPER = "super";

    private final ServerView server;
    private final @Nullable BearerTokens tokens;

    RootAccess(ServerView server) {
        this.server = server;
        this.tokens = BearerTokens.of(server.config().admin());
    }

    /**
     * Judges a request.
     *
     * @param authorization the header: a scheme and, behind a blank, its data
     */
    Verdict check(@Nullable String authorization, InetAddress remote) throws IOException {
        if (authorization == null || authorization.isBlank()) {
            return Verdict.MISSING;
        }
        TokenVerdict shown = tokens == null ? null : tokens.judge(authorization);
        if (shown != null) {
            return switch (shown) {
                case TokenVerdict.Operator(String _) -> Verdict.GRANTED;
                case TokenVerdict.Stranger(String _) -> Verdict.NOT_AUTHORIZED;
                case TokenVerdict.Refused(String _) -> Verdict.NOT_AUTHENTICATED;
            };
        }
        String[] parts = authorization.strip().split(" ", 2);
        List<Id> ids = authenticate(parts[0], parts.length == 2 ? parts[1].strip() : "", remote);
        if (ids.isEmpty()) {
            return Verdict.NOT_AUTHENTICATED;
        }
        return isAllowed(ids) ? Verdict.GRANTED : Verdict.NOT_AUTHORIZED;
    }

    private List<Id> authenticate(String scheme, String data, InetAddress remote) {
        List<Id> ids = new ArrayList<>();
        if (scheme.equals("ip")) {
            ids.add(new Id("ip", remote.getHostAddress()));
        } else if (scheme.equals("digest")
                && server.config().auth().digestEnabled()
                && data.indexOf(':') > 0) {
            String digest = digest(data);
            if (digest.equals(server.config().auth().superDigest())) {
                ids.add(new Id(SUPER, ""));
            }
            ids.add(new Id("digest", digest));
        }
        return ids;
    }

    private boolean isAllowed(List<Id> ids) throws IOException {
        if (server.config().behaviour().skipAcl()
                || ids.stream().anyMatch(id -> id.scheme().equals(SUPER))) {
            return true;
        }
        int granted = 0;
        for (Acl entry : server.rootAcl()) {
            if (entry.id().equals(Id.ANYONE)
                    || ids.stream().anyMatch(id -> matches(id, entry.id()))) {
                granted |= entry.perms();
            }
        }
        return (granted & Perms.ALL) == Perms.ALL;
    }

    private static boolean matches(Id id, Id entry) {
        if (!id.scheme().equals(entry.scheme())) {
            return false;
        }
        return id.scheme().equals("ip")
                ? isWithin(id.id(), entry.id())
                : id.id().equals(entry.id());
    }

    /** Is an address the one, or in the range, that an ip entry names? */
    private static boolean isWithin(String address, String range) {
        String[] parts = range.split("/", 2);
        try {
            byte[] one = InetAddress.getByName(address).getAddress();
            byte[] base = InetAddress.getByName(parts[0]).getAddress();
            int bits = parts.length == 2 ? Integer.parseInt(parts[1]) : base.length * 8;
            if (one.length != base.length || bits < 0 || bits > base.length * 8) {
                return false;
            }
            for (int bit = 0; bit < bits; bit++) {
                int mask = 0x80 >> (bit & 7);
                if ((one[bit >> 3] & mask) != (base[bit >> 3] & mask)) {
                    return false;
                }
            }
            return true;
        } catch (UnknownHostException | NumberFormatException e) {
            return false; // an entry that is no address matches nobody
        }
    }

    /** A digest id: the user and the hash of user and password. */
    static String digest(String userAndPassword) {
        try {
            byte[] hash =
                    MessageDigest.getInstance("SHA1")
                            .digest(userAndPassword.getBytes(StandardCharsets.UTF_8));
            String user = userAndPassword.substring(0, userAndPassword.indexOf(':'));
            return user + ":" + Base64.getEncoder().encodeToString(hash);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA1", e);
        }
    }
}
