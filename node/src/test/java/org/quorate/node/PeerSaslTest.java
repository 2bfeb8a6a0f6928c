package org.quorate.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.ZooDefs.Ids;
import org.apache.zookeeper.ZooKeeper;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.quorate.node.config.ServerConfig;
import org.quorate.node.host.StartException;
import org.quorate.protocol.jute.JuteOut;
import org.quorate.protocol.peer.Endpoint;
import org.quorate.protocol.peer.InitialMessage;
import org.quorate.zab.Role;

/** SASL between servers by DIGEST-MD5 (peer protocol §10). */
class PeerSaslTest {
    private static final String ENABLED = "fips-mode=false\nquorum.auth.enableSasl=true\n";
    private static final String DIALS = ENABLED + "quorum.auth.learnerRequireSasl=true\n";
    private static final String REQUIRED = DIALS + "quorum.auth.serverRequireSasl=true\n";
    private static final long MAGIC = 0x5F2435013501EDCCL;
    private static final int TOKEN_BYTES_MAX = 64 << 10;

    @TempDir Path dir;

    private final Jaas jaas =
            new Jaas()
                    .digest("QuorumServer", "user_peer", "the peers'")
                    .digest("QuorumLearner", "username", "peer", "password", "the peers'")
                    .digest("Stranger", "username", "peer", "password", "guessed");

    @AfterEach
    void noJaas() {
        jaas.close();
    }

    private static void write(Ensemble ensemble, String path) throws Exception {
        try (ZooKeeper client = new ZooKeeper(ensemble.connectString(), 10_000, event -> {})) {
            await().ignoreExceptionsInstanceOf(KeeperException.ConnectionLossException.class)
                    .until(() -> client.exists("/", false) != null);
            client.create(path, null, Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT);
        }
    }

    @Test
    void serversThatProveWhoTheyAreAreAnEnsemble() throws Exception {
        try (Ensemble ensemble = new Ensemble(dir, 3, REQUIRED)) {
            ensemble.startAll();
            write(ensemble, "/first");
            int leader = ensemble.leader();
            ensemble.stop(leader);
            ensemble.awaitServing();
            write(ensemble, "/without-a-leader");
            ensemble.start(leader);
            ensemble.awaitServing();
            write(ensemble, "/with-all");
            assertThat(ensemble.failures).isEmpty();
        }
    }

    /** The voters dial it back, and must know it though it has no vote (ZOOKEEPER-4886). */
    @Test
    void anObserverWithTheSmallestNumberIsOneOfThem() throws Exception {
        try (Ensemble ensemble = new Ensemble(dir, 3, REQUIRED)) {
            for (int id = 1; id <= 3; id++) {
                replace(ensemble.file(id), "(server\\.1=.*)", "$1:observer");
            }
            ensemble.startAll();
            assertThat(ensemble.server(1).role().kind()).isEqualTo(Role.Kind.OBSERVING);
            write(ensemble, "/with-an-observer");
            assertThat(ensemble.failures).isEmpty();
        }
    }

    @Test
    void aServerThatCannotProveWhoItIsStaysOutside() throws Exception {
        try (Ensemble ensemble = new Ensemble(dir, 3, REQUIRED)) {
            ensemble.start(1);
            ensemble.start(2);
            ensemble.awaitServing();
            append(ensemble.file(3), "quorum.auth.learner.saslLoginContext=Stranger\n");
            assertStaysOutside(ensemble, 3);
            ensemble.stop(3);
            replace(ensemble.file(3), "quorum.auth.*\n", "");
            assertStaysOutside(ensemble, 3);
        }
    }

    /**
     * Long enough for several elections, each of which takes less than a second when it succeeds.
     */
    private static void assertStaysOutside(Ensemble ensemble, int id) throws Exception {
        ensemble.start(id);
        await().during(Duration.ofSeconds(4))
                .atMost(Duration.ofSeconds(20))
                .until(() -> !ensemble.server(id).role().isServing());
    }

    private static void append(Path file, String lines) throws IOException {
        Files.writeString(file, Files.readString(file) + lines);
    }

    private static void replace(Path file, String regex, String by) throws IOException {
        Files.writeString(file, Files.readString(file).replaceAll(regex, by));
    }

    @Test
    void itIsTurnedOnServerByServerWhileTheEnsembleServes() throws Exception {
        try (Ensemble ensemble = new Ensemble(dir, 3, "fips-mode=false\n")) {
            ensemble.startAll();
            int step = 0;
            for (String line :
                    new String[] {
                        "quorum.auth.enableSasl=true",
                        "quorum.auth.learnerRequireSasl=true",
                        "quorum.auth.serverRequireSasl=true"
                    }) {
                for (int id = 1; id <= 3; id++) {
                    ensemble.stop(id);
                    append(ensemble.file(id), line + "\n");
                    ensemble.start(id);
                    ensemble.awaitServing();
                    write(ensemble, "/step-" + step++);
                }
            }
            assertThat(ensemble.failures).isEmpty();
        }
    }

    @Test
    void aStrangersBytesOnEitherPortEndHisConnectionAndNothingElse() throws Exception {
        try (Ensemble ensemble = new Ensemble(dir, 3, REQUIRED)) {
            ensemble.startAll();
            ServerConfig config = ensemble.server(ensemble.leader()).config();
            var self = config.quorum().members().member(config.serverId()).addresses().getFirst();
            byte[] hello = initialMessage();
            for (byte[] bytes :
                    new byte[][] {
                        new byte[] {0, 0, 0, 40, 0, 0, 0, 0},
                        packet(0, -2),
                        packet(0, TOKEN_BYTES_MAX + 1),
                        packet(0, Integer.MAX_VALUE),
                        packet(1, 0, packet(0, 3), new byte[] {1, 2, 3}),
                        packet(-1, TOKEN_BYTES_MAX, new byte[TOKEN_BYTES_MAX]),
                    }) {
                assertEnded(self.quorum(), bytes);
                assertEnded(self.election(), hello, bytes);
            }
            write(ensemble, "/goes-on");
            assertThat(ensemble.failures).isEmpty();
        }
    }

    private static byte[] initialMessage() {
        JuteOut out = new JuteOut();
        InitialMessage.of(3, new Endpoint("127.0.0.1", 1)).write(out);
        return out.copy();
    }

    private static byte[] packet(int status, int length, byte[]... behind) {
        int size = 16;
        for (byte[] part : behind) {
            size += part.length;
        }
        ByteBuffer packet = ByteBuffer.allocate(size).putLong(MAGIC).putInt(status).putInt(length);
        for (byte[] part : behind) {
            packet.put(part);
        }
        return packet.array();
    }

    /** What is answered, if anything, are packets of a proof, none of them a success. */
    private static void assertEnded(Endpoint to, byte[]... parts) throws IOException {
        try (Socket socket = new Socket(InetAddress.getByName(to.host()), to.port())) {
            socket.setSoTimeout(20_000);
            DataOutputStream out = new DataOutputStream(socket.getOutputStream());
            DataInputStream in = new DataInputStream(socket.getInputStream());
            try {
                for (byte[] part : parts) {
                    out.write(part);
                }
                for (int first = in.read(); first != -1; first = in.read()) {
                    assertThat(first).isEqualTo(0x5f);
                    in.skipNBytes(7);
                    assertThat(in.readInt()).isNotEqualTo(1);
                    in.skipNBytes(Math.max(0, in.readInt()));
                }
            } catch (SocketException e) {
                assertThat(e).hasMessageMatching("Connection reset|Broken pipe");
            }
        }
    }

    @Test
    void whoNeverEndsItsProofIsClosed() throws Exception {
        try (Ensemble ensemble = new Ensemble(dir, 3, REQUIRED)) {
            ensemble.startAll();
            ServerConfig config = ensemble.server(ensemble.leader()).config();
            var self = config.quorum().members().member(config.serverId()).addresses().getFirst();
            assertEnded(self.quorum(), packet(0, 0)); // and then says nothing
        }
    }

    @Test
    void whatIsMissingPreventsTheStart() throws Exception {
        try (Ensemble ensemble = new Ensemble(dir, 3, REQUIRED)) {
            append(ensemble.file(1), "quorum.auth.server.saslLoginContext=Nowhere\n");
            assertThatThrownBy(() -> ensemble.start(1))
                    .isInstanceOf(StartException.class)
                    .hasMessageContaining("no section 'Nowhere'");
            append(ensemble.file(2), "fips-mode=true\n");
            assertThatThrownBy(() -> ensemble.start(2))
                    .isInstanceOf(StartException.class)
                    .hasMessageContaining("fips-mode=false");
        }
    }
}
