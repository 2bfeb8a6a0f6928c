package org.quorate.net.tls;

import java.net.InetAddress;
import java.net.Socket;
import java.net.UnknownHostException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/**
 * A trust manager that also wants a dialler's certificate to name the address it comes from, or the
 * host name of that address. The JDK compares names only for whoever dials. May look names up, so
 * it must not run on an event loop. Immutable; any thread.
 */
final class NameCheck extends X509ExtendedTrustManager {
    // Kinds of alternative names: RFC 5280 §4.2.1.6.
    private static final int DNS_NAME = 2;
    private static final int IP_ADDRESS = 7;

    private final X509ExtendedTrustManager trust;
    private final boolean reverseLookup;

    private NameCheck(X509ExtendedTrustManager trust, boolean reverseLookup) {
        this.trust = trust;
        this.reverseLookup = reverseLookup;
    }

    /**
     * @param reverseLookup the host name is looked up if the certificate does not name the address
     */
    static NameCheck around(TrustManagerFactory factory, boolean reverseLookup) {
        for (TrustManager each : factory.getTrustManagers()) {
            if (each instanceof X509ExtendedTrustManager trust) {
                return new NameCheck(trust, reverseLookup);
            }
        }
        throw new IllegalStateException("the JDK has no trust manager for engines");
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
            throws CertificateException {
        trust.checkClientTrusted(chain, authType, engine);
        String address = engine.getPeerHost();
        if (address == null || !isNamed(chain[0], address)) {
            throw new CertificateException(
                    "the certificate of %s does not name it"
                            .formatted(address == null ? "somebody" : address));
        }
    }

    private boolean isNamed(X509Certificate certificate, String address)
            throws CertificateException {
        try {
            InetAddress ip = InetAddress.getByName(address);
            return hasAddress(certificate, ip)
                    || (reverseLookup && hasName(certificate, ip.getCanonicalHostName(), ip))
                    || (reverseLookup && hasName(certificate, ip.getHostName(), ip));
        } catch (UnknownHostException e) {
            throw new CertificateException("no address: " + address, e);
        }
    }

    private static boolean hasAddress(X509Certificate certificate, InetAddress address)
            throws CertificateException {
        for (List<?> name : alternativeNames(certificate)) {
            if (Integer.valueOf(IP_ADDRESS).equals(name.get(0))
                    && name.get(1) instanceof String text) {
                try {
                    if (InetAddress.getByName(text).equals(address)) {
                        return true;
                    }
                } catch (UnknownHostException e) {
                    throw new CertificateException("not an address: " + text, e);
                }
            }
        }
        return false;
    }

    private static boolean hasName(X509Certificate certificate, String host, InetAddress address)
            throws CertificateException {
        if (host.equals(address.getHostAddress())) {
            return false; // it has no name
        }
        boolean named = false;
        for (List<?> name : alternativeNames(certificate)) {
            if (Integer.valueOf(DNS_NAME).equals(name.get(0))
                    && name.get(1) instanceof String text) {
                named = true;
                if (matches(text, host)) {
                    return true;
                }
            }
        }
        // Only a certificate without names says who it is by its subject.
        String subject = commonName(certificate);
        return !named && subject != null && matches(subject, host);
    }

    /** A star stands for one whole first label. */
    static boolean matches(String pattern, String host) {
        String wanted = pattern.toLowerCase(Locale.ROOT);
        String name = host.toLowerCase(Locale.ROOT);
        if (!wanted.startsWith("*.")) {
            return wanted.equals(name);
        }
        int dot = name.indexOf('.');
        return dot > 0
                && wanted.indexOf('.', 2) > 0 // not for a whole top-level domain
                && name.substring(dot).equals(wanted.substring(1));
    }

    private static Collection<List<?>> alternativeNames(X509Certificate certificate)
            throws CertificateException {
        Collection<List<?>> names = certificate.getSubjectAlternativeNames();
        return names == null ? List.of() : names;
    }

    private static @Nullable String commonName(X509Certificate certificate)
            throws CertificateException {
        try {
            LdapName name = new LdapName(certificate.getSubjectX500Principal().getName());
            for (Rdn part : name.getRdns().reversed()) {
                if (part.getType().equalsIgnoreCase("CN")) {
                    return String.valueOf(part.getValue());
                }
            }
            return null;
        } catch (InvalidNameException e) {
            throw new CertificateException("not a subject", e);
        }
    }

    // ---- nothing beyond the JDK's

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
            throws CertificateException {
        trust.checkServerTrusted(chain, authType, engine);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
            throws CertificateException {
        trust.checkServerTrusted(chain, authType, socket);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType)
            throws CertificateException {
        trust.checkServerTrusted(chain, authType);
    }

    /** Without an engine nobody knows where it comes from. */
    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
            throws CertificateException {
        throw new CertificateException("names are only checked with an engine");
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType)
            throws CertificateException {
        throw new CertificateException("names are only checked with an engine");
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return trust.getAcceptedIssuers();
    }
}
