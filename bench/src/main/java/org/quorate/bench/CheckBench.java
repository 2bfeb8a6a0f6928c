package org.quorate.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine;

/**
 * The short comparison with ZooKeeper: fails when Quorate's advantage in processor time has fallen
 * under half of the published one. Processor time, not rates: it hardly depends on what else the
 * machine does. What falls short is measured again before it counts.
 */
@CommandLine.Command(
        name = "check",
        mixinStandardHelpOptions = true,
        description = "Fails when an advantage over ZooKeeper is under half of the published one.")
public final class CheckBench implements Callable<Integer> {
    /** How much of the advantage may be lost. */
    private static final double RATIO_TIMES_MAX = 2;

    private static final int TRIES = 3;

    /** A few of each kind: what takes long to lay out is not among them. */
    private static final List<Workload> WORKLOADS =
            List.of(
                    Workload.READ_32x8,
                    Workload.READ_16x1,
                    Workload.WRITE_32x8,
                    Workload.WRITE_16x1,
                    Workload.MIX_32x8,
                    Workload.MULTI10_8x4,
                    Workload.CHURN_16x2,
                    Workload.FANOUT_1000,
                    Workload.SESSIONS_64x1,
                    Workload.WRITE3_33x8);

    @CommandLine.Option(
            names = "--published",
            description = "the figures to hold (default: ${DEFAULT-VALUE})")
    private Path published = Path.of("docs", "performance.json");

    @CommandLine.Option(names = "--seconds", description = "per run (default: ${DEFAULT-VALUE})")
    private double seconds = 1;

    private final Map<Workload, Double> saturated = new EnumMap<>(Workload.class);
    private int passed;
    private int failed;

    /** Runs the check; see {@code --help}. */
    public static void main(String[] args) {
        System.exit(new CommandLine(new CheckBench()).execute(args));
    }

    @Override
    public Integer call() throws IOException {
        Map<Workload, Published.Row> rows = Published.read(published).rows();
        for (Workload.Stage stage : Workload.Stage.values()) {
            Map<Workload, Published.Row> here = new EnumMap<>(Workload.class);
            rows.forEach((workload, row) -> {
                if (workload.stage == stage && WORKLOADS.contains(workload)) {
                    here.put(workload, row);
                }
            });
            if (!here.isEmpty()) {
                check(stage, here);
            }
        }
        System.out.printf("%d passed, %d failed%n", passed, failed);
        return failed == 0 && passed > 0 ? 0 : 1;
    }

    private void check(Workload.Stage stage, Map<Workload, Published.Row> rows) throws IOException {
        try (Subject zookeeper = stage.start(ServerProcess.Kind.ZOOKEEPER);
                Subject quorate = stage.start(ServerProcess.Kind.QUORATE)) {
            for (Map.Entry<Workload, Published.Row> each : rows.entrySet()) {
                Workload workload = each.getKey();
                double most = RATIO_TIMES_MAX * each.getValue().ratio();
                double ratio = Double.POSITIVE_INFINITY;
                workload.run(zookeeper, seconds, saturated); // warm-up
                workload.run(quorate, seconds, saturated);
                for (int tries = 0; tries < TRIES && !(ratio <= most); tries++) {
                    ratio = ratio(workload, zookeeper, quorate);
                }
                boolean holds = ratio <= most;
                passed += holds ? 1 : 0;
                failed += holds ? 0 : 1;
                System.out.printf(
                        Locale.ROOT,
                        "%-6s %-16s %.3f of ZooKeeper's processor time; published %.3f, at most"
                                + " %.3f%n",
                        holds ? "holds" : "FAILS",
                        workload,
                        ratio,
                        each.getValue().ratio(),
                        most);
            }
        }
    }

    /** Of one round A B B A. */
    private double ratio(Workload workload, Subject zookeeper, Subject quorate) throws IOException {
        List<Figures> theirs = new ArrayList<>();
        List<Figures> ours = new ArrayList<>();
        theirs.add(workload.run(zookeeper, seconds, saturated));
        ours.add(workload.run(quorate, seconds, saturated));
        ours.add(workload.run(quorate, seconds, saturated));
        theirs.add(workload.run(zookeeper, seconds, saturated));
        return Figures.median(ours).microsPerOperation()
                / Figures.median(theirs).microsPerOperation();
    }
}
