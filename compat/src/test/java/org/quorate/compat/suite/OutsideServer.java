package org.quorate.compat.suite;

import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A server in a process of its own, for suites that believe to start one in theirs. It gets the
 * configuration they wrote and the system properties they have set for their own server.
 *
 * <p>System properties: {@code suite.server} chooses the server, Quorate unless it says {@code
 * ZOOKEEPER}; {@code quorate.launcher} names the script that users start Quorate by (without it the
 * JVM is started by itself); {@code suite.log} names the file that takes what the servers print.
 */
public final class OutsideServer implements AutoCloseable {
    private static final String[] PASSED_ON = {
        "zookeeper.", "jute.", "znode.", "readonlymode.", "java.security.auth", "fsync."
    };

    // The suites name the classes of their own stand-ins here, which the other process does not
    // have.
    private static final String CONNECTION_FACTORY = "zookeeper.serverCnxnFactory";
    private static final int STOP_SECONDS_MAX = 10;
    private static final int START_SECONDS_MAX = 120;

    private final Process process;

    private OutsideServer(Process process) {
        this.process = process;
        // A suite that is stopped in the middle leaves no server behind.
        Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
    }

    /**
     * Starts a server and does not wait for it.
     *
     * @param config lines of the configuration file
     */
    public static OutsideServer start(List<String> config) throws IOException {
        Path file = Files.createTempFile("suite", ".cfg");
        file.toFile().deleteOnExit();
        Files.write(file, config);
        return start(file);
    }

    /** The same with a configuration file, which the server may write to. */
    static OutsideServer start(Path file) throws IOException {
        return new OutsideServer(
                builder(file.toString())
                        .redirectErrorStream(true)
                        .redirectOutput(
                                ProcessBuilder.Redirect.appendTo(
                                        new File(System.getProperty("suite.log", "/dev/null"))))
                        .start());
    }

    /**
     * Waits until the port takes connections.
     *
     * @throws IOException if the process ends before, or takes longer than two minutes: a busy
     *     machine may need one
     */
    public void awaitListening(int port) throws IOException, InterruptedException {
        long deadlineNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_SECONDS_MAX);
        while (true) {
            try (Socket socket = new Socket()) {
                socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
                return;
            } catch (IOException e) {
                if (process.waitFor(20, TimeUnit.MILLISECONDS)
                        || System.nanoTime() > deadlineNanos) {
                    throw new IOException("no server on port " + port, e);
                }
            }
        }
    }

    /** Waits until the process has ended by itself. */
    public void join() throws InterruptedException {
        process.waitFor();
    }

    /** Ends the process without a word, as the operating system kills. */
    public void kill() {
        process.destroyForcibly();
        process.onExit().join();
    }

    /**
     * Asks the server to stop and waits until it has.
     *
     * @throws IllegalStateException if it does not stop in time; it is killed then
     */
    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(STOP_SECONDS_MAX, TimeUnit.SECONDS)) {
                kill();
                throw new IllegalStateException("the server did not stop when asked to");
            }
        } catch (InterruptedException e) {
            kill();
            Thread.currentThread().interrupt();
        }
    }

    private static ProcessBuilder builder(String file) {
        boolean real = "ZOOKEEPER".equals(System.getProperty("suite.server"));
        @Nullable String launcher = System.getProperty("quorate.launcher");
        if (launcher != null && !real) {
            // Not by an environment variable, which the script splits at blanks.
            List<String> command = new ArrayList<>(List.of(launcher));
            command.addAll(passedOn());
            command.addAll(List.of("serve", file));
            return new ProcessBuilder(command);
        }
        List<String> command =
                new ArrayList<>(
                        List.of(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-Xmx256m",
                                "-XX:+UseSerialGC",
                                "-XX:TieredStopAtLevel=1",
                                "--enable-native-access=ALL-UNNAMED",
                                "--sun-misc-unsafe-memory-access=allow",
                                "-cp",
                                System.getProperty("java.class.path")));
        command.addAll(passedOn());
        command.addAll(
                real
                        ? List.of("org.apache.zookeeper.server.quorum.QuorumPeerMain")
                        : List.of("org.quorate.cli.Main", "serve"));
        command.add(file);
        return new ProcessBuilder(command);
    }

    private static List<String> passedOn() {
        List<String> properties = new ArrayList<>();
        System.getProperties()
                .forEach((key, value) -> {
                    if (isPassedOn(key.toString())) {
                        properties.add("-D" + key + "=" + value);
                    }
                });
        return properties;
    }

    private static boolean isPassedOn(String key) {
        if (key.equals(CONNECTION_FACTORY)) {
            return false;
        }
        for (String prefix : PASSED_ON) {
            if (key.startsWith(prefix)) {
                return true;
            }
        }
        return false;
    }
}
