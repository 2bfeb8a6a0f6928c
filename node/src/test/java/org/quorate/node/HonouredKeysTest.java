package org.quorate.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.ZooDefs.Ids;
import org.apache.zookeeper.ZooKeeper;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.quorate.node.config.ServerConfig;
import org.quorate.node.config.ZooCfg;
import org.quorate.node.host.HostClock;
import org.quorate.node.host.Server;

/** Keys of a configuration file that change what a server does. */
class HonouredKeysTest {
    @TempDir Path dir;

    private static void create(ZooKeeper client, String path, int bytes) throws Exception {
        client.create(path, new byte[bytes], Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT);
    }

    private static void awaitExists(ZooKeeper client, String path) {
        await().ignoreExceptionsInstanceOf(KeeperException.ConnectionLossException.class)
                .until(() -> client.exists(path, false) != null);
    }

    @Test
    void aLargeRequestWithoutRoomEndsItsConnection() throws Exception {
        try (Quorate server =
                        Quorate.builder()
                                .dataDir(dir)
                                .property("zookeeper.largeRequestThreshold", "1000")
                                .property("zookeeper.largeRequestMaxBytes", "5000")
                                .start();
                ZooKeeper client = new ZooKeeper(server.connectString(), 10_000, event -> {});
                ZooKeeper other = new ZooKeeper(server.connectString(), 10_000, event -> {})) {
            create(other, "/there", 0);
            for (int i = 0; i < 20; i++) {
                create(client, "/n" + i, 4_000); // one at a time there is room for each
            }
            assertThatThrownBy(() -> create(client, "/too-large", 6_000))
                    .isInstanceOf(KeeperException.ConnectionLossException.class);
            assertThat(other.exists("/too-large", false)).isNull();
            assertThat(other.exists("/n19", false)).isNotNull();
        }
    }

    @Test
    void aLeaderThatShallNotServeSendsItsClientsAway() throws Exception {
        try (Ensemble ensemble = new Ensemble(dir, 3, "leaderServes=no", "")) {
            for (int id = 1; id <= 3; id++) {
                ensemble.start(id);
            }
            ensemble.awaitServing();
            int leader = ensemble.leader();
            try (ZooKeeper client = new ZooKeeper(ensemble.connectString(), 10_000, event -> {})) {
                awaitExists(client, "/"); // a client may come upon the leader first
                create(client, "/n", 0);
                String connected = client.toString();
                assertThat(connected)
                        .doesNotContain(
                                "remoteserver:localhost/127.0.0.1:"
                                        + ensemble.server(leader).clientPort());
            }
            try (ZooKeeper refused =
                    new ZooKeeper(
                            "127.0.0.1:" + ensemble.server(leader).clientPort(),
                            2_000,
                            event -> {})) {
                assertThatThrownBy(() -> refused.exists("/n", false))
                        .isInstanceOf(KeeperException.ConnectionLossException.class);
            }
            ensemble.stop(leader);
            ensemble.awaitServing();
            try (ZooKeeper client = new ZooKeeper(ensemble.connectString(), 10_000, event -> {})) {
                awaitExists(client, "/n");
            }
        }
    }

    @Test
    void oldFilesArePurgedByTheClock() throws Exception {
        AtomicLong aheadNanos = new AtomicLong();
        HostClock clock =
                new HostClock() {
                    @Override
                    public long nanos() {
                        return System.nanoTime() + aheadNanos.get();
                    }

                    @Override
                    public long wallMillis() {
                        return System.currentTimeMillis();
                    }
                };
        Path file = dir.resolve("zoo.cfg");
        Files.writeString(
                file,
                """
                dataDir=%s
                clientPort=1
                clientPortAddress=127.0.0.1
                admin.enableServer=false
                preAllocSize=64
                autopurge.purgeInterval=2
                autopurge.snapRetainCount=3
                """
                        .formatted(dir.resolve("data")));
        ServerConfig config = ZooCfg.read(file, new Properties(), warning -> {});
        ServerConfig onAnyPort =
                config.withPorts(
                        config.ports()
                                .withPlain(new org.quorate.protocol.peer.Endpoint("127.0.0.1", 0)));
        try (Server server = Server.start(onAnyPort, (what, why) -> {}, clock)) {
            try (ZooKeeper client =
                    new ZooKeeper("127.0.0.1:" + server.clientPort(), 10_000, event -> {})) {
                for (int i = 0; i < 6; i++) {
                    create(client, "/n" + i, 10);
                    int before = snapshots();
                    server.snapshot();
                    await().atMost(Duration.ofSeconds(10)).until(() -> snapshots() > before);
                }
            }
            assertThat(snapshots()).isGreaterThan(5);
            aheadNanos.set(TimeUnit.HOURS.toNanos(2));
            await().atMost(Duration.ofSeconds(10)).until(() -> snapshots() == 3);
        }
    }

    private int snapshots() throws Exception {
        try (Stream<Path> files = Files.list(dir.resolve("data").resolve("version-2"))) {
            return (int)
                    files.map(path -> path.getFileName().toString())
                            .filter(name -> name.matches("snapshot\\.[0-9a-f]+"))
                            .count();
        }
    }

    @Test
    void aLoneServerMakesSessionIdsAsServerOne() throws Exception {
        try (Quorate server = Quorate.builder().dataDir(dir).start();
                ZooKeeper client = new ZooKeeper(server.connectString(), 10_000, event -> {})) {
            client.getData("/", false, null);
            assertThat(client.getSessionId() >>> 56).isEqualTo(1);
        }
    }
}
