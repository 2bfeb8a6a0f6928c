package org.quorate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.quorate.node.Quorate;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class StatusCommandTest {
    @Test
    void aServerTellsItsMode() throws Exception {
        try (Quorate server = Quorate.builder().start()) {
            Captured status = Captured.run("status", server.connectString());
            assertThat(status.exitCode()).isZero();
            assertThat(status.out())
                    .startsWith(server.connectString() + ": Mode: standalone, Zxid: 0x");
            JsonNode json =
                    new JsonMapper()
                            .readTree(
                                    Captured.run("status", "--json", server.connectString()).out());
            assertThat(json.get("Mode").stringValue()).isEqualTo("standalone");
            assertThat(json.get("Zookeeper version").stringValue()).startsWith("3.9.");
        }
    }

    @Test
    void aServerThatIsNotThereIsSaidAsZooKeepersScriptSaysIt() throws Exception {
        int port;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = socket.getLocalPort();
        }
        assertThat(Captured.run("status", "127.0.0.1:" + port))
                .isEqualTo(
                        new Captured(
                                1,
                                "127.0.0.1:%d: Error contacting service. It is probably not running.\n"
                                        .formatted(port),
                                ""));
    }

    @Test
    void aServerIsFoundByItsConfigurationAsZooKeepersScriptFindsIt(@TempDir Path dir)
            throws Exception {
        Path file = dir.resolve("zoo.cfg");
        try (Quorate server = Quorate.builder().start()) {
            Files.writeString(file, "dataDir=%s\nclientPort=%d\n".formatted(dir, server.port()));
            Captured status = Captured.run("status", file.toString());
            assertThat(status.out())
                    .startsWith("127.0.0.1:%d: Mode: standalone".formatted(server.port()));
            assertThat(status.exitCode()).isZero();
        }
        Files.writeString(file, "dataDir=%s\ntickTime=soon\n".formatted(dir));
        Captured wrong = Captured.run("status", file.toString());
        assertThat(wrong.err()).contains("tickTime: 'soon' is not legal");
        assertThat(wrong.exitCode()).isEqualTo(2);
    }

    @Test
    void nonsenseIsWrongUse() {
        assertThat(Captured.run("status", "host").exitCode()).isEqualTo(2);
    }
}
