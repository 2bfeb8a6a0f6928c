package org.quorate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.quorate.node.Quorate;

/** What keeps a server from starting: an exit code and one line each. */
class ServeCommandTest {
    @TempDir Path dir;
    private String said = "";

    private int serve(String... arguments) {
        String[] all = new String[arguments.length + 1];
        all[0] = "serve";
        System.arraycopy(arguments, 0, all, 1, arguments.length);
        Captured captured = Captured.run(all);
        said = captured.err();
        return captured.exitCode();
    }

    private int serveFile(String... lines) throws IOException {
        Path file = dir.resolve("zoo.cfg");
        Files.writeString(
                file,
                "admin.enableServer=false\nclientPortAddress=127.0.0.1\n"
                        + String.join("\n", lines)
                        + "\n");
        return serve(file.toString());
    }

    private void assertOneLine(String part) {
        assertThat(said).startsWith("quorate: ").contains(part);
        assertThat(said.lines()).hasSize(1);
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    @Test
    void aBadConfigurationIsOneLine() throws IOException {
        assertThat(serveFile("dataDir=" + dir, "clientPort=often"))
                .isEqualTo(ServeCommand.WRONG_CONFIG);
        assertOneLine("zoo.cfg line 4: clientPort: 'often' is not legal");
    }

    @Test
    void aMissingConfigurationIsOneLine() {
        assertThat(serve(dir.resolve("none.cfg").toString())).isEqualTo(ServeCommand.WRONG_CONFIG);
        assertOneLine("none.cfg does not exist");
    }

    @Test
    void aPortInUseIsOneLine() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            assertThat(serveFile("dataDir=" + dir, "clientPort=" + taken.getLocalPort()))
                    .isEqualTo(ServeCommand.PORT);
            assertOneLine("the port is in use");
        }
    }

    @Test
    void aDirectoryOfAnotherServerIsOneLine() throws IOException {
        try (Quorate other = Quorate.builder().dataDir(dir).start()) {
            assertThat(serveFile("dataDir=" + other.dataDir(), "clientPort=" + freePort()))
                    .isEqualTo(ServeCommand.DATA_DIR);
            assertOneLine(dir.toString());
        }
    }

    @Test
    void aDirectoryOfANewerFormatIsOneLine() throws IOException {
        Files.createDirectory(dir.resolve("version-3"));
        assertThat(serveFile("dataDir=" + dir, "clientPort=" + freePort()))
                .isEqualTo(ServeCommand.DATA_DIR);
        assertOneLine("of a newer format (version-3)");
    }

    @Test
    void aDirectoryThatCannotBeWrittenIsOneLine() throws IOException {
        // Not even root may make files there.
        assertThat(serveFile("dataDir=/proc/quorate", "clientPort=" + freePort()))
                .isEqualTo(ServeCommand.DATA_DIR);
        assertOneLine("/proc/quorate");
    }

    @Test
    void aDirectoryThatCannotBeMadeIsOneLine() throws IOException {
        Path file = Files.writeString(dir.resolve("a-file"), "");
        assertThat(serveFile("dataDir=" + file, "clientPort=" + freePort()))
                .isEqualTo(ServeCommand.DATA_DIR);
        assertOneLine(file.toString());
    }
}
