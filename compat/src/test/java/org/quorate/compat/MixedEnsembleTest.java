package org.quorate.compat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.admin.ZooKeeperAdmin;
import org.apache.zookeeper.data.Stat;
import org.apache.zookeeper.server.persistence.FileTxnLog;
import org.apache.zookeeper.txn.CreateTxn;
import org.apache.zookeeper.txn.TxnHeader;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.quorate.bench.EnsembleProcesses;
import org.quorate.bench.ServerProcess;

/**
 * Quorate leads real followers and observers, and real servers lead Quorate (Q and Z; the last
 * voter leads at first): synchronisation, sessions and membership, and no digest that differs.
 * {@code -Dmixed.rounds=N} lets each server lead N times.
 */
@Tag("mixed")
class MixedEnsembleTest {
    private static final int ROUNDS = Integer.getInteger("mixed.rounds", 1);

    private int written;

    @ParameterizedTest
    @ValueSource(strings = {"ZZQ", "QQZ"})
    void eachServerLeadsInTurnAndBringsTheOthersUpByDiffByCuttingAndBySnapshot(String servers)
            throws Exception {
        try (EnsembleProcesses ensemble = Mixed.start(servers, List.of(), 0)) {
            List<ServerProcess> all = ensemble.servers();
            for (int turn = 0; turn < all.size() * ROUNDS; turn++) {
                lead(
                        all.get(turn % all.size()),
                        all.get((turn + 1) % all.size()),
                        all.get((turn + 2) % all.size()));
                for (ServerProcess server : all) {
                    assertHasAll(server);
                }
                Mixed.assertDigestsAgree(ensemble);
            }
        }
    }

    /**
     * One comes to lead because it alone has the newest history that is left, and brings the others
     * up. No session is opened, which would be a transaction, before the cut is done.
     */
    private void lead(ServerProcess leader, ServerProcess behind, ServerProcess ahead)
            throws Exception {
        Mixed.kill(behind);
        leader.awaitServing();
        write(leader);
        Mixed.kill(ahead);
        long ghost = lastZxid(ahead) + 1;
        appendGhost(ahead, ghost);
        long diffs = Mixed.metric(leader, "diff_count");
        long snaps = Mixed.metric(leader, "snap_count");

        behind.relaunch(behind.kind());
        Mixed.awaitWord(leader, "srvr", "Mode: leader");
        Mixed.awaitWord(behind, "srvr", "Mode: follower");
        assertThat(Mixed.metric(leader, "diff_count")).as("DIFF").isEqualTo(diffs + 1);

        ahead.relaunch(ahead.kind());
        Mixed.awaitWord(ahead, "srvr", "Mode: follower");
        // ZooKeeper counts TRUNC among the DIFFs; nothing else takes a record away.
        assertThat(Mixed.metric(leader, "diff_count")).as("TRUNC").isEqualTo(diffs + 2);
        assertThat(Mixed.metric(leader, "snap_count")).as("no SNAP yet").isEqualTo(snaps);
        Mixed.kill(ahead);
        assertThat(lastZxid(ahead)).as("cut").isEqualTo(ghost - 1);

        appendGhost(ahead, ghost);
        write(leader);
        ahead.restart();
        assertThat(Mixed.metric(leader, "snap_count")).as("SNAP").isEqualTo(snaps + 1);
    }

    /** Two Quorate servers among three real ones; first one of one kind leads, then the other. */
    @ParameterizedTest
    @ValueSource(strings = {"ZQZQZ", "ZZQZQ"})
    void amongFiveWhoeverLeadsMayBeKilledOrStopped(String servers) throws Exception {
        try (EnsembleProcesses ensemble = Mixed.start(servers, List.of(), 0)) {
            for (int turn = 0; turn < 4 * ROUNDS; turn++) {
                ServerProcess leader = ensemble.leader();
                if (turn % 4 < 2) {
                    Mixed.kill(leader);
                } else {
                    leader.stop();
                }
                for (ServerProcess server : ensemble.servers()) {
                    if (server != leader) {
                        server.awaitServing();
                        write(server);
                    }
                }
                leader.restart();
                for (ServerProcess server : ensemble.servers()) {
                    assertHasAll(server);
                }
                Mixed.assertDigestsAgree(ensemble);
            }
        }
    }

    /** One group; the last server's word has no weight, so it counts for nothing. */
    @ParameterizedTest
    @ValueSource(strings = {"ZQZQ", "QZQZ"})
    void groupsAndWeightsAreTheSameToBothKinds(String servers) throws Exception {
        List<String> config =
                List.of("group.1=1:2:3:4", "weight.1=1", "weight.2=1", "weight.3=1", "weight.4=0");
        try (EnsembleProcesses ensemble = Mixed.start(servers, config, 0)) {
            List<ServerProcess> all = ensemble.servers();
            ServerProcess weightless = all.getLast();
            for (int turn = 0; turn < 2 * ROUNDS; turn++) {
                ServerProcess leader = ensemble.leader();
                assertThat(leader).isNotSameAs(weightless);
                Mixed.kill(leader);
                weightless.awaitServing();
                write(weightless);
                assertThat(EnsembleProcesses.mode(weightless)).isEqualTo("follower");
                leader.restart();
                for (ServerProcess server : all) {
                    assertHasAll(server);
                }
                Mixed.assertDigestsAgree(ensemble);
            }
            Mixed.kill(all.get(0));
            Mixed.kill(all.get(1));
            Mixed.awaitWord(all.get(2), "srvr", "not currently serving");
            Mixed.awaitWord(weightless, "srvr", "not currently serving");
        }
    }

    /** The last voter leads; with an observer it is the last server. */
    @ParameterizedTest
    @CsvSource({"QZQ, 0", "ZQZ, 0", "QZZQ, 1", "ZQQZ, 1"})
    void sessionsMoveBetweenKindsAndOverObserversAndLocalOnesBecomeGlobal(
            String servers, int observers) throws Exception {
        List<String> config =
                List.of("localSessionsEnabled=true", "localSessionsUpgradingEnabled=true");
        try (EnsembleProcesses ensemble = Mixed.start(servers, config, observers)) {
            List<ServerProcess> all = ensemble.servers();
            Mixed.Client client = Mixed.connect(all.getFirst());
            Mixed.create(client, "/p", CreateMode.PERSISTENT); // still a local session
            Mixed.create(client, "/e", CreateMode.EPHEMERAL);
            long owner = client.getSessionId();
            for (int turn = 1; turn <= 2 * all.size(); turn++) {
                int next = turn * (all.size() - 1) % all.size();
                client = Mixed.move(client, all.get(next));
                Mixed.sync(client);
                Stat stat = client.exists("/e", false);
                assertThat(stat).as("on server %d", next + 1).isNotNull();
                assertThat(stat.getEphemeralOwner()).isEqualTo(owner);
                client.setData("/e", new byte[] {2}, -1);
            }
            client.close();
            for (ServerProcess server : all) {
                try (ZooKeeper reader = Mixed.connect(server)) {
                    Mixed.sync(reader);
                    assertThat(reader.exists("/e", false)).isNull();
                }
            }
            Mixed.assertDigestsAgree(ensemble);
        }
    }

    /** The last server is an observer; the one before it leads. */
    @ParameterizedTest
    @ValueSource(strings = {"ZQQZ", "QZZQ"})
    void aLocalSessionBecomesGlobalAtWhicheverServerItIs(String servers) throws Exception {
        List<String> config =
                List.of("localSessionsEnabled=true", "localSessionsUpgradingEnabled=true");
        try (EnsembleProcesses ensemble = Mixed.start(servers, config, 1)) {
            for (int round = 0; round < ROUNDS; round++) {
                for (ServerProcess home : ensemble.servers()) {
                    upgrade(home, ensemble.servers());
                }
            }
            Mixed.assertDigestsAgree(ensemble);
        }
    }

    /** One session creates its first ephemeral, goes to each other server, and ends there. */
    private static void upgrade(ServerProcess home, List<ServerProcess> all) throws Exception {
        for (ServerProcess next : all) {
            Mixed.Client client = Mixed.connect(home);
            long owner = client.getSessionId();
            assertThat(client.exists("/mine", false)).as("left behind").isNull();
            Mixed.create(client, "/mine", CreateMode.EPHEMERAL);
            client = Mixed.move(client, next);
            Mixed.sync(client);
            Stat stat = client.exists("/mine", false);
            assertThat(stat).as("moved from %s to %s", home.kind(), next.kind()).isNotNull();
            assertThat(stat.getEphemeralOwner()).isEqualTo(owner);
            client.close();
            try (ZooKeeper reader = Mixed.connect(home)) {
                Mixed.sync(reader);
                assertThat(reader.exists("/mine", false)).isNull();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"QZQ", "ZQZ"})
    void membersGoAndComeAlsoTheLeader(String servers) throws Exception {
        List<String> config = List.of("reconfigEnabled=true", "skipACL=yes");
        try (EnsembleProcesses ensemble = Mixed.start(servers, config, 0)) {
            ServerProcess first = ensemble.servers().get(0);
            ServerProcess second = ensemble.servers().get(1);
            ServerProcess third = ensemble.servers().get(2);
            Mixed.makeLead(ensemble, third);
            String line = reconfigure(second, null, "1");
            write(second);
            reconfigure(second, line.formatted(first.clientPort()), null);
            assertHasAll(first);

            reconfigure(first, null, "3");
            await().atMost(Duration.ofSeconds(60))
                    .ignoreExceptions()
                    .until(() ->
                            EnsembleProcesses.mode(first).equals("leader")
                                    || EnsembleProcesses.mode(second).equals("leader"));
            write(first);
            assertHasAll(second);
            Mixed.assertDigestsAgree(ensemble);
        }
    }

    /**
     * Adds or removes.
     *
     * @return the first line of the members as they were, with room for a client port
     */
    private static String reconfigure(ServerProcess server, String joining, String leaving)
            throws Exception {
        try (ZooKeeperAdmin admin =
                new ZooKeeperAdmin(
                        "127.0.0.1:" + server.clientPort(), Mixed.SESSION_MILLIS, event -> {})) {
            await().atMost(Duration.ofSeconds(30))
                    .until(() -> admin.getState() == ZooKeeper.States.CONNECTED);
            String before = new String(admin.getConfig(false, new Stat()));
            try {
                admin.reconfigure(joining, leaving, null, -1, new Stat());
            } catch (KeeperException.ConnectionLossException e) {
                // A leader that is removed may take the connection along: done or not is seen
                // below.
            }
            await().atMost(Duration.ofSeconds(60))
                    .ignoreExceptions()
                    .until(() -> {
                        String now = new String(admin.getConfig(false, new Stat()));
                        return leaving != null
                                ? !now.contains("server." + leaving + "=")
                                : now.contains(joining.substring(0, joining.indexOf(';')));
                    });
            return before.lines().findFirst().orElseThrow().replaceFirst(";.*", "") + ";%d";
        }
    }

    private void write(ServerProcess server) throws Exception {
        try (ZooKeeper client = Mixed.connect(server)) {
            for (int i = 0; i < 50; i++) {
                Mixed.create(client, "/n" + written, CreateMode.PERSISTENT);
                written++;
            }
        }
    }

    /** All that was written, and nothing of what only one server had logged. */
    private void assertHasAll(ServerProcess server) throws Exception {
        try (ZooKeeper client = Mixed.connect(server)) {
            Mixed.sync(client);
            assertThat(client.getChildren("/", false))
                    .as("on %s", server.kind())
                    .hasSize(written + 1)
                    .contains("zookeeper", "n" + (written - 1));
        }
    }

    private static long lastZxid(ServerProcess server) throws IOException {
        Path dir = server.dataDir().resolve("version-2");
        FileTxnLog log = new FileTxnLog(dir.toFile());
        try {
            return log.getLastLoggedZxid();
        } finally {
            log.close();
        }
    }

    /** A transaction that only this server has logged: nobody else ever heard of it. */
    private static void appendGhost(ServerProcess server, long zxid) throws IOException {
        FileTxnLog log = new FileTxnLog(server.dataDir().resolve("version-2").toFile());
        try {
            CreateTxn txn =
                    new CreateTxn("/ghost", new byte[0], ZooDefs.Ids.OPEN_ACL_UNSAFE, false, 1);
            log.append(
                    new org.apache.zookeeper.server.Request(
                            0,
                            0,
                            ZooDefs.OpCode.create,
                            new TxnHeader(1, 1, zxid, 1, 1),
                            txn,
                            zxid));
            log.commit();
        } finally {
            log.close();
        }
    }
}
