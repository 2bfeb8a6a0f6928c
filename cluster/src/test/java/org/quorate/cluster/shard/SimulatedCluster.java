package org.quorate.cluster.shard;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.IntToLongFunction;
import org.quorate.cluster.coordinator.Bytes;
import org.quorate.cluster.coordinator.Coordinator;
import org.quorate.cluster.coordinator.Step;
import org.quorate.cluster.coordinator.Znode;
import org.quorate.cluster.fence.Epoch;
import org.quorate.cluster.fence.Fence;
import org.quorate.cluster.fence.LeaderLease;
import org.quorate.cluster.fence.ShardId;
import org.quorate.cluster.fence.StaleEpochException;
import org.quorate.cluster.map.Assignment;
import org.quorate.cluster.map.Decision;
import org.quorate.cluster.map.KeySpace;
import org.quorate.cluster.map.MalformedMapException;
import org.quorate.cluster.map.MapImage;
import org.quorate.cluster.map.MapPaths;
import org.quorate.cluster.map.NodeDictionary;
import org.quorate.cluster.member.Profile;
import org.quorate.cluster.plan.Spread;
import org.quorate.cluster.simulated.SimulatedHost;
import org.quorate.cluster.simulated.World;

/**
 * A database on the toolkit in one simulated world: every node plans, holds shards and writes to
 * storage that all share. Judges from outside, in true time, that no two leases hold for one shard
 * and that storage never takes an older epoch after a newer one.
 */
final class SimulatedCluster implements AutoCloseable {
    static final Duration SESSION = Duration.ofSeconds(4);
    static final String ROOT = "/db";

    final World world;
    final SplittableRandom random;
    final List<Node> nodes = new ArrayList<>();
    final boolean fenced;
    final boolean bound;
    final int shards;
    final Map<ShardId, Long> newest = new HashMap<>();
    final Fence fence = Fence.inMemory();
    MapImage image;
    private NodeDictionary dictionary = NodeDictionary.EMPTY;
    IntToLongFunction queries = shard -> 0; // What each shard weighs, if anything.
    Function<SplitAdvice, Optional<Bytes>> cut = advice -> Optional.empty();
    final List<byte[]> sample = new ArrayList<>();
    final Map<Integer, List<Integer>> keysOf = new HashMap<>(); // Of every shard that ever was.
    final Map<ShardId, Map<Integer, Integer>> stored = new HashMap<>(); // Per shard: key, value.
    final Map<Integer, Integer> acknowledged = new HashMap<>(); // Per key: the newest value.
    int lost;
    int staleAccepted;
    int staleRefused;
    int accepted;

    final class Node implements ReshapingHost {
        final String name;
        final SimulatedHost host;
        final Coordinator coordinator;
        final ShardNode shardNode;
        final ShardPlanner planner;
        final Map<ShardId, LeaderLease> leading = new HashMap<>();
        final Set<ShardId> open = new HashSet<>();
        int failEvery;
        int roomFor = Integer.MAX_VALUE;
        boolean hangsInPromote;
        boolean hangsInOpen;
        int calls;

        Node(int i, Consumer<SimulatedHost> change) {
            name = "n" + i;
            host = world.host(name, SESSION);
            host.latency(Duration.ofMillis(20));
            change.accept(host);
            coordinator = Coordinator.on(host, SESSION.multipliedBy(2));
            if (bound) {
                coordinator.bindToConnection(Coordinator.RECONNECT_GRACE);
            }
            shardNode = Shards.node(coordinator, ROOT, name).profile(profile(i)).host(this).start();
            // Half of them replace leaders before they plan, as planners of large clusters do.
            planner = ShardPlanner.start(coordinator, ROOT, name, i % 2 == 0 ? 0 : 5_000);
            coordinator
                    .reconciler(
                            "writer",
                            () -> {
                                write();
                                return Step.Next.after(
                                        Duration.ofMillis(200 + host.random().nextInt(300)));
                            })
                    .start();
        }

        private void call() throws Exception {
            calls++;
            if (failEvery > 0 && calls % failEvery == 0) {
                throw new IllegalStateException("fails on purpose");
            }
            coordinator.host().sleep(Duration.ofMillis(host.random().nextInt(30)).toNanos());
        }

        @Override
        public void open(ShardId shard, Epoch epoch, List<NodeRef> sources) throws Exception {
            call();
            if (hangsInOpen) {
                coordinator.host().sleep(Long.MAX_VALUE / 4);
            }
            if (open.size() >= roomFor) {
                throw new IllegalStateException("the disk is full");
            }
            open.add(shard);
        }

        @Override
        public void derive(ShardId shard, Epoch epoch, List<Origin> origins, KeySpace keys)
                throws Exception {
            call();
            for (Origin origin : origins) {
                if (!open.contains(origin.shard())) {
                    throw new IllegalStateException(origin + " is not here to make " + shard);
                }
                if (fenced) {
                    fence.check(origin.shard(), origin.epoch());
                }
                newest.merge(origin.shard(), origin.epoch().value(), Math::max);
            }
            if (!stored.containsKey(shard)) {
                Map<Integer, Integer> all = new HashMap<>();
                for (Origin origin : origins) {
                    all.putAll(stored.getOrDefault(origin.shard(), Map.of()));
                }
                all.keySet().removeIf(key -> keys.shardOf(sample.get(key)) != shard.index());
                stored.put(shard, all);
            }
            open.add(shard);
        }

        @Override
        public void promote(ShardId shard, LeaderLease lease, Handoff handoff) throws Exception {
            call();
            if (hangsInPromote) {
                coordinator.host().sleep(Long.MAX_VALUE / 4);
            }
            leading.put(shard, lease);
        }

        @Override
        public Handoff demote(ShardId shard, Epoch epoch) {
            leading.remove(shard);
            return Handoff.NONE;
        }

        @Override
        public void close(ShardId shard, boolean deleteData) {
            open.remove(shard);
        }

        @Override
        public Map<String, Long> load(ShardId shard) {
            long qps = queries.applyAsLong(shard.index());
            return qps == 0 ? Map.of() : Map.of("qps", qps);
        }

        @Override
        public Optional<Bytes> split(ShardId shard, SplitAdvice advice) {
            return cut.apply(advice);
        }

        /** Asks the lease, and then the write takes its time to arrive. */
        private void write() throws InterruptedException {
            for (Map.Entry<ShardId, LeaderLease> one : Map.copyOf(leading).entrySet()) {
                LeaderLease lease = one.getValue();
                if (lease.valid()) {
                    coordinator.host().sleep(host.random().nextInt(20_000_000));
                    store(one.getKey(), lease.epoch(), host.random().nextInt(sample.size()));
                }
            }
        }
    }

    /** What a node says about itself. */
    static Profile profile(int i) {
        return Profile.at("n" + i + ":1").zone("z" + i % 3);
    }

    ShardAdmin admin() {
        return Shards.admin(nodes.get(0).coordinator, ROOT);
    }

    SimulatedCluster(long seed, int nodeCount, int shards, boolean fenced) {
        this(seed, nodeCount, shards, fenced, false, host -> {});
    }

    /** With {@code bound} sessions end soon after their connections, which break then. */
    SimulatedCluster(
            long seed,
            int nodeCount,
            int shards,
            boolean fenced,
            boolean bound,
            Consumer<SimulatedHost> change) {
        this.world = new World(seed);
        this.bound = bound;
        if (bound) {
            world.bindsSessions();
        }
        this.random = new SplittableRandom(seed * 31 + 7);
        this.fenced = fenced;
        this.shards = shards;
        this.image = MapImage.empty(shards);
        for (int i = 0; i < 64; i++) {
            sample.add(("key " + i).getBytes(StandardCharsets.UTF_8));
        }
        learnKeys();
        for (int i = 0; i < nodeCount; i++) {
            nodes.add(new Node(i, change));
        }
        world.checkAlways(this::check);
    }

    /** The table that {@link #leading} begins with. */
    static Table table(int shards) {
        return Table.named("t")
                .shards(shards)
                .replicas(3)
                .spread(Spread.acrossZones())
                .replicaGrace(Duration.ofSeconds(20));
    }

    /** Five nodes that lead all shards of one table. */
    static SimulatedCluster leading(long seed, int shards, boolean fenced) throws Exception {
        return new SimulatedCluster(seed, 5, shards, fenced).lead();
    }

    /** Makes the table and waits until all of it is led. */
    SimulatedCluster lead() throws Exception {
        admin().apply(table(shards));
        if (!world.runUntil(this::allLed, Duration.ofSeconds(60))) {
            throw new AssertionError("not led at first: " + this);
        }
        return this;
    }

    /** What belongs to a shard never changes, so it is learned once. */
    private void learnKeys() {
        for (int s = 0; s < image.shards(); s++) {
            int shard = s;
            if (image.keys().live(s)) {
                keysOf.computeIfAbsent(s, none -> keysOf(image.keys(), shard));
            }
        }
    }

    private List<Integer> keysOf(KeySpace keys, int shard) {
        List<Integer> own = new ArrayList<>();
        for (int i = 0; i < sample.size(); i++) {
            if (keys.shardOf(sample.get(i)) == shard) {
                own.add(i);
            }
        }
        return own;
    }

    /** A write of a key: what was acknowledged before must be there. */
    private void storeKey(ShardId shard, int draw) {
        List<Integer> own = keysOf.get(shard.index());
        if (own.isEmpty()) {
            return;
        }
        int key = own.get(draw % own.size());
        Map<Integer, Integer> values = stored.computeIfAbsent(shard, none -> new HashMap<>());
        int before = acknowledged.getOrDefault(key, 0);
        lost += values.getOrDefault(key, 0) == before ? 0 : 1;
        values.put(key, before + 1);
        acknowledged.put(key, before + 1);
    }

    /** Keys whose newest acknowledged value is not where the map leads to. */
    List<Integer> missing() {
        List<Integer> missing = new ArrayList<>();
        for (Map.Entry<Integer, Integer> one : acknowledged.entrySet()) {
            int shard = image.keys().shardOf(sample.get(one.getKey()));
            Map<Integer, Integer> values = stored.getOrDefault(new ShardId("t", shard), Map.of());
            if (!one.getValue().equals(values.get(one.getKey()))) {
                missing.add(one.getKey());
            }
        }
        return missing;
    }

    private void store(ShardId shard, Epoch epoch, int draw) {
        long before = newest.getOrDefault(shard, 0L);
        if (fenced) {
            try {
                fence.check(shard, epoch);
            } catch (StaleEpochException stale) {
                staleRefused++;
                return;
            }
        }
        accepted++;
        staleAccepted += epoch.value() < before ? 1 : 0;
        newest.put(shard, Math.max(before, epoch.value()));
        storeKey(shard, draw);
    }

    /**
     * Rule 2, at the instant of the decision: whoever is succeeded has no session any more, or has
     * given its lease up.
     */
    private void checkSuccession() {
        String path = new MapPaths(ROOT).log("t", image.version() + 1);
        Optional<Znode> znode = world.look(path);
        if (znode.isEmpty()) {
            return;
        }
        Decision decision;
        try {
            decision = Decision.decode(path, znode.get().data(), image.shards());
            Optional<Znode> names = world.look(new MapPaths(ROOT).dictionary(0));
            dictionary = NodeDictionary.EMPTY.plusPart("dict", names.orElseThrow().data());
        } catch (MalformedMapException damaged) {
            throw new AssertionError(damaged);
        }
        for (Decision.Change change : decision.changes()) {
            if (change.shard() >= image.shards()) {
                continue; // It has just come into being.
            }
            Assignment before = image.get(change.shard());
            if (before.leader() < 0 || change.to().epoch().equals(before.epoch())) {
                continue;
            }
            String owner = dictionary.name(before.leader());
            long live =
                    world.look(ROOT + "/members/live/" + owner).map(Znode::createdZxid).orElse(0L);
            boolean sameSession = live == image.incarnation(before.leader());
            ShardId shard = new ShardId("t", change.shard());
            boolean holds = leaseOf(owner, shard, before.epoch());
            if (sameSession && holds) {
                throw new AssertionError(
                        "succeeded while it led: " + owner + " " + before + " " + change.to());
            }
        }
        image = image.after(decision);
        learnKeys();
        checkSuccession();
    }

    private boolean leaseOf(String owner, ShardId shard, Epoch epoch) {
        for (Node node : nodes) {
            Optional<LeaderLease> lease = node.shardNode.lease(shard);
            if (node.name.equals(owner) && lease.isPresent() && lease.get().epoch().equals(epoch)) {
                return lease.get().valid();
            }
        }
        return false;
    }

    private void check() {
        checkSuccession();
        Map<Integer, String> owners = new HashMap<>();
        for (int s = 0; s < image.shards(); s++) {
            ShardId shard = new ShardId("t", s);
            String owner = "";
            for (Node node : nodes) {
                Optional<LeaderLease> lease = node.shardNode.lease(shard);
                if (lease.isPresent() && lease.get().valid()) {
                    if (!owner.isEmpty()) {
                        throw new AssertionError(
                                "two owners of "
                                        + shard
                                        + ": "
                                        + owner
                                        + " and "
                                        + node.name
                                        + " "
                                        + lease.get().epoch());
                    }
                    owner = node.name + " " + lease.get().epoch();
                    for (int key : keysOf.getOrDefault(s, List.of())) {
                        String other = owners.put(key, shard + " at " + owner);
                        if (other != null) {
                            throw new AssertionError(
                                    "two owners of a key: " + other + ", " + owners.get(key));
                        }
                    }
                }
            }
        }
    }

    /** Whether every shard has a leader that holds a valid lease. */
    boolean allLed() {
        for (int s = 0; s < image.shards(); s++) {
            if (!image.keys().live(s)) {
                continue;
            }
            ShardId shard = new ShardId("t", s);
            boolean led = false;
            for (Node node : nodes) {
                led |= node.shardNode.lease(shard).map(LeaderLease::valid).orElse(false);
            }
            if (!led) {
                return false;
            }
        }
        return true;
    }

    /** Zones in which a shard has a replica that counts. */
    Set<Integer> zonesOf(int shard) {
        Set<Integer> zones = new HashSet<>();
        Assignment assignment = image.get(shard);
        for (int i = 0; i < assignment.count(); i++) {
            if (assignment.counts(assignment.node(i))) {
                zones.add(Integer.parseInt(dictionary.name(assignment.node(i)).substring(1)) % 3);
            }
        }
        return zones;
    }

    Optional<PlannerStatus> planning() {
        for (Node node : nodes) {
            if (node.planner.status().leading()) {
                return Optional.of(node.planner.status());
            }
        }
        return Optional.empty();
    }

    /** Lets things go wrong for a while, and then puts everything right. */
    void trouble(Duration time) {
        long endNanos = world.nowNanos() + time.toNanos();
        while (world.nowNanos() < endNanos) {
            world.run(Duration.ofMillis(1 + random.nextInt(1_500)));
            SimulatedHost victim = nodes.get(random.nextInt(nodes.size())).host;
            switch (random.nextInt(7)) {
                case 0 -> victim.pause(Duration.ofMillis(random.nextInt(9_000)));
                case 1 -> victim.cut();
                case 2 -> victim.strand();
                case 3 -> victim.loseNextAnswer();
                case 4 -> victim.clockRate(0.96 + random.nextInt(80) / 1000.0);
                case 5 -> {
                    if (bound) {
                        victim.breakConnection();
                    } else {
                        victim.heal();
                    }
                }
                default -> victim.heal();
            }
        }
        nodes.forEach(node -> node.host.heal());
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder("map " + image.version());
        for (int s = 0; s < image.shards(); s++) {
            text.append("\n").append(s).append(' ').append(image.get(s));
        }
        for (Node node : nodes) {
            text.append("\n").append(node.name).append(" leads ").append(node.leading.keySet());
        }
        return text.append("\n").append(planning()).toString();
    }

    @Override
    public void close() {
        nodes.forEach(node -> node.coordinator.close());
        world.close();
    }
}
