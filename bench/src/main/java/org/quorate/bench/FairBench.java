package org.quorate.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.DoubleStream;
import org.HdrHistogram.Histogram;
import picocli.CommandLine;

/**
 * What one client that asks for a hundred times as much as each of the others, in bursts, does to
 * the latency of those others: phases with it and without it in turns, on the same server, the
 * others at a fixed rate.
 */
@CommandLine.Command(
        name = "fair",
        mixinStandardHelpOptions = true,
        description = "Measures what one abusive client does to the latency of the others.")
public final class FairBench implements Callable<Integer> {
    /** What all clients ask for. */
    enum What {
        READS,
        WRITES
    }

    private static final int UNDER_WAY_OF_OTHERS = 8;

    @CommandLine.Option(
            names = "--only",
            split = ",",
            description = "${COMPLETION-CANDIDATES} (default: both)")
    private List<What> only = List.of(What.values());

    @CommandLine.Option(
            names = "--kind",
            description = "${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE})")
    private ServerProcess.Kind kind = ServerProcess.Kind.QUORATE;

    @CommandLine.Option(names = "--others", description = "clients (default: ${DEFAULT-VALUE})")
    private int others = 30;

    @CommandLine.Option(
            names = "--rate",
            description = "requests per second of each of them (default: ${DEFAULT-VALUE})")
    private int rate = 100;

    @CommandLine.Option(
            names = "--times",
            description =
                    "as much is what the abusive client asks for; 0 for no end: a burst behind the"
                            + " other (default: ${DEFAULT-VALUE})")
    private int times = 100;

    @CommandLine.Option(
            names = "--burst",
            description = "requests that it sends at once (default: ${DEFAULT-VALUE})")
    private int burst = 1_000;

    @CommandLine.Option(
            names = "--connections",
            description =
                    "of the abusive client, which comes from an address of its own if it has more"
                            + " than one (default: ${DEFAULT-VALUE})")
    private int connections = 1;

    @CommandLine.Option(
            names = "--phases",
            description = "with it, and as many without it (default: ${DEFAULT-VALUE})")
    private int phases = 20;

    @CommandLine.Option(names = "--config", split = ",", description = "lines for the server")
    private List<String> config = List.of();

    /** On each connection so many and no more: no burst is longer than it was told to be. */
    private record Bursts(Loader.Requests each, int perConnection) implements Loader.Scenario {
        @Override
        public Loader.Requests requests(int connection) {
            return each;
        }

        @Override
        public long quota(int connection) {
            return perConnection;
        }
    }

    private volatile boolean abusing;
    private volatile boolean over;
    private final AtomicLong abused = new AtomicLong();

    /** Runs the measurement; see {@code --help}. */
    public static void main(String[] args) {
        System.exit(new CommandLine(new FairBench()).execute(args));
    }

    @Override
    public Integer call() throws Exception {
        List<String> lines = new ArrayList<>(config);
        lines.add("maxClientCnxns=0");
        try (ServerProcess server = ServerProcess.start(kind, lines, List.of())) {
            List<Integer> port = List.of(server.clientPort());
            try (Loader loader = new Loader(port, 1, 1)) {
                Scenarios.prepare(loader);
            }
            for (What what : only) {
                measure(what, port);
            }
        }
        return 0;
    }

    private void measure(What what, List<Integer> port) throws Exception {
        Loader.Requests[] requests = new Loader.Requests[others + 1];
        for (int i = 0; i <= others; i++) {
            requests[i] = what == What.READS ? Scenarios.reads(i) : Scenarios.writes(i);
        }
        Histogram quiet = new Histogram(3);
        Histogram beside = new Histogram(3);
        double[] ratios = new double[phases];
        over = false;
        abusing = false;
        abused.set(0);
        Thread abuser =
                Thread.ofPlatform().name("abuser").start(() -> abuse(port, requests[others]));
        try (Loader loader = new Loader(port, others, UNDER_WAY_OF_OTHERS)) {
            phase(loader, requests, TimeUnit.SECONDS.toNanos(3)); // warms up
            abusing = true;
            phase(loader, requests, TimeUnit.SECONDS.toNanos(3));
            abused.set(0);
            for (int i = 0; i < phases; i++) {
                abusing = false;
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
                Histogram without = phase(loader, requests, TimeUnit.SECONDS.toNanos(1));
                abusing = true;
                Histogram with = phase(loader, requests, TimeUnit.SECONDS.toNanos(1));
                quiet.add(without);
                beside.add(with);
                ratios[i] =
                        (double) with.getValueAtPercentile(99) / without.getValueAtPercentile(99);
            }
        } finally {
            over = true;
            abuser.join();
        }
        DoubleStream sorted = DoubleStream.of(ratios).sorted();
        System.out.printf(
                Locale.ROOT,
                "%s, %s: %d others at %d/s each, one at %.0f/s in bursts of"
                        + " %d on %d connections%n"
                        + "  alone   p50 %6.3f p99 %6.3f p99.9 %6.3f ms%n"
                        + "  beside  p50 %6.3f p99 %6.3f p99.9 %6.3f ms%n"
                        + "  ratio   p50 %6.3f p99 %6.3f p99.9 %6.3f; median of %d phases' p99"
                        + " %.3f%n",
                kind,
                what,
                others,
                rate,
                abused.doubleValue() / phases,
                burst,
                connections,
                millis(quiet, 50),
                millis(quiet, 99),
                millis(quiet, 99.9),
                millis(beside, 50),
                millis(beside, 99),
                millis(beside, 99.9),
                millis(beside, 50) / millis(quiet, 50),
                millis(beside, 99) / millis(quiet, 99),
                millis(beside, 99.9) / millis(quiet, 99.9),
                phases,
                sorted.skip(phases / 2).findFirst().orElse(Double.NaN));
    }

    private static double millis(Histogram of, double percentile) {
        return of.getValueAtPercentile(percentile) / 1e6;
    }

    private Histogram phase(Loader loader, Loader.Requests[] requests, long nanos)
            throws IOException {
        return loader.runAtRate(others, i -> requests[i], (double) others * rate, nanos)
                .latencyNanos();
    }

    /** Bursts while it is asked for; each is answered before the next. */
    private void abuse(List<Integer> port, Loader.Requests requests) {
        long everyNanos = times == 0 ? 0 : TimeUnit.SECONDS.toNanos(burst) / ((long) times * rate);
        try (Loader loader =
                connections == 1
                        ? new Loader(port, 1, burst)
                        : new Loader(
                                InetAddress.getByName("127.0.0.2"),
                                port,
                                connections,
                                Math.max(1, burst / connections))) {
            Loader.Scenario bursts = new Bursts(requests, Math.max(1, burst / connections));
            long due = System.nanoTime();
            while (!over) {
                long now = System.nanoTime();
                due = abusing ? due : now;
                if (!abusing || now < due) {
                    LockSupport.parkNanos(TimeUnit.MICROSECONDS.toNanos(200));
                    continue;
                }
                // Of bursts that it could not send in time it makes good one.
                due = Math.max(due + everyNanos, now - everyNanos);
                long done = loader.run(connections, bursts, burst, Long.MAX_VALUE).operations();
                abused.addAndGet(done);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
