package org.quorate.compat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.ZooKeeper;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.quorate.bench.EnsembleProcesses;
import org.quorate.bench.ServerProcess;
import org.quorate.bench.WireClient;
import org.quorate.protocol.OpCode;
import org.quorate.protocol.client.ConnectResponse;

/**
 * Requests that cannot be decoded, or that no client may send, through a follower: the ensemble
 * goes on. Sixteen of these stop an ensemble of real ZooKeeper servers for good (peer protocol
 * §6.2).
 */
@Tag("mixed")
class HarmfulRequestsTest {
    private static final List<Integer> TYPES =
            List.of(
                    OpCode.CREATE,
                    OpCode.DELETE,
                    OpCode.SET_DATA,
                    OpCode.SET_ACL,
                    OpCode.CHECK,
                    OpCode.MULTI,
                    OpCode.CREATE2,
                    OpCode.RECONFIG,
                    OpCode.CREATE_CONTAINER,
                    OpCode.DELETE_CONTAINER,
                    OpCode.CREATE_TTL,
                    OpCode.CREATE_SESSION,
                    OpCode.CLOSE_SESSION,
                    OpCode.SYNC,
                    1_000);

    private static final List<byte[]> BODIES =
            List.of(new byte[0], new byte[] {0x7f, -1, -1, -1, 0, 0, 0, 2, '/'});

    /** Q is Quorate, Z is ZooKeeper, the last leads; the number says whose client sends. */
    @ParameterizedTest
    @CsvSource({"QZQ, 2", "QZZ, 1"})
    void theEnsembleGoesOnAfterEachOfThirtyHarmfulRequests(String servers, int through)
            throws Exception {
        try (EnsembleProcesses ensemble = Mixed.start(servers, List.of(), 0)) {
            ServerProcess leader = ensemble.servers().getLast();
            Mixed.makeLead(ensemble, leader);
            ServerProcess follower = ensemble.servers().get(through - 1);
            int sent = 0;
            for (int type : TYPES) {
                for (byte[] body : BODIES) {
                    send(follower, type, body);
                    sent++;
                }
            }
            assertThat(sent).isEqualTo(30);
            int number = 0;
            for (ServerProcess server : ensemble.servers()) {
                try (ZooKeeper client = Mixed.connect(server)) {
                    Mixed.create(client, "/after" + number++, CreateMode.PERSISTENT);
                    Mixed.sync(client);
                    assertThat(client.getChildren("/", false)).contains("after0");
                }
            }
            assertThat(ensemble.leader()).isSameAs(leader);
            Mixed.assertDigestsAgree(ensemble);
        }
    }

    /** One is enough for real servers alone: as it is sent here it does the harm that it should. */
    @Test
    void anEnsembleOfRealServersAloneStopsAtOne() throws Exception {
        try (EnsembleProcesses ensemble = Mixed.start("ZZZ", List.of(), 0)) {
            Mixed.makeLead(ensemble, ensemble.servers().getLast());
            ServerProcess follower = ensemble.servers().getFirst();
            await().atMost(Duration.ofSeconds(30)).until(() -> isServed(follower));
            send(follower, OpCode.CREATE, BODIES.getLast());
            await().during(Duration.ofSeconds(10))
                    .atMost(Duration.ofSeconds(60))
                    .until(() -> !isServed(follower));
        }
    }

    /** A session is a transaction, too. */
    private static boolean isServed(ServerProcess server) {
        var address = new InetSocketAddress(InetAddress.getLoopbackAddress(), server.clientPort());
        try (WireClient client = new WireClient(address, 5_000)) {
            return client.connect(0, new byte[16], 10_000, 0) != null;
        } catch (IOException noAnswer) {
            return false;
        }
    }

    /** Whatever the answer is, and whether there is one; a busy server may refuse a session. */
    private static void send(ServerProcess server, int type, byte[] body) {
        await().atMost(Duration.ofSeconds(30)).until(() -> isSent(server, type, body));
    }

    private static boolean isSent(ServerProcess server, int type, byte[] body) throws IOException {
        try (WireClient client = new WireClient(server.clientPort())) {
            ConnectResponse session = client.connect(0, new byte[16], 10_000, 0);
            if (session == null) {
                return false;
            }
            client.put(1, type, body);
            client.flush();
            return true;
        }
    }
}
