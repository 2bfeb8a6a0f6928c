package org.quorate.cluster.shard;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import org.apache.curator.framework.CuratorFramework;
import org.apache.zookeeper.Watcher;
import org.quorate.cluster.coordinator.Coordinator;
import org.quorate.cluster.fence.Epoch;
import org.quorate.cluster.fence.LeaderLease;
import org.quorate.cluster.fence.ShardId;
import org.quorate.cluster.member.Profile;
import org.quorate.cluster.move.MoveLimits;
import org.quorate.cluster.plan.Spread;
import org.quorate.cluster.testing.Service;

/**
 * Many nodes of a database in this JVM, each with a session of its own, over a real server. The
 * database does nothing but note when it was asked for what.
 */
final class RealCluster implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final MoveLimits ALL_AT_ONCE =
            new MoveLimits(1_000, 10_000, 10_000, 10_000, 100_000, 1_000, 1);

    final String root;
    final List<Node> nodes = new ArrayList<>();
    final Coordinator coordinator;
    final ShardPlanner planner;
    final Router router;
    private final String connectString;
    private final Duration session;
    private final CuratorFramework onlooker;
    final Map<ShardId, Long> ledAtNanos = new ConcurrentHashMap<>();
    final Map<ShardId, Long> stoppedAtNanos = new ConcurrentHashMap<>();
    final Map<ShardId, Long> openedAtNanos = new ConcurrentHashMap<>();

    /** One node. */
    final class Node implements ShardHost {
        final String name;
        final CuratorFramework client;
        final Coordinator coordinator;
        final ShardNode shardNode;
        final Set<ShardId> open = ConcurrentHashMap.newKeySet();
        private volatile boolean lost;

        Node(String connectString, Duration session, int i) {
            name = String.format("n%04d", i);
            client = Service.client(connectString, session);
            coordinator = Coordinator.over(client);
            shardNode =
                    Shards.node(coordinator, root, name)
                            .profile(Profile.at("127.0.0.1:" + (7_000 + i)).zone("z" + i % 3))
                            .host(this)
                            .start();
        }

        @Override
        public void open(ShardId shard, Epoch epoch, List<NodeRef> sources) {
            openedAtNanos.put(shard, System.nanoTime());
            open.add(shard);
        }

        @Override
        public void promote(ShardId shard, LeaderLease lease, Handoff handoff) {
            ledAtNanos.put(shard, System.nanoTime());
        }

        @Override
        public Handoff demote(ShardId shard, Epoch epoch) {
            stoppedAtNanos.put(shard, System.nanoTime());
            return Handoff.NONE;
        }

        @Override
        public void close(ShardId shard, boolean deleteData) {
            open.remove(shard);
        }

        /** Ends its session at the service; from then on this node is gone for good. */
        void lose() throws Exception {
            lost = true;
            client.getZookeeperClient().getZooKeeper().close();
        }

        void stop() {
            if (!lost) {
                shardNode.close(); // Of a lost one it would wait for a session in vain.
            }
            coordinator.close();
            client.close();
        }
    }

    RealCluster(String connectString, String root, int nodeCount, Duration session, String table) {
        this.root = root;
        this.connectString = connectString;
        this.session = session;
        this.onlooker = Service.client(connectString, session);
        this.coordinator = Coordinator.connect(connectString, session);
        this.planner = Shards.planner(coordinator, root, "planner");
        this.router = Shards.router(coordinator, root, table);
        for (int i = 0; i < nodeCount; i++) {
            add();
        }
    }

    /** One node more joins. */
    Node add() {
        Node node = new Node(connectString, session, nodes.size());
        nodes.add(node);
        return node;
    }

    /**
     * Ends the session of {@code node} and returns when somebody who has nothing to do with it saw
     * that, in nanoseconds.
     */
    long lose(Node node) throws Exception {
        AtomicLong goneNanos = new AtomicLong();
        onlooker.checkExists()
                .usingWatcher((Watcher) event -> goneNanos.set(System.nanoTime()))
                .forPath(root + "/members/live/" + node.name);
        node.lose();
        await(() -> goneNanos.get() != 0, "the session's end is seen");
        return goneNanos.get();
    }

    static Table table(String name, int shards) {
        return Table.named(name)
                .shards(shards)
                .replicas(3)
                .spread(Spread.acrossZones())
                .replicaGrace(Duration.ZERO)
                .moves(ALL_AT_ONCE);
    }

    void awaitJoined() throws InterruptedException {
        for (Node node : nodes) {
            await(() -> node.shardNode.numbered(), node.name + " has joined");
        }
    }

    ShardAdmin admin() {
        return Shards.admin(coordinator, root);
    }

    void awaitQuiet() throws InterruptedException {
        if (!admin().awaitQuiet(planner, PATIENCE)) {
            throw new AssertionError("not quiet: " + planner.status());
        }
    }

    /** Waits until every shard is led by somebody alive, as a router and the nodes see it. */
    void awaitLed() throws InterruptedException {
        await(this::allLed, "every shard is led");
    }

    private boolean allLed() {
        if (router.shards() == 0) {
            return false;
        }
        for (int s = 0; s < router.shards(); s++) {
            Route route = router.route(s);
            boolean held =
                    route.led()
                            && node(route.leader().id())
                                    .shardNode
                                    .lease(route.shard())
                                    .filter(lease -> lease.epoch().equals(route.epoch()))
                                    .isPresent();
            if (!held) {
                return false;
            }
        }
        return true;
    }

    static void await(BooleanSupplier condition, String what) throws InterruptedException {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - end > 0) {
                throw new AssertionError("within " + PATIENCE + ": " + what);
            }
            Thread.sleep(2);
        }
    }

    Node node(String name) {
        return nodes.stream().filter(node -> node.name.equals(name)).findFirst().orElseThrow();
    }

    /** Shards that {@code node} leads as the router sees it. */
    Set<ShardId> ledBy(Node node) {
        Set<ShardId> led = new HashSet<>();
        for (int s = 0; s < router.shards(); s++) {
            if (router.route(s).leader().id().equals(node.name)) {
                led.add(router.route(s).shard());
            }
        }
        return led;
    }

    @Override
    public void close() {
        nodes.forEach(Node::stop);
        router.close();
        planner.close();
        coordinator.close();
        onlooker.close();
    }
}
