package org.quorate.compat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.ZooKeeper;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.quorate.bench.EnsembleProcesses;
import org.quorate.bench.ServerProcess;
import org.quorate.bench.ServerProcess.Kind;

/** Quorate servers and real ZooKeeper servers that speak TLS to each other. */
@Tag("mixed")
class TlsEnsembleTest {
    private static final int SESSION_MILLIS = 10_000;

    @TempDir Path dir;

    /** The last server leads at first; then the leader is killed. */
    @ParameterizedTest
    @ValueSource(strings = {"ZZQ", "QQZ"})
    void serversOfBothKindsFollowEachOtherOverTls(String letters) throws Exception {
        List<Kind> kinds =
                letters.chars().mapToObj(c -> c == 'Q' ? Kind.QUORATE : Kind.ZOOKEEPER).toList();
        try (EnsembleProcesses ensemble = EnsembleProcesses.start(kinds, tls(), 0)) {
            int written = writeThroughEach(ensemble.servers(), 0);
            ServerProcess leader = ensemble.leader();
            leader.killHard();
            List<ServerProcess> survivors = new ArrayList<>(ensemble.servers());
            survivors.remove(leader);
            for (ServerProcess survivor : survivors) {
                survivor.awaitServing();
            }
            written = writeThroughEach(survivors, written);
            leader.restart();
            written = writeThroughEach(ensemble.servers(), written);
            for (ServerProcess server : ensemble.servers()) {
                try (ZooKeeper client = connect(server)) {
                    client.sync("/", (rc, path, context) -> {}, null);
                    assertThat(client.getChildren("/", false)).hasSize(written + 1);
                }
            }
        }
    }

    private static int writeThroughEach(List<ServerProcess> servers, int from) throws Exception {
        int next = from;
        for (ServerProcess server : servers) {
            try (ZooKeeper client = connect(server)) {
                client.create(
                        "/n" + next++,
                        new byte[50_000],
                        ZooDefs.Ids.OPEN_ACL_UNSAFE,
                        CreateMode.PERSISTENT);
            }
        }
        return next;
    }

    private static ZooKeeper connect(ServerProcess server) throws Exception {
        ZooKeeper client =
                new ZooKeeper("127.0.0.1:" + server.clientPort(), SESSION_MILLIS, event -> {});
        await().atMost(Duration.ofSeconds(30))
                .until(() -> client.getState() == ZooKeeper.States.CONNECTED);
        return client;
    }

    private List<String> tls() throws Exception {
        X509Bundle authority =
                new CertificateBuilder()
                        .subject("CN=Lab CA")
                        .setIsCertificateAuthority(true)
                        .ecp256()
                        .buildSelfSigned();
        X509Bundle server =
                new CertificateBuilder()
                        .subject("CN=server")
                        .ecp256()
                        .addSanDnsName("localhost")
                        .addSanIpAddress("127.0.0.1")
                        .buildIssuedBy(authority);
        Path keys =
                Files.writeString(
                        dir.resolve("server.pem"),
                        server.getPrivateKeyPEM() + "\n" + server.getCertificatePathPEM());
        Path trust = Files.writeString(dir.resolve("ca.pem"), authority.getCertificatePEM() + "\n");
        return List.of(
                "sslQuorum=true",
                "serverCnxnFactory=org.apache.zookeeper.server.NettyServerCnxnFactory",
                "ssl.quorum.keyStore.location=" + keys,
                "ssl.quorum.trustStore.location=" + trust);
    }
}
