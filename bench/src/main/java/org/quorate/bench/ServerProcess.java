package org.quorate.bench;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.quorate.protocol.OpCode;

/**
 * A server in a process of its own, real ZooKeeper or Quorate, started from this process's class
 * path with a configuration file; Quorate by its launcher, if the system property {@code
 * quorate.launcher} says where that is. Closing it kills it and removes its directory.
 */
public final class ServerProcess implements AutoCloseable {
    /** Which server to start. */
    public enum Kind {
        ZOOKEEPER("org.apache.zookeeper.server.quorum.QuorumPeerMain"),
        QUORATE("org.quorate.cli.Main");

        private final String mainClass;

        Kind(String mainClass) {
            this.mainClass = mainClass;
        }
    }

    /**
     * Where a server runs.
     *
     * @param host the address of its ports
     * @param prefix what stands before its command, for instance {@code ip netns exec NAME}
     */
    public record Place(String host, List<String> prefix) {
        /** On the loopback address. */
        public static final Place HERE = new Place("127.0.0.1", List.of());
    }

    /** The script that users start Quorate by; without it the JVM is started by itself. */
    private static final @Nullable String LAUNCHER = System.getProperty("quorate.launcher");

    /**
     * Where jars of another version of ZooKeeper lie, which then runs in place of the usual one.
     */
    private static final @Nullable String ZOOKEEPER_JARS = System.getProperty("zookeeper.jars");

    private static final int PORT_MIN = 10_000;
    private static final int PORT_END = 32_000;
    private static final int PORT_TRIES_MAX = 1_000;
    private static final int STOP_SECONDS_MAX = 20;
    private static final int SESSION_MILLIS = 4_000;
    private static final Duration START_MAX = Duration.ofMinutes(2);

    private final Place place;
    private final Path dir;
    private final int clientPort;
    private final List<String> jvmArgs;
    private Kind kind;
    private Process process;

    private ServerProcess(Kind kind, Place place, Path dir, int clientPort, List<String> jvmArgs)
            throws IOException {
        this.kind = kind;
        this.place = place;
        this.dir = dir;
        this.clientPort = clientPort;
        this.jvmArgs = jvmArgs;
        this.process = launch();
    }

    /**
     * Starts a lone server on a free port and waits until it serves.
     *
     * @param config lines for the configuration file beside directory and port
     * @param jvmArgs for instance {@code -Dzookeeper.…}
     */
    public static ServerProcess start(Kind kind, List<String> config, List<String> jvmArgs)
            throws IOException {
        ServerProcess server = launch(kind, Place.HERE, freePort(), config, jvmArgs, 0);
        server.awaitServing();
        return server;
    }

    /**
     * Starts one server and does not wait for it.
     *
     * @param serverId 0 for a lone one
     */
    static ServerProcess launch(
            Kind kind,
            Place place,
            int clientPort,
            List<String> config,
            List<String> jvmArgs,
            int serverId)
            throws IOException {
        Path dir = Files.createTempDirectory("quorate-server");
        List<String> lines =
                new ArrayList<>(
                        List.of(
                                "dataDir=" + dir.resolve("data"),
                                "clientPort=" + clientPort,
                                "clientPortAddress=" + place.host(),
                                "admin.enableServer=false",
                                "4lw.commands.whitelist=*"));
        lines.addAll(config);
        Files.createDirectories(dir.resolve("data"));
        Files.write(dir.resolve("zoo.cfg"), lines);
        if (serverId > 0) {
            Files.writeString(dir.resolve("data").resolve("myid"), serverId + "\n");
        }
        return new ServerProcess(kind, place, dir, clientPort, jvmArgs);
    }

    public Kind kind() {
        return kind;
    }

    /** Where clients connect. */
    public InetSocketAddress address() {
        return new InetSocketAddress(place.host(), clientPort);
    }

    public int clientPort() {
        return clientPort;
    }

    public Path dataDir() {
        return dir.resolve("data");
    }

    public long pid() {
        return process.pid();
    }

    /** As the operating system kills: nothing is flushed, nobody is told. */
    public void killHard() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    /** Asks the process to stop (SIGTERM) and waits until it has. */
    public void stop() throws IOException, InterruptedException {
        process.destroy();
        if (!process.waitFor(STOP_SECONDS_MAX, TimeUnit.SECONDS)) {
            throw new IOException(kind + " did not stop when asked to:\n" + output());
        }
    }

    /** Stops (or lets go on) all threads of the process, as SIGSTOP and SIGCONT do. */
    public void freeze(boolean frozen) throws IOException, InterruptedException {
        new ProcessBuilder("kill", frozen ? "-STOP" : "-CONT", Long.toString(process.pid()))
                .start()
                .waitFor();
    }

    /** Starts again on the same directory after {@link #killHard} or {@link #stop}. */
    public void restart() throws IOException {
        relaunch(kind);
        awaitServing();
    }

    /** The same directory and configuration, served by the other server; does not wait. */
    public void relaunch(Kind newKind) throws IOException {
        kind = newKind;
        process = launch();
    }

    /** Asks by a four-letter word. */
    public String ask(String word) throws IOException {
        try (Socket socket = new Socket()) {
            socket.connect(address());
            socket.setSoTimeout(5_000);
            socket.getOutputStream().write(word.getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
        try {
            process.waitFor(10, TimeUnit.SECONDS);
            try (Stream<Path> files = Files.walk(dir)) {
                for (Path path : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.deleteIfExists(path);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private Process launch() throws IOException {
        String file = dir.resolve("zoo.cfg").toString();
        ProcessBuilder builder = new ProcessBuilder();
        if (kind == Kind.QUORATE && LAUNCHER != null) {
            builder.command(LAUNCHER, "serve", file);
            builder.environment().put("SERVER_JVMFLAGS", String.join(" ", jvmArgs));
        } else {
            builder.command(command(kind, file, jvmArgs));
        }
        builder.command().addAll(0, place.prefix());
        return builder.redirectErrorStream(true)
                .redirectOutput(
                        ProcessBuilder.Redirect.appendTo(dir.resolve("output.log").toFile()))
                .start();
    }

    private static List<String> command(Kind kind, String file, List<String> jvmArgs) {
        List<String> command =
                new ArrayList<>(
                        List.of(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-Xmx512m",
                                "-XX:+UseSerialGC",
                                "--enable-native-access=ALL-UNNAMED",
                                "--sun-misc-unsafe-memory-access=allow",
                                "-cp",
                                classPath(kind)));
        command.addAll(jvmArgs);
        command.add(kind.mainClass);
        if (kind == Kind.QUORATE) {
            command.add("serve");
        }
        command.add(file);
        return command;
    }

    private static String classPath(Kind kind) {
        String own = System.getProperty("java.class.path");
        return kind == Kind.ZOOKEEPER && ZOOKEEPER_JARS != null
                ? Path.of(ZOOKEEPER_JARS, "*") + File.pathSeparator + own
                : own;
    }

    /** Waits until a session can be opened. */
    public void awaitServing() throws IOException {
        long deadlineNanos = System.nanoTime() + START_MAX.toNanos();
        while (true) {
            try {
                openSession();
                return;
            } catch (IOException e) {
                if (System.nanoTime() > deadlineNanos || !process.isAlive()) {
                    String how = process.isAlive() ? "" : ", exit code " + process.exitValue();
                    throw new IOException(kind + " does not serve" + how + ":\n" + output(), e);
                }
            }
            try {
                process.waitFor(50, TimeUnit.MILLISECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException(e);
            }
        }
    }

    /** Opens a session and closes it: only a server that serves lets it. */
    private void openSession() throws IOException {
        ByteBuffer hello = ByteBuffer.allocate(49);
        hello.putInt(45).putInt(0).putLong(0).putInt(SESSION_MILLIS).putLong(0).putInt(16);
        try (Socket socket = new Socket()) {
            socket.connect(address());
            socket.setSoTimeout(5_000);
            socket.getOutputStream().write(hello.array());
            if (socket.getInputStream().readNBytes(41).length < 41) {
                throw new IOException("closed instead of opening a session");
            }
            ByteBuffer bye = ByteBuffer.allocate(12);
            bye.putInt(8).putInt(1).putInt(OpCode.CLOSE_SESSION);
            socket.getOutputStream().write(bye.array());
            socket.getInputStream().readAllBytes();
        }
    }

    public String output() throws IOException {
        return Files.readString(dir.resolve("output.log"));
    }

    /**
     * A port that is free now, and that the system does not give to outgoing connections: on a busy
     * machine one of those would soon have it.
     */
    public static int freePort() throws IOException {
        for (int tries = 0; tries < PORT_TRIES_MAX; tries++) {
            int port = ThreadLocalRandom.current().nextInt(PORT_MIN, PORT_END);
            try (ServerSocket socket =
                    new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
                return socket.getLocalPort();
            } catch (BindException e) {
                // Somebody has it: the next one.
            }
        }
        throw new IOException("no free port from %d to %d".formatted(PORT_MIN, PORT_END - 1));
    }
}
