package org.quorate.compat;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.quorate.bench.ServerProcess;
import org.quorate.bench.WireClient;
import org.quorate.protocol.OpCode;

/**
 * A crowd of sessions from one address: held where there is no limit, refused where there is one.
 * {@code -Dconnections=10000} brings the whole crowd; both processes need as many open files.
 */
class ConnectionsTest {
    private static final int CONNECTIONS = Integer.getInteger("connections", 1_000);
    private static final int ALLOWED = 60;
    private static final long BYTES_EACH_MAX = 32 << 10;
    private static final int TIMEOUT_MILLIS = 40_000;

    @Test
    void withoutALimitAllAreHeldAndServed() throws IOException {
        try (ServerProcess server = start(0)) {
            long before = residentBytes(server);
            List<WireClient> crowd = new ArrayList<>();
            try {
                for (int i = 0; i < CONNECTIONS; i++) {
                    crowd.add(session(server));
                }
                for (WireClient each : crowd) {
                    assertPinged(each);
                }
                long each = (residentBytes(server) - before) / CONNECTIONS;
                System.out.printf("%d sessions, %d bytes resident each%n", CONNECTIONS, each);
                assertThat(server.ask("mntr"))
                        .contains("zk_num_alive_connections\t" + (CONNECTIONS + 1));
                assertThat(each).isLessThan(BYTES_EACH_MAX);
            } finally {
                closeAll(crowd);
            }
        }
    }

    @Test
    void pastMaxClientCnxnsTheyAreRefusedAndTheOthersServed() throws IOException {
        try (ServerProcess server = start(ALLOWED)) {
            List<WireClient> crowd = new ArrayList<>();
            try {
                for (int i = 0; i < ALLOWED; i++) {
                    crowd.add(session(server));
                }
                for (int i = ALLOWED; i < CONNECTIONS; i++) {
                    try (WireClient late = new WireClient(server.clientPort())) {
                        assertThat(late.connect(0, new byte[16], TIMEOUT_MILLIS, 0)).isNull();
                    }
                }
                for (WireClient each : crowd) {
                    assertPinged(each);
                }
            } finally {
                closeAll(crowd);
            }
        }
    }

    private static ServerProcess start(int limit) throws IOException {
        return ServerProcess.start(
                ServerProcess.Kind.QUORATE,
                List.of("tickTime=2000", "maxClientCnxns=" + limit),
                List.of("-Dzookeeper.forceSync=no"));
    }

    private static WireClient session(ServerProcess server) throws IOException {
        WireClient client = new WireClient(server.clientPort());
        assertThat(client.connect(0, new byte[16], TIMEOUT_MILLIS, 0)).isNotNull();
        return client;
    }

    private static void assertPinged(WireClient client) throws IOException {
        client.put(-2, OpCode.PING, new byte[0]);
        client.flush();
        assertThat(client.readFrame()).isNotNull();
    }

    private static void closeAll(List<WireClient> clients) throws IOException {
        for (WireClient client : clients) {
            client.close();
        }
    }

    private static long residentBytes(ServerProcess server) throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc", server.pid() + "", "status"))) {
            if (line.startsWith("VmRSS:")) {
                return Long.parseLong(line.replaceAll("\\D", "")) << 10;
            }
        }
        throw new IOException("no VmRSS");
    }
}
