package org.quorate.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.ZooDefs.Ids;
import org.apache.zookeeper.ZooKeeper;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.quorate.node.host.HostClock;
import org.quorate.protocol.Zxid;
import org.quorate.protocol.jute.JuteOut;
import org.quorate.protocol.jute.Slice;
import org.quorate.protocol.peer.Capabilities;
import org.quorate.protocol.peer.Endpoint;
import org.quorate.protocol.peer.InitialMessage;
import org.quorate.protocol.peer.LeaderInfo;
import org.quorate.protocol.peer.LearnerInfo;
import org.quorate.protocol.peer.PacketType;
import org.quorate.protocol.peer.QuorumPacket;

/**
 * Peers that are not what they should be: each is named in a line of the log (docs/peers.md), and
 * the ensemble goes on under the same leader.
 */
class OddPeersTest {
    @TempDir Path dir;
    private final LogLines log = new LogLines();
    private final List<Socket> sockets = new ArrayList<>();
    private Ensemble ensemble;

    @AfterEach
    void stop() throws IOException {
        for (Socket socket : sockets) {
            socket.close();
        }
        if (ensemble != null) {
            ensemble.close();
        }
        log.close();
    }

    private void threeServers() throws Exception {
        ensemble = new Ensemble(dir, 3);
        ensemble.startAll();
    }

    @Test
    void onTheElectionPortGarbageStrangersAndBorrowedNumbersAreNamed() throws Exception {
        threeServers();
        unharmed(() -> {
            election(1, "GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            awaitLine("WARN /127.0.0.1", "on the election port sent no election message");

            election(1, introduction(1));
            awaitLine("WARN /127.0.0.1", "says it is server 1, as this one is");

            election(1, introduction(77));
            awaitLine(
                    "WARN /127.0.0.1", "says it is server 77, which is in no known configuration");

            JuteOut borrowed = new JuteOut();
            borrowed.writeRaw(introduction(3), 0, introduction(3).length);
            borrowed.writeInt(5).writeRaw(new byte[] {1, 2, 3, 4, 5}, 0, 5);
            election(1, borrowed.copy());
            awaitLine("WARN /127.0.0.1", "sent, as server 3, a vote that cannot be read");

            election(1, new byte[0]);
            awaitLine("WARN /127.0.0.1", "on the election port did not say who it is");
        });
    }

    @Test
    void onTheQuorumPortGarbageLiesAndBorrowedNumbersAreNamed() throws Exception {
        threeServers();
        int follower = ensemble.follower();
        unharmed(() -> {
            quorum("GET / HTTP/1.1\r\nHost: here\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            awaitLine("WARN", "is sent away: ", "what it sends is not the protocol");

            quorum(follower(9, 1L << 30, 0));
            awaitLine(
                    "WARN",
                    "is sent away: server 9, claims epoch 1073741824, while this server is at 1");

            quorum(follower(9, 0, Long.MAX_VALUE));
            awaitLine(
                    "WARN",
                    "is sent away: server 9, has configuration 0x7fffffffffffffff, newer than");

            quorum(follower(ensemble.leader(), 0, 0));
            awaitLine("has the id of this server: two servers with one id");

            quorum(follower(follower, 0, 0));
            awaitLine("server " + follower + ", is connected from", "two servers with one id");

            quorum(follower(9, 0, 0));
            awaitLine("9", "is not in the configuration: it learns, and has no vote");
        });
    }

    @Test
    void aMemberWhoseNameHasNoAddressIsNamedAndTheOthersServe() throws Exception {
        ensemble = new Ensemble(dir, 3);
        for (int id = 1; id <= 2; id++) {
            String text = Files.readString(ensemble.file(id));
            Files.writeString(
                    ensemble.file(id),
                    text.replaceFirst("server\\.3=127\\.0\\.0\\.1", "server.3=nowhere.invalid"));
        }
        ensemble.start(1);
        ensemble.start(2);
        ensemble.awaitServing();
        write("/served");
        awaitLine("WARN server 3 at nowhere.invalid", "its name has no address");
    }

    @Test
    void aServerWhoseOwnNameHasNoAddressSaysSoAndTheOthersServe() throws Exception {
        threeServers();
        int follower = ensemble.follower();
        ensemble.stop(follower);
        String text = Files.readString(ensemble.file(follower));
        Files.writeString(
                ensemble.file(follower),
                text.replaceFirst(
                        "server\\." + follower + "=127\\.0\\.0\\.1",
                        "server." + follower + "=nowhere.invalid"));

        ensemble.start(follower);

        awaitLine("ERROR cannot listen on nowhere.invalid:", "its name has no address");
        write("/served");
    }

    @Test
    void aFollowerWithAnotherTimeSaysByHowMuch() throws Exception {
        threeServers();
        int follower = ensemble.follower();
        ensemble.stop(follower);
        ensemble.start(follower, shifted(-7_000));
        ensemble.awaitServing();
        writeUntil("WARN the clock here is 7.0 s behind that of server " + ensemble.leader());
        assertThat(log.with("the clock here")).hasSize(1);
        write("/still-served");
    }

    @Test
    void aLeaderWithAnotherTimeIsNamedByAllThatFollowIt() throws Exception {
        ensemble = new Ensemble(dir, 3);
        ensemble.start(1);
        ensemble.start(2);
        ensemble.awaitServing();
        write("/before");
        int other = ensemble.leader();
        ensemble.stopAll();
        ensemble.start(other, shifted(60_000));
        int follower = 3 - other;
        ensemble.start(follower);
        ensemble.awaitServing();
        assertThat(ensemble.leader()).isEqualTo(other);
        write("/of-the-future");
        writeUntil("WARN the clock here is 60.0 s behind that of server " + other);

        // One that leads after it sees the same in what the other has left.
        ensemble.start(3);
        ensemble.awaitServing();
        write("/more");
        ensemble.stop(other);
        await().atMost(Duration.ofSeconds(20))
                .until(() -> ensemble.servers().stream().anyMatch(s -> s.role().isServing()));
        awaitLine("WARN the clock here, of a leader now, is ", "behind that of the leader before");
    }

    private static HostClock shifted(long millis) {
        return new HostClock() {
            @Override
            public long nanos() {
                return System.nanoTime();
            }

            @Override
            public long wallMillis() {
                return System.currentTimeMillis() + millis;
            }
        };
    }

    private interface Deeds {
        void run() throws Exception;
    }

    /** The same leader leads and the same session lives behind it all, and no server says ERROR. */
    private void unharmed(Deeds deeds) throws Exception {
        int leader = ensemble.leader();
        long epoch = ensemble.server(leader).role().epoch();
        try (ZooKeeper client = connect()) {
            long session = client.getSessionId();
            create(client, "/before");
            deeds.run();
            create(client, "/after");
            assertThat(client.getSessionId()).isEqualTo(session);
        }
        assertThat(ensemble.leader()).isEqualTo(leader);
        assertThat(ensemble.server(leader).role().epoch()).isEqualTo(epoch);
        assertThat(ensemble.failures).isEmpty();
        assertThat(log.with("ERROR ")).isEmpty();
    }

    private ZooKeeper connect() throws IOException {
        ZooKeeper client = new ZooKeeper(ensemble.connectString(), 10_000, event -> {});
        await().atMost(Duration.ofSeconds(20))
                .ignoreExceptionsInstanceOf(KeeperException.ConnectionLossException.class)
                .until(() -> client.exists("/", false) != null);
        return client;
    }

    private static void create(ZooKeeper client, String path)
            throws KeeperException, InterruptedException {
        client.create(path, new byte[1], Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT);
    }

    private void write(String path) throws Exception {
        try (ZooKeeper client = connect()) {
            create(client, path);
        }
    }

    private void writeUntil(String line) throws Exception {
        try (ZooKeeper client = connect()) {
            client.create("/w", new byte[1], Ids.OPEN_ACL_UNSAFE, CreateMode.EPHEMERAL);
            await().atMost(Duration.ofSeconds(30))
                    .pollInterval(Duration.ofMillis(100))
                    .until(() -> {
                        client.setData("/w", new byte[1], -1);
                        return !log.with(line).isEmpty();
                    });
        }
    }

    private void awaitLine(String... parts) {
        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(() ->
                        assertThat(log.with(parts))
                                .as("%s in %s", List.of(parts), log.all())
                                .isNotEmpty());
    }

    // ---- what odd peers say

    private static byte[] introduction(long id) {
        JuteOut out = new JuteOut();
        InitialMessage.of(id, new Endpoint("127.0.0.1", 1)).write(out);
        return out.copy();
    }

    private static byte[] follower(long id, long acceptedEpoch, long configVersion) {
        JuteOut info = new JuteOut();
        new LearnerInfo(id, LeaderInfo.PROTOCOL_VERSION, configVersion, Capabilities.NONE)
                .write(info);
        JuteOut packet = new JuteOut();
        QuorumPacket.write(
                packet,
                PacketType.FOLLOWER_INFO,
                Zxid.of(acceptedEpoch, 0),
                new Slice().set(info.array(), 0, info.size()));
        return packet.copy();
    }

    private void election(int id, byte[] bytes) throws IOException {
        say(port(id, 2), bytes);
    }

    /** To the leader. */
    private void quorum(byte[] bytes) throws IOException {
        say(port(ensemble.leader(), 1), bytes);
    }

    private int port(int id, int which) throws IOException {
        Matcher member =
                Pattern.compile("server\\.%d=127\\.0\\.0\\.1:(\\d+):(\\d+)".formatted(id))
                        .matcher(Files.readString(ensemble.file(id)));
        assertThat(member.find()).isTrue();
        return Integer.parseInt(member.group(which));
    }

    private void say(int port, byte[] bytes) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
        sockets.add(socket);
        socket.getOutputStream().write(bytes);
    }
}
