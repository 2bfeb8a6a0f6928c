package org.quorate.node.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.quorate.net.tls.TlsOptions;

/**
 * The keys of TLS (reference: administration §1.5) of one kind of connection, as values. Passwords
 * are read from their files. Used once.
 */
final class TlsKeys {
    static final String CLIENTS = "ssl.";
    static final String PEERS = "ssl.quorum.";
    static final List<String> PREFIXES = List.of(CLIENTS, PEERS);

    static final List<String> SUFFIXES =
            List.of(
                    "keyStore.location",
                    "keyStore.password",
                    "keyStore.passwordPath",
                    "keyStore.type",
                    "trustStore.location",
                    "trustStore.password",
                    "trustStore.passwordPath",
                    "trustStore.type",
                    "protocol",
                    "enabledProtocols",
                    "ciphersuites",
                    "context.supplier.class",
                    "hostnameVerification",
                    "clientHostnameVerification",
                    "allowReverseDnsLookup",
                    "crl",
                    "ocsp",
                    "clientAuth",
                    "handshakeDetectionTimeoutMillis",
                    "authProvider",
                    "sslProvider",
                    "tcnative.ocsp");

    private static final String PATH = "Path";

    private static final String KEYS = "keyStore";
    private static final String TRUST = "trustStore";

    private final Map<String, String> told;
    private final String prefix;
    private final Consumer<String> warnings;

    /**
     * @param told what {@link #read} gave
     */
    TlsKeys(Map<String, String> told, String prefix, Consumer<String> warnings) {
        this.told = told;
        this.prefix = prefix;
        this.warnings = warnings;
    }

    /**
     * What connections are made of; the stores themselves are not read.
     *
     * @throws ConfigException naming the key
     */
    TlsOptions options(boolean reload, int handshakeMillisMax) throws ConfigException {
        TlsOptions.Store keys = store(KEYS);
        if (keys == null) {
            throw new ConfigException(
                    "%skeyStore.location is not set: TLS needs a key and its certificate"
                            .formatted(prefix));
        }
        TlsOptions.Store trust = store(TRUST);
        TlsOptions.ClientAuth auth = clientAuth();
        if (trust == null && auth != TlsOptions.ClientAuth.NONE) {
            warnings.accept(
                    "%strustStore.location is not set: whoever has a certificate of any public"
                                    .formatted(prefix)
                            + " authority is believed");
        }
        String supplier = get("context.supplier.class");
        if (supplier != null) {
            throw new ConfigException(
                    "%scontext.supplier.class: classes of your own are not supported; name the"
                                    .formatted(prefix)
                            + " stores instead");
        }
        if (!get("authProvider", "x509").equals("x509")) {
            throw new ConfigException("%sauthProvider: only x509 is supported".formatted(prefix));
        }
        return new TlsOptions(
                keys,
                trust,
                protocols(),
                list("ciphersuites"),
                auth,
                names(),
                new TlsOptions.Revocation(flag("crl", false), flag("ocsp", false)),
                library(),
                reload,
                handshakeMillisMax);
    }

    /** {@code handshakeDetectionTimeoutMillis}: how long a handshake between servers may take. */
    int handshakeDetectionMillis() throws ConfigException {
        String told = get("handshakeDetectionTimeoutMillis", "5000");
        try {
            int millis = Integer.parseInt(told);
            if (millis > 0) {
                return millis;
            }
        } catch (NumberFormatException e) {
            // said below
        }
        throw illegal("handshakeDetectionTimeoutMillis", told, "a whole number, at least 1");
    }

    private TlsOptions.@Nullable Store store(String kind) throws ConfigException {
        String location = get(kind + ".location");
        if (location == null || location.isEmpty()) {
            return null;
        }
        try {
            String file = get(kind + ".passwordPath");
            return new TlsOptions.Store(
                    Path.of(location),
                    type(kind, location),
                    get(kind + ".password", ""),
                    file == null ? null : Path.of(file));
        } catch (InvalidPathException e) {
            throw illegal(kind + ".location", location, "a path");
        }
    }

    /** As told, else by the file's ending. */
    private TlsOptions.StoreType type(String kind, String location) throws ConfigException {
        String type = get(kind + ".type");
        if (type == null || type.isEmpty()) {
            String name = location.toLowerCase(Locale.ROOT);
            type =
                    name.endsWith(".jks")
                            ? "JKS"
                            : name.endsWith(".p12") ? "PKCS12" : name.endsWith(".pem") ? "PEM" : "";
            if (type.isEmpty()) {
                throw illegal(
                        kind + ".location",
                        location,
                        "a file that ends in .jks, .p12 or .pem, or have its type told");
            }
        }
        try {
            return TlsOptions.StoreType.valueOf(type.toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException e) {
            throw illegal(kind + ".type", type, "JKS, PKCS12 or PEM");
        }
    }

    private List<String> protocols() throws ConfigException {
        List<String> protocols = list("enabledProtocols");
        if (protocols.isEmpty()) {
            String one = get("protocol", "TLSv1.3");
            protocols =
                    one.equals("TLSv1.3") || one.equals("TLS")
                            ? List.of("TLSv1.3", "TLSv1.2")
                            : List.of(one);
        }
        for (String protocol : protocols) {
            if (!protocol.equals("TLSv1.3") && !protocol.equals("TLSv1.2")) {
                throw illegal("enabledProtocols", protocol, "TLSv1.3 or TLSv1.2");
            }
        }
        return protocols;
    }

    private TlsOptions.ClientAuth clientAuth() throws ConfigException {
        String word = get("clientAuth", "need");
        try {
            return TlsOptions.ClientAuth.valueOf(word.toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException e) {
            throw illegal("clientAuth", word, "none, want or need");
        }
    }

    /** As in ZooKeeper: peers look at each other's names, servers not at their clients'. */
    private TlsOptions.Names names() throws ConfigException {
        boolean ofAcceptors = flag("hostnameVerification", true);
        return new TlsOptions.Names(
                ofAcceptors,
                ofAcceptors && flag("clientHostnameVerification", prefix.equals(PEERS)),
                flag("allowReverseDnsLookup", prefix.equals(PEERS)));
    }

    private TlsOptions.Library library() throws ConfigException {
        String word = get("sslProvider", "");
        return switch (word.toUpperCase(Locale.ROOT)) {
            case "" -> TlsOptions.Library.BEST;
            case "JDK" -> TlsOptions.Library.JDK;
            case "OPENSSL", "OPENSSL_REFCNT" -> TlsOptions.Library.NATIVE;
            default -> throw illegal("sslProvider", word, "JDK or OPENSSL");
        };
    }

    private boolean flag(String key, boolean otherwise) throws ConfigException {
        String word = get(key, "");
        return switch (word.toLowerCase(Locale.ROOT)) {
            case "" -> otherwise;
            case "true" -> true;
            case "false" -> false;
            default -> throw illegal(key, word, "true or false");
        };
    }

    private List<String> list(String key) {
        return Arrays.stream(get(key, "").split(","))
                .map(String::strip)
                .filter(word -> !word.isEmpty())
                .toList();
    }

    private @Nullable String get(String key) {
        return told.get(prefix + key);
    }

    private String get(String key, String otherwise) {
        return told.getOrDefault(prefix + key, otherwise).strip();
    }

    private ConfigException illegal(String key, String value, String legal) {
        return new ConfigException(
                "%s%s: '%s' is not legal; it must be %s".formatted(prefix, key, value, legal));
    }

    static boolean isKnown(String key) {
        for (String prefix : PREFIXES) {
            if (key.startsWith(prefix) && SUFFIXES.contains(key.substring(prefix.length()))) {
                return true;
            }
        }
        return false;
    }

    /** What was told, by key; a password from a file beats one that was told. */
    static Map<String, String> read(Values values) throws ConfigException {
        Map<String, String> told = new TreeMap<>();
        for (String prefix : PREFIXES) {
            for (String suffix : SUFFIXES) {
                @Nullable String value = values.raw(prefix + suffix);
                if (value != null) {
                    told.put(prefix + suffix, value);
                }
            }
        }
        for (String key : List.copyOf(told.keySet())) {
            if (key.endsWith("password" + PATH)) {
                String secret = readSecret(key, told.getOrDefault(key, ""));
                told.put(key.substring(0, key.length() - PATH.length()), secret);
            }
        }
        return told;
    }

    private static String readSecret(String key, String path) throws ConfigException {
        try {
            String text = Files.readString(Path.of(path));
            return text.replaceFirst("\r?\n\\z", "");
        } catch (IOException | InvalidPathException e) {
            throw new ConfigException(
                    "%s: cannot read the password from '%s'".formatted(key, path));
        }
    }
}
