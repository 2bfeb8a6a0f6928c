package org.quorate.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;

/**
 * Compares Quorate with real ZooKeeper: both as processes of their own with the same heap and fsync
 * on, driven by the same loader in turns A B B A, medians of several rounds. Server CPU is what the
 * operating system accounts to the server's threads without those of the JIT compiler.
 */
@CommandLine.Command(
        name = "bench",
        mixinStandardHelpOptions = true,
        description = "Compares Quorate with ZooKeeper on this machine.")
public final class Bench implements Callable<Integer> {
    @CommandLine.Option(names = "--seconds", description = "per run (default: ${DEFAULT-VALUE})")
    private double seconds = 4;

    @CommandLine.Option(
            names = "--rounds",
            description = "of A B B A for each scenario (default: ${DEFAULT-VALUE})")
    private int rounds = 2;

    @CommandLine.Option(
            names = "--only",
            split = ",",
            description = "scenarios: ${COMPLETION-CANDIDATES}")
    private List<Name> only = List.of(Name.values());

    @CommandLine.Option(
            names = "--population",
            description = "znodes for memory and restart, 0 for none (default: ${DEFAULT-VALUE})")
    private int population = 1_000_000;

    @CommandLine.Option(names = "--json", description = "also writes the figures to this file")
    private @Nullable Path json;

    /** Scenarios by name. */
    enum Name {
        READ_32x8(32, 8),
        READ_16x1(16, 1),
        WRITE_32x8(32, 8),
        WRITE_16x1(16, 1),
        MIX_32x8(32, 8),
        MULTI10_8x4(8, 4),
        CHURN_16x2(16, 2);

        private final int connections;
        private final int underWay;

        Name(int connections, int underWay) {
            this.connections = connections;
            this.underWay = underWay;
        }

        Loader.Scenario scenario() {
            return switch (this) {
                case READ_32x8, READ_16x1 -> Scenarios::reads;
                case WRITE_32x8, WRITE_16x1 -> Scenarios::writes;
                case MIX_32x8 -> Scenarios::mix;
                case MULTI10_8x4 -> Scenarios::multis;
                case CHURN_16x2 -> Scenarios::churn;
            };
        }
    }

    private record Figures(double perSecond, double microsPerOperation, double p50, double p99) {}

    /** Runs the comparison; see {@code --help}. */
    public static void main(String[] args) {
        System.exit(new CommandLine(new Bench()).execute(args));
    }

    @Override
    public Integer call() throws Exception {
        Map<String, Object> all = new LinkedHashMap<>();
        System.out.printf(
                "%-14s %10s %10s %7s | %8s %8s %7s | %8s %8s %7s | %8s %8s%n",
                "scenario",
                "ZK op/s",
                "Q op/s",
                "ratio",
                "ZK us",
                "Q us",
                "Q/ZK",
                "ZK p50",
                "Q p50",
                "Q/ZK",
                "ZK p99",
                "Q p99");
        try (ServerProcess zookeeper = start(ServerProcess.Kind.ZOOKEEPER);
                ServerProcess quorate = start(ServerProcess.Kind.QUORATE)) {
            prepare(zookeeper);
            prepare(quorate);
            for (Name name : only) {
                all.put(name.name(), compare(name, zookeeper, quorate));
            }
        }
        if (population > 0) {
            for (ServerProcess.Kind kind : ServerProcess.Kind.values()) {
                all.put("population " + kind, populate(kind));
            }
        }
        if (json != null) {
            Files.writeString(
                    json, new tools.jackson.databind.ObjectMapper().writeValueAsString(all));
        }
        return 0;
    }

    private static ServerProcess start(ServerProcess.Kind kind) throws IOException {
        return ServerProcess.start(
                kind, List.of("tickTime=3000", "maxClientCnxns=0"), List.of("-Xmx512m"));
    }

    private static void prepare(ServerProcess server) throws IOException {
        try (Loader loader = new Loader(List.of(server.clientPort()), 1, 1)) {
            Scenarios.prepare(loader);
        }
    }

    private Map<String, Figures> compare(Name name, ServerProcess zookeeper, ServerProcess quorate)
            throws IOException {
        List<Figures> a = new ArrayList<>();
        List<Figures> b = new ArrayList<>();
        run(name, zookeeper); // warm-up
        run(name, quorate);
        for (int round = 0; round < rounds; round++) {
            a.add(run(name, zookeeper));
            b.add(run(name, quorate));
            b.add(run(name, quorate));
            a.add(run(name, zookeeper));
        }
        Figures zk = median(a);
        Figures q = median(b);
        System.out.printf(
                Locale.ROOT,
                "%-14s %10.0f %10.0f %7.2f | %8.2f %8.2f %7.3f | %8.3f %8.3f %7.3f | %8.2f %8.2f%n",
                name,
                zk.perSecond,
                q.perSecond,
                q.perSecond / zk.perSecond,
                zk.microsPerOperation,
                q.microsPerOperation,
                q.microsPerOperation / zk.microsPerOperation,
                zk.p50,
                q.p50,
                q.p50 / zk.p50,
                zk.p99,
                q.p99);
        return Map.of("zookeeper", zk, "quorate", q);
    }

    private Figures run(Name name, ServerProcess server) throws IOException {
        try (Loader loader =
                new Loader(List.of(server.clientPort()), name.connections, name.underWay)) {
            ProcessCpu before = ProcessCpu.of(List.of(server.pid()));
            Loader.Result result =
                    loader.run(
                            name.connections,
                            name.scenario(),
                            Long.MAX_VALUE,
                            (long) (seconds * 1e9));
            ProcessCpu used = ProcessCpu.of(List.of(server.pid())).minus(before);
            if (result.errors() > 0) {
                throw new IOException(name + ": " + result.errors() + " requests were refused");
            }
            return new Figures(
                    result.perSecond(),
                    (double) used.serverMicros() / result.operations(),
                    result.latencyNanos().getValueAtPercentile(50) / 1e6,
                    result.latencyNanos().getValueAtPercentile(99) / 1e6);
        }
    }

    private static Figures median(List<Figures> figures) {
        return new Figures(
                middle(figures.stream().mapToDouble(Figures::perSecond).toArray()),
                middle(figures.stream().mapToDouble(Figures::microsPerOperation).toArray()),
                middle(figures.stream().mapToDouble(Figures::p50).toArray()),
                middle(figures.stream().mapToDouble(Figures::p99).toArray()));
    }

    private static double middle(double[] values) {
        java.util.Arrays.sort(values);
        int half = values.length / 2;
        return values.length % 2 == 1 ? values[half] : (values[half - 1] + values[half]) / 2;
    }

    private Map<String, Double> populate(ServerProcess.Kind kind)
            throws IOException, InterruptedException {
        try (ServerProcess server =
                ServerProcess.start(
                        kind,
                        List.of("tickTime=3000", "maxClientCnxns=0"),
                        List.of("-Xmx1500m", "-Dzookeeper.forceSync=no"))) {
            long empty = ProcessCpu.residentBytes(server.pid());
            int connections = 16;
            try (Loader loader = new Loader(List.of(server.clientPort()), connections, 32)) {
                Scenarios.preparePopulation(loader);
                loader.run(
                        connections,
                        Scenarios::population,
                        population,
                        TimeUnit.MINUTES.toNanos(10));
            }
            long full = ProcessCpu.residentBytes(server.pid());
            server.killHard();
            long start = System.nanoTime();
            server.restart();
            double seconds = (System.nanoTime() - start) / 1e9;
            double cpu = ProcessCpu.of(List.of(server.pid())).serverMicros() / 1e6;
            long again = ProcessCpu.residentBytes(server.pid());
            System.out.printf(
                    Locale.ROOT,
                    "%-10s %d znodes: resident %.0f MB empty, %.0f MB full (%.0f B a znode in"
                            + " all), restart %.2f s, %.2f CPU-s, %.0f MB after it%n",
                    kind,
                    population,
                    empty / 1e6,
                    full / 1e6,
                    (double) full / population,
                    seconds,
                    cpu,
                    again / 1e6);
            return Map.of(
                    "residentBytesPerZnode",
                    (double) full / population,
                    "restartSeconds",
                    seconds,
                    "restartCpuSeconds",
                    cpu);
        }
    }
}
