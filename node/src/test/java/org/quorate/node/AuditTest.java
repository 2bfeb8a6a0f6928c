package org.quorate.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.io.DataOutputStream;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.Op;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.data.ACL;
import org.apache.zookeeper.data.Id;
import org.apache.zookeeper.data.Stat;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.quorate.node.config.ZooCfg;
import org.quorate.node.host.Server;
import org.quorate.node.host.StartException;
import org.slf4j.LoggerFactory;

/** The audit log, line by line as a real ZooKeeper 3.9.5 wrote it for the same requests. */
class AuditTest {
    private static final List<ACL> OPEN = ZooDefs.Ids.OPEN_ACL_UNSAFE;
    private static final String SELF = System.getProperty("user.name");

    @TempDir Path dir;
    private final List<String> lines = new CopyOnWriteArrayList<>();
    private final Logger logger =
            (Logger) LoggerFactory.getLogger("org.apache.zookeeper.audit.Slf4jAuditLogger");
    private final AppenderBase<ILoggingEvent> appender =
            new AppenderBase<>() {
                @Override
                protected void append(ILoggingEvent event) {
                    boolean failure = event.getFormattedMessage().endsWith("result=failure");
                    assertThat(event.getLevel()).isEqualTo(failure ? Level.ERROR : Level.INFO);
                    lines.add(event.getFormattedMessage().replace('\t', ' '));
                }
            };
    private Server server;

    @BeforeEach
    void listen() {
        appender.start();
        logger.setLevel(Level.INFO);
        logger.addAppender(appender);
    }

    @AfterEach
    void stop() {
        if (server != null) {
            server.close();
        }
        logger.detachAppender(appender);
    }

    private Server start(int port) throws Exception {
        Path file = dir.resolve("zoo.cfg");
        Files.writeString(
                file,
                """
                dataDir=%s
                clientPort=%d
                clientPortAddress=127.0.0.1
                preAllocSize=1024
                admin.enableServer=false
                audit.enable=true
                extendedTypesEnabled=true
                """
                        .formatted(dir.resolve("data"), port));
        return Server.start(ZooCfg.read(file, new Properties(), w -> {}), (what, why) -> {});
    }

    private ZooKeeper client() throws Exception {
        return new ZooKeeper("127.0.0.1:" + server.clientPort(), 30_000, event -> {});
    }

    private static void refused(Refused call) {
        assertThatThrownBy(call::run).isInstanceOf(KeeperException.class);
    }

    private interface Refused {
        void run() throws Exception;
    }

    @Test
    void eachUpdateIsToldInZooKeepersWords() throws Exception {
        server = start(Ensemble.freePorts(1).get(0));
        ZooKeeper ann = client();
        ZooKeeper other = client();
        ann.addAuthInfo("digest", "ann:secret".getBytes(StandardCharsets.UTF_8));
        ann.create("/p", new byte[1], OPEN, CreateMode.PERSISTENT);
        refused(() -> ann.create("/p", new byte[1], OPEN, CreateMode.PERSISTENT));
        ann.create("/p/e", new byte[1], OPEN, CreateMode.EPHEMERAL);
        ann.create("/p/s-", new byte[1], OPEN, CreateMode.PERSISTENT_SEQUENTIAL);
        ann.create("/p/es-", new byte[1], OPEN, CreateMode.EPHEMERAL_SEQUENTIAL);
        ann.create("/p/c", new byte[1], OPEN, CreateMode.CONTAINER);
        ann.create("/p/t", null, OPEN, CreateMode.PERSISTENT_WITH_TTL, new Stat(), 90_000);
        ann.create(
                "/p/ts-",
                null,
                OPEN,
                CreateMode.PERSISTENT_SEQUENTIAL_WITH_TTL,
                new Stat(),
                90_000);
        ann.create("/p/l", new byte[1], ZooDefs.Ids.CREATOR_ALL_ACL, CreateMode.PERSISTENT);
        refused(() -> other.setData("/p/l", new byte[1], -1));
        refused(() -> other.getData("/p/l", false, null));
        ann.setData("/p", new byte[1], -1);
        refused(() -> ann.setData("/none", new byte[1], 77));
        ann.setACL(
                "/p",
                Arrays.asList(
                        new ACL(31, new Id("world", "anyone")),
                        new ACL(5, new Id("digest", "b:a="))),
                -1);
        ann.setACL("/p", Arrays.asList(new ACL(31, new Id("auth", ""))), -1);
        ann.setACL("/p", OPEN, -1);
        refused(() -> ann.delete("/p", -1));
        ann.delete("/p/c", -1);
        ann.multi(
                List.of(
                        Op.create("/m", new byte[1], OPEN, CreateMode.PERSISTENT),
                        Op.setData("/m", null, -1),
                        Op.check("/m", -1),
                        Op.delete("/m", -1),
                        Op.create("/q-", null, OPEN, CreateMode.EPHEMERAL_SEQUENTIAL)));
        refused(() ->
                ann.multi(
                        List.of(
                                Op.create("/m", null, OPEN, CreateMode.PERSISTENT),
                                Op.delete("/nonono", -1))));
        long annId = ann.getSessionId();
        long otherId = other.getSessionId();
        ann.close();
        other.close();
        server.close();

        String a = "session=0x%x user=ann,127.0.0.1 ip=127.0.0.1 operation=".formatted(annId);
        String o = "session=0x%x user=127.0.0.1 ip=127.0.0.1 operation=".formatted(otherId);
        String gone =
                "session=0x%x user=%s operation=ephemeralZNodeDeletionOnSessionCloseOrExpire znode="
                        .formatted(annId, SELF);
        assertThat(lines.subList(0, 22))
                .containsExactly(
                        "user=" + SELF + " operation=serverStart result=success",
                        a + "create znode=/p znode_type=persistent result=success",
                        a + "create znode=/p znode_type=persistent result=failure",
                        a + "create znode=/p/e znode_type=ephemeral result=success",
                        a
                                + "create znode=/p/s-0000000001 znode_type=persistent_sequential"
                                + " result=success",
                        a
                                + "create znode=/p/es-0000000002 znode_type=ephemeral_sequential"
                                + " result=success",
                        a + "create znode=/p/c znode_type=container result=success",
                        a + "create znode=/p/t znode_type=persistent_with_ttl result=success",
                        a
                                + "create znode=/p/ts-0000000005"
                                + " znode_type=persistent_sequential_with_ttl result=success",
                        a + "create znode=/p/l znode_type=persistent result=success",
                        o + "setData znode=/p/l result=failure",
                        a + "setData znode=/p result=success",
                        a + "setData znode=/none result=failure",
                        a + "setAcl znode=/p acl=world:anyone:cdrwadigest:b:a=:cr result=success",
                        a + "setAcl znode=/p acl=auth::cdrwa result=success",
                        a + "setAcl znode=/p acl=world:anyone:cdrwa result=success",
                        a + "delete znode=/p result=failure",
                        a + "delete znode=/p/c result=success",
                        a + "create znode=/m znode_type=persistent result=success",
                        a + "setData znode=/m result=success",
                        a + "delete znode=/m result=success",
                        a + "create znode=/q-0000000002 result=success");
        assertThat(lines.get(22)).isEqualTo(a + "multiOperation result=failure");
        assertThat(lines.subList(23, 26))
                .containsExactlyInAnyOrder(
                        gone + "/p/e result=success",
                        gone + "/p/es-0000000002 result=success",
                        gone + "/q-0000000002 result=success");
        assertThat(lines.subList(26, lines.size()))
                .containsExactly("user=" + SELF + " operation=serverStop result=invoked");
    }

    @Test
    void whoHangsUpAtOnceIsToldToo() throws Exception {
        server = start(Ensemble.freePorts(1).get(0));
        try (ZooKeeper client = client()) {
            client.create("/p", null, OPEN, CreateMode.PERSISTENT);
            try (Socket socket = new Socket("127.0.0.1", server.clientPort())) {
                DataOutputStream out = new DataOutputStream(socket.getOutputStream());
                byte[] path = "/p".getBytes(StandardCharsets.UTF_8);
                out.writeInt(44);
                out.writeInt(0);
                out.writeLong(0);
                out.writeInt(30_000);
                out.writeLong(0);
                out.writeInt(16);
                out.write(new byte[16]);
                assertThat(socket.getInputStream().readNBytes(4 + 36)).hasSize(40);
                out.writeInt(8 + 4 + path.length + 4);
                out.writeInt(1);
                out.writeInt(2); // delete
                out.writeInt(path.length);
                out.write(path);
                out.writeInt(-1);
                out.flush();
            }
            await().atMost(Duration.ofSeconds(20))
                    .untilAsserted(() ->
                            assertThat(lines)
                                    .anyMatch(line ->
                                            line.endsWith(
                                                    "operation=delete znode=/p"
                                                            + " result=success")));
        }
    }

    @Test
    void aServerThatCannotStartIsToldAsZooKeeperDoes() throws Exception {
        try (ServerSocket taken =
                new ServerSocket(0, 1, java.net.InetAddress.getLoopbackAddress())) {
            assertThatThrownBy(() -> start(taken.getLocalPort()))
                    .isInstanceOf(StartException.class);
        }
        assertThat(lines).containsExactly("user=" + SELF + " operation=serverStart result=failure");
    }
}
