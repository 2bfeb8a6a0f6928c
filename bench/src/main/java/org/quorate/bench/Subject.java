package org.quorate.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** The servers of one kind that a run is made on: one alone, or an ensemble. */
final class Subject implements AutoCloseable {
    private static final List<String> CONFIG = List.of("maxClientCnxns=0");

    private final ServerProcess.Kind kind;
    private final List<ServerProcess> servers;

    private Subject(ServerProcess.Kind kind, List<ServerProcess> servers) {
        this.kind = kind;
        this.servers = servers;
    }

    /** Starts so many servers and lays out what the scenarios use. */
    static Subject start(ServerProcess.Kind kind, int count) throws IOException {
        List<ServerProcess> servers =
                count == 1
                        ? List.of(startAlone(kind))
                        : EnsembleProcesses.start(
                                        java.util.Collections.nCopies(count, kind), CONFIG, 0)
                                .servers();
        Subject subject = new Subject(kind, servers);
        try (Loader loader = new Loader(subject.ports(), 1, 1)) {
            Scenarios.prepare(loader);
        } catch (IOException e) {
            subject.close();
            throw e;
        }
        return subject;
    }

    private static ServerProcess startAlone(ServerProcess.Kind kind) throws IOException {
        List<String> config = new ArrayList<>(CONFIG);
        config.add("tickTime=3000");
        return ServerProcess.start(kind, config, List.of("-Xmx512m"));
    }

    ServerProcess.Kind kind() {
        return kind;
    }

    List<Integer> ports() {
        return servers.stream().map(ServerProcess::clientPort).toList();
    }

    /** Processor time of all servers so far, that of the JIT compilers left out. */
    long cpuMicros() throws IOException {
        return ProcessCpu.of(servers.stream().map(ServerProcess::pid).toList()).serverMicros();
    }

    long residentBytes() throws IOException {
        long sum = 0;
        for (ServerProcess server : servers) {
            sum += ProcessCpu.residentBytes(server.pid());
        }
        return sum;
    }

    long writtenBytes() throws IOException {
        long sum = 0;
        for (ServerProcess server : servers) {
            sum += ProcessCpu.writtenBytes(server.pid());
        }
        return sum;
    }

    @Override
    public void close() {
        servers.forEach(ServerProcess::close);
    }
}
