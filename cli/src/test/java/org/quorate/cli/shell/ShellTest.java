package org.quorate.cli.shell;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.zookeeper.client.ZKClientConfig;
import org.jline.reader.Candidate;
import org.jline.reader.impl.DefaultParser;
import org.jline.terminal.impl.DumbTerminal;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.quorate.cli.Captured;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class ShellTest {
    @TempDir static Path serverDir;
    @TempDir Path dir;
    private static RealZooKeeper server;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private Session session;
    private Interpreter interpreter;

    @BeforeAll
    static void startServer() throws Exception {
        server = new RealZooKeeper(serverDir);
    }

    @AfterAll
    static void stopServer() {
        server.close();
    }

    @BeforeEach
    void connect() throws Exception {
        shell(false, false);
    }

    @AfterEach
    void disconnect() throws Exception {
        interpreter.run(List.of("deleteall", "/t"));
        session.close();
    }

    private void shell(boolean json, boolean interactive) throws Exception {
        if (session != null) {
            session.close();
        }
        Printer printer =
                new Printer(
                        new PrintStream(out, true, StandardCharsets.UTF_8),
                        new PrintStream(err, true, StandardCharsets.UTF_8),
                        json,
                        interactive,
                        false);
        session = new Session(printer, server.connectString(), 10_000, false, new ZKClientConfig());
        interpreter = new Interpreter(session, printer);
        session.connect(server.connectString());
        session.awaitConnected();
    }

    private String run(String line) throws Exception {
        out.reset();
        err.reset();
        interpreter.line(line);
        return out.toString(StandardCharsets.UTF_8);
    }

    private JsonNode json(String line) throws Exception {
        String text = run(line);
        assertThat(text.lines()).hasSize(1);
        return new JsonMapper().readTree(text);
    }

    @Test
    void resultsGoToOutAndFailuresToErr() throws Exception {
        assertThat(run("create /t data")).isEqualTo("Created /t\n");
        assertThat(err.size()).isZero();
        assertThat(run("create /t data")).isEmpty();
        assertThat(err.toString(StandardCharsets.UTF_8)).isEqualTo("Node already exists: /t\n");
    }

    @Test
    void exitCodesTellHowItWent() throws Exception {
        assertThat(interpreter.run(List.of("create", "/t"))).isZero();
        assertThat(interpreter.run(List.of("create", "/t"))).isEqualTo(Failure.FAILED);
        assertThat(interpreter.run(List.of("create"))).isEqualTo(Failure.WRONG_USE);
        assertThat(interpreter.run(List.of("nosuch"))).isEqualTo(Failure.WRONG_USE);
        assertThat(interpreter.run(List.of("get", "no/slash"))).isEqualTo(Failure.WRONG_USE);
        assertThat(interpreter.run(List.of("get", "/a//b"))).isEqualTo(Failure.WRONG_USE);
        assertThat(interpreter.run(List.of("close"))).isZero();
        assertThat(interpreter.run(List.of("ls", "/"))).isEqualTo(Failure.NOT_CONNECTED);
        assertThat(interpreter.run(List.of("connect"))).isZero();
        session.awaitConnected();
    }

    @Test
    void jsonHasOneValueALine() throws Exception {
        shell(true, false);
        assertThat(json("create /t 'some text'").get("path").stringValue()).isEqualTo("/t");
        JsonNode got = json("get /t");
        assertThat(got.get("data").stringValue()).isEqualTo("some text");
        assertThat(got.get("stat").get("dataLength").intValue()).isEqualTo(9);
        assertThat(json("set /t -b /w==").get("stat").get("version").intValue()).isEqualTo(1);
        assertThat(json("get /t").get("dataBase64").stringValue()).isEqualTo("/w==");
        assertThat(json("ls /").get("children").toString()).contains("\"zookeeper\"");
        assertThat(json("ls -R /t").get("paths").toString()).isEqualTo("[\"/t\"]");
        assertThat(json("getAcl /t").get("acl").toString())
                .isEqualTo("[{\"scheme\":\"world\",\"id\":\"anyone\",\"perms\":\"cdrwa\"}]");
        assertThat(json("whoami").toString()).contains("\"scheme\":\"ip\"");
        assertThat(json("getAllChildrenNumber /t").get("count").intValue()).isZero();
        run("setquota -n 4 /t");
        assertThat(json("listquota /t").get("count").intValue()).isEqualTo(4);
        run("delquota /t");
        assertThat(run("get /none")).isEmpty();
        assertThat(new JsonMapper().readTree(err.toByteArray()).get("error").stringValue())
                .isEqualTo("NONODE");
    }

    @Test
    void eventsOfTheConnectionAreForPeopleOnly() throws Exception {
        assertThat(out.toString(StandardCharsets.UTF_8)).doesNotContain("WATCHER");
        shell(false, true);
        assertThat(out.toString(StandardCharsets.UTF_8)).contains("type:None");
    }

    @Test
    void watchesAreSwitchedOff() throws Exception {
        run("printwatches off");
        assertThat(run("printwatches")).isEqualTo("printwatches is off\n");
        run("create /t");
        run("get -w /t");
        assertThat(run("set /t x")).isEmpty();
        assertThat(run("printwatches maybe")).isEmpty();
    }

    @Test
    void quotasMayNotBeNested() throws Exception {
        run("create /t");
        run("create /t/a");
        run("create /t/a/b");
        run("setquota -n 9 /t/a");
        run("setquota -n 9 /t/a/b");
        assertThat(err.toString(StandardCharsets.UTF_8)).contains("/t/a/b has a parent /t/a");
        run("setquota -n 9 /t");
        assertThat(err.toString(StandardCharsets.UTF_8)).contains("/t has a child /t/a");
        run("setquota -n 0 /t");
        assertThat(err.toString(StandardCharsets.UTF_8)).contains("must be greater than zero");
        run("setquota -n many /t");
        assertThat(err.toString(StandardCharsets.UTF_8)).contains("must be a long value");
        run("setquota -n 1 /zookeeper/quota");
        assertThat(err.toString(StandardCharsets.UTF_8)).contains("cannot set a quota under");
        assertThat(interpreter.run(List.of("delquota", "/t/a"))).isZero();
        assertThat(run("ls /zookeeper/quota")).isEqualTo("[]\n");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "delete -v x /t",
                "create -t soon /t",
                "create -t",
                "deleteall /t -b 0",
                "set /t -b !",
                "reconfig -add 1 -members 2",
                "reconfig -file /no/such -members 2",
                "reconfig -v x -add 1=h:1:2;3",
                "addWatch -m SOMETIMES /t",
                "create /t data world:anyone:rq",
                "redo",
                "redo x",
                "redo 99"
            })
    void whatIsWrittenWronglyIsRefused(String line) throws Exception {
        assertThat(run(line)).isEmpty();
        assertThat(err.size()).isPositive();
    }

    @Test
    void aReconfigOfZkCliIsUnderstood() throws Exception {
        Path file = Files.writeString(dir.resolve("d"), "# x\nserver.1=h:1:2;3\nversion=1\n");
        for (String line :
                List.of(
                        "reconfig -remove 3",
                        "reconfig -add 1=h:1:2;3",
                        "reconfig -members server.1=h:1:2;3,2=h:2:3;4 -v 100000001",
                        "reconfig -file " + file)) {
            assertThat(interpreter.run(Words.of(line))).isEqualTo(Failure.FAILED);
        }
        assertThat(err.toString(StandardCharsets.UTF_8).lines())
                .containsOnly("KeeperErrorCode = Reconfig is disabled");
    }

    @Test
    void redoDoesNotLoop() throws Exception {
        run("redo 1");
        run("redo 0");
        assertThat(err.toString(StandardCharsets.UTF_8)).contains("out of range");
    }

    @Test
    void anUnreachableServerIsReportedAfterTheTimeout() throws Exception {
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        String server = "127.0.0.1:" + port;
        assertThat(Captured.run("shell", "-timeout", "300", server, "ls", "/"))
                .isEqualTo(
                        new Captured(
                                3, "", "cannot connect to %s within 300 ms\n".formatted(server)));
    }

    @Test
    void aCommandOnTheCommandLineEndsWithItsCode() {
        String at = server.connectString();
        assertThat(Captured.run("shell", at, "create", "/t", "x"))
                .isEqualTo(new Captured(0, "Created /t\n", ""));
        assertThat(Captured.run("shell", "-server", at, "get", "/t"))
                .isEqualTo(new Captured(0, "x\n", ""));
        assertThat(Captured.run("shell", "--json", at, "get", "/none").exitCode()).isEqualTo(1);
        assertThat(Captured.run("shell", at, "get").exitCode()).isEqualTo(2);
        assertThat(Captured.run("shell", "--nonsense").exitCode()).isEqualTo(2);
        assertThat(Captured.run("shell", "host:x", "ls", "/").exitCode()).isEqualTo(2);
        Captured noFile = Captured.run("shell", "-client-configuration", "/no/such", at, "ls", "/");
        assertThat(noFile.exitCode()).isEqualTo(2);
        assertThat(noFile.err()).contains("/no/such");
    }

    @Test
    void aScriptOnStandardInputEndsWithTheFirstFailure() {
        InputStream in = System.in;
        System.setIn(
                new ByteArrayInputStream(
                        "create /t x\n\nget /none\nget /t\nquit\nget /t\n"
                                .getBytes(StandardCharsets.UTF_8)));
        try {
            assertThat(Captured.run("shell", server.connectString()))
                    .isEqualTo(new Captured(1, "Created /t\nx\n", "Node does not exist: /none\n"));
        } finally {
            System.setIn(in);
        }
    }

    @Test
    void wordsAreKeptTogetherByQuotes() {
        assertThat(Words.of("  set /a \"two words\" 'and ''more' \"\" "))
                .containsExactly("set", "/a", "two words", "and more", "");
        assertThat(Words.of("")).isEmpty();
    }

    @Test
    void commandsAndPathsAreCompleted() throws Exception {
        run("create /t");
        run("create /t/one");
        run("create /t/two");
        assertThat(completions("ge")).contains("get", "getAcl", "quit");
        assertThat(completions("get /t/o")).containsExactly("/t/one", "/t/two");
        assertThat(completions("get /none/x")).isEmpty();
        assertThat(completions("get /bad//x")).isEmpty();
    }

    private List<String> completions(String line) {
        List<Candidate> candidates = new ArrayList<>();
        new PathCompleter(interpreter, session)
                .complete(null, new DefaultParser().parse(line, line.length()), candidates);
        return candidates.stream().map(Candidate::value).toList();
    }

    @Test
    void aPersonTypesLines() throws Exception {
        shell(false, true);
        byte[] typed =
                "create /t x\n addauth digest bob:hush\nget /t\nquit\nget /none\n"
                        .getBytes(StandardCharsets.UTF_8);
        try (DumbTerminal terminal =
                new DumbTerminal(new ByteArrayInputStream(typed), new ByteArrayOutputStream())) {
            new Terminal(interpreter, session).run(terminal, dir.resolve("history"));
        }
        assertThat(out.toString(StandardCharsets.UTF_8)).contains("Created /t\n", "\nx\n");
        assertThat(err.size()).isZero();
        assertThat(dir.resolve("history")).content().contains("get /t").doesNotContain("hush");
    }

    @Test
    void everyCommandOfZkCliIsThere() {
        Map<String, Command> commands = interpreter.commands();
        assertThat(commands.keySet())
                .contains(
                        "addWatch",
                        "addauth",
                        "close",
                        "config",
                        "connect",
                        "create",
                        "delete",
                        "deleteall",
                        "delquota",
                        "get",
                        "getAcl",
                        "getAllChildrenNumber",
                        "getEphemerals",
                        "history",
                        "listquota",
                        "ls",
                        "printwatches",
                        "quit",
                        "reconfig",
                        "redo",
                        "removewatches",
                        "set",
                        "setAcl",
                        "setquota",
                        "stat",
                        "sync",
                        "version",
                        "whoami");
    }
}
