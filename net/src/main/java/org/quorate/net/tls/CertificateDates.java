package org.quorate.net.tls;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.attribute.FileTime;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Date;
import java.util.List;
import java.util.OptionalLong;

/**
 * When the certificates of a key store end. Reads the file again when it has changed. Any thread
 * that may wait.
 */
public final class CertificateDates {
    private record Seen(FileTime modified, long bytes, OptionalLong endsMillis) {}

    private final TlsOptions.Store store;
    private volatile Seen seen = new Seen(FileTime.fromMillis(0), -1, OptionalLong.empty());

    /** Reads nothing yet. */
    public CertificateDates(TlsOptions.Store store) {
        this.store = store;
    }

    /** The file. */
    public TlsOptions.Store store() {
        return store;
    }

    /** Wall clock of the first end among all chains; empty if the file cannot be read. */
    public OptionalLong endsMillis() {
        try {
            FileTime modified = Files.getLastModifiedTime(store.location());
            long bytes = Files.size(store.location());
            Seen last = seen;
            if (!last.modified.equals(modified) || last.bytes != bytes) {
                last = new Seen(modified, bytes, read());
                seen = last;
            }
            return last.endsMillis;
        } catch (IOException | GeneralSecurityException e) {
            return OptionalLong.empty(); // whoever uses the store says what is wrong with it
        }
    }

    private OptionalLong read() throws IOException, GeneralSecurityException {
        return certificates().stream()
                .filter(X509Certificate.class::isInstance)
                .map(certificate -> ((X509Certificate) certificate).getNotAfter())
                .mapToLong(Date::getTime)
                .min();
    }

    private Collection<? extends Certificate> certificates()
            throws IOException, GeneralSecurityException {
        if (store.type() == TlsOptions.StoreType.PEM) {
            return pem(Files.readString(store.location()));
        }
        List<Certificate> all = new ArrayList<>();
        KeyStore keys = Stores.load(store);
        for (String alias : Collections.list(keys.aliases())) {
            Certificate[] chain = keys.getCertificateChain(alias);
            if (chain != null) {
                all.addAll(List.of(chain));
            }
        }
        return all;
    }

    /** The certificates of a text that has a private key, too. */
    private static Collection<? extends Certificate> pem(String text)
            throws GeneralSecurityException, IOException {
        List<Certificate> all = new ArrayList<>();
        CertificateFactory factory = CertificateFactory.getInstance("X.509");
        String begin = "-----BEGIN CERTIFICATE-----";
        String end = "-----END CERTIFICATE-----";
        for (int from = text.indexOf(begin); from >= 0; from = text.indexOf(begin, from + 1)) {
            int to = text.indexOf(end, from);
            if (to < 0) {
                break;
            }
            byte[] one =
                    text.substring(from, to + end.length())
                            .getBytes(java.nio.charset.StandardCharsets.US_ASCII);
            try (InputStream in = new ByteArrayInputStream(one)) {
                all.add(factory.generateCertificate(in));
            }
        }
        return all;
    }
}
