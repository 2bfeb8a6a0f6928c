package org.quorate.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** {@link FloorServer} as a process of its own. Closing it kills it and removes its log. */
final class FloorProcess implements AutoCloseable {
    private final Path log;
    private final int clientPort;
    private final Process process;

    private FloorProcess(Path log, int clientPort, Process process) {
        this.log = log;
        this.clientPort = clientPort;
        this.process = process;
    }

    /** Starts it on a free port and waits until it listens. */
    static FloorProcess start() throws IOException {
        Path log = Files.createTempFile("quorate-floor", ".log");
        int port = ServerProcess.freePort();
        Process process =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-Xmx512m",
                                "-XX:+UseSerialGC",
                                "-cp",
                                System.getProperty("java.class.path"),
                                FloorServer.class.getName(),
                                Integer.toString(port),
                                log.toString())
                        .redirectErrorStream(true)
                        .start();
        // It says a line when it listens, or why it does not.
        String line = process.inputReader().readLine();
        if (!FloorServer.LISTENING.equals(line)) {
            process.destroyForcibly();
            throw new IOException("the floor server does not listen: " + line);
        }
        return new FloorProcess(log, port, process);
    }

    int clientPort() {
        return clientPort;
    }

    long pid() {
        return process.pid();
    }

    @Override
    public void close() {
        process.destroyForcibly();
        try {
            process.waitFor(10, TimeUnit.SECONDS);
            Files.deleteIfExists(log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
