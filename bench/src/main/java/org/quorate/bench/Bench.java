package org.quorate.bench;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;

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
            names = "--sessions",
            description = "idle ones, for memory; 0 for none (default: ${DEFAULT-VALUE})")
    private int sessions = 5_000;

    @CommandLine.Option(
            names = "--population",
            description = "znodes for memory and restart, 0 for none (default: ${DEFAULT-VALUE})")
    private int population = 1_000_000;

    @CommandLine.Option(
            names = "--watches",
            description = "on as many paths, for memory; 0 for none (default: ${DEFAULT-VALUE})")
    private int watches = 0;

    @CommandLine.Option(
            names = "--steady",
            description =
                    "znodes beside which snapshots are written, for pauses; 0 for none (default:"
                            + " ${DEFAULT-VALUE})")
    private int steady = 0;

    @CommandLine.Option(
            names = "--steady-rate",
            description = "writes per second meanwhile (default: ${DEFAULT-VALUE})")
    private double steadyRate = 5_000;

    @CommandLine.Option(
            names = "--busy-seconds",
            description =
                    "of writes as fast as they go, for bytes on the disk (default:"
                            + " ${DEFAULT-VALUE})")
    private int busySeconds = 60;

    @CommandLine.Option(
            names = "--heap",
            description = "MB, with --steady (default: ${DEFAULT-VALUE})")
    private int heapMb = 1_500;

    @CommandLine.Option(
            names = "--quorate-alone",
            description = "leaves ZooKeeper out of what is asked about memory and pauses")
    private boolean quorateAlone;

    @CommandLine.Option(names = "--json", description = "also writes the figures to this file")
    private @Nullable Path json;

    @CommandLine.Option(names = "--svg", description = "also draws the ratios into this file")
    private @Nullable Path svg;

    private static final int QUIET_SECONDS = 20;

    private final Report report = new Report();

    /** Rates of the closed loops, ZooKeeper's: what the open loop takes half of. */
    private double saturated = 10_000;

    /** Scenarios by name: connections and requests under way of each stand in it. */
    enum Name {
        READ_32x8(1, 32, 8, 0.125),
        READ_16x1(1, 16, 1, 0.25),
        CHILDREN_8x2(1, 8, 2, Double.NaN),
        WRITE_32x8(1, 32, 8, 0.2),
        WRITE_16x1(1, 16, 1, 0.5),
        MIX_32x8(1, 32, 8, Double.NaN),
        MULTI10_8x4(1, 8, 4, 0.2),
        CHURN_16x2(1, 16, 2, 0.2),
        OPEN_WRITE_64x8(1, 64, 8, Double.NaN),
        FANOUT_1000(1, 1_000, 1, 0.125),
        SESSIONS_1x1(1, 1, 1, 0.125),
        WRITE3_33x8(3, 33, 8, 0.2),
        MIX3_33x8(3, 33, 8, 1.0 / 6),
        CHURN3_15x2(3, 15, 2, 0.2);

        private final int servers;
        private final int connections;
        private final int underWay;
        private final double bar;

        Name(int servers, int connections, int underWay, double bar) {
            this.servers = servers;
            this.connections = connections;
            this.underWay = underWay;
            this.bar = bar;
        }

        Loader.Scenario scenario() {
            return switch (this) {
                case READ_32x8, READ_16x1 -> Scenarios::reads;
                case CHILDREN_8x2 -> Scenarios::children;
                case WRITE_32x8, WRITE_16x1, WRITE3_33x8, OPEN_WRITE_64x8 -> Scenarios::writes;
                case MIX_32x8, MIX3_33x8 -> Scenarios::mix;
                case MULTI10_8x4 -> Scenarios::multis;
                case CHURN_16x2, CHURN3_15x2 -> Scenarios::churn;
                case FANOUT_1000, SESSIONS_1x1 ->
                        throw new IllegalStateException(this + " has no requests of its own");
            };
        }
    }

    /** Runs the comparison; see {@code --help}. */
    public static void main(String[] args) {
        System.exit(new CommandLine(new Bench()).execute(args));
    }

    @Override
    public Integer call() throws Exception {
        System.out.println(Report.head());
        for (int servers : new int[] {1, 3}) {
            compareOn(servers, only.stream().filter(name -> name.servers == servers).toList());
        }
        if (sessions > 0) {
            both(
                    "idle session, resident, B",
                    kind -> Map.of("", Crowds.idleSessionBytes(kind, sessions)));
        }
        if (watches > 0) {
            both("watch, resident, B", kind -> Map.of("", Crowds.watchBytes(kind, watches)));
        }
        if (population > 0) {
            both("", this::populate);
        }
        if (steady > 0) {
            Steadiness.Plan plan =
                    new Steadiness.Plan(steady, steadyRate, QUIET_SECONDS, busySeconds, heapMb);
            both("steady: ", kind -> Steadiness.run(kind, plan));
        }
        report.write(json, svg);
        return 0;
    }

    /** Runs on one kind of server, alone on the machine; says figures by their names. */
    private interface Alone {
        Map<String, Double> on(ServerProcess.Kind kind) throws IOException, InterruptedException;
    }

    private void both(String prefix, Alone alone) throws IOException, InterruptedException {
        Map<String, Double> zk = quorateAlone ? Map.of() : alone.on(ServerProcess.Kind.ZOOKEEPER);
        alone.on(ServerProcess.Kind.QUORATE)
                .forEach((what, value) ->
                        report.add(prefix + what, "", zk.getOrDefault(what, Double.NaN), value));
    }

    private void compareOn(int servers, List<Name> names) throws IOException {
        if (names.isEmpty()) {
            return;
        }
        try (Subject zookeeper = Subject.start(ServerProcess.Kind.ZOOKEEPER, servers);
                Subject quorate = Subject.start(ServerProcess.Kind.QUORATE, servers)) {
            for (Name name : names) {
                compare(name, zookeeper, quorate);
            }
        }
    }

    private void compare(Name name, Subject zookeeper, Subject quorate) throws IOException {
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
        Report.Row row =
                new Report.Row(name.name(), name.bar, Figures.median(a), Figures.median(b));
        report.add(row);
        if (name == Name.WRITE_32x8) {
            saturated = row.zookeeper().perSecond();
        }
    }

    private Figures run(Name name, Subject subject) throws IOException {
        return switch (name) {
            case FANOUT_1000 -> Crowds.fanOut(subject, name.connections, (int) (seconds * 10));
            case SESSIONS_1x1 -> Crowds.sessionChurn(subject, (int) (seconds * 500));
            default -> runLoop(name, subject);
        };
    }

    private Figures runLoop(Name name, Subject subject) throws IOException {
        try (Loader loader = new Loader(subject.ports(), name.connections, name.underWay)) {
            long cpu = subject.cpuMicros();
            long written = subject.writtenBytes();
            long nanos = (long) (seconds * 1e9);
            Loader.Result result =
                    name == Name.OPEN_WRITE_64x8
                            ? loader.runAtRate(
                                    name.connections, name.scenario(), saturated / 2, nanos)
                            : loader.run(name.connections, name.scenario(), Long.MAX_VALUE, nanos);
            if (result.errors() > 0) {
                throw new IOException(name + ": " + result.errors() + " requests were refused");
            }
            return Figures.of(
                    result.perSecond(),
                    (double) (subject.cpuMicros() - cpu) / result.operations(),
                    (double) (subject.writtenBytes() - written) / result.operations(),
                    result.latencyNanos());
        }
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
            return new TreeMap<>(
                    Map.of(
                            "resident, empty, MB",
                            empty / 1e6,
                            "resident, with all znodes, B per znode",
                            (double) full / population,
                            "restart, s",
                            seconds,
                            "restart, CPU-s",
                            cpu,
                            "resident after the restart, B per znode",
                            (double) again / population));
        }
    }
}
