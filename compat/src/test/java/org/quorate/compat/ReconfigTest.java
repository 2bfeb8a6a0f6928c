package org.quorate.compat;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.admin.ZooKeeperAdmin;
import org.apache.zookeeper.data.Stat;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.quorate.bench.EnsembleProcesses;
import org.quorate.bench.ServerProcess;
import org.quorate.bench.ServerProcess.Kind;

/**
 * Members that change in ensembles of Quorate (Q) and real ZooKeeper (Z) servers, each of which
 * then starts from the files that the other kind has written.
 */
@Tag("mixed")
class ReconfigTest {
    private static final int SESSION_MILLIS = 10_000;

    @ParameterizedTest
    @ValueSource(strings = {"QZQ", "ZQZ", "QQZ"})
    void theMembersAreRememberedAlsoByTheOtherKindOfServer(String servers) throws Exception {
        List<Kind> kinds =
                servers.chars().mapToObj(c -> c == 'Q' ? Kind.QUORATE : Kind.ZOOKEEPER).toList();
        List<String> config = List.of("reconfigEnabled=true", "skipACL=yes");
        try (EnsembleProcesses ensemble = EnsembleProcesses.start(kinds, config, 0)) {
            String first = awaitSameConfig(ensemble);
            assertThat(first).doesNotContain("observer").doesNotContain("version=0");
            String observing =
                    reconfig(ensemble, line(first, 2, "observer", ensemble.servers().get(1)), null);
            assertThat(awaitSameConfig(ensemble)).isEqualTo(observing);
            swapKinds(ensemble);
            assertThat(awaitSameConfig(ensemble)).isEqualTo(observing);
            String voting =
                    reconfig(
                            ensemble,
                            line(first, 2, "participant", ensemble.servers().get(1)),
                            null);
            assertThat(awaitSameConfig(ensemble)).isEqualTo(voting).doesNotContain("observer");
            swapKinds(ensemble);
            assertThat(awaitSameConfig(ensemble)).isEqualTo(voting);
        }
    }

    /** All stop, and each comes back as the other kind. */
    private static void swapKinds(EnsembleProcesses ensemble) throws Exception {
        for (ServerProcess server : ensemble.servers()) {
            server.stop();
        }
        for (ServerProcess server : ensemble.servers()) {
            server.relaunch(server.kind() == Kind.QUORATE ? Kind.ZOOKEEPER : Kind.QUORATE);
        }
        ensemble.awaitServing();
    }

    /** The line of a server in a configuration, with another role and its client port. */
    private static String line(String config, int id, String role, ServerProcess server) {
        String now =
                config.lines()
                        .filter(line -> line.startsWith("server." + id + "="))
                        .findFirst()
                        .orElseThrow();
        String addresses = now.substring(0, now.lastIndexOf(":participant"));
        return addresses + ":" + role + ";127.0.0.1:" + server.clientPort();
    }

    private static String reconfig(EnsembleProcesses ensemble, String joining, String leaving)
            throws Exception {
        try (ZooKeeperAdmin admin = connect(ensemble.servers().getFirst())) {
            return await().atMost(Duration.ofSeconds(30))
                    .ignoreException(KeeperException.NewConfigNoQuorum.class) // not yet in sync
                    .until(
                            () ->
                                    new String(
                                            admin.reconfigure(
                                                    joining, leaving, null, -1, new Stat()),
                                            UTF_8),
                            text -> true);
        }
    }

    private static String awaitSameConfig(EnsembleProcesses ensemble) {
        return await().atMost(Duration.ofSeconds(30))
                .ignoreExceptions()
                .until(
                        () -> {
                            String first = config(ensemble.servers().getFirst());
                            for (ServerProcess server : ensemble.servers()) {
                                if (!config(server).equals(first)) {
                                    return "";
                                }
                            }
                            return first;
                        },
                        text -> !text.isEmpty());
    }

    private static String config(ServerProcess server) throws Exception {
        try (ZooKeeperAdmin admin = connect(server)) {
            return new String(admin.getConfig(false, new Stat()), UTF_8);
        }
    }

    private static ZooKeeperAdmin connect(ServerProcess server) throws Exception {
        return new ZooKeeperAdmin("127.0.0.1:" + server.clientPort(), SESSION_MILLIS, event -> {});
    }
}
