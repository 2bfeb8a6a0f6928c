package org.quorate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The script {@code quorate} itself, with real processes and signals. */
class LauncherTest {
    private static final Path SCRIPT = Path.of("..", "quorate").toAbsolutePath().normalize();
    private static final Duration LONG = Duration.ofSeconds(60);

    @TempDir Path dir;

    private Process start(Path output, Map<String, String> environment, String... arguments)
            throws IOException {
        List<String> command = new ArrayList<>(List.of(SCRIPT.toString()));
        command.addAll(List.of(arguments));
        return start(output, environment, command);
    }

    private Process start(Path output, Map<String, String> environment, List<String> command)
            throws IOException {
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).directory(dir.toFile());
        builder.redirectOutput(output.toFile());
        builder.environment().put("QUORATE_CLASSPATH", System.getProperty("java.class.path"));
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        builder.environment().putAll(environment);
        return builder.start();
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static String word(int port, String word) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.getOutputStream().write(word.getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @Test
    void aServerServesUntilItIsTerminatedAndStopsCleanly() throws Exception {
        int port = freePort();
        int adminPort = freePort();
        Path conf = Files.createDirectory(dir.resolve("conf"));
        Path file = conf.resolve("zoo.cfg");
        Files.writeString(
                file,
                "dataDir=%s\nclientPort=%d\nclientPortAddress=127.0.0.1\n"
                        .formatted(dir.resolve("data"), port));
        Files.writeString(
                conf.resolve("java.env"),
                "SERVER_JVMFLAGS='-Dzookeeper.snapCount=1234 -Xmx200m'\n");
        Path log = dir.resolve("serve.log");
        Process server =
                start(
                        log,
                        Map.of(
                                "JVMFLAGS",
                                // The tests' own logback file says nothing.
                                "-Dlogback.configurationFile=logback-console.xml"
                                        + " -Dzookeeper.4lw.commands.whitelist=srvr,envi,conf"),
                        "serve",
                        "-Dzookeeper.admin.serverPort=" + adminPort,
                        file.toString());
        try {
            Awaitility.await()
                    .atMost(LONG)
                    .until(() -> !server.isAlive() || Files.readString(log).contains("serving; "));
            assertThat(log)
                    .content()
                    .contains("quorate shell 127.0.0.1:" + port)
                    .contains("console at http://127.0.0.1:" + adminPort + "/console/");

            Path said = dir.resolve("shell.log");
            Process shell =
                    start(said, Map.of(), "shell", "127.0.0.1:" + port, "create", "/made", "x");
            assertThat(shell.waitFor(LONG.toSeconds(), TimeUnit.SECONDS)).isTrue();
            assertThat(said).content().isEqualTo("Created /made\n");
            assertThat(shell.exitValue()).isZero();

            assertThat(word(port, "srvr")).contains("Mode: standalone");
            // The serial collector counts one survivor space less.
            assertThat(word(port, "envi")).contains("os.memory.max=199MB");
            assertThat(word(port, "ruok")).contains("not in the whitelist");
        } finally {
            server.destroy(); // SIGTERM
        }
        assertThat(server.waitFor(LONG.toSeconds(), TimeUnit.SECONDS)).isTrue();
        assertThat(server.exitValue()).isZero();
        assertThat(log).content().contains("stopped");
    }

    private record Ended(int code, String said) {}

    private Ended run(String... arguments) throws Exception {
        return run(Map.of(), arguments);
    }

    private Ended run(Map<String, String> environment, String... arguments) throws Exception {
        Path said = dir.resolve("said.log");
        Process process = start(said, environment, arguments);
        assertThat(process.waitFor(2 * LONG.toSeconds(), TimeUnit.SECONDS)).isTrue();
        return new Ended(process.exitValue(), Files.readString(said));
    }

    @Test
    void aServerIsStartedInTheBackgroundRestartedAndStopped() throws Exception {
        int port = freePort();
        Path file = dir.resolve("zoo.cfg");
        Path data = dir.resolve("data");
        Files.writeString(
                file,
                "dataDir=%s\nclientPort=%d\nclientPortAddress=127.0.0.1\nadmin.enableServer=false\n"
                        .formatted(data, port));
        Path pidFile = data.resolve("quorate_server.pid");
        try {
            Ended started = run("start", file.toString());
            assertThat(started.said())
                    .startsWith("started as process ")
                    .contains("log in " + data.resolve("quorate.log"));
            assertThat(started.code()).isZero();
            String pid = Files.readString(pidFile).strip();
            assertThat(word(port, "srvr")).contains("Mode: standalone");

            Ended again = run("start", file.toString());
            assertThat(again.said()).contains("already running as process " + pid);
            assertThat(again.code()).isEqualTo(1);

            Ended restarted = run("restart", file.toString());
            assertThat(restarted.said()).contains("stopped process " + pid).contains("started as");
            assertThat(Files.readString(pidFile).strip()).isNotEqualTo(pid);
            assertThat(word(port, "srvr")).contains("Mode: standalone");
        } finally {
            assertThat(run("stop", file.toString()).said()).startsWith("stopped process ");
        }
        assertThat(pidFile).doesNotExist();
        assertThat(run("stop", file.toString()))
                .satisfies(stopped -> assertThat(stopped.code()).isZero())
                .satisfies(stopped -> assertThat(stopped.said()).startsWith("nothing to stop"));
    }

    /** With a program in the JVM's place that only says how far it is. */
    @Test
    void whatAStartReadsForLongIsABarOnATerminalAndALineElsewhere() throws Exception {
        Path file = dir.resolve("zoo.cfg");
        Files.writeString(file, "dataDir=%s\n".formatted(dir.resolve("data")));
        Path home = dir.resolve("jdk");
        Path java = Files.createDirectories(home.resolve("bin")).resolve("java");
        Files.writeString(home.resolve("release"), "JAVA_VERSION=\"25\"\n");
        Files.writeString(
                java,
                """
                #!/usr/bin/env bash
                for word in "$@"; do
                  [[ $word != -Dquorate.log.file=* ]] || log=${word#*=}
                done
                at='2026-01-31 12:00:00.000 INFO '
                echo "$at LoggedProgress - reading /d/snapshot.0: 40 %, 160 of 400 MiB" >>"$log"
                sleep 0.5
                echo "$at ServeCommand - serving; connect with: …" >>"$log"
                exec sleep 600
                """);
        assertThat(java.toFile().setExecutable(true)).isTrue();
        Map<String, String> fake = Map.of("JAVA_HOME", home.toString());
        try {
            assertThat(run(fake, "start", file.toString()).said())
                    .startsWith("reading /d/snapshot.0: 40 %, 160 of 400 MiB\nstarted as process ");
            assertThat(run(fake, "stop", file.toString()).code()).isZero();
            assertThat(onTerminal(fake, "start", file.toString()))
                    .contains(
                            "reading /d/snapshot.0  [############..................]"
                                    + "  40 %, 160 of 400 MiB")
                    .contains("\r\u001b[Kstarted as process ");
        } finally {
            run(fake, "stop", file.toString());
        }
    }

    private String onTerminal(Map<String, String> environment, String... arguments)
            throws Exception {
        Path said = dir.resolve("terminal.log");
        String line = SCRIPT + " " + String.join(" ", arguments);
        Process process = start(said, environment, List.of("script", "-qec", line, "/dev/null"));
        assertThat(process.waitFor(LONG.toSeconds(), TimeUnit.SECONDS)).isTrue();
        return Files.readString(said);
    }

    @Test
    void whoeverStartsAServerInVainIsToldWhy() throws Exception {
        Path file = dir.resolve("zoo.cfg");
        Files.writeString(file, "dataDir=%s\ntickTime=soon\n".formatted(dir.resolve("data")));
        Ended ended = run("start", file.toString());
        assertThat(ended.said()).contains("zoo.cfg line 2: tickTime: 'soon' is not legal");
        assertThat(ended.code()).isEqualTo(2);
        assertThat(dir.resolve("data/quorate_server.pid")).doesNotExist();
        assertThat(run("start", dir.resolve("none.cfg").toString()).code()).isEqualTo(2);
    }
}
