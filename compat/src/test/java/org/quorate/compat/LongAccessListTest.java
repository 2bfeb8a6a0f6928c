package org.quorate.compat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.data.ACL;
import org.apache.zookeeper.data.Id;
import org.apache.zookeeper.data.Stat;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.quorate.bench.EnsembleProcesses;
import org.quorate.bench.ServerProcess;

/**
 * Access lists that are longer than {@code acl.entries.limit} allows, which ZooKeeper has not: what
 * is in a data directory, or was committed, is there; what a client asks for is refused.
 */
@Tag("mixed")
class LongAccessListTest {
    private static final int LIMIT = 3;
    private static final List<String> CONFIG = List.of("acl.entries.limit=" + LIMIT);
    private static final List<ACL> LONG = list(2_000);

    /** Somebody may do everything, and so many addresses may read. */
    private static List<ACL> list(int entries) {
        return Stream.concat(
                        IntStream.range(1, entries)
                                .mapToObj(i ->
                                        new ACL(
                                                ZooDefs.Perms.READ,
                                                new Id(
                                                        "ip",
                                                        "10.1.%d.%d".formatted(i / 250, i % 250)))),
                        ZooDefs.Ids.OPEN_ACL_UNSAFE.stream())
                .toList();
    }

    private static List<ACL> read(ServerProcess server) throws Exception {
        try (ZooKeeper client = Mixed.connect(server)) {
            Mixed.sync(client);
            return client.getACL("/long", new Stat());
        }
    }

    private static void assertNoLongerOnes(ServerProcess server) throws Exception {
        try (ZooKeeper client = Mixed.connect(server)) {
            client.setACL("/short", list(LIMIT), -1);
            assertThatThrownBy(() -> client.setACL("/short", list(LIMIT + 1), -1))
                    .isInstanceOf(KeeperException.InvalidACLException.class);
        }
    }

    private static void createBoth(ServerProcess server) throws Exception {
        try (ZooKeeper client = Mixed.connect(server)) {
            client.create("/long", new byte[0], LONG, CreateMode.PERSISTENT);
            Mixed.create(client, "/short", CreateMode.PERSISTENT);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void oneInTheLogOrTheSnapshotOfAZooKeeperIsThere(boolean inSnapshot) throws Exception {
        try (ServerProcess server =
                ServerProcess.start(ServerProcess.Kind.ZOOKEEPER, CONFIG, List.of())) {
            createBoth(server);
            if (inSnapshot) {
                server.stop();
                server.restart(); // it takes one of what it has read
            }
            server.killHard();

            server.relaunch(ServerProcess.Kind.QUORATE);
            server.awaitServing();

            assertThat(read(server)).isEqualTo(LONG);
            assertNoLongerOnes(server);
        }
    }

    @Test
    void oneThatARealLeaderHasCommittedIsThereOnEachServer() throws Exception {
        try (EnsembleProcesses ensemble = Mixed.start("QQZ", CONFIG, 0)) {
            ServerProcess leader = ensemble.leader();
            assertThat(leader.kind()).isEqualTo(ServerProcess.Kind.ZOOKEEPER);
            createBoth(ensemble.servers().getFirst());
            for (ServerProcess server : ensemble.servers()) {
                assertThat(read(server)).isEqualTo(LONG);
            }

            Mixed.kill(leader);
            ServerProcess other = ensemble.servers().getFirst();
            other.awaitServing();
            await().ignoreExceptions().until(() -> read(other).equals(LONG));
            assertNoLongerOnes(other);
            leader.restart();
            assertThat(read(leader)).isEqualTo(LONG);
            Mixed.assertDigestsAgree(ensemble);
        }
    }
}
