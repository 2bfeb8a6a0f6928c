package org.quorate.cluster.shard;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.quorate.cluster.coordinator.Bytes;
import org.quorate.cluster.coordinator.Coordinator;
import org.quorate.cluster.fence.Epoch;
import org.quorate.cluster.fence.Fence;
import org.quorate.cluster.fence.LeaderLease;
import org.quorate.cluster.fence.ShardId;
import org.quorate.cluster.fence.StaleEpochException;
import org.quorate.cluster.map.KeySpace;
import org.quorate.cluster.member.Profile;
import org.quorate.cluster.plan.Plan;
import org.quorate.cluster.plan.Spread;

/** What docs/cluster.md shows of shards; {@code PageTest} compares them. */
final class Snippets {
    private Snippets() {}

    /** Some database. */
    interface Engine {
        void create(ShardId shard);

        void copy(ShardId shard, NodeRef from);

        void raiseEpoch(ShardId shard, Epoch epoch);

        void stopWrites(ShardId shard);

        long position(ShardId shard);

        void drop(ShardId shard);

        void write(ShardId shard, byte[] key, byte[] value);

        long bytes(ShardId shard);
    }

    /** Some database that can cut its data by keys. */
    interface CuttingEngine extends Engine {
        void fill(ShardId shard, ShardId from, Predicate<byte[]> which);
    }

    // snippet: reshaping
    /** A database whose shards can be split and merged. */
    abstract static class ReshapingDb implements ReshapingHost {
        private final CuttingEngine engine;

        ReshapingDb(CuttingEngine engine) {
            this.engine = engine;
        }

        @Override
        public void derive(ShardId shard, Epoch epoch, List<Origin> origins, KeySpace keys) {
            engine.create(shard);
            for (Origin origin : origins) {
                engine.raiseEpoch(origin.shard(), origin.epoch()); // Nobody writes it any more.
                engine.fill(shard, origin.shard(), key -> keys.shardOf(key) == shard.index());
            }
        }
    }

    // end

    // snippet: host
    static final class OrdersDb implements ShardHost {
        private final Engine engine;

        OrdersDb(Engine engine) {
            this.engine = engine;
        }

        @Override
        public void open(ShardId shard, Epoch epoch, List<NodeRef> sources) {
            if (sources.isEmpty()) {
                engine.create(shard); // New: nobody has it.
            } else {
                engine.copy(
                        shard, sources.get(0)); // The leader comes first. Returns when it counts.
            }
        }

        @Override
        public void promote(ShardId shard, LeaderLease lease, Handoff handoff) {
            engine.raiseEpoch(shard, lease.epoch()); // From here on older epochs are refused.
        }

        @Override
        public Handoff demote(ShardId shard, Epoch epoch) {
            engine.stopWrites(shard);
            return new Handoff(Bytes.utf8(Long.toString(engine.position(shard))));
        }

        @Override
        public void close(ShardId shard, boolean deleteData) {
            engine.drop(shard);
        }

        @Override
        public Map<String, Long> load(ShardId shard) {
            return Map.of("disk", engine.bytes(shard));
        }
    }

    // end

    static void start(Coordinator coordinator, Engine engine) throws Exception {
        // snippet: start
        ShardNode node =
                Shards.node(coordinator, "/orders-db", "node-17")
                        .profile(Profile.at("10.0.0.17:7000").zone("eu-1a").capacity("disk", 4_000))
                        .host(new OrdersDb(engine))
                        .start();
        ShardPlanner planner = Shards.planner(coordinator, "/orders-db", "node-17");
        Shards.admin(coordinator, "/orders-db")
                .apply(
                        Table.named("orders")
                                .shards(4096)
                                .replicas(3)
                                .spread(Spread.acrossZones())
                                .balance("disk", 1.0)
                                .limit("disk", 0.8)
                                .replicaGrace(Duration.ofMinutes(10)));
        // end
        node.close();
        planner.close();
    }

    static void write(
            ShardNode node, Engine engine, Fence fence, ShardId shard, byte[] key, byte[] value)
            throws StaleEpochException {
        // snippet: write
        LeaderLease lease = node.lease(shard).orElseThrow(); // Kept from promote, as a rule.
        if (lease.valid()) { // No I/O: a field and the clock.
            fence.check(shard, lease.epoch()); // Where the write happens, not here.
            engine.write(shard, key, value);
        }
        // end
    }

    static void route(Coordinator coordinator) throws Exception {
        // snippet: route
        try (Router router = Shards.router(coordinator, "/orders-db", "orders")) {
            router.awaitReady(Duration.ofSeconds(10));
            Route to = router.route("order 4711".getBytes(StandardCharsets.UTF_8));
            // Send to.epoch() with the request to to.leader().address(). If the answer is "another
            // epoch, my map is at version 312":
            router.stale(to, 312);
        }
        // end
    }

    static void administer(Coordinator coordinator) throws Exception {
        // snippet: admin
        ShardAdmin admin = Shards.admin(coordinator, "/orders-db");
        Plan plan = admin.preview(ShardAdmin.Change.remove("node-17")); // Nothing is done.
        plan.shortfalls().forEach(System.out::println); // What would have no place, and why.
        admin.drain("node-17", true); // Leaders first, copies before deletes.
        Explanation why = admin.why(new ShardId("orders", 7));
        why.history().forEach(System.out::println);
        // end
    }
}
