package org.quorate.compat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.ZooKeeper;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.quorate.bench.EnsembleProcesses;
import org.quorate.bench.ServerProcess;
import org.quorate.bench.ServerProcess.Kind;

/**
 * Ensembles of Quorate servers and of real ZooKeeper servers beside them. In a name each letter is
 * a server: Q is Quorate, Z is ZooKeeper; the last one leads at first, because it has the greatest
 * id.
 */
class EnsembleTest {
    private static final int SESSION_MILLIS = 10_000;

    @Test
    void whatIsWrittenThroughOneServerIsReadThroughAllAlsoAfterTheLeaderIsKilled()
            throws Exception {
        writeKillTheLeaderAndWriteAgain("QQQ");
    }

    @Tag("mixed")
    @ParameterizedTest
    @ValueSource(strings = {"ZZQ", "QQZ", "ZQZ", "QZQ"})
    void soItIsAmongServersOfBothKinds(String servers) throws Exception {
        writeKillTheLeaderAndWriteAgain(servers);
    }

    private static void writeKillTheLeaderAndWriteAgain(String servers) throws Exception {
        try (EnsembleProcesses ensemble = EnsembleProcesses.start(kinds(servers), List.of(), 0)) {
            List<String> written = new ArrayList<>();
            writeThroughEach(ensemble, written, "first");
            assertAllHave(ensemble, written);
            ServerProcess leader = ensemble.leader();
            leader.killHard();
            List<ServerProcess> survivors = new ArrayList<>(ensemble.servers());
            survivors.remove(leader);
            for (ServerProcess survivor : survivors) {
                survivor.awaitServing();
            }
            write(survivors.getFirst(), written, "without the leader");
            leader.restart();
            writeThroughEach(ensemble, written, "again");
            assertAllHave(ensemble, written);
            assertDigestsAgree(ensemble);
        }
    }

    private static List<Kind> kinds(String letters) {
        return letters.chars().mapToObj(c -> c == 'Q' ? Kind.QUORATE : Kind.ZOOKEEPER).toList();
    }

    private static void writeThroughEach(
            EnsembleProcesses ensemble, List<String> written, String what) throws Exception {
        for (ServerProcess server : ensemble.servers()) {
            write(server, written, what);
        }
    }

    private static void write(ServerProcess server, List<String> written, String what)
            throws Exception {
        try (ZooKeeper client = connect(server)) {
            for (int i = 0; i < 20; i++) {
                String path = "/n" + written.size();
                client.create(
                        path, what.getBytes(), ZooDefs.Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT);
                written.add(path.substring(1));
                client.setData(path, (what + i).getBytes(), 0);
            }
        }
    }

    private static void assertAllHave(EnsembleProcesses ensemble, List<String> written)
            throws Exception {
        for (ServerProcess server : ensemble.servers()) {
            try (ZooKeeper client = connect(server)) {
                client.sync("/", (rc, path, context) -> {}, null);
                TreeSet<String> children = new TreeSet<>(client.getChildren("/", false));
                children.remove("zookeeper");
                assertThat(children).isEqualTo(new TreeSet<>(written));
            }
        }
    }

    /** ZooKeeper counts the transactions after which its tree is not what the leader said. */
    private static void assertDigestsAgree(EnsembleProcesses ensemble) throws IOException {
        for (ServerProcess server : ensemble.servers()) {
            assertThat(server.ask("mntr"))
                    .as("%s", server.kind())
                    .containsPattern("zk_digest_mismatches_count\\s+0");
        }
    }

    private static ZooKeeper connect(ServerProcess server) throws IOException {
        ZooKeeper client =
                new ZooKeeper("127.0.0.1:" + server.clientPort(), SESSION_MILLIS, event -> {});
        await().atMost(Duration.ofSeconds(30))
                .until(() -> client.getState() == ZooKeeper.States.CONNECTED);
        return client;
    }
}
