package org.quorate.node.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The keys of TLS (reference: administration §1.5): kept as told, but passwords are read from their
 * files. Stateless.
 */
final class TlsKeys {
    static final List<String> PREFIXES = List.of("ssl.", "ssl.quorum.");

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

    private TlsKeys() {}

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
