package org.quorate.cluster.shard;

import java.time.Duration;
import java.util.Map;
import org.quorate.cluster.fence.ShardId;
import org.quorate.cluster.move.MoveLimits;
import org.quorate.cluster.testing.Service;
import org.quorate.cluster.testing.TransactionCount;

/**
 * One node joins many, with the usual limits on moves: what it is given, and what that cost.
 * Printed by {@link FailOverBars}, asserted in {@link ShardsOnZooKeeperTest}.
 *
 * @param replicas that the newcomer holds in the end
 * @param leaders that it leads
 * @param handOvers of leaders, to it and to others
 * @param steps decisions that it took
 * @param transactions that were written for it in all
 * @param gapMillis for how long a shard had no leader in its hand-over: the median, and the most
 */
record Joining(
        int replicas,
        int leaders,
        int handOvers,
        long steps,
        int transactions,
        double gapMillis,
        double gapMillisMost) {
    private static final Duration SESSION = Duration.ofSeconds(30);

    static Joining of(int shards, int nodeCount) throws Exception {
        String root = Service.root("joining");
        try (RealCluster cluster =
                new RealCluster(Service.connectString(), root, nodeCount, SESSION, "t")) {
            cluster.awaitJoined();
            cluster.admin().apply(RealCluster.table("t", shards));
            cluster.awaitLed();
            cluster.awaitQuiet();
            cluster.admin().apply(RealCluster.table("t", shards).moves(MoveLimits.DEFAULT));
            Thread.sleep(1_000); // The last words of all nodes.
            cluster.stoppedAtNanos.clear();
            long[] epochs = epochs(cluster.router);
            long version = cluster.router.version();
            long zxid = TransactionCount.lastZxid(root);
            RealCluster.Node newcomer = cluster.add();
            int share = 3 * shards / (nodeCount + 1);
            RealCluster.await(() -> newcomer.open.size() >= share, "the newcomer has its share");
            cluster.awaitQuiet();
            Thread.sleep(1_000);
            cluster.awaitQuiet();
            double[] gaps =
                    cluster.stoppedAtNanos.entrySet().stream()
                            .mapToDouble(one -> gapMillis(cluster.ledAtNanos, one))
                            .sorted()
                            .toArray();
            int handOvers = 0;
            long[] after = epochs(cluster.router);
            for (int s = 0; s < shards; s++) {
                handOvers += after[s] != epochs[s] ? 1 : 0;
            }
            return new Joining(
                    newcomer.open.size(),
                    cluster.ledBy(newcomer).size(),
                    handOvers,
                    cluster.router.version() - version,
                    TransactionCount.since(root, zxid).transactions(),
                    gaps.length == 0 ? 0 : gaps[gaps.length / 2],
                    gaps.length == 0 ? 0 : gaps[gaps.length - 1]);
        }
    }

    private static double gapMillis(
            Map<ShardId, Long> ledAtNanos, Map.Entry<ShardId, Long> stopped) {
        return (ledAtNanos.get(stopped.getKey()) - stopped.getValue()) / 1e6;
    }

    private static long[] epochs(Router router) {
        long[] epochs = new long[router.shards()];
        for (int s = 0; s < epochs.length; s++) {
            epochs[s] = router.route(s).epoch().value();
        }
        return epochs;
    }
}
