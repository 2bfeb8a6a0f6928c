package org.quorate.example.cassandra;

import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A real Cassandra node as a process on this machine, from the jars of this class path. */
final class CassandraNode implements AutoCloseable {
    private static final Duration START_MOST = Duration.ofMinutes(3);

    /** What Cassandra reaches into on JDK 17. */
    private static final List<String> OPENED =
            List.of(
                    "java.base/java.io",
                    "java.base/java.lang",
                    "java.base/java.lang.module",
                    "java.base/java.lang.ref",
                    "java.base/java.lang.reflect",
                    "java.base/java.net",
                    "java.base/java.nio",
                    "java.base/java.util",
                    "java.base/java.util.concurrent",
                    "java.base/java.util.concurrent.atomic",
                    "java.base/jdk.internal.loader",
                    "java.base/jdk.internal.math",
                    "java.base/jdk.internal.misc",
                    "java.base/jdk.internal.module",
                    "java.base/jdk.internal.ref",
                    "java.base/jdk.internal.reflect",
                    "java.base/jdk.internal.util.jar",
                    "java.base/sun.nio.ch",
                    "java.management.rmi/com.sun.jmx.remote.internal.rmi",
                    "java.rmi/sun.rmi.registry",
                    "java.rmi/sun.rmi.server",
                    "java.rmi/sun.rmi.transport.tcp",
                    "jdk.management/com.sun.management.internal");

    private final Process process;
    private final Path log;
    private final int cqlPort = freePort();
    private final int jmxPort = freePort();

    /** Begins to start in {@code dir}. */
    CassandraNode(Path dir) throws IOException {
        this.log = dir.resolve("cassandra.out");
        Path config = dir.resolve("cassandra.yaml");
        Files.write(config, config(freePort()));
        List<String> command = java("-Xms512m", "-Xmx512m");
        command.addAll(
                List.of(
                        "-Djdk.attach.allowAttachSelf=true",
                        "-Dcassandra.config=" + config.toUri(),
                        "-Dcassandra.storagedir=" + dir.resolve("cassandra"),
                        "-Dcassandra.jmx.local.port=" + jmxPort,
                        "-Dcassandra.skip_wait_for_gossip_to_settle=0",
                        "-Dcassandra-foreground=yes",
                        "org.apache.cassandra.service.CassandraDaemon"));
        process =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(log.toFile())
                        .start();
    }

    private static List<String> java(String... options) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of(options));
        command.add("-XX:+UseSerialGC");
        for (String opened : OPENED) {
            command.addAll(List.of("--add-opens", opened + "=ALL-UNNAMED"));
            command.addAll(List.of("--add-exports", opened + "=ALL-UNNAMED"));
        }
        command.add("-cp");
        command.add(System.getProperty("java.class.path"));
        return command;
    }

    private List<String> config(int storagePort) {
        return List.of(
                "cluster_name: quorate-example",
                "num_tokens: 1",
                "partitioner: org.apache.cassandra.dht.Murmur3Partitioner",
                "commitlog_sync: periodic",
                "commitlog_sync_period: 10000ms",
                "seed_provider:",
                "  - class_name: org.apache.cassandra.locator.SimpleSeedProvider",
                "    parameters:",
                "      - seeds: 127.0.0.1:" + storagePort,
                "listen_address: 127.0.0.1",
                "storage_port: " + storagePort,
                "rpc_address: 127.0.0.1",
                "native_transport_port: " + cqlPort,
                "endpoint_snitch: SimpleSnitch",
                "auto_snapshot: false");
    }

    /** Where clients connect. */
    InetSocketAddress address() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), cqlPort);
    }

    /**
     * Waits until clients can connect.
     *
     * @throws IOException if it does not start, with what it said last
     */
    void awaitServing() throws IOException, InterruptedException {
        long deadlineNanos = System.nanoTime() + START_MOST.toNanos();
        while (process.isAlive() && System.nanoTime() - deadlineNanos < 0) {
            try (Socket client = new Socket()) {
                client.connect(address());
                return;
            } catch (IOException notYet) {
                Thread.sleep(200);
            }
        }
        List<String> lines = Files.readAllLines(log);
        throw new IOException(
                "Cassandra does not start: "
                        + String.join(
                                "\n", lines.subList(Math.max(0, lines.size() - 30), lines.size())));
    }

    /** Repairs a keyspace, as an operator does with nodetool. */
    String repair(String keyspace) throws IOException, InterruptedException {
        List<String> command = java("-Xmx128m");
        command.add("org.apache.cassandra.tools.NodeTool");
        command.addAll(List.of("-p", Integer.toString(jmxPort), "repair", keyspace));
        File answer = File.createTempFile("nodetool", ".out");
        try {
            int exit =
                    new ProcessBuilder(command)
                            .redirectErrorStream(true)
                            .redirectOutput(answer)
                            .start()
                            .waitFor();
            String said = Files.readString(answer.toPath()).strip();
            if (exit != 0) {
                throw new IOException("nodetool repair ended with " + exit + ": " + said);
            }
            return said.substring(said.lastIndexOf('\n') + 1);
        } finally {
            Files.delete(answer.toPath());
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    @Override
    public void close() {
        process.destroyForcibly().onExit().join();
    }
}
