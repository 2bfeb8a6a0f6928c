package org.quorate.cluster.shard;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;
import org.quorate.cluster.coordinator.CoordinationException;
import org.quorate.cluster.coordinator.Coordinator;
import org.quorate.cluster.fence.LeaderLease;
import org.quorate.cluster.fence.ShardId;
import org.quorate.cluster.map.Assignment;
import org.quorate.cluster.map.Decision;
import org.quorate.cluster.map.KeySpace;
import org.quorate.cluster.map.MapFollower;
import org.quorate.cluster.map.MapImage;
import org.quorate.cluster.map.MapPaths;
import org.quorate.cluster.map.Report;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One table in this process: follows its map and tells each shard here what is asked of it. */
final class LocalTable implements MapFollower.Listener, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LocalTable.class);

    /** Failures of one table that are reported with their causes; the others go without. */
    private static final int CAUSES_MAX = 16;

    private final String name;
    private final ShardNode node;
    private final NavigableMap<Integer, LocalShard> shards = new ConcurrentSkipListMap<>();
    private final MapFollower follower;
    // Guarded by this: up to which version the shards have been told everything.
    private long version;
    private volatile MapImage image = MapImage.empty(0);

    LocalTable(Coordinator coordinator, MapPaths paths, String name, ShardNode node) {
        this.name = name;
        this.node = node;
        this.follower = MapFollower.open(coordinator, paths, name, this);
    }

    @Override
    public void loaded(MapImage loaded) {
        int self = self();
        synchronized (this) {
            image = loaded;
            tellAll(self);
        }
        node.report(ShardNode.REPORT_SOON);
    }

    private void tellAll(int self) {
        MapImage known = image;
        for (int s = 0; s < known.shards(); s++) {
            if (known.get(s).holds(self) || shards.containsKey(s)) {
                tell(s, known.get(s), Handoff.NONE);
            }
        }
        version = known.version();
    }

    @Override
    public void decided(MapImage decided, Decision decision) {
        int self = self();
        boolean nothingToDo = false;
        synchronized (this) {
            image = decided;
            for (Decision.Change change : decision.changes()) {
                if (change.to().holds(self) || shards.containsKey(change.shard())) {
                    boolean mine = change.to().leader() == self;
                    Handoff left = mine ? new Handoff(change.handoff()) : Handoff.NONE;
                    Assignment now = decided.get(change.shard());
                    LocalShard shard = tell(change.shard(), now, left);
                    boolean asked = now.since(self) == decision.version();
                    nothingToDo |= asked && !shard.busy();
                }
            }
            version = decision.version();
        }
        if (decision.keys() != null) {
            wake(); // What was to be made from others may be made already.
        }
        for (Decision.Incarnation incarnation : decision.incarnations()) {
            if (incarnation.node() == self) {
                wake();
                nothingToDo = true;
            }
        }
        if (nothingToDo) {
            node.report(ShardNode.REPORT_SOON); // Whoever is busy reports when it is done.
        }
    }

    private int self() {
        try {
            return node.learnSelf();
        } catch (CoordinationException unreachable) {
            LOG.warn("own number not known yet table={}: {}", name, unreachable.getMessage());
        } catch (InterruptedException closing) {
            Thread.currentThread().interrupt();
        }
        return -1;
    }

    private LocalShard tell(int shard, Assignment assignment, Handoff left) {
        LocalShard local = shards.computeIfAbsent(shard, this::local);
        local.want(assignment, left);
        return local;
    }

    private LocalShard local(int shard) {
        return new LocalShard(
                new ShardId(name, shard), node.database(), node.host(), node.surroundings(this));
    }

    /** Looks at everything again: the own number has become known. */
    void look() {
        synchronized (this) {
            if (image.shards() > 0) {
                tellAll(node.self());
            }
        }
        wake();
    }

    void wake() {
        shards.values().forEach(LocalShard::wake);
    }

    /** What a shard is made from here; null if nothing, or not from local replicas. */
    LocalShard.@Nullable Derivation derivation(int shard) {
        MapImage known = image;
        List<Integer> origins = known.keys().origins(shard);
        if (origins.isEmpty()) {
            return null;
        }
        List<ReshapingHost.Origin> here = new ArrayList<>();
        boolean ready = true;
        for (int origin : origins) {
            LocalShard local = shards.get(origin);
            if (!known.get(origin).holds(node.self())) {
                return null; // It came later: copied from those that have it.
            }
            ready &= local != null && local.opened();
            here.add(
                    new ReshapingHost.Origin(new ShardId(name, origin), known.get(origin).epoch()));
        }
        return new LocalShard.Derivation(here, known.keys(), ready);
    }

    void opened(int shard) {
        for (KeySpace.Birth birth : image.keys().births()) {
            for (int made : birth.origins().contains(shard) ? birth.shards() : List.<Integer>of()) {
                LocalShard local = shards.get(made);
                if (local != null) {
                    local.wake();
                }
            }
        }
    }

    void beginAnew() {
        shards.values().forEach(LocalShard::beginAnew);
    }

    void revokeAll() {
        shards.values().forEach(LocalShard::revoke);
    }

    MapImage image() {
        return image;
    }

    String name() {
        return name;
    }

    /** Above which load its settings want a shard split, by dimension. */
    Map<String, Long> splitAbove() {
        return node.splitAbove(name);
    }

    /** Whether a shard is led here. */
    boolean leads(int shard) {
        LocalShard local = shards.get(shard);
        return local != null && local.lease().map(LeaderLease::valid).orElse(false);
    }

    NavigableMap<Integer, LocalShard> shards() {
        return shards;
    }

    /** Whether nothing is here and nothing is asked for. */
    boolean empty() {
        return shards.values().stream().allMatch(LocalShard::idle);
    }

    /** What the report says of this table. Forgets shards that are gone. */
    Report.OfTable said() {
        long upTo;
        synchronized (this) {
            upTo = version;
            shards.values().removeIf(LocalShard::idle);
        }
        // Read after the version: what is told later can only be reported as not done too early.
        NavigableMap<Integer, Report.Item> items = new TreeMap<>();
        int self = node.self();
        int causes = 0;
        for (Map.Entry<Integer, LocalShard> one : shards.entrySet()) {
            LocalShard shard = one.getValue();
            Report.Item item = shard.wanted().holds(self) ? shard.item().orElse(null) : null;
            if (item instanceof Report.Failed && ++causes > CAUSES_MAX) {
                item = new Report.Failed("");
            }
            if (item != null) {
                items.put(one.getKey(), item);
            }
        }
        return new Report.OfTable(upTo, items);
    }

    List<Opening> openings() {
        return shards.values().stream().flatMap(shard -> shard.opening().stream()).toList();
    }

    List<LocalShard> opened() {
        List<LocalShard> opened = new ArrayList<>();
        for (LocalShard shard : shards.values()) {
            if (shard.opened()) {
                opened.add(shard);
            }
        }
        return opened;
    }

    @Override
    public void close() {
        follower.close();
    }
}
