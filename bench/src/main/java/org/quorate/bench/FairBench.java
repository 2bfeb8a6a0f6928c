package org.quorate.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;
import picocli.CommandLine;

/**
 * What one client that asks for a hundred times as much as each of the others, in bursts, does to
 * the latency of those others, which ask at a fixed rate: phases without it, with it at another
 * server on the same machine, and with it at theirs, in turns. The second tells what its load does
 * to the machine, whichever server takes it, the third what it does beyond that to those who share
 * a server with it.
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

    /** Addresses of a network; the first is that of the others, unless they come apart. */
    private static final int HOSTS_MAX = 250;

    /** The abusive client's, counted as those of the others are. */
    private static final int ABUSER = 250 * HOSTS_MAX;

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
                    "of the abusive client, which comes from the address of the others if it has"
                            + " one and they have one, else from its own (default:"
                            + " ${DEFAULT-VALUE})")
    private int connections = 1;

    @CommandLine.Option(
            names = "--apart",
            description =
                    "each of the others comes from an address of its own; else all come from one")
    private boolean apart;

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

    /** Where the abusive client asks; in this order in each turn. */
    private enum Phase {
        ALONE,
        ELSEWHERE,
        BESIDE
    }

    private volatile Phase now = Phase.ALONE;
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
        try (ServerProcess server = ServerProcess.start(kind, lines, List.of());
                ServerProcess other = ServerProcess.start(kind, lines, List.of())) {
            for (ServerProcess each : List.of(server, other)) {
                try (Loader loader = new Loader(List.of(each.clientPort()), 1, 1)) {
                    Scenarios.prepare(loader);
                }
            }
            for (What what : only) {
                measure(what, List.of(server.clientPort()), List.of(other.clientPort()));
            }
        }
        return 0;
    }

    private void measure(What what, List<Integer> port, List<Integer> otherPort) throws Exception {
        Loader.Requests[] requests = new Loader.Requests[others + 1];
        for (int i = 0; i <= others; i++) {
            requests[i] = what == What.READS ? Scenarios.reads(i) : Scenarios.writes(i);
        }
        Seen alone = new Seen(phases);
        Seen elsewhere = new Seen(phases);
        Seen beside = new Seen(phases);
        over = false;
        now = Phase.ALONE;
        abused.set(0);
        Thread abuser =
                Thread.ofPlatform()
                        .name("abuser")
                        .start(() -> abuse(port, otherPort, requests[others]));
        try (Loader loader =
                new Loader(i -> address(apart ? i : 0), port, others, UNDER_WAY_OF_OTHERS)) {
            for (Phase phase : Phase.values()) { // warms up
                now = phase;
                phase(loader, requests, TimeUnit.SECONDS.toNanos(3));
            }
            abused.set(0);
            for (int i = 0; i < phases; i++) {
                for (Phase phase : Phase.values()) {
                    now = phase;
                    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
                    Histogram seen = phase(loader, requests, TimeUnit.SECONDS.toNanos(1));
                    Seen of =
                            switch (phase) {
                                case ALONE -> alone;
                                case ELSEWHERE -> elsewhere;
                                case BESIDE -> beside;
                            };
                    of.add(i, seen);
                }
            }
        } finally {
            over = true;
            abuser.join();
        }
        System.out.printf(
                Locale.ROOT,
                "%s, %s: %d others at %d/s each, one at %.0f/s in bursts of"
                        + " %d on %d connections%n",
                kind,
                what,
                others,
                rate,
                abused.doubleValue() / (2 * phases),
                burst,
                connections);
        alone.show("alone");
        elsewhere.show("elsewhere");
        beside.show("beside");
        beside.compare("beside / alone", alone);
        elsewhere.compare("elsewhere / alone", alone);
        beside.compare("beside / elsewhere", elsewhere);
    }

    /** The latency of the others in phases of one kind. */
    private static final class Seen {
        private final Histogram all = new Histogram(3);
        private final double[] p99s;

        Seen(int phases) {
            p99s = new double[phases];
        }

        void add(int phase, Histogram of) {
            all.add(of);
            p99s[phase] = millis(of, 99);
        }

        void show(String name) {
            System.out.printf(
                    Locale.ROOT,
                    "  %-9s p50 %6.3f p99 %6.3f p99.9 %6.3f ms; median of %d phases' p99 %6.3f%n",
                    name,
                    millis(all, 50),
                    millis(all, 99),
                    millis(all, 99.9),
                    p99s.length,
                    median(p99s));
        }

        void compare(String name, Seen with) {
            double[] ratios = new double[p99s.length];
            Arrays.setAll(ratios, i -> p99s[i] / with.p99s[i]);
            System.out.printf(
                    Locale.ROOT,
                    "  %-20s p50 %5.3f p99 %5.3f p99.9 %5.3f; of phases' p99 in the median %5.3f%n",
                    name,
                    millis(all, 50) / millis(with.all, 50),
                    millis(all, 99) / millis(with.all, 99),
                    millis(all, 99.9) / millis(with.all, 99.9),
                    median(ratios));
        }
    }

    private static double median(double[] of) {
        double[] sorted = of.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }

    private static double millis(Histogram of, double percentile) {
        return of.getValueAtPercentile(percentile) / 1e6;
    }

    private Histogram phase(Loader loader, Loader.Requests[] requests, long nanos)
            throws IOException {
        return loader.runAtRate(others, i -> requests[i], (double) others * rate, nanos)
                .latencyNanos();
    }

    /** Bursts while they are asked for; each is answered before the next. */
    private void abuse(List<Integer> port, List<Integer> otherPort, Loader.Requests requests) {
        long everyNanos = times == 0 ? 0 : TimeUnit.SECONDS.toNanos(burst) / ((long) times * rate);
        try (Loader here = abuser(port);
                Loader elsewhere = abuser(otherPort)) {
            Loader.Scenario bursts = new Bursts(requests, Math.max(1, burst / connections));
            long due = System.nanoTime();
            while (!over) {
                Phase phase = now;
                long nanos = System.nanoTime();
                due = phase == Phase.ALONE ? nanos : due;
                if (phase == Phase.ALONE || nanos < due) {
                    LockSupport.parkNanos(TimeUnit.MICROSECONDS.toNanos(200));
                    continue;
                }
                // Of bursts that it could not send in time it makes good one.
                due = Math.max(due + everyNanos, nanos - everyNanos);
                Loader loader = phase == Phase.BESIDE ? here : elsewhere;
                long done = loader.run(connections, bursts, burst, Long.MAX_VALUE).operations();
                abused.addAndGet(done);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Loader abuser(List<Integer> port) throws IOException {
        return connections == 1 && !apart
                ? new Loader(port, 1, burst)
                : new Loader(
                        connection -> address(ABUSER),
                        port,
                        connections,
                        Math.max(1, burst / connections));
    }

    private static InetAddress address(int of) {
        try {
            byte[] address = {127, 0, (byte) (of / HOSTS_MAX), (byte) (1 + of % HOSTS_MAX)};
            return InetAddress.getByAddress(address);
        } catch (UnknownHostException e) {
            throw new IllegalStateException("no address", e);
        }
    }
}
