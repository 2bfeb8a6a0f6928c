package org.quorate.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.KeyStore;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.ZooDefs.Ids;
import org.apache.zookeeper.ZooKeeper;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** TLS between servers (peer protocol §9), with certificates made here. */
class PeerTlsTest {
    @TempDir Path dir;
    private Certificates lab;

    @BeforeEach
    void anAuthority() throws Exception {
        lab = new Certificates(dir.resolve("lab"), "Lab CA");
    }

    private static String stores(Certificates of) throws Exception {
        return """
        ssl.quorum.keyStore.location=%s
        ssl.quorum.keyStore.password=%s
        ssl.quorum.trustStore.location=%s
        ssl.quorum.trustStore.password=%s
        """
                .formatted(
                        of.pkcs12("server", of.server()),
                        Certificates.PASSWORD,
                        of.trust("p12"),
                        Certificates.PASSWORD);
    }

    private static void write(Ensemble ensemble, String path) throws Exception {
        try (ZooKeeper client = new ZooKeeper(ensemble.connectString(), 10_000, event -> {})) {
            await().ignoreExceptionsInstanceOf(KeeperException.ConnectionLossException.class)
                    .until(() -> client.exists("/", false) != null);
            client.create(path, new byte[10_000], Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT);
        }
    }

    private static void append(Ensemble ensemble, int id, String lines) throws IOException {
        Files.writeString(ensemble.file(id), "\n" + lines, StandardOpenOption.APPEND);
    }

    /** Quorum and election port of a server. */
    private static List<Integer> ports(Ensemble ensemble, int id) throws IOException {
        Matcher member =
                Pattern.compile("server\\.%d=127\\.0\\.0\\.1:(\\d+):(\\d+)".formatted(id))
                        .matcher(Files.readString(ensemble.file(id)));
        assertThat(member.find()).isTrue();
        return List.of(Integer.parseInt(member.group(1)), Integer.parseInt(member.group(2)));
    }

    private SSLContext context() throws Exception {
        char[] password = Certificates.PASSWORD.toCharArray();
        TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
        trust.init(KeyStore.getInstance(lab.trust("p12").toFile(), password));
        KeyManagerFactory keys = KeyManagerFactory.getInstance("PKIX");
        Path own = lab.pkcs12("probe", lab.client("CN=probe"));
        keys.init(KeyStore.getInstance(own.toFile(), password), password);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
        return context;
    }

    private static boolean isClosedOnPlainBytes(int port) throws IOException {
        try (Socket socket = new Socket("127.0.0.1", port)) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream().write(new byte[] {0, 0, 0, 1});
            return socket.getInputStream().read() == -1;
        }
    }

    @Test
    void electionAndQuorumPortsSpeakTlsAlone() throws Exception {
        try (Ensemble ensemble = new Ensemble(dir, 3, "sslQuorum=true\n" + stores(lab))) {
            ensemble.startAll();
            write(ensemble, "/n");
            List<Integer> ports = ports(ensemble, ensemble.leader());
            for (int port : ports) {
                try (SSLSocket socket =
                        (SSLSocket) context().getSocketFactory().createSocket("127.0.0.1", port)) {
                    assertThat(socket.getSession().getPeerPrincipal().getName())
                            .isEqualTo("CN=server,O=Lab");
                }
                assertThat(isClosedOnPlainBytes(port)).isTrue();
            }
            int leader = ensemble.leader();
            ensemble.stop(leader);
            ensemble.awaitServing();
            write(ensemble, "/without-it");
            ensemble.start(leader);
            ensemble.awaitServing();
            assertThat(ensemble.failures).isEmpty();
        }
    }

    @Test
    void aServerOfAnotherAuthorityStaysOutside() throws Exception {
        Certificates elsewhere = new Certificates(dir.resolve("elsewhere"), "Other CA");
        try (Ensemble ensemble = new Ensemble(dir, 3, "sslQuorum=true\n" + stores(lab))) {
            append(ensemble, 3, stores(elsewhere));
            ensemble.start(1);
            ensemble.start(2);
            ensemble.awaitServing();
            ensemble.start(3);
            write(ensemble, "/n");
            assertThat(ensemble.server(3).role().isServing()).isFalse();
            ensemble.stop(3);
            append(ensemble, 3, stores(lab));
            ensemble.start(3);
            ensemble.awaitServing();
        }
    }

    @Test
    void tlsIsTurnedOnServerByServerWhileTheEnsembleServes() throws Exception {
        try (Ensemble ensemble = new Ensemble(dir, 3, "")) {
            ensemble.startAll();
            String[] steps = {
                "portUnification=true\n" + stores(lab), "sslQuorum=true", "portUnification=false"
            };
            for (int step = 0; step < steps.length; step++) {
                for (int id = 1; id <= 3; id++) {
                    ensemble.stop(id);
                    append(ensemble, id, steps[step]);
                    ensemble.start(id);
                    ensemble.awaitServing();
                    write(ensemble, "/step-%d-%d".formatted(step, id));
                }
            }
            assertThat(isClosedOnPlainBytes(ports(ensemble, 1).get(1))).isTrue();
            assertThat(ensemble.failures).isEmpty();
        }
    }
}
