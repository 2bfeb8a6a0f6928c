package org.quorate.cli.ensemble;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.data.Stat;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.quorate.protocol.Zxid;
import org.quorate.protocol.jute.JuteOut;
import org.quorate.protocol.jute.Slice;
import org.quorate.protocol.peer.Capabilities;
import org.quorate.protocol.peer.EnsembleConfig;
import org.quorate.protocol.peer.LearnerInfo;
import org.quorate.protocol.peer.Member;
import org.quorate.protocol.peer.PacketType;
import org.quorate.protocol.peer.QuorumPacket;
import org.slf4j.LoggerFactory;

/**
 * Peers that speak nonsense, lie, or are not who they say, at the ports of a running ensemble: one
 * clear line in the log each, and the ensemble goes on under the same leader.
 */
class BadPeersTest {
    private static final Duration LONG = Duration.ofSeconds(30);
    private static final int PROTOCOL = 0x10000;

    @TempDir Path dir;
    private long leader;
    private final Queue<String> log = new ConcurrentLinkedQueue<>();
    private final AppenderBase<ILoggingEvent> appender =
            new AppenderBase<>() {
                @Override
                protected void append(ILoggingEvent event) {
                    log.add(event.getFormattedMessage());
                }
            };

    private static Logger logger() {
        return (Logger) LoggerFactory.getLogger("org.quorate");
    }

    @BeforeEach
    void listenToTheLog() {
        appender.start();
        logger().setLevel(Level.INFO);
        logger().addAppender(appender);
    }

    @AfterEach
    void listenNoLonger() {
        logger().detachAppender(appender);
        logger().setLevel(null);
    }

    @Test
    void eachIsNamedInTheLogAndTheEnsembleIsUnharmed() throws Exception {
        List<Path> files = LocalFiles.make(dir, 3);
        EnsembleConfig members = members();
        try (LocalEnsemble ensemble = LocalEnsemble.start(files)) {
            awaitServing(ensemble, 3);
            try (ZooKeeper client = connected(ensemble)) {
                client.create("/n", null, ZooDefs.Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT);
                nonsense(members);
                lies(members);
                assertThat(client.setData("/n", new byte[] {1}, 0).getVersion()).isEqualTo(1);
            }
            assertThat(log)
                    .as("an election")
                    .filteredOn(line -> line.contains("stops leading"))
                    .isEmpty();
        }
    }

    private static Member.Address address(EnsembleConfig members, long serverId) {
        Member member = members.member(serverId);
        assertThat(member).isNotNull();
        return member.addresses().getFirst();
    }

    private void nonsense(EnsembleConfig members) throws IOException {
        byte[] bytes = new byte[200];
        new Random(7).nextBytes(bytes);
        Member.Address address = address(members, leader);
        sayTo(address.electionPort(), bytes, "on the election port sent no election message");
        sayTo(
                address.electionPort(),
                initialMessage(leader),
                "says it is server %d, as this one is".formatted(leader));
        sayTo(
                address.electionPort(),
                initialMessage(77),
                "says it is server 77, which is in no known configuration");
        sayTo(address.quorumPort(), bytes, "is sent away: what it sends is not the protocol");
    }

    private void lies(EnsembleConfig members) throws IOException {
        int port = address(members, leader).quorumPort();
        sayTo(port, followerInfo(leader, 1, 0), "has the id of this server: two servers with one");
        sayTo(port, followerInfo(leader % 3 + 1, 1, 0), "too: two servers with one id");
        sayTo(port, followerInfo(88, 1 << 30, 0), "claims epoch 1073741824, while this server");
        sayTo(port, followerInfo(88, 1, Long.MAX_VALUE), "newer than this server's");
        sayTo(port, followerInfo(99, 1, 0), "is not in the configuration: it learns");
        aLieAboutTheZxid(port);
    }

    /** It says that it has what nobody wrote, is told to drop it, and then acknowledges more. */
    private void aLieAboutTheZxid(int port) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.getOutputStream().write(followerInfo(98, 1, 0));
            DataInputStream in = new DataInputStream(socket.getInputStream());
            assertThat(in.readInt()).isEqualTo(PacketType.LEADER_INFO);
            JuteOut out = new JuteOut();
            byte[] epoch = ByteBuffer.allocate(Integer.BYTES).putInt(1).array();
            QuorumPacket.write(
                    out,
                    PacketType.ACK_EPOCH,
                    Zxid.of(1, 0x7fffff),
                    new Slice().set(epoch, 0, epoch.length));
            QuorumPacket.write(out, PacketType.ACK, Zxid.of(1, 0));
            QuorumPacket.write(out, PacketType.ACK, Zxid.of(1, 0x7fffff));
            socket.getOutputStream().write(out.copy());
            awaitLine("acknowledges 0x1007fffff, which is not what it was sent next");
        }
    }

    @Test
    void aServerThatPromisedALaterEpochElsewhereIsTakenInAndNothingIsLost() throws Exception {
        List<Path> files = LocalFiles.make(dir, 3);
        try (LocalEnsemble two = LocalEnsemble.start(files.subList(1, 3))) {
            awaitServing(two, 2);
            Path data = Files.createDirectories(dir.resolve("server-1/data/version-2"));
            Files.writeString(data.resolve("acceptedEpoch"), "50");
            Files.writeString(data.resolve("currentEpoch"), "50");
            try (LocalEnsemble stranger = LocalEnsemble.start(files.subList(0, 1));
                    ZooKeeper client = connected(two)) {
                client.create("/n", null, ZooDefs.Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT);
                awaitServing(stranger, 1);
                try (ZooKeeper itsClient = connected(stranger)) {
                    itsClient.sync("/", (code, path, context) -> {}, null);
                    Stat there = itsClient.exists("/n", false);
                    assertThat(there).isNotNull();
                    itsClient.create(
                            "/m", null, ZooDefs.Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT);
                    assertThat(itsClient.exists("/m", false).getCzxid() >>> 32)
                            .as("the epoch they go on in")
                            .isGreaterThan(50);
                }
            }
        }
    }

    @Test
    void aServerWithAnotherEnsemblesHistoryIsSentAwayWithTheReasonOnBothSides() throws Exception {
        Path elsewhere = Files.createDirectories(dir.resolve("elsewhere"));
        List<Path> others = LocalFiles.make(elsewhere, 3);
        for (int id = 1; id <= 2; id++) {
            Path data = elsewhere.resolve("server-" + id).resolve("data/version-2");
            Files.createDirectories(data);
            Files.writeString(data.resolve("acceptedEpoch"), "49");
            Files.writeString(data.resolve("currentEpoch"), "49");
        }
        try (LocalEnsemble two = LocalEnsemble.start(others.subList(0, 2));
                ZooKeeper client = connected(two)) {
            client.create("/theirs", null, ZooDefs.Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT);
        }
        Path foreign = elsewhere.resolve("server-2/data/version-2");
        log.clear();
        List<Path> files = LocalFiles.make(dir, 3);
        try (LocalEnsemble two = LocalEnsemble.start(files.subList(1, 3))) {
            awaitServing(two, 2);
            copy(foreign, dir.resolve("server-1/data/version-2"));
            try (LocalEnsemble stranger = LocalEnsemble.start(files.subList(0, 1));
                    ZooKeeper client = connected(two)) {
                assertThat(stranger.connectString()).isNotEmpty();
                client.create("/n", null, ZooDefs.Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT);
                String why = "an epoch that nobody has led this ensemble in: it is of another";
                awaitLine("follower 1 at", "is sent away: its history", why);
                awaitLine("is sent away by server " + leader + " while PROMISED", why);
                client.create("/m", null, ZooDefs.Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT);
            }
            assertThat(log)
                    .as("an election")
                    .filteredOn(line -> line.contains("stops leading"))
                    .isEmpty();
        }
    }

    private static void copy(Path from, Path to) throws IOException {
        Files.createDirectories(to);
        try (Stream<Path> files = Files.list(from)) {
            for (Path file : files.toList()) {
                Files.copy(file, to.resolve(file.getFileName()));
            }
        }
    }

    @Test
    void aNameThatNobodyKnowsIsNamedAndTheOthersServe() throws Exception {
        List<Path> files = LocalFiles.make(dir, 3);
        for (int id = 1; id <= 3; id++) {
            Path file = dir.resolve("server-" + id).resolve(EnsembleFiles.MEMBERS);
            Files.writeString(
                    file,
                    Files.readString(file)
                            .replaceAll("server.3=127.0.0.1", "server.3=no-such-host.invalid"));
        }
        try (LocalEnsemble two = LocalEnsemble.start(files.subList(0, 2))) {
            awaitLine("its name has no address");
            awaitServing(two, 2);
            try (ZooKeeper client = connected(two)) {
                client.create("/n", null, ZooDefs.Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT);
            }
        }
        assertThat(log).anyMatch(line -> line.contains("no-such-host.invalid"));
    }

    // ---- what they say

    private void sayTo(int port, byte[] what, String line) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.getOutputStream().write(what);
            awaitLine(line);
        }
    }

    private void awaitLine(String... parts) {
        await().atMost(LONG)
                .untilAsserted(() ->
                        assertThat(log)
                                .anyMatch(line -> Stream.of(parts).allMatch(line::contains)));
    }

    private static byte[] initialMessage(long serverId) {
        byte[] address = "127.0.0.1:1".getBytes(java.nio.charset.StandardCharsets.US_ASCII);
        return ByteBuffer.allocate(20 + address.length)
                .putLong(-65536)
                .putLong(serverId)
                .putInt(address.length)
                .put(address)
                .array();
    }

    private static byte[] followerInfo(long serverId, long epoch, long configVersion) {
        JuteOut data = new JuteOut();
        new LearnerInfo(serverId, PROTOCOL, configVersion, Capabilities.NONE).write(data);
        JuteOut out = new JuteOut();
        QuorumPacket.write(
                out,
                PacketType.FOLLOWER_INFO,
                epoch << 32,
                new Slice().set(data.array(), 0, data.size()));
        return out.copy();
    }

    // ---- the ensemble

    private EnsembleConfig members() throws IOException {
        return EnsembleConfig.parse(
                Files.readString(dir.resolve("server-1").resolve(EnsembleFiles.MEMBERS)));
    }

    /** Notes the leader. */
    private void awaitServing(LocalEnsemble ensemble, int count) throws InterruptedException {
        for (int serving = 0; serving < count; ) {
            String line = ensemble.nextLine();
            if (line.contains(" leads ")) {
                leader = Long.parseLong(line.substring("server-".length(), line.indexOf(' ')));
            }
            if (line.contains(" leads ") || line.contains(" follows ")) {
                serving++;
            }
        }
    }

    private static ZooKeeper connected(LocalEnsemble ensemble) throws IOException {
        ZooKeeper client = new ZooKeeper(ensemble.connectString(), 10_000, event -> {});
        await().atMost(LONG).until(() -> client.getState() == ZooKeeper.States.CONNECTED);
        return client;
    }
}
