package org.quorate.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * A member of an etcd cluster as a process of its own. Closing it kills it and removes its data.
 */
final class EtcdProcess implements AutoCloseable {
    private static final long START_NANOS_MAX = TimeUnit.SECONDS.toNanos(30);

    private final Path dir;
    private final int clientPort;
    private final Process process;

    private EtcdProcess(Path dir, int clientPort, Process process) {
        this.dir = dir;
        this.clientPort = clientPort;
        this.process = process;
    }

    /**
     * Starts a cluster and waits until each member answers.
     *
     * @param program etcd's
     */
    static List<EtcdProcess> start(Path program, int members) throws IOException {
        List<Integer> peerPorts = new ArrayList<>();
        for (int i = 0; i < members; i++) {
            peerPorts.add(ServerProcess.freePort());
        }
        String cluster =
                IntStream.range(0, members)
                        .mapToObj(i -> "m" + i + "=" + url(peerPorts.get(i)))
                        .collect(Collectors.joining(","));
        List<EtcdProcess> started = new ArrayList<>();
        try {
            for (int i = 0; i < members; i++) {
                started.add(launch(program, "m" + i, peerPorts.get(i), cluster));
            }
            for (EtcdProcess each : started) {
                each.awaitServing();
            }
        } catch (IOException e) {
            started.forEach(EtcdProcess::close);
            throw e;
        }
        return started;
    }

    private static EtcdProcess launch(Path program, String name, int peerPort, String cluster)
            throws IOException {
        Path dir = Files.createTempDirectory("quorate-etcd");
        int port = ServerProcess.freePort();
        Process process =
                new ProcessBuilder(
                                program.toString(),
                                "--name=" + name,
                                "--data-dir=" + dir.resolve("data"),
                                "--listen-client-urls=" + url(port),
                                "--advertise-client-urls=" + url(port),
                                "--listen-peer-urls=" + url(peerPort),
                                "--initial-advertise-peer-urls=" + url(peerPort),
                                "--initial-cluster=" + cluster,
                                // Benches write for long: the default of 2 GB ends them.
                                "--quota-backend-bytes=8589934592",
                                "--auto-compaction-mode=revision",
                                "--auto-compaction-retention=1000")
                        .redirectErrorStream(true)
                        .redirectOutput(dir.resolve("output.log").toFile())
                        .start();
        return new EtcdProcess(dir, port, process);
    }

    private static String url(int port) {
        return "http://127.0.0.1:" + port;
    }

    private void awaitServing() throws IOException {
        long deadline = System.nanoTime() + START_NANOS_MAX;
        while (true) {
            try (EtcdLoader loader = new EtcdLoader(List.of(clientPort), 1, 1)) {
                loader.call(EtcdRequests.get("/", false));
                return;
            } catch (IOException e) {
                if (System.nanoTime() > deadline || !process.isAlive()) {
                    throw new IOException(
                            "etcd does not serve:\n" + Files.readString(dir.resolve("output.log")),
                            e);
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
}
