package org.quorate.node;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.ZooDefs.Ids;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.admin.ZooKeeperAdmin;
import org.apache.zookeeper.data.Stat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.quorate.node.config.ConfigException;
import org.quorate.node.config.ServerConfig;
import org.quorate.node.config.ZooCfg;
import org.quorate.node.host.Server;
import org.quorate.protocol.peer.EnsembleConfig;
import org.quorate.protocol.peer.Member;
import org.quorate.zab.Leadership;
import org.quorate.zab.Role;

/** An ensemble whose members change, and what is left of it on disk. */
class ReconfigTest {
    private static final int SESSION_MILLIS = 10_000;

    @TempDir Path dir;

    private Ensemble ensemble(int servers) throws Exception {
        return new Ensemble(dir, servers, "reconfigEnabled=true", "skipACL=yes", "");
    }

    private static EnsembleConfig reconfig(Server by, String joining, String leaving)
            throws Exception {
        try (ZooKeeperAdmin admin =
                new ZooKeeperAdmin("127.0.0.1:" + by.clientPort(), SESSION_MILLIS, event -> {})) {
            byte[] config = admin.reconfigure(joining, leaving, null, -1, new Stat());
            return EnsembleConfig.parse(new String(config, UTF_8));
        }
    }

    private static int learners(Server leader) throws Exception {
        return leader.<Integer>ask(
                        replica -> {
                            Leadership leadership = replica.zab().leadership();
                            return leadership == null ? -1 : leadership.learners().size();
                        })
                .get(10, TimeUnit.SECONDS);
    }

    private static EnsembleConfig members(Server server) throws Exception {
        try (ZooKeeper client =
                new ZooKeeper("127.0.0.1:" + server.clientPort(), SESSION_MILLIS, event -> {})) {
            return EnsembleConfig.parse(
                    new String(client.getData("/zookeeper/config", false, null), UTF_8));
        }
    }

    private static void awaitMembers(Ensemble ensemble, EnsembleConfig wanted) {
        await().atMost(Duration.ofSeconds(20))
                .ignoreExceptions()
                .untilAsserted(() -> {
                    for (Server server : ensemble.servers()) {
                        assertThat(members(server)).isEqualTo(wanted);
                    }
                });
    }

    /** The value of a {@code server.N} line, with new ports. */
    private static String line(int id, List<Integer> ports, String role) {
        return "server.%d=127.0.0.1:%d:%d:%s;127.0.0.1:%d"
                .formatted(id, ports.get(0), ports.get(1), role, ports.get(2));
    }

    private ServerConfig read(Ensemble ensemble, int id) throws ConfigException {
        return ZooCfg.read(ensemble.file(id), new Properties(), warning -> {});
    }

    private List<String> files(Ensemble ensemble, int id) throws IOException {
        String name = ensemble.file(id).getFileName().toString();
        try (Stream<Path> all = Files.list(dir)) {
            return all.map(path -> path.getFileName().toString())
                    .filter(file -> file.startsWith(name))
                    .sorted()
                    .toList();
        }
    }

    @Test
    void theFirstLeaderMovesTheMembersOutOfTheStartFiles() throws Exception {
        try (Ensemble ensemble = ensemble(3)) {
            String before = Files.readString(ensemble.file(1));
            ensemble.startAll();
            EnsembleConfig first = members(ensemble.server(1));
            assertThat(first.version()).isPositive();
            awaitMembers(ensemble, first);
            ensemble.stopAll();
            String version = Long.toHexString(first.version());
            assertThat(files(ensemble, 1))
                    .containsExactly("zoo-1.cfg", "zoo-1.cfg.bak", "zoo-1.cfg.dynamic." + version);
            assertThat(dir.resolve("zoo-1.cfg.bak")).hasContent(before);
            assertThat(ensemble.file(1))
                    .content()
                    .doesNotContain("server.")
                    .contains("clientPort=") // the members' lines have none
                    .endsWith(
                            "dynamicConfigFile=%s\n"
                                    .formatted(dir.resolve("zoo-1.cfg.dynamic." + version)));
            assertThat(dir.resolve("zoo-1.cfg.dynamic." + version))
                    .content()
                    .isEqualTo(first.text().substring(0, first.text().indexOf("\nversion=")));
            assertThat(read(ensemble, 1).quorum().members()).isEqualTo(first);
            ensemble.startAll();
            awaitMembers(ensemble, first);
            assertThat(ensemble.failures).isEmpty();
        }
    }

    @Test
    void aServerJoinsAnotherLeavesAndAllRememberIt() throws Exception {
        try (Ensemble ensemble = ensemble(3)) {
            String oldMembers =
                    String.join(
                            "\n",
                            Files.readAllLines(ensemble.file(1)).stream()
                                    .filter(line -> line.startsWith("server."))
                                    .toList());
            ensemble.startAll();
            List<Integer> ports = Ensemble.freePorts(3);
            // It knows two of the others, and itself.
            ensemble.write(
                    4,
                    ports.get(2),
                    oldMembers.lines().limit(2).reduce("", (all, line) -> all + line + "\n")
                            + "server.4=127.0.0.1:%d:%d\n".formatted(ports.get(0), ports.get(1))
                            + "reconfigEnabled=true\nskipACL=yes\n");
            ensemble.start(4);
            ensemble.awaitServing();
            EnsembleConfig joined =
                    reconfig(
                            ensemble.server(ensemble.follower()),
                            line(4, ports, "participant"),
                            null);
            assertThat(joined.members()).containsOnlyKeys(1L, 2L, 3L, 4L);
            awaitMembers(ensemble, joined);
            EnsembleConfig left = reconfig(ensemble.server(4), null, "1");
            ensemble.stop(1);
            ensemble.forget(1);
            awaitMembers(ensemble, left);

            ensemble.stopAll();
            for (int id = 2; id <= 4; id++) {
                assertThat(read(ensemble, id).quorum().members()).isEqualTo(left);
                assertThat(dir.resolve("zoo-%d.cfg.dynamic.next".formatted(id))).doesNotExist();
            }
            assertThat(ensemble.file(4)).content().doesNotContain("clientPort");
            ensemble.startAll();
            awaitMembers(ensemble, left);
            assertThat(ensemble.server(4).clientPort()).isEqualTo(ports.get(2));
            assertThat(ensemble.failures).isEmpty();
        }
    }

    @Test
    void anObserverThatIsTakenOutFollowsWithoutAVoteAndComesBackAsAVoter() throws Exception {
        try (Ensemble ensemble = ensemble(4)) {
            for (int id = 1; id <= 4; id++) {
                String text = Files.readString(ensemble.file(id));
                Files.writeString(
                        ensemble.file(id),
                        text.replaceFirst("(server\\.4=127.0.0.1:\\d+:\\d+)", "$1:observer"));
            }
            ensemble.startAll();
            Server observer = ensemble.server(4);
            assertThat(observer.role().kind()).isEqualTo(Role.Kind.OBSERVING);
            String voter =
                    "server.4=%s;127.0.0.1:%d"
                            .formatted(
                                    members(observer)
                                            .member(4)
                                            .toString()
                                            .replaceFirst(":observer.*", ":participant"),
                                    observer.clientPort());
            int down = ensemble.leader() == 1 ? 2 : 1;
            ensemble.stop(down);
            ensemble.forget(down);
            Server leader = ensemble.server(ensemble.leader());
            // What is proposed before the leader knows who is gone waits for it.
            await().atMost(Duration.ofSeconds(20)).until(() -> learners(leader) == 2);
            assertThatThrownBy(() -> reconfig(leader, voter, null))
                    .isInstanceOf(KeeperException.NewConfigNoQuorum.class);

            reconfig(leader, null, "4");
            await().atMost(Duration.ofSeconds(20))
                    .until(() -> observer.role().kind() == Role.Kind.FOLLOWING);

            assertThat(reconfig(leader, voter, null).voters()).hasSize(4);
        }
    }

    @Test
    void severalAddressesAreRefusedWhereTheyAreNotAllowed() throws Exception {
        try (Ensemble ensemble = ensemble(3)) {
            ensemble.startAll();
            List<Integer> ports = Ensemble.freePorts(3);
            String two =
                    "server.3=127.0.0.1:%d:%d|127.0.0.2:%d:%d;127.0.0.1:%d"
                            .formatted(
                                    ports.get(0),
                                    ports.get(1),
                                    ports.get(0),
                                    ports.get(1),
                                    ports.get(2));

            assertThatThrownBy(() -> reconfig(ensemble.server(1), two, null))
                    .isInstanceOf(KeeperException.BadArgumentsException.class);
        }
    }

    @Test
    void aFollowerBecomesAnObserverAndBack() throws Exception {
        try (Ensemble ensemble = ensemble(3)) {
            ensemble.startAll();
            int id = ensemble.follower();
            List<Integer> ports = Ensemble.freePorts(3);
            Member member = members(ensemble.server(id)).member(id);
            ports.set(0, member.addresses().getFirst().quorum().port());
            ports.set(1, member.addresses().getFirst().election().port());
            ports.set(2, ensemble.server(id).clientPort());
            EnsembleConfig observing =
                    reconfig(ensemble.server(ensemble.leader()), line(id, ports, "observer"), null);
            await().atMost(Duration.ofSeconds(20))
                    .until(() -> ensemble.server(id).role().kind() == Role.Kind.OBSERVING);
            ensemble.stopAll();
            ensemble.startAll();
            assertThat(ensemble.server(id).role().kind()).isEqualTo(Role.Kind.OBSERVING);
            awaitMembers(ensemble, observing);
            EnsembleConfig voting =
                    reconfig(
                            ensemble.server(ensemble.leader()),
                            line(id, ports, "participant"),
                            null);
            await().atMost(Duration.ofSeconds(20))
                    .until(() -> ensemble.server(id).role().kind() == Role.Kind.FOLLOWING);
            awaitMembers(ensemble, voting);
            assertThat(ensemble.failures).isEmpty();
        }
    }

    @Test
    void aFollowerMovesToOtherPorts() throws Exception {
        try (Ensemble ensemble = ensemble(3)) {
            ensemble.startAll();
            int id = ensemble.follower();
            int oldPort = ensemble.server(id).clientPort();
            List<Integer> ports = Ensemble.freePorts(3);
            try (ZooKeeper stays =
                    new ZooKeeper("127.0.0.1:" + oldPort, SESSION_MILLIS, event -> {})) {
                stays.create("/before", null, Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT);
                EnsembleConfig moved =
                        reconfig(
                                ensemble.server(ensemble.leader()),
                                line(id, ports, "participant"),
                                null);
                await().atMost(Duration.ofSeconds(20))
                        .until(() -> ensemble.server(id).clientPort() == ports.get(2));
                awaitMembers(ensemble, moved);
                assertThat(stays.exists("/before", false)).isNotNull();
                assertThatThrownBy(() -> new Socket("127.0.0.1", oldPort).close())
                        .isInstanceOf(IOException.class);
                // Another leader must find it at its new ports.
                ensemble.stop(ensemble.leader());
                await().atMost(Duration.ofSeconds(20))
                        .until(() -> ensemble.server(id).role().isServing());
                assertThat(members(ensemble.server(id))).isEqualTo(moved);
            }
            ensemble.stopAll();
            ensemble.startAll();
            assertThat(ensemble.server(id).clientPort()).isEqualTo(ports.get(2));
            assertThat(ensemble.failures).isEmpty();
        }
    }

    @Test
    void theLeaderIsRemovedAndTheOthersGoOn() throws Exception {
        try (Ensemble ensemble = ensemble(3)) {
            ensemble.startAll();
            int leader = ensemble.leader();
            EnsembleConfig left = reconfig(ensemble.server(ensemble.follower()), null, "" + leader);
            assertThat(left.members()).hasSize(2);
            await().atMost(Duration.ofSeconds(20))
                    .until(() -> ensemble.server(leader).role().kind() == Role.Kind.FOLLOWING);
            ensemble.stop(leader);
            // It is in no list any more, so it does not start again.
            assertThatThrownBy(() -> read(ensemble, leader))
                    .isInstanceOf(ConfigException.class)
                    .hasMessage("myid is %d, but there is no server.%d line", leader, leader);
            ensemble.forget(leader);
            ensemble.stopAll();
            ensemble.startAll();
            awaitMembers(ensemble, left);
            assertThat(ensemble.failures).isEmpty();
        }
    }

    @Test
    void whatIsOnlyProposedCountsAfterARestart() throws Exception {
        try (Ensemble ensemble = ensemble(3)) {
            ensemble.startAll();
            EnsembleConfig first = members(ensemble.server(1));
            awaitMembers(ensemble, first);
            ensemble.stopAll();
            // As if each had logged a reconfig that adds an observer and had then been killed.
            Member observer = Member.parse(9, "127.0.0.1:1:2:observer;127.0.0.1:3");
            EnsembleConfig proposed =
                    EnsembleConfig.of(
                            Stream.concat(first.members().values().stream(), Stream.of(observer))
                                    .toList(),
                            first.version() + 5);
            for (int id = 1; id <= 3; id++) {
                Files.writeString(
                        dir.resolve("zoo-%d.cfg.dynamic.next".formatted(id)), proposed.text());
                assertThat(read(ensemble, id).quorum().proposed()).isEqualTo(proposed);
            }
            ensemble.startAll();
            awaitMembers(ensemble, proposed);
            ensemble.stopAll();
            for (int id = 1; id <= 3; id++) {
                assertThat(read(ensemble, id).quorum().members()).isEqualTo(proposed);
                assertThat(read(ensemble, id).quorum().proposed()).isNull();
            }
            assertThat(ensemble.failures).isEmpty();
        }
    }
}
