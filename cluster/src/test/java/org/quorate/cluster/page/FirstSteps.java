package org.quorate.cluster.page;

// snippet: first-steps
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.quorate.cluster.coordinator.Coordinator;
import org.quorate.cluster.fence.Epoch;
import org.quorate.cluster.fence.Fence;
import org.quorate.cluster.fence.LeaderLease;
import org.quorate.cluster.fence.ShardId;
import org.quorate.cluster.fence.StaleEpochException;
import org.quorate.cluster.member.Profile;
import org.quorate.cluster.shard.Handoff;
import org.quorate.cluster.shard.NodeRef;
import org.quorate.cluster.shard.Route;
import org.quorate.cluster.shard.Router;
import org.quorate.cluster.shard.ShardHost;
import org.quorate.cluster.shard.ShardPlanner;
import org.quorate.cluster.shard.Shards;
import org.quorate.cluster.shard.Table;

/** A database of three nodes, all in this process, over storage that they share. */
public final class FirstSteps {
    /** The storage: it takes a write only under the newest epoch that it has seen. */
    static final class Storage {
        private final Fence fence = Fence.inMemory();
        private final Map<String, String> pairs = new ConcurrentHashMap<>();

        void write(ShardId shard, Epoch epoch, String key, String value)
                throws StaleEpochException {
            fence.check(shard, epoch);
            pairs.put(key, value);
        }
    }

    /** One node of the database. */
    static final class Node implements ShardHost {
        private final Storage storage;
        private final Map<ShardId, LeaderLease> leading = new ConcurrentHashMap<>();

        Node(Storage storage) {
            this.storage = storage;
        }

        @Override
        public void open(ShardId shard, Epoch epoch, List<NodeRef> sources) {}

        @Override
        public void promote(ShardId shard, LeaderLease lease, Handoff handoff) {
            leading.put(shard, lease);
        }

        @Override
        public Handoff demote(ShardId shard, Epoch epoch) {
            leading.remove(shard);
            return Handoff.NONE;
        }

        @Override
        public void close(ShardId shard, boolean deleteData) {}

        /** Whether this node leads the shard, and has written. */
        boolean put(ShardId shard, String key, String value) throws StaleEpochException {
            LeaderLease lease = leading.get(shard);
            if (lease == null || !lease.valid()) {
                return false;
            }
            storage.write(shard, lease.epoch(), key, value);
            return true;
        }
    }

    public static void main(String[] args) throws Exception {
        String servers = args.length > 0 ? args[0] : "127.0.0.1:2181";
        Duration session = Duration.ofSeconds(10);
        Storage storage = new Storage();
        Map<String, Node> nodes = new TreeMap<>();
        Map<String, Coordinator> ties = new TreeMap<>();
        for (String id : List.of("node-1", "node-2", "node-3")) {
            Node node = new Node(storage);
            Coordinator tie = Coordinator.connect(servers, session);
            Shards.node(tie, "/first-steps", id).profile(Profile.at(id)).host(node).start();
            nodes.put(id, node);
            ties.put(id, tie);
        }
        try (Coordinator coordinator = Coordinator.connect(servers, session);
                ShardPlanner planner = Shards.planner(coordinator, "/first-steps", "planner");
                Router router = Shards.router(coordinator, "/first-steps", "orders")) {
            Shards.admin(coordinator, "/first-steps")
                    .apply(Table.named("orders").shards(16).replicas(2));
            Route before = put(router, nodes, "order 1", "one pizza");
            System.out.println(before.leader().id() + " wrote under epoch " + before.epoch());

            ties.get(before.leader().id()).close(); // Its session ends, as if it had died.
            nodes.remove(before.leader().id());
            Route after = put(router, nodes, "order 1", "two pizzas");
            System.out.println(after.leader().id() + " wrote under epoch " + after.epoch());
            try {
                storage.write(before.shard(), before.epoch(), "order 1", "three pizzas");
            } catch (StaleEpochException late) {
                System.out.println("refused: " + late.getMessage());
            }
        } finally {
            ties.values().forEach(Coordinator::close);
        }
    }

    /** Writes at the leader, as soon as there is one. */
    private static Route put(Router router, Map<String, Node> nodes, String key, String value)
            throws Exception {
        while (true) {
            if (router.awaitReady(Duration.ofSeconds(30))) {
                Route to = router.route(key.getBytes(StandardCharsets.UTF_8));
                Node leader = nodes.get(to.leader().id());
                if (leader != null && leader.put(to.shard(), key, value)) {
                    return to;
                }
            }
            router.awaitVersion(router.version() + 1, Duration.ofMillis(50)); // Asked too early.
        }
    }
}
// end
