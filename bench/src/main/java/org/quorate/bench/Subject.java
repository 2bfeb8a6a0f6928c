package org.quorate.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * The servers that a run is made on: one alone, or an ensemble, of whatever kind. Closing it ends
 * them.
 */
final class Subject implements AutoCloseable {
    private static final List<String> CONFIG = List.of("maxClientCnxns=0");

    /** What ends the servers. */
    interface Stop {
        void stop();
    }

    private final String name;
    private final List<Long> pids;
    private final List<Integer> ports;
    private final Stop stop;

    Subject(String name, List<Long> pids, List<Integer> ports, Stop stop) {
        this.name = name;
        this.pids = List.copyOf(pids);
        this.ports = List.copyOf(ports);
        this.stop = stop;
    }

    /** Starts so many servers and lays out what the scenarios use. */
    static Subject start(ServerProcess.Kind kind, int count) throws IOException {
        return start(kind, count, 0, List.of("-Xmx512m"));
    }

    /**
     * The same with observers and flags.
     *
     * @param count of all servers
     * @param observers how many of them
     * @param jvmArgs for each server
     */
    static Subject start(ServerProcess.Kind kind, int count, int observers, List<String> jvmArgs)
            throws IOException {
        List<ServerProcess> servers;
        if (count == 1) {
            List<String> config = new ArrayList<>(CONFIG);
            config.add("tickTime=3000");
            servers = List.of(ServerProcess.start(kind, config, jvmArgs));
        } else {
            servers =
                    EnsembleProcesses.start(
                                    Collections.nCopies(count, kind),
                                    CONFIG,
                                    observers,
                                    Collections.nCopies(count, ServerProcess.Place.HERE),
                                    jvmArgs)
                            .servers();
        }
        return prepared(
                new Subject(
                        kind.toString(),
                        servers.stream().map(ServerProcess::pid).toList(),
                        servers.stream().map(ServerProcess::clientPort).toList(),
                        () -> servers.forEach(ServerProcess::close)));
    }

    /** The server that answers and knows nothing. */
    static Subject startFloor() throws IOException {
        FloorProcess floor = FloorProcess.start();
        return prepared(
                new Subject(
                        "FLOOR", List.of(floor.pid()), List.of(floor.clientPort()), floor::close));
    }

    private static Subject prepared(Subject subject) throws IOException {
        try (Loader loader = new Loader(subject.ports(), 1, 1)) {
            Scenarios.prepare(loader);
        } catch (IOException e) {
            subject.close();
            throw e;
        }
        return subject;
    }

    /** Of whom the servers are. */
    String name() {
        return name;
    }

    List<Integer> ports() {
        return ports;
    }

    List<Long> pids() {
        return pids;
    }

    /** Processor time of all servers so far, that of the JIT compilers left out. */
    long cpuMicros() throws IOException {
        return ProcessCpu.of(pids).serverMicros();
    }

    long residentBytes() throws IOException {
        long sum = 0;
        for (long pid : pids) {
            sum += ProcessCpu.residentBytes(pid);
        }
        return sum;
    }

    long writtenBytes() throws IOException {
        long sum = 0;
        for (long pid : pids) {
            sum += ProcessCpu.writtenBytes(pid);
        }
        return sum;
    }

    @Override
    public void close() {
        stop.stop();
    }
}
