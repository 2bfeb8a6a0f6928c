package org.quorate.bench;

import java.io.IOException;
import java.net.http.HttpClient;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.quorate.cli.progress.Progress;
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
    private List<Workload> only = List.of(Workload.values());

    @CommandLine.Option(
            names = "--floor",
            description = "also runs a server that answers the same frames and knows nothing")
    private boolean floor;

    @CommandLine.Option(
            names = "--sessions",
            description = "idle ones, for memory; 0 for none (default: ${DEFAULT-VALUE})")
    private int sessions = 5_000;

    @CommandLine.Option(
            names = "--population",
            description = "znodes for memory and restart, 0 for none (default: ${DEFAULT-VALUE})")
    private int population = 1_000_000;

    @CommandLine.Option(
            names = "--name-bytes",
            description =
                    "by so many are the names of these znodes longer than they need to be (default:"
                            + " ${DEFAULT-VALUE})")
    private int nameBytesMore = 0;

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
    private static final int SETTLE_MILLIS = 7_000;

    private final Report report = new Report("ZooKeeper");

    /** ZooKeeper's, of the closed loops: what the open loops take half of. */
    private final Map<Workload, Double> saturated = new EnumMap<>(Workload.class);

    /** Runs the comparison; see {@code --help}. */
    public static void main(String[] args) {
        System.exit(new CommandLine(new Bench()).execute(args));
    }

    @Override
    public Integer call() throws Exception {
        System.out.println(report.head());
        for (Workload.Stage stage : Workload.Stage.values()) {
            compareOn(stage, only.stream().filter(workload -> workload.stage == stage).toList());
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

    private void compareOn(Workload.Stage stage, List<Workload> workloads) throws IOException {
        if (workloads.isEmpty()) {
            return;
        }
        boolean withFloor = floor && stage == Workload.Stage.ONE;
        try (Subject zookeeper = stage.start(ServerProcess.Kind.ZOOKEEPER);
                Subject quorate = stage.start(ServerProcess.Kind.QUORATE);
                Subject nothing = withFloor ? Subject.startFloor() : null) {
            for (Workload workload : workloads) {
                compare(workload, zookeeper, quorate, nothing);
            }
        }
    }

    private void compare(
            Workload workload, Subject zookeeper, Subject quorate, @Nullable Subject floor)
            throws IOException {
        List<Figures> a = new ArrayList<>();
        List<Figures> b = new ArrayList<>();
        List<Figures> f = new ArrayList<>();
        Subject nothing = workload.forFloor() ? floor : null;
        int runs = (nothing == null ? 2 : 3) + rounds * (nothing == null ? 4 : 5);
        try (Progress progress = Progress.begin(workload.name(), runs, Progress.Unit.RUNS)) {
            run(workload, zookeeper, progress); // warm-up
            run(workload, quorate, progress);
            if (nothing != null) {
                run(workload, nothing, progress);
            }
            for (int round = 0; round < rounds; round++) {
                a.add(run(workload, zookeeper, progress));
                b.add(run(workload, quorate, progress));
                if (nothing != null) {
                    f.add(run(workload, nothing, progress));
                }
                b.add(run(workload, quorate, progress));
                a.add(run(workload, zookeeper, progress));
            }
        }
        Report.Row row =
                new Report.Row(
                        workload.name(),
                        workload.bar,
                        Figures.median(a),
                        Figures.median(b),
                        Figures.spread(b),
                        f.isEmpty() ? null : Figures.median(f));
        report.add(row);
        saturated.put(workload, row.other().perSecond());
    }

    private Figures run(Workload workload, Subject subject, Progress progress) throws IOException {
        Figures figures = workload.run(subject, seconds, saturated);
        progress.add(1);
        return figures;
    }

    private Map<String, Double> populate(ServerProcess.Kind kind)
            throws IOException, InterruptedException {
        int adminPort = ServerProcess.freePort();
        try (ServerProcess server =
                ServerProcess.start(
                        kind,
                        Steadiness.configWithAdmin(adminPort),
                        List.of(
                                "-Xmx1500m",
                                "-Dzookeeper.forceSync=no",
                                Steadiness.NO_RATE_LIMIT))) {
            long empty = ProcessCpu.residentBytes(server.pid());
            int connections = 16;
            try (Loader loader = new Loader(List.of(server.clientPort()), connections, 32)) {
                Scenarios.preparePopulation(loader);
                loader.run(
                        connections,
                        connection -> Scenarios.population(connection, nameBytesMore),
                        population,
                        TimeUnit.MINUTES.toNanos(10));
            }
            long full = ProcessCpu.residentBytes(server.pid());
            Restart first = Restart.of(server);
            long again = ProcessCpu.residentBytes(server.pid());
            try (HttpClient http = HttpClient.newHttpClient()) {
                Steadiness.requireTaken(Steadiness.snapshot(http, adminPort).join());
            }
            Restart settled = Restart.of(server);
            Map<String, Double> found = new LinkedHashMap<>();
            found.put("resident, empty, MB", empty / 1e6);
            found.put("resident, with all znodes, B per znode", (double) full / population);
            found.put("restart in the midst of loading, s", first.seconds);
            found.put("restart in the midst of loading, CPU-s", first.cpuSeconds);
            found.put("resident after it, B per znode", (double) again / population);
            found.put("restart behind a snapshot, s", settled.seconds);
            found.put("restart behind a snapshot, CPU-s", settled.cpuSeconds);
            Thread.sleep(SETTLE_MILLIS);
            found.put(
                    "resident after it, settled, B per znode",
                    (double) ProcessCpu.residentBytes(server.pid()) / population);
            return found;
        }
    }

    /** From the kill until a session could be opened; processor time with the JIT compiler's. */
    private record Restart(double seconds, double cpuSeconds) {
        static Restart of(ServerProcess server) throws IOException, InterruptedException {
            server.killHard();
            long start = System.nanoTime();
            server.restart();
            ProcessCpu cpu = ProcessCpu.of(List.of(server.pid()));
            return new Restart(
                    (System.nanoTime() - start) / 1e9,
                    (cpu.serverMicros() + cpu.compilerMicros()) / 1e6);
        }
    }
}
