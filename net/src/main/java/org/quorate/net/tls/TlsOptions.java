package org.quorate.net.tls;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one kind of TLS connection is made of: ZooKeeper's keys {@code ssl.*} or {@code
 * ssl.quorum.*} as values. Immutable.
 *
 * @param keyStore own key and certificates; null for none, which only a dialler may have
 * @param trustStore whom to believe; null for the JDK's own list
 * @param protocols in no order; not empty
 * @param ciphers names as the JDK writes them; empty for {@link #DEFAULT_CIPHERS}
 * @param clientAuth what a dialler's certificate is to an acceptor
 * @param names whose host names are compared with their certificates
 * @param revocation how revoked certificates are found out
 * @param library which TLS library
 * @param reload the files are read again when they change
 * @param handshakeMillisMax a handshake may take so long
 */
public record TlsOptions(
        @Nullable Store keyStore,
        @Nullable Store trustStore,
        List<String> protocols,
        List<String> ciphers,
        ClientAuth clientAuth,
        Names names,
        Revocation revocation,
        Library library,
        boolean reload,
        int handshakeMillisMax) {
    /**
     * What ZooKeeper 3.9.5 offers, in its order: each with forward secrecy, those with CBC behind
     * the others.
     */
    static final List<String> DEFAULT_CIPHERS =
            List.of(
                    "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
                    "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
                    "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
                    "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
                    "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256",
                    "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256",
                    "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA",
                    "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA",
                    "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA384",
                    "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384",
                    "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA",
                    "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA",
                    "TLS_AES_256_GCM_SHA384",
                    "TLS_AES_128_GCM_SHA256",
                    "TLS_CHACHA20_POLY1305_SHA256");

    public TlsOptions {
        protocols = List.copyOf(protocols);
        ciphers = List.copyOf(ciphers);
        if (protocols.isEmpty()) {
            throw new IllegalArgumentException("no TLS protocol");
        }
    }

    /**
     * The same for those who dial from anywhere: their names are not compared.
     *
     * @param needsCertificate they must show a certificate; else none is asked for
     */
    public TlsOptions forAnybody(boolean needsCertificate) {
        return new TlsOptions(
                keyStore,
                trustStore,
                protocols,
                ciphers,
                needsCertificate ? ClientAuth.NEED : ClientAuth.NONE,
                new Names(names.ofAcceptors, false, false),
                revocation,
                library,
                reload,
                handshakeMillisMax);
    }

    /** Kinds of store files. */
    public enum StoreType {
        JKS,
        PKCS12,
        /** Certificates, and a PKCS#8 private key in a key store, as text. */
        PEM
    }

    /**
     * A file with keys or certificates. Its text form does not show the password.
     *
     * @param password as told; empty for none
     * @param passwordFile holds the password in its place, each time that the store is read; or
     *     null
     */
    public record Store(
            Path location, StoreType type, String password, @Nullable Path passwordFile) {
        /** The password of now. Blocks on the file that holds it. */
        public String secret() throws IOException {
            Path file = passwordFile;
            return file == null ? password : Files.readString(file).replaceFirst("\r?\n\\z", "");
        }

        @Override
        public String toString() {
            return "%s (%s)".formatted(location, type);
        }
    }

    /** What an acceptor wants to see of a dialler. */
    public enum ClientAuth {
        NONE,
        WANT,
        NEED
    }

    /**
     * Whose host names are compared with their certificates.
     *
     * @param ofAcceptors when dialling
     * @param ofDiallers when accepting, by the address they come from
     * @param reverseLookup that address is turned into a name first
     */
    public record Names(boolean ofAcceptors, boolean ofDiallers, boolean reverseLookup) {}

    /**
     * How revoked certificates are found out; by nothing if both are false.
     *
     * @param crl by lists from the certificates' distribution points
     * @param ocsp by asking the issuer
     */
    public record Revocation(boolean crl, boolean ocsp) {}

    /** Which TLS library. */
    public enum Library {
        /** BoringSSL where it loads, else the JDK's. */
        BEST,
        JDK,
        /** BoringSSL or nothing. */
        NATIVE
    }
}
