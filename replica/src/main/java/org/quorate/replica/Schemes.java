package org.quorate.replica;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** The names of authentication schemes (client protocol §10). */
final class Schemes {
    static final String WORLD = "world";
    static final String AUTH = "auth";
    static final String IP = "ip";
    static final String DIGEST = "digest";
    static final String SUPER = "super";
    static final String SASL = "sasl";
    static final String X509 = "x509";

    private Schemes() {}

    /** Plug-ins by their names. */
    static Map<String, Scheme> byName(List<Scheme> schemes) {
        return schemes.stream().collect(Collectors.toUnmodifiableMap(Scheme::name, s -> s));
    }

    /** Do ids of this scheme stand for {@code auth} in an ACL? An address proves nobody. */
    static boolean isAuthenticated(String scheme) {
        return scheme.equals(DIGEST) || scheme.equals(SASL) || scheme.equals(X509);
    }
}
