package org.quorate.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.quorate.bench.FailOver.Fault;
import org.quorate.bench.FailOver.Outcome;
import picocli.CommandLine;

/**
 * Takes the leader from an ensemble of three Quorate servers and from one of three ZooKeeper
 * servers, in turns, and compares what clients of the survivors notice.
 */
@CommandLine.Command(
        name = "fail-over",
        mixinStandardHelpOptions = true,
        description = "Compares what clients notice when the leader goes.")
public final class FailOverBench implements Callable<Integer> {
    @CommandLine.Option(
            names = "--times",
            description = "for each server (default: ${DEFAULT-VALUE})")
    private int times = 20;

    @CommandLine.Option(
            names = "--fault",
            description = "${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE})")
    private Fault fault = Fault.KILL;

    @CommandLine.Option(
            names = "--only",
            split = ",",
            description = "${COMPLETION-CANDIDATES} (default: both)")
    private List<ServerProcess.Kind> kinds = List.of(ServerProcess.Kind.values());

    /** Runs the comparison; see {@code --help}. */
    public static void main(String[] args) {
        System.exit(new CommandLine(new FailOverBench()).execute(args));
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        Map<ServerProcess.Kind, EnsembleProcesses> ensembles =
                new EnumMap<>(ServerProcess.Kind.class);
        Map<ServerProcess.Kind, List<Outcome>> outcomes = new EnumMap<>(ServerProcess.Kind.class);
        try {
            Map<ServerProcess.Kind, FailOver> tries = new EnumMap<>(ServerProcess.Kind.class);
            for (ServerProcess.Kind kind : kinds) {
                EnsembleProcesses ensemble =
                        EnsembleProcesses.start(List.of(kind, kind, kind), List.of(), 0);
                ensembles.put(kind, ensemble);
                outcomes.put(kind, new ArrayList<>());
                tries.put(kind, new FailOver(ensemble));
            }
            for (int time = 1; time <= times; time++) {
                for (Map.Entry<ServerProcess.Kind, FailOver> each : tries.entrySet()) {
                    Outcome outcome = each.getValue().once(fault);
                    outcomes.getOrDefault(each.getKey(), new ArrayList<>()).add(outcome);
                    System.out.printf(
                            Locale.ROOT,
                            "%s %2d %-10s gap %7.1f ms (in the second before %5.1f), connections lost %2d, requests"
                                    + " failed %2d%n",
                            fault,
                            time,
                            each.getKey(),
                            outcome.gapMillis(),
                            outcome.calmGapMillis(),
                            outcome.connectionsLost(),
                            outcome.failed());
                }
            }
        } finally {
            ensembles.values().forEach(EnsembleProcesses::close);
        }
        outcomes.forEach(FailOverBench::sum);
        return 0;
    }

    private static void sum(ServerProcess.Kind kind, List<Outcome> outcomes) {
        double[] gaps = outcomes.stream().mapToDouble(Outcome::gapMillis).sorted().toArray();
        double[] calm = outcomes.stream().mapToDouble(Outcome::calmGapMillis).sorted().toArray();
        System.out.printf(
                Locale.ROOT,
                "%-10s %d times: gap median %.1f ms, longest %.1f ms; in the second before, median"
                        + " %.1f, longest %.1f; connections lost %d; requests failed %d%n",
                kind,
                gaps.length,
                gaps[gaps.length / 2],
                gaps[gaps.length - 1],
                calm[calm.length / 2],
                calm[calm.length - 1],
                outcomes.stream().mapToInt(Outcome::connectionsLost).sum(),
                outcomes.stream().mapToInt(Outcome::failed).sum());
    }
}
