package org.quorate.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.ZooDefs.Ids;
import org.apache.zookeeper.ZooKeeper;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A server, and what comes to a collector of traces over HTTP. */
class TracingTest {
    private static final String ENDPOINT = "otel.exporter.otlp.endpoint";

    @TempDir Path dir;

    @AfterEach
    void tellNobody() {
        System.clearProperty(ENDPOINT);
    }

    @Test
    void operationsComeToTheCollectorThatTheEnvironmentNames() throws Exception {
        StringBuffer received = new StringBuffer();
        HttpServer collector =
                HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        collector.createContext(
                "/v1/traces",
                exchange -> {
                    received.append(
                            new String(
                                    exchange.getRequestBody().readAllBytes(),
                                    StandardCharsets.ISO_8859_1));
                    exchange.sendResponseHeaders(200, -1);
                    exchange.close();
                });
        collector.start();
        System.setProperty(ENDPOINT, "http://127.0.0.1:" + collector.getAddress().getPort());
        try {
            try (Quorate server =
                            Quorate.builder()
                                    .dataDir(dir)
                                    .property("zookeeper.tracing.every", "1")
                                    .start();
                    ZooKeeper client = new ZooKeeper(server.connectString(), 10_000, e -> {})) {
                client.create("/traced", null, Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT);
                client.getData("/traced", false, null);
            }
            // What was not sent yet is sent when the server ends.
            await().untilAsserted(() ->
                    assertThat(received.toString())
                            .contains("create", "getData", "/traced", "quorum", "quorate"));
        } finally {
            collector.stop(0);
        }
    }
}
