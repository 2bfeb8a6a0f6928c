package org.quorate.bench.helix;

import org.apache.zookeeper.ZooKeeper;

import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * What the loss of a node costs with the toolkit and with Apache Helix, one after the other on one
 * ZooKeeper server in this process: shards in three replicas on twenty nodes in three zones, all of
 * which run here too. Times count from when the session's znode is seen to be gone.
 *
 * <pre>bench/helix/run fail-over [SHARDS [LOSSES]]</pre>
 */
public final class FailOverBeside {
    private static final int NODES = 20;
    private static final int REPLICAS = 3;
    private static final long PATIENCE_SECONDS = 120;
    private static final long QUIET_MILLIS = 2_000; // without a transaction
    private static final double NANOS_PER_MILLI = 1e6;

    private FailOverBeside() {}

    /** Prints a table. */
    public static void main(String[] args) throws Exception {
        int shards = args.length > 0 ? Integer.parseInt(args[0]) : 1_000;
        int losses = args.length > 1 ? Integer.parseInt(args[1]) : 5;
        System.out.println(
                "| | shards | leaders back | replicas back | transactions | bytes ÷ replica |");
        System.out.println("| --- | --- | --- | --- | --- | --- |");
        List<String> names = new ArrayList<>();
        for (int n = 0; n < NODES + losses; n++) {
            names.add(String.format(Locale.ROOT, "n%02d", n));
        }
        try (Served served = new Served()) {
            try (Side side = new ToolkitSide(served.connectString(), names)) {
                measure(served, side, names, shards, losses);
            }
            try (Side side = new HelixSide(served.connectString(), names)) {
                measure(served, side, names, shards, losses);
            }
        }
        System.out.printf(
                Locale.ROOT,
                "load average %.1f%n",
                ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage());
        System.exit(0); // Helix leaves threads that are no daemons.
    }

    private static void measure(
            Served served, Side side, List<String> names, int shards, int losses) throws Exception {
        quiet(served);
        long zxid = served.zxid();
        long beganNanos = System.nanoTime();
        side.place(shards);
        await("all are led", () -> side.ledAtNanos().size() == shards);
        await("all are open", () -> side.replicas() >= REPLICAS * shards);
        double led = last(side.ledAtNanos(), side.ledAtNanos().keySet(), beganNanos);
        double opened = last(side.openedAtNanos(), side.openedAtNanos().keySet(), beganNanos);
        quiet(served);
        row(
                side,
                "bootstrap",
                shards,
                led,
                opened,
                served.since(side.root(), zxid),
                side.replicas());
        double[] leaders = new double[losses];
        double[] replicas = new double[losses];
        int[] transactions = new int[losses];
        for (int loss = 0; loss < losses; loss++) {
            lose(served, side, names.get(loss), shards, leaders, replicas, transactions, loss);
        }
        Arrays.sort(leaders);
        Arrays.sort(replicas);
        Arrays.sort(transactions);
        System.out.printf(
                Locale.ROOT,
                "| **%s, median** | %,d | %.0f ms | %.0f ms | %d | |%n",
                side.name(),
                shards,
                leaders[losses / 2],
                replicas[losses / 2],
                transactions[losses / 2]);
    }

    private static void lose(
            Served served,
            Side side,
            String node,
            int shards,
            double[] leaders,
            double[] replicas,
            int[] transactions,
            int loss)
            throws Exception {
        Set<String> led = side.ledBy(node);
        Set<String> held = side.heldBy(node);
        side.beginAnew();
        long zxid = served.zxid();
        long goneNanos;
        try (ZooKeeper onlooker = served.client()) {
            onlooker.exists("/", false); // It is connected.
            Gone gone = new Gone();
            onlooker.exists(side.living(node), event -> gone.note());
            side.lose(node);
            await("the session has ended", gone::seen);
            goneNanos = gone.nanos;
        }
        await("all are led again", () -> side.ledAtNanos().keySet().containsAll(led));
        await("all are open again", () -> side.openedAtNanos().keySet().containsAll(held));
        leaders[loss] = last(side.ledAtNanos(), led, goneNanos);
        replicas[loss] = last(side.openedAtNanos(), held, goneNanos);
        quiet(served);
        Served.Written written = served.since(side.root(), zxid);
        transactions[loss] = written.transactions();
        row(
                side,
                "loss of " + node,
                led.size(),
                leaders[loss],
                replicas[loss],
                written,
                held.size());
    }

    private static final class Gone {
        private volatile long nanos;

        void note() {
            nanos = System.nanoTime();
        }

        boolean seen() {
            return nanos != 0;
        }
    }

    private static void row(
            Side side,
            String event,
            int shards,
            double led,
            double opened,
            Served.Written written,
            int replicas) {
        System.out.printf(
                Locale.ROOT,
                "| %s, %s | %,d | %.0f ms | %.0f ms | %,d | %,.0f |%n",
                side.name(),
                event,
                shards,
                led,
                opened,
                written.transactions(),
                (double) written.bytes() / replicas);
    }

    private static double last(Map<String, Long> atNanos, Set<String> shards, long sinceNanos) {
        long last = sinceNanos;
        for (String shard : shards) {
            last = Math.max(last, atNanos.get(shard));
        }
        return (last - sinceNanos) / NANOS_PER_MILLI;
    }

    /** Waits until nothing has been written for a while, but for keeping leases alive. */
    private static void quiet(Served served) throws Exception {
        long written = -1;
        long sinceNanos = System.nanoTime();
        long endNanos = sinceNanos + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (System.nanoTime() - sinceNanos < TimeUnit.MILLISECONDS.toNanos(QUIET_MILLIS)) {
            int now = served.since("", 0).transactions();
            if (now != written) {
                written = now;
                sinceNanos = System.nanoTime();
            }
            if (System.nanoTime() - endNanos > 0) {
                throw new IllegalStateException("not quiet");
            }
            Thread.sleep(100);
        }
    }

    private static void await(String what, BooleanSupplier condition) throws InterruptedException {
        long endNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - endNanos > 0) {
                throw new IllegalStateException("within " + PATIENCE_SECONDS + " s: " + what);
            }
            Thread.sleep(2);
        }
    }
}
