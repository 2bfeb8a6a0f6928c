package org.quorate.node.hostile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.quorate.node.Quorate;
import org.quorate.node.config.ServerConfig;
import org.quorate.node.config.ZooCfg;
import org.quorate.node.host.RawClient;

/** What somebody without a session makes the server hold (docs/security.md states it). */
class SessionlessMemoryTest {
    private static final int CONNECTIONS = 300;

    /** With 1 KB of the frame, and this test's own end of the connection. */
    private static final int BYTES_MAX = 8 << 10;

    private static final int LOOPS_MAX = 8;

    @TempDir Path dir;

    @Test
    void aConnectionThatStopsWithinItsFirstFrameHoldsAFewKilobytes() throws Exception {
        Properties patient = new Properties();
        patient.setProperty("zookeeper.nio.sessionlessCnxnTimeout", "60000");
        ServerConfig all = ZooCfg.embedded(dir, patient, warning -> {});
        try (Quorate server =
                Quorate.builder()
                        .config(all.withLimits(all.limits().withConnectionsPerAddressMax(0)))
                        .port(0)
                        .start()) {
            long one = held(server); // classes, pools and tables come first
            long each = held(server);
            assertThat(each).as("bytes each; the first time %d", one).isLessThan(BYTES_MAX);
        }
    }

    private static long held(Quorate server) throws Exception {
        List<SocketChannel> channels = new ArrayList<>(CONNECTIONS);
        long before = used();
        ByteBuffer beginning = ByteBuffer.allocate(1_000).putInt(1_020).rewind();
        try {
            for (int i = 0; i < CONNECTIONS; i++) {
                SocketChannel channel =
                        SocketChannel.open(
                                new InetSocketAddress(
                                        InetAddress.getLoopbackAddress(), server.port()));
                channels.add(channel);
                channel.write(beginning.rewind());
            }
            await().until(() -> server.server().edge().connections() == CONNECTIONS);
            for (int i = 0; i < LOOPS_MAX; i++) {
                new RawClient(server.port(), 10_000).close(); // each loop has read what was there
            }
            return (used() - before) / CONNECTIONS;
        } finally {
            for (SocketChannel channel : channels) {
                channel.close();
            }
            await().until(() -> server.server().edge().connections() == 0);
        }
    }

    private static long used() {
        System.gc();
        Runtime runtime = Runtime.getRuntime();
        return runtime.totalMemory() - runtime.freeMemory();
    }
}
