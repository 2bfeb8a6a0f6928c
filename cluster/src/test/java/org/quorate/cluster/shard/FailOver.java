package org.quorate.cluster.shard;

import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.quorate.cluster.fence.ShardId;
import org.quorate.cluster.testing.Service;
import org.quorate.cluster.testing.TransactionCount;

/**
 * One node of many is lost: how long until all its leaders and replicas are back, counted from the
 * end of its session, and what was written for it. Times are measured by {@link #main}, counts are
 * asserted in {@link ShardsOnZooKeeperTest}.
 */
final class FailOver {
    /** What one loss came to. */
    record Result(
            int leaders,
            int replicas,
            double leadersMillis,
            double replicasMillis,
            TransactionCount.Total written) {}

    private FailOver() {}

    /** Loses {@code victim} and waits until all is quiet again. */
    static Result lose(RealCluster cluster, RealCluster.Node victim, boolean count)
            throws Exception {
        Set<ShardId> led = cluster.ledBy(victim);
        Set<ShardId> held = Set.copyOf(victim.open);
        cluster.ledAtNanos.clear();
        cluster.openedAtNanos.clear();
        long before = count ? TransactionCount.lastZxid(cluster.root) : 0;
        long startNanos = cluster.lose(victim);
        RealCluster.await(() -> cluster.ledAtNanos.keySet().containsAll(led), "all are led again");
        RealCluster.await(() -> cluster.openedAtNanos.keySet().containsAll(held), "all are copied");
        double leaders = millis(cluster.ledAtNanos, led, startNanos);
        double replicas = millis(cluster.openedAtNanos, held, startNanos);
        cluster.awaitQuiet();
        Thread.sleep(ShardNode.REPORT_LATER.toMillis() + 300); // The last words of all nodes.
        cluster.awaitQuiet();
        TransactionCount.Total written =
                count
                        ? TransactionCount.since(cluster.root, before)
                        : new TransactionCount.Total(0, 0, Map.of());
        return new Result(led.size(), held.size(), leaders, replicas, written);
    }

    private static double millis(Map<ShardId, Long> atNanos, Set<ShardId> shards, long startNanos) {
        long last = startNanos;
        for (ShardId shard : shards) {
            last = Math.max(last, atNanos.getOrDefault(shard, startNanos));
        }
        return (last - startNanos) / 1e6;
    }

    /**
     * Prints what a loss costs: {@code shards nodes runs [connect string]}. Without a connect
     * string against a ZooKeeper server in this JVM.
     */
    public static void main(String[] args) throws Exception {
        print(
                Integer.parseInt(args[0]),
                Integer.parseInt(args[1]),
                Integer.parseInt(args[2]),
                args.length < 4 ? null : args[3]);
        System.exit(0);
    }

    /** The same; {@code connectString} is null for a server in this JVM. */
    static void print(int shards, int nodes, int runs, @Nullable String connectString)
            throws Exception {
        boolean own = connectString == null;
        String connect = own ? Service.connectString() : connectString;
        List<Double> leaders = new ArrayList<>();
        List<Double> replicas = new ArrayList<>();
        String root = "/fail-over-" + System.nanoTime();
        try (RealCluster cluster =
                new RealCluster(connect, root, nodes + runs, Duration.ofSeconds(30), "t")) {
            cluster.awaitJoined();
            long startNanos = System.nanoTime();
            cluster.admin().apply(RealCluster.table("t", shards));
            cluster.awaitLed();
            System.out.printf(
                    Locale.ROOT, "bootstrap %.0f ms%n", (System.nanoTime() - startNanos) / 1e6);
            cluster.awaitQuiet();
            Thread.sleep(2_000);
            for (int run = 0; run < runs; run++) {
                Result result = lose(cluster, cluster.nodes.get(run), own);
                leaders.add(result.leadersMillis());
                replicas.add(result.replicasMillis());
                System.out.println(result);
                Thread.sleep(1_000);
            }
        }
        Collections.sort(leaders);
        Collections.sort(replicas);
        System.out.printf(
                Locale.ROOT,
                "%,d shards, median of %d: leaders %.1f ms, replicas %.1f ms; load average %.1f%n",
                shards,
                runs,
                leaders.get(runs / 2),
                replicas.get(runs / 2),
                ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage());
    }
}
