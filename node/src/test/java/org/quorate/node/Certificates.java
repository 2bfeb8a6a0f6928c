package org.quorate.node;

import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.function.UnaryOperator;
import org.apache.zookeeper.client.ZKClientConfig;
import org.jspecify.annotations.Nullable;

/** An authority of a test, and what it signs, as files in all forms. */
final class Certificates {
    static final String PASSWORD = "store-secret";

    private final Path dir;
    private final X509Bundle authority;

    Certificates(Path dir, String name) throws Exception {
        this.dir = Files.createDirectories(dir);
        this.authority =
                new CertificateBuilder()
                        .subject("CN=" + name)
                        .setIsCertificateAuthority(true)
                        .ecp256()
                        .buildSelfSigned();
        write("ca.p12", "PKCS12", null, PASSWORD);
        write("ca.jks", "JKS", null, PASSWORD);
        Files.writeString(dir.resolve("ca.pem"), authority.getCertificatePEM());
    }

    X509Bundle authority() {
        return authority;
    }

    /** Of a server of this machine. */
    X509Bundle server() throws Exception {
        return sign("CN=server,O=Lab", builder -> builder);
    }

    X509Bundle client(String subject) throws Exception {
        return sign(subject, builder -> builder);
    }

    X509Bundle expired(String subject) throws Exception {
        Instant now = Instant.now();
        return sign(
                subject,
                builder ->
                        builder.notBefore(now.minus(Duration.ofDays(3)))
                                .notAfter(now.minus(Duration.ofDays(1))));
    }

    X509Bundle sign(String subject, UnaryOperator<CertificateBuilder> more) throws Exception {
        return more.apply(
                        new CertificateBuilder()
                                .subject(subject)
                                .ecp256()
                                .addSanDnsName("localhost")
                                .addSanIpAddress("127.0.0.1"))
                .buildIssuedBy(authority);
    }

    /** Whom to believe: ca.p12, ca.jks or ca.pem. */
    Path trust(String ending) {
        return dir.resolve("ca." + ending);
    }

    Path pkcs12(String name, X509Bundle bundle) throws Exception {
        return pkcs12(name, bundle, PASSWORD);
    }

    Path pkcs12(String name, X509Bundle bundle, String password) throws Exception {
        return write(name + ".p12", "PKCS12", bundle, password);
    }

    Path jks(String name, X509Bundle bundle) throws Exception {
        return write(name + ".jks", "JKS", bundle, PASSWORD);
    }

    Path pem(String name, X509Bundle bundle) throws IOException {
        return Files.writeString(
                dir.resolve(name + ".pem"),
                bundle.getPrivateKeyPEM() + "\n" + bundle.getCertificatePathPEM());
    }

    /** For ZooKeeper's client. */
    ZKClientConfig clientConfig(Path keyStore) {
        ZKClientConfig config = new ZKClientConfig();
        config.setProperty(
                "zookeeper.clientCnxnSocket", "org.apache.zookeeper.ClientCnxnSocketNetty");
        config.setProperty("zookeeper.client.secure", "true");
        config.setProperty("zookeeper.ssl.keyStore.location", keyStore.toString());
        config.setProperty("zookeeper.ssl.keyStore.password", PASSWORD);
        config.setProperty("zookeeper.ssl.trustStore.location", trust("p12").toString());
        config.setProperty("zookeeper.ssl.trustStore.password", PASSWORD);
        return config;
    }

    private Path write(String file, String type, @Nullable X509Bundle bundle, String secret)
            throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance(type);
        store.load(null, null);
        char[] password = secret.toCharArray();
        if (bundle == null) {
            store.setCertificateEntry("ca", authority.getCertificate());
        } else {
            X509Certificate[] path = bundle.getCertificatePath();
            store.setKeyEntry("key", bundle.getKeyPair().getPrivate(), password, path);
        }
        Path target = dir.resolve(file);
        try (OutputStream out = Files.newOutputStream(target)) {
            store.store(out, password);
        }
        return target;
    }
}
