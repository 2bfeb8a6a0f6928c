package org.quorate.bench.helix;

import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.CuratorFrameworkFactory;
import org.apache.curator.retry.ExponentialBackoffRetry;
import org.quorate.cluster.coordinator.Coordinator;
import org.quorate.cluster.fence.Epoch;
import org.quorate.cluster.fence.LeaderLease;
import org.quorate.cluster.fence.ShardId;
import org.quorate.cluster.member.Profile;
import org.quorate.cluster.move.MoveLimits;
import org.quorate.cluster.plan.Spread;
import org.quorate.cluster.shard.Handoff;
import org.quorate.cluster.shard.NodeRef;
import org.quorate.cluster.shard.ShardHost;
import org.quorate.cluster.shard.ShardNode;
import org.quorate.cluster.shard.ShardPlanner;
import org.quorate.cluster.shard.Shards;
import org.quorate.cluster.shard.Table;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The toolkit: a node for each name, each with a session of its own, and one planner. */
final class ToolkitSide extends Side {
    private static final String ROOT = "/toolkit";
    private static final Duration SESSION = Duration.ofSeconds(30);
    private static final MoveLimits ALL_AT_ONCE =
            new MoveLimits(1_000, 10_000, 10_000, 10_000, 100_000, 1_000, 1);

    private final Map<String, CuratorFramework> clients = new HashMap<>();
    private final Map<String, ShardNode> nodes = new HashMap<>();
    private final Coordinator coordinator;
    private final ShardPlanner planner;

    ToolkitSide(String connect, List<String> names) throws InterruptedException {
        coordinator = Coordinator.connect(connect, SESSION);
        planner = Shards.planner(coordinator, ROOT, "planner");
        for (String name : names) {
            CuratorFramework client =
                    CuratorFrameworkFactory.newClient(
                            connect,
                            (int) SESSION.toMillis(),
                            5_000,
                            new ExponentialBackoffRetry(20, 5));
            client.start();
            clients.put(name, client);
            int zone = names.indexOf(name) % 3;
            ShardNode node =
                    Shards.node(Coordinator.over(client), ROOT, name)
                            .profile(Profile.at(name + ":1").zone("z" + zone))
                            .host(new Noting(name))
                            .start();
            nodes.put(name, node);
            node.awaitJoined(SESSION);
        }
    }

    private final class Noting implements ShardHost {
        private final String node;

        Noting(String node) {
            this.node = node;
        }

        @Override
        public void open(ShardId shard, Epoch epoch, List<NodeRef> sources) {
            opened(node, shard.toString());
        }

        @Override
        public void promote(ShardId shard, LeaderLease lease, Handoff handoff) {
            led(node, shard.toString());
        }

        @Override
        public void close(ShardId shard, boolean deleteData) {
            closed(node, shard.toString());
        }
    }

    @Override
    String name() {
        return "toolkit";
    }

    @Override
    String root() {
        return ROOT;
    }

    @Override
    String living(String node) {
        return ROOT + "/members/live/" + node;
    }

    @Override
    void place(int shards) throws Exception {
        Shards.admin(coordinator, ROOT)
                .apply(
                        Table.named("t")
                                .shards(shards)
                                .replicas(3)
                                .spread(Spread.acrossZones())
                                .replicaGrace(Duration.ZERO)
                                .moves(ALL_AT_ONCE));
    }

    @Override
    void lose(String node) throws Exception {
        nodes.remove(node);
        clients.get(node).getZookeeperClient().getZooKeeper().close();
    }

    @Override
    public void close() {
        nodes.values().forEach(ShardNode::close);
        planner.close();
        coordinator.close();
        clients.values().forEach(CuratorFramework::close);
    }
}
