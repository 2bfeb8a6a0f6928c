package org.quorate.cli;

import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.quorate.sim.Campaign;
import org.quorate.sim.Simulation;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Option;

/** {@code quorate simulate}: runs the simulator, one seed with its story or many with counts. */
@Command(
        name = "simulate",
        description = {
            "Run ensembles of this server's own code, with clients and faults, in simulated time.",
            "With --seed alone one run is replayed and its story printed."
        },
        mixinStandardHelpOptions = true)
final class SimulateCommand implements Callable<Integer> {
    private static final double NANOS_PER_HOUR = 3.6e12;
    private static final double NANOS_PER_SECOND = 1e9;

    @Option(
            names = "--seed",
            paramLabel = "N",
            description = "The first seed, or the only one; drawn from the clock if left out.")
    private @Nullable Long seed;

    @Option(
            names = "--seeds",
            paramLabel = "COUNT",
            description = "How many seeds to run, from --seed on.")
    private @Nullable Long seeds;

    @Option(names = "--minutes", paramLabel = "M", description = "How long to go on.")
    private @Nullable Double minutes;

    @Option(
            names = "--threads",
            paramLabel = "N",
            description = "Runs at a time (default: one for each processor).")
    private int threads = Runtime.getRuntime().availableProcessors();

    @Override
    public Integer call() throws InterruptedException {
        Long first = seed;
        if (first != null && seeds == null && minutes == null) {
            return replay(first);
        }
        return campaign(first == null ? System.currentTimeMillis() : first);
    }

    private static int replay(long seed) {
        Simulation.Outcome outcome = Simulation.runWithStory(seed);
        outcome.story().forEach(System.out::println);
        System.out.printf(
                "seed %d: %.1f s simulated, %d events, trace %x%n",
                seed,
                outcome.simulatedNanos() / NANOS_PER_SECOND,
                outcome.events(),
                outcome.traceHash());
        if (outcome.failure() == null) {
            System.out.println("no invariant is broken");
            return ExitCode.OK;
        }
        System.out.println("BROKEN: " + outcome.failure());
        return ExitCode.SOFTWARE;
    }

    private int campaign(long first) throws InterruptedException {
        long count = seeds == null ? Long.MAX_VALUE - first : seeds;
        double minutesMax = minutes == null ? (seeds == null ? 1 : 1e6) : minutes;
        System.out.printf("seeds from %d on, %d at a time%n", first, threads);
        Campaign.Summary all =
                new Campaign(
                                first,
                                first + count,
                                (long) (minutesMax * TimeUnit.MINUTES.toNanos(1)),
                                new Printer())
                        .run(threads);
        all.marks().forEach((what, times) -> System.out.printf("%12d  %s%n", times, what));
        System.out.println(words(all));
        return all.failures() == 0 ? ExitCode.OK : ExitCode.SOFTWARE;
    }

    private static String words(Campaign.Summary summary) {
        return "%d seeds, %d failures; %.2f simulated hours in %.0f s, %.0f times real time; %d events"
                .formatted(
                        summary.runs(),
                        summary.failures(),
                        summary.simulatedNanos() / NANOS_PER_HOUR,
                        summary.realNanos() / NANOS_PER_SECOND,
                        summary.simulatedNanos() / (double) Math.max(summary.realNanos(), 1),
                        summary.events());
    }

    /** Tells people how far it is. */
    private static final class Printer implements Campaign.Listener {
        private static final long LINE_EVERY_NANOS = TimeUnit.SECONDS.toNanos(10);

        private long toldNanos;

        @Override
        public void failed(Simulation.Outcome outcome) {
            System.out.printf(
                    "FAILED, replay with: ./quorate simulate --seed %d   (%s)%n",
                    outcome.seed(), outcome.failure());
        }

        @Override
        public void progress(Campaign.Summary soFar) {
            if (soFar.realNanos() - toldNanos >= LINE_EVERY_NANOS) {
                toldNanos = soFar.realNanos();
                System.out.println(words(soFar));
            }
        }
    }
}
