package org.quorate.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.Op;
import org.apache.zookeeper.WatchedEvent;
import org.apache.zookeeper.Watcher;
import org.apache.zookeeper.ZooDefs.Ids;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.data.Stat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.quorate.node.config.ServerConfig;
import org.quorate.node.host.RawClient;
import org.quorate.node.host.StartException;

/** The stock ZooKeeper client against a server in this JVM. */
class QuorateTest {
    private static final long READY_MILLIS_MAX = 300;

    /** A client that remembers its events. */
    private static final class Client implements AutoCloseable, Watcher {
        final BlockingQueue<WatchedEvent> events = new LinkedBlockingQueue<>();
        final CountDownLatch connected = new CountDownLatch(1);
        final ZooKeeper zk;

        Client(Quorate server) throws Exception {
            this(server, 10_000);
        }

        Client(Quorate server, int timeoutMillis) throws Exception {
            zk = new ZooKeeper(server.connectString(), timeoutMillis, this);
            assertThat(connected.await(10, TimeUnit.SECONDS)).isTrue();
        }

        @Override
        public void process(WatchedEvent event) {
            if (event.getType() == Event.EventType.None) {
                connected.countDown();
            } else {
                events.add(event);
            }
        }

        WatchedEvent event() throws InterruptedException {
            WatchedEvent event = events.poll(10, TimeUnit.SECONDS);
            assertThat(event).isNotNull();
            return event;
        }

        @Override
        public void close() throws Exception {
            zk.close();
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void aSessionsWorkIsDone() throws Exception {
        try (Quorate server = Quorate.builder().start();
                Client client = new Client(server)) {
            ZooKeeper zk = client.zk;
            assertThat(zk.create("/a", bytes("1"), Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT))
                    .isEqualTo("/a");
            Stat stat = new Stat();
            assertThat(zk.getData("/a", true, stat)).isEqualTo(bytes("1"));
            assertThat(stat.getVersion()).isZero();
            assertThat(zk.setData("/a", bytes("2"), 0).getVersion()).isEqualTo(1);
            assertThat(client.event().getType()).isEqualTo(Watcher.Event.EventType.NodeDataChanged);
            assertThat(
                            zk.create(
                                    "/a/s-",
                                    null,
                                    Ids.OPEN_ACL_UNSAFE,
                                    CreateMode.EPHEMERAL_SEQUENTIAL))
                    .isEqualTo("/a/s-0000000000");
            assertThat(zk.getChildren("/a", true)).containsExactly("s-0000000000");
            zk.multi(
                    List.of(
                            Op.check("/a", 1),
                            Op.create("/a/b", null, Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT),
                            Op.setData("/a", bytes("3"), 1)));
            assertThat(client.event().getType())
                    .isEqualTo(Watcher.Event.EventType.NodeChildrenChanged);
            assertThatThrownBy(() -> zk.delete("/a", -1))
                    .isInstanceOf(KeeperException.NotEmptyException.class);
            assertThat(zk.exists("/b", true)).isNull();
            zk.create("/b", null, Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT);
            assertThat(client.event().getPath()).isEqualTo("/b");
            zk.sync("/b", (rc, path, ctx) -> {}, null);
            zk.delete("/a/b", 0);
            assertThat(zk.getChildren("/", false)).contains("a", "b", "zookeeper");
        }
    }

    @Test
    void dataAndSessionsOutliveARestart(@TempDir Path dir) throws Exception {
        long sessionId;
        byte[] password;
        int port;
        Quorate first = Quorate.builder().dataDir(dir).start();
        Client client = new Client(first, 30_000);
        client.zk.create("/kept", bytes("x"), Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT);
        client.zk.create("/mine", null, Ids.OPEN_ACL_UNSAFE, CreateMode.EPHEMERAL);
        sessionId = client.zk.getSessionId();
        password = client.zk.getSessionPasswd();
        port = first.port();
        first.close();
        try (Quorate second = Quorate.builder().dataDir(dir).port(port).start()) {
            // The client comes back by itself, with its session.
            await().ignoreExceptions().until(() -> client.zk.exists("/mine", false) != null);
            assertThat(client.zk.getSessionId()).isEqualTo(sessionId);
            assertThat(client.zk.getData("/kept", false, null)).isEqualTo(bytes("x"));
            CountDownLatch connected = new CountDownLatch(1);
            try (ZooKeeper again =
                    new ZooKeeper(
                            second.connectString(),
                            30_000,
                            event -> connected.countDown(),
                            sessionId,
                            password)) {
                assertThat(connected.await(10, TimeUnit.SECONDS)).isTrue();
                assertThat(again.exists("/mine", false).getEphemeralOwner()).isEqualTo(sessionId);
            }
            try (Client other = new Client(second)) {
                await().until(() -> other.zk.exists("/mine", false) == null);
            }
        }
        client.zk.close();
    }

    @Test
    void aSilentSessionExpiresAndItsEphemeralsGo() throws Exception {
        try (Quorate server = Quorate.builder().tickTime(100).start();
                Client watcher = new Client(server)) {
            RawClient silent = new RawClient(server.port(), 400);
            assertThat(silent.timeoutMillis).isEqualTo(400);
            silent.create("/e", null, true);
            assertThat(watcher.zk.exists("/e", false)).isNotNull();
            for (int i = 0; i < 10; i++) {
                TimeUnit.MILLISECONDS.sleep(100);
                assertThat(silent.ping().xid()).isEqualTo(-2);
            }
            assertThat(watcher.zk.exists("/e", false)).isNotNull();
            await().until(() -> watcher.zk.exists("/e", false) == null);
            assertThat(silent.isClosedByServer()).isTrue();
            silent.close();
        }
    }

    @Test
    void fourLetterWordsTellOfTheServer() throws Exception {
        try (Quorate server = Quorate.builder().start();
                Client client = new Client(server)) {
            client.zk.create("/a", bytes("1"), Ids.OPEN_ACL_UNSAFE, CreateMode.EPHEMERAL);
            client.zk.getData("/a", true, null);
            assertThat(word(server, "ruok")).isEqualTo("imok");
            assertThat(word(server, "srvr"))
                    .contains("Connections: 2", "Mode: standalone", "Zxid: 0x2", "Node count: 5");
            assertThat(word(server, "cons"))
                    .contains("sid=0x" + Long.toHexString(client.zk.getSessionId()), "lop=GETD");
            assertThat(word(server, "wchp")).startsWith("/a\n\t0x");
            assertThat(word(server, "dump")).contains("/a");
            assertThat(word(server, "mntr")).contains("zk_znode_count\t5", "zk_watch_count\t1");
            assertThat(word(server, "isro")).isEqualTo("rw");
        }
    }

    private static String word(Quorate server, String word) throws Exception {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream().write(bytes(word));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    /** The recorded scenario {@code maxclientcnxns_exceeded}. */
    @Test
    void oneConnectionMoreThanAnAddressMayHaveIsClosedAtOnce(@TempDir Path dir) throws Exception {
        ServerConfig all = ServerConfig.embedded(dir);
        ServerConfig two = all.withLimits(all.limits().withConnectionsPerAddressMax(2));
        try (Quorate server = Quorate.builder().config(two).port(0).start();
                Client first = new Client(server);
                Client second = new Client(server)) {
            try (Socket third = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
                third.setSoTimeout(5_000);
                assertThat(third.getInputStream().read()).isEqualTo(-1);
            }
            assertThat(first.zk.exists("/", false)).isNotNull();
            second.close();
            await().untilAsserted(() -> {
                try (Client fourth = new Client(server)) {
                    assertThat(fourth.zk.exists("/", false)).isNotNull();
                }
            });
        }
    }

    @Test
    void aWarmServerIsReadyAtOnce() throws Exception {
        long shortest = Long.MAX_VALUE;
        // The machine may be busy with something else: the shortest of some says what it takes.
        for (int i = 0; i < 20 && shortest >= READY_MILLIS_MAX; i++) {
            long begin = System.nanoTime();
            try (Quorate server = Quorate.builder().start()) {
                new RawClient(server.port(), 10_000).close();
                shortest =
                        Math.min(
                                shortest, TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begin));
            }
        }
        assertThat(shortest).isLessThan(READY_MILLIS_MAX);
    }

    @Test
    void severalServersShareNothing() throws Exception {
        try (Quorate one = Quorate.builder().start();
                Quorate two = Quorate.builder().start();
                Client ofOne = new Client(one);
                Client ofTwo = new Client(two)) {
            ofOne.zk.create("/only-one", null, Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT);
            assertThat(ofTwo.zk.exists("/only-one", false)).isNull();
            assertThat(one.port()).isNotEqualTo(two.port());
        }
    }

    @Test
    void aTemporaryDirectoryGoesWithItsServerAndAGivenOneStays(@TempDir Path given)
            throws Exception {
        Quorate temporary = Quorate.builder().start();
        Path dir = temporary.dataDir();
        assertThat(dir).isDirectory();
        temporary.close();
        temporary.close();
        assertThat(dir).doesNotExist();
        Quorate.builder().dataDir(given).start().close();
        assertThat(Files.list(given)).isNotEmpty();
    }

    @Test
    void whatPreventsAStartIsToldInOneLine(@TempDir Path dir) throws Exception {
        try (Quorate first = Quorate.builder().dataDir(dir).start()) {
            assertThatThrownBy(() -> Quorate.builder().dataDir(dir).start())
                    .isInstanceOf(StartException.class)
                    .hasMessageContaining(dir.toString());
            assertThatThrownBy(() -> Quorate.builder().port(first.port()).start())
                    .isInstanceOf(StartException.class)
                    .hasMessageContaining(first.port() + ": the port is in use");
        }
        Path file = Files.createFile(dir.resolve("file"));
        assertThatThrownBy(() -> Quorate.builder().dataDir(file.resolve("below")).start())
                .isInstanceOf(StartException.class)
                .hasMessageContaining("file");
    }
}
