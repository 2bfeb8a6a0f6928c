package org.quorate.net.tls;

import io.netty.handler.ssl.SslContextBuilder;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertPathBuilder;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXBuilderParameters;
import java.security.cert.PKIXRevocationChecker;
import java.security.cert.X509CertSelector;
import java.util.Collection;
import java.util.EnumSet;
import java.util.Set;
import javax.net.ssl.CertPathTrustManagerParameters;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/** Reads store files into what a context is built of. Stateless; blocks on files. */
final class Stores {
    private Stores() {}

    /** Own key and certificates, for an acceptor or a dialler. */
    static SslContextBuilder keys(TlsOptions.Store store, boolean accepts) throws TlsException {
        try {
            if (store.type() == TlsOptions.StoreType.PEM) {
                byte[] pem = Files.readAllBytes(store.location());
                String secret = store.secret();
                String password = secret.isEmpty() ? null : secret;
                try (InputStream chain = new ByteArrayInputStream(pem);
                        InputStream key = new ByteArrayInputStream(pem)) {
                    return accepts
                            ? SslContextBuilder.forServer(chain, key, password)
                            : SslContextBuilder.forClient().keyManager(chain, key, password);
                }
            }
            KeyManagerFactory factory =
                    KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            factory.init(load(store), store.secret().toCharArray());
            return accepts
                    ? SslContextBuilder.forServer(factory)
                    : SslContextBuilder.forClient().keyManager(factory);
        } catch (IOException | GeneralSecurityException | IllegalArgumentException e) {
            throw cannotRead("key", store, e);
        }
    }

    /**
     * Whom to believe.
     *
     * @param store null for the JDK's own list
     */
    static TrustManagerFactory trust(
            TlsOptions.@Nullable Store store, TlsOptions.Revocation revocation)
            throws TlsException {
        try {
            if (store == null) {
                TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
                factory.init((KeyStore) null);
                return factory;
            }
            KeyStore anchors =
                    store.type() == TlsOptions.StoreType.PEM ? certificates(store) : load(store);
            PKIXBuilderParameters parameters =
                    new PKIXBuilderParameters(anchors, new X509CertSelector());
            parameters.setRevocationEnabled(false);
            if (revocation.crl() || revocation.ocsp()) {
                parameters.addCertPathChecker(checker(revocation));
            }
            TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
            factory.init(new CertPathTrustManagerParameters(parameters));
            return factory;
        } catch (IOException | GeneralSecurityException e) {
            throw cannotRead("trust", store, e);
        }
    }

    private static PKIXRevocationChecker checker(TlsOptions.Revocation revocation)
            throws GeneralSecurityException {
        PKIXRevocationChecker checker =
                (PKIXRevocationChecker) CertPathBuilder.getInstance("PKIX").getRevocationChecker();
        Set<PKIXRevocationChecker.Option> options =
                EnumSet.noneOf(PKIXRevocationChecker.Option.class);
        if (!revocation.ocsp()) {
            options.add(PKIXRevocationChecker.Option.PREFER_CRLS);
        }
        if (!revocation.crl() || !revocation.ocsp()) {
            options.add(PKIXRevocationChecker.Option.NO_FALLBACK);
        }
        checker.setOptions(options);
        return checker;
    }

    static KeyStore load(TlsOptions.Store store) throws IOException, GeneralSecurityException {
        KeyStore keys = KeyStore.getInstance(store.type().name());
        try (InputStream in = Files.newInputStream(store.location())) {
            keys.load(in, store.secret().toCharArray());
        }
        return keys;
    }

    private static KeyStore certificates(TlsOptions.Store store)
            throws IOException, GeneralSecurityException {
        KeyStore anchors = KeyStore.getInstance(KeyStore.getDefaultType());
        anchors.load(null, null);
        Collection<? extends Certificate> all;
        try (InputStream in = Files.newInputStream(store.location())) {
            all = CertificateFactory.getInstance("X.509").generateCertificates(in);
        }
        int number = 0;
        for (Certificate certificate : all) {
            anchors.setCertificateEntry("ca" + number++, certificate);
        }
        return anchors;
    }

    private static TlsException cannotRead(
            String what, TlsOptions.@Nullable Store store, Exception e) {
        String why = e.getMessage() == null ? e.toString() : e.getMessage();
        if (store == null) {
            return new TlsException("the JDK's own list of authorities cannot be read: " + why, e);
        }
        return new TlsException(
                Files.isReadable(store.location())
                        ? "the %s store %s cannot be read: %s".formatted(what, store, why)
                        : "the %s store %s is not there or may not be read".formatted(what, store),
                e);
    }
}
