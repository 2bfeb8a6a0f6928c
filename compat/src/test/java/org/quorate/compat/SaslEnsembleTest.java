package org.quorate.compat;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.ZooKeeper;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.quorate.bench.EnsembleProcesses;
import org.quorate.bench.ServerProcess;

/** Quorate servers and real ZooKeeper servers that prove to each other who they are. */
@Tag("mixed")
class SaslEnsembleTest {
    static final List<String> REQUIRED =
            List.of(
                    "fips-mode=false",
                    "quorum.auth.enableSasl=true",
                    "quorum.auth.learnerRequireSasl=true",
                    "quorum.auth.serverRequireSasl=true");

    @TempDir Path dir;

    @ParameterizedTest
    @ValueSource(strings = {"ZZQ", "QQZ"})
    void serversOfBothKindsBelieveEachOtherByDigestMd5(String letters) throws Exception {
        Path jaas =
                Files.writeString(
                        dir.resolve("jaas.conf"),
                        """
                        QuorumServer {
                          org.apache.zookeeper.server.auth.DigestLoginModule required
                          user_peer="the peers' secret";
                        };
                        QuorumLearner {
                          org.apache.zookeeper.server.auth.DigestLoginModule required
                          username="peer" password="the peers' secret";
                        };
                        """);
        try (EnsembleProcesses ensemble =
                Mixed.start(letters, REQUIRED, 0, "-Djava.security.auth.login.config=" + jaas)) {
            oneLeadsAfterAnother(ensemble);
        }
    }

    /** One server leads after another, and everything written is everywhere. */
    static void oneLeadsAfterAnother(EnsembleProcesses ensemble) throws Exception {
        List<String> written = new ArrayList<>();
        writeThrough(ensemble.servers(), written);
        ServerProcess first = ensemble.leader();
        first.killHard();
        List<ServerProcess> left = new ArrayList<>(ensemble.servers());
        left.remove(first);
        writeThrough(left, written);
        first.restart();
        writeThrough(ensemble.servers(), written);
        for (ServerProcess server : ensemble.servers()) {
            try (ZooKeeper client = Mixed.connect(server)) {
                Mixed.sync(client);
                assertThat(client.getChildren("/", false)).containsAll(written);
            }
        }
        Mixed.assertDigestsAgree(ensemble);
    }

    private static void writeThrough(List<ServerProcess> servers, List<String> written)
            throws Exception {
        for (ServerProcess server : servers) {
            server.awaitServing();
            try (ZooKeeper client = Mixed.connect(server)) {
                String name = "n-%x-%d".formatted(client.getSessionId(), written.size());
                Mixed.create(client, "/" + name, CreateMode.PERSISTENT);
                written.add(name);
            }
        }
    }
}
