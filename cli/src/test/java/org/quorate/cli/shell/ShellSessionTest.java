package org.quorate.cli.shell;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.apache.zookeeper.client.ZKClientConfig;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Plays a recorded session of ZooKeeper 3.9.5's own zkCli: the same commands must print the same
 * texts.
 */
class ShellSessionTest {
    /** Commands whose texts differ, and should. */
    private static final Set<String> OTHERWISE =
            Set.of(
                    "help", // has no error at its end
                    "redo 0", // is help again
                    "nosuch", // does not print all of help
                    "version", // is ours
                    "create /badacl data nonsense", // asks no server
                    "setAcl /a bad", // as well
                    "create -z /q", // shows no class of Java
                    "setquota /a", // as well
                    "get", // shows the usage without a table of options
                    "set /a", // as well
                    "set", // as well
                    "config", // of a lone server is nothing, not an empty line
                    "config -s");

    @TempDir Path dir;

    @Test
    void theTextsAreZkClis() throws Exception {
        Map<String, String> recorded = recordedSession();
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        PrintStream out = new PrintStream(printed, true, StandardCharsets.UTF_8);
        Printer printer = new Printer(out, out, false, false, false);
        try (RealZooKeeper server = new RealZooKeeper(dir);
                Session session =
                        new Session(
                                printer,
                                server.connectString(),
                                10_000,
                                false,
                                new ZKClientConfig())) {
            Interpreter interpreter = new Interpreter(session, printer);
            session.connect(server.connectString());
            session.awaitConnected();
            int number = 0;
            for (Map.Entry<String, String> step : recorded.entrySet()) {
                String command = step.getKey().substring(step.getKey().indexOf(' ') + 1);
                printed.reset();
                interpreter.line(command.replace("127.0.0.1:23999", server.connectString()));
                if (!OTHERWISE.contains(command)) {
                    assertThat(plain(printed.toString(StandardCharsets.UTF_8)))
                            .as("%d: %s", number, command)
                            .isEqualTo(plain(step.getValue()));
                }
                if (command.startsWith("connect")) {
                    session.awaitConnected();
                }
                number++;
            }
            assertThat(session.isQuitting()).isTrue();
        }
    }

    /** Without what varies: dates and events, which come when they come. */
    private static String plain(String text) {
        return text.replaceAll("\n?WATCHER::\n\nWatchedEvent [^\n]*\n?", "")
                .replaceAll("(?m)^([cm]time) = .*$", "$1 = then")
                .replaceAll("([cmp]Zxid) = 0x[0-9a-f]+", "$1 = 0x…")
                .strip();
    }

    /** Command, with its number in front, and what it printed. */
    private static Map<String, String> recordedSession() throws IOException {
        Map<String, String> session = new LinkedHashMap<>();
        try (InputStream in = ShellSessionTest.class.getResourceAsStream("/zkcli/session.txt")) {
            String[] steps = new String(in.readAllBytes(), StandardCharsets.UTF_8).split("(?m)^> ");
            for (int i = 1; i < steps.length; i++) {
                int end = steps[i].indexOf('\n');
                session.put(i + " " + steps[i].substring(0, end), steps[i].substring(end + 1));
            }
        }
        return session;
    }
}
