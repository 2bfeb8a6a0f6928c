package org.quorate.node.hostile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.quorate.node.Quorate;
import org.quorate.node.config.ServerConfig;
import org.quorate.node.config.ZooCfg;
import org.quorate.node.host.RawClient;
import org.quorate.protocol.ErrorCode;
import org.quorate.protocol.jute.JuteOut;

/** Clients that say nothing, drip, come in crowds, or name what cannot be. */
class OddClientsTest {
    private static final List<String> ILLEGAL =
            List.of(
                    "",
                    "a",
                    "//",
                    "/.",
                    "/..",
                    "/a/",
                    "/a/.",
                    "/a/..",
                    "/\u0000",
                    "/a\u0000b",
                    "/\u0001",
                    "/\u001f",
                    "/\u007f",
                    "/\u009f",
                    "/\uf8ff",
                    "/\ufff0",
                    "/\uffff");

    @TempDir Path dir;

    private ServerConfig config(String... properties) throws Exception {
        Properties told = new Properties();
        for (int i = 0; i < properties.length; i += 2) {
            told.setProperty(properties[i], properties[i + 1]);
        }
        ServerConfig all = ZooCfg.embedded(dir, told, warning -> {});
        return all.withAdmin(all.admin().withoutServer(List.of("*")));
    }

    @Test
    void whoSaysNothingOrDripsAHandshakeIsLetGo() throws Exception {
        try (Quorate server =
                        Quorate.builder()
                                .property("zookeeper.nio.sessionlessCnxnTimeout", "500")
                                .start();
                Socket silent = new Socket(InetAddress.getLoopbackAddress(), server.port());
                Socket dripping = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            await().until(() -> server.server().edge().connections() == 2);
            assertThat(silent.isConnected()).isTrue();
            await().atMost(10, TimeUnit.SECONDS)
                    .until(() -> {
                        drip(dripping);
                        return server.server().edge().connections() == 0;
                    });
        }
    }

    @Test
    void whoDripsAFrameLivesNoLongerThanItsSession() throws Exception {
        try (Quorate server = Quorate.builder().tickTime(200).start();
                Neighbour neighbour = new Neighbour(server.port());
                RawClient dripping = new RawClient(server.port(), 400)) {
            JuteOut drop = new JuteOut(1).writeByte(0);
            await().pollInterval(50, TimeUnit.MILLISECONDS)
                    .atMost(10, TimeUnit.SECONDS)
                    .until(() -> {
                        try {
                            dripping.write(drop);
                        } catch (IOException e) {
                            return true; // closed
                        }
                        return server.server().edge().connections() == 1;
                    });
            neighbour.assertUnharmed(8_000);
            neighbour.assertWatchesFire();
        }
    }

    @Test
    void aCrowdFromOneAddressIsHeldToItsLimit() throws Exception {
        ServerConfig all = config();
        List<Socket> crowd = new ArrayList<>();
        try (Quorate server =
                Quorate.builder()
                        .config(all.withLimits(all.limits().withConnectionsPerAddressMax(20)))
                        .port(0)
                        .start()) {
            try (Neighbour neighbour = new Neighbour(server.port())) {
                for (int i = 0; i < 500; i++) {
                    crowd.add(new Socket(InetAddress.getLoopbackAddress(), server.port()));
                }
                await().until(() -> server.server().edge().connections() == 20);
                neighbour.assertUnharmed(8_000);
                neighbour.assertWatchesFire();
            }
            for (Socket socket : crowd) {
                socket.close();
            }
            await().until(() -> server.server().edge().connections() == 0);
            new RawClient(server.port(), 10_000).close();
        }
    }

    @Test
    void aPathOfIllegalFormIsRefused() throws Exception {
        try (Quorate server = Quorate.builder().dataDir(dir).start();
                RawClient client = new RawClient(server.port(), 10_000)) {
            assertThat(client.create("/a", null, false).err()).isZero();
            for (String path : ILLEGAL) {
                assertThat(client.create(path, null, false).err())
                        .as(path)
                        .isEqualTo(ErrorCode.BAD_ARGUMENTS);
            }
            // The parent is looked for first.
            for (String path : List.of("/a//b", "/a/./b", "/a/../b", "/b/")) {
                assertThat(client.create(path, null, false).err())
                        .as(path)
                        .isEqualTo(ErrorCode.NO_NODE);
            }
            assertThat(client.create("/a/legal", null, false).err()).isZero();
        }
    }

    @Test
    void whoAuthenticatesAgainAndAgainIsServedAsBefore() throws Exception {
        try (Quorate server = Quorate.builder().dataDir(dir).start();
                RawClient client = new RawClient(server.port(), 10_000)) {
            // More often than requests may be under way.
            for (int i = 0; i < 1_500; i++) {
                Neighbour.signIn(client);
            }
            assertThat(server.server().edge().underWay()).isZero();
            assertThat(client.create("/a", null, false).err()).isZero();
            assertThat(client.ping().err()).isZero();
        }
    }

    @Test
    void anUnknownOperationIsRefusedAndTheConnectionClosed() throws Exception {
        try (Quorate server = Quorate.builder().dataDir(dir).start();
                RawClient other = new RawClient(server.port(), 10_000)) {
            for (int type : new int[] {10, 23, 99, 108, -2, -12, 1_000_000, Integer.MIN_VALUE}) {
                try (RawClient client = new RawClient(server.port(), 10_000)) {
                    assertThat(client.call(type, out -> {}).err())
                            .as("operation %d", type)
                            .isEqualTo(ErrorCode.UNIMPLEMENTED);
                    assertThat(client.isClosedByServer()).isTrue();
                }
            }
            assertThat(other.ping().err()).isZero();
        }
    }

    private static void drip(Socket socket) throws IOException {
        try {
            socket.getOutputStream().write(0);
        } catch (SocketException e) {
            return; // closed, as it should be
        }
    }
}
