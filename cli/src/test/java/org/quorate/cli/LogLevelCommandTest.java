package org.quorate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.quorate.node.config.PasswordHash;
import org.quorate.node.config.ServerConfig;
import org.quorate.node.config.ZooCfg;
import org.quorate.node.console.ConsoleGuest;
import org.quorate.node.host.Server;
import org.quorate.node.host.Surroundings;
import org.quorate.protocol.peer.Endpoint;
import org.slf4j.LoggerFactory;

class LogLevelCommandTest {
    private static final String LOGGER = "org.quorate.cli.LogLevelCommandTest";

    @TempDir static Path dir;
    private static Server server;

    @BeforeAll
    static void serve() throws Exception {
        Path file =
                Files.writeString(
                        dir.resolve("zoo.cfg"),
                        """
                        dataDir=%s
                        clientPort=2181
                        preAllocSize=1024
                        admin.serverAddress=127.0.0.1
                        admin.serverPort=0
                        admin.console.passwordHash=%s
                        """
                                .formatted(
                                        dir.resolve("data"),
                                        PasswordHash.of("correct horse".toCharArray())));
        ServerConfig config = ZooCfg.read(file, new Properties(), warning -> {});
        server =
                Server.start(
                        config.withPorts(config.ports().withPlain(new Endpoint("127.0.0.1", 0))),
                        (what, why) -> {},
                        new Surroundings(ConsoleGuest.NONE, new LogbackLevels()));
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static String admin() {
        return "127.0.0.1:" + server.admin().adminPort();
    }

    private static Captured run(String password, String... arguments) {
        InputStream old = System.in;
        System.setIn(new ByteArrayInputStream((password + "\n").getBytes(StandardCharsets.UTF_8)));
        try {
            String[] all = new String[arguments.length + 3];
            all[0] = "log-level";
            all[1] = "--connect";
            all[2] = admin();
            System.arraycopy(arguments, 0, all, 3, arguments.length);
            return Captured.run(all);
        } finally {
            System.setIn(old);
        }
    }

    @Test
    void aLevelIsChangedWithThePasswordAndTakenAwayAgain() {
        Captured changed = run("correct horse", LOGGER, "trace");
        assertThat(changed.err()).isEmpty();
        assertThat(changed.out()).contains(LOGGER + " TRACE\n");
        assertThat(LoggerFactory.getLogger(LOGGER).isTraceEnabled()).isTrue();
        assertThat(run("").out()).contains(LOGGER + " TRACE\n").contains("ROOT ");

        assertThat(run("correct horse", LOGGER, "INHERIT").exitCode()).isZero();
        assertThat(LoggerFactory.getLogger(LOGGER).isTraceEnabled()).isFalse();
        assertThat(run("").out()).doesNotContain(LOGGER);
    }

    @Test
    void withoutThePasswordNothingIsChanged() {
        Captured refused = run("wrong password", LOGGER, "TRACE");
        assertThat(refused.exitCode()).isEqualTo(1);
        assertThat(refused.err()).contains("the password is wrong");
        assertThat(LoggerFactory.getLogger(LOGGER).isTraceEnabled()).isFalse();
    }

    @Test
    void nonsenseIsRefusedInASentence() {
        assertThat(run("correct horse", LOGGER, "LOUD").err())
                .contains("LOUD: no level; there are TRACE, DEBUG");
        assertThat(run("correct horse", "a b", "INFO").err()).contains("no name of a logger");
        assertThat(run("", LOGGER).exitCode()).isEqualTo(2);
        assertThat(run("correct horse", "ROOT", "INHERIT").exitCode()).isEqualTo(1);
    }

    @Test
    void aPortForClientsIsSaidToBeOne() {
        String client = "127.0.0.1:" + server.clientPort();
        Captured asked = Captured.run("log-level", "--connect", client);
        assertThat(asked.err())
                .contains(client + " is a port for clients; give the admin port")
                .doesNotContain("header parser");
        Captured status = Captured.run("status", "--connect", client);
        assertThat(status.out()).contains("is a port for clients; give the admin port");
        assertThat(status.exitCode()).isEqualTo(3);
    }
}
