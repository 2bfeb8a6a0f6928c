package org.quorate.cluster.map;

import java.util.Arrays;
import java.util.List;

/**
 * One version of a table's map in memory. Immutable: what follows shares all that does not change.
 */
public final class MapImage {
    /** Shards in one base znode. */
    public static final int BUCKET_SIZE = 512;

    private final KeySpace keys;
    private final long version;
    private final Assignment[][] buckets; // a null bucket is all empty
    private final long[] incarnations; // by node; 0 if not there

    private MapImage(KeySpace keys, long version, Assignment[][] buckets, long[] incarnations) {
        this.keys = keys;
        this.version = version;
        this.buckets = buckets;
        this.incarnations = incarnations;
    }

    /** {@code shards} shards of hashed keys that nobody holds, at version 0. */
    public static MapImage empty(int shards) {
        return empty(KeySpace.hashed(shards));
    }

    /** Shards for {@code keys} that nobody holds, at version 0. */
    public static MapImage empty(KeySpace keys) {
        int shards = keys.shards();
        Assignment[][] buckets = new Assignment[buckets(shards)][];
        for (int b = 0; b < buckets.length; b++) {
            buckets[b] = new Assignment[Math.min(BUCKET_SIZE, shards - b * BUCKET_SIZE)];
            Arrays.fill(buckets[b], Assignment.EMPTY);
        }
        return new MapImage(keys, 0, buckets, new long[0]);
    }

    /** How many base znodes {@code shards} shards take. */
    public static int buckets(int shards) {
        return (shards + BUCKET_SIZE - 1) / BUCKET_SIZE;
    }

    /** Number of shards. */
    public int shards() {
        return keys.shards();
    }

    /** Which key belongs to which shard. */
    public KeySpace keys() {
        return keys;
    }

    /** Number of the last decision in it. */
    public long version() {
        return version;
    }

    /** Who holds a shard. */
    public Assignment get(int shard) {
        return buckets[shard / BUCKET_SIZE][shard % BUCKET_SIZE];
    }

    /** The incarnation in which the planner knows {@code node}; 0 if it is not there. */
    public long incarnation(int node) {
        return node < incarnations.length ? incarnations[node] : 0;
    }

    /** Number of nodes whose incarnation has ever been told. */
    public int nodes() {
        return incarnations.length;
    }

    /**
     * The next version.
     *
     * @throws IllegalStateException if {@code decision} is not the next one
     */
    public MapImage after(Decision decision) {
        if (decision.version() != version + 1) {
            throw new IllegalStateException(
                    "decision " + decision.version() + " after version " + version);
        }
        KeySpace nextKeys = decision.keys() == null ? keys : decision.keys();
        Assignment[][] next = grown(nextKeys.shards());
        int copied = -1;
        for (Decision.Change change : decision.changes()) {
            int b = change.shard() / BUCKET_SIZE;
            if (b != copied) {
                next[b] = next[b].clone();
                copied = b;
            }
            int i = change.shard() % BUCKET_SIZE;
            next[b][i] = change.to().after(next[b][i], decision.version());
        }
        return new MapImage(
                nextKeys, decision.version(), next, after(incarnations, decision.incarnations()));
    }

    /** The buckets, with room for {@code shards} shards. */
    private Assignment[][] grown(int shards) {
        Assignment[][] next = Arrays.copyOf(buckets, buckets(shards));
        for (int b = 0; b < next.length; b++) {
            int size = Math.min(BUCKET_SIZE, shards - b * BUCKET_SIZE);
            int filled = next[b] == null ? 0 : next[b].length;
            if (filled != size) {
                next[b] = filled == 0 ? new Assignment[size] : Arrays.copyOf(next[b], size);
                Arrays.fill(next[b], filled, size, Assignment.EMPTY);
            }
        }
        return next;
    }

    private static long[] after(long[] before, List<Decision.Incarnation> changes) {
        if (changes.isEmpty()) {
            return before;
        }
        int nodes = before.length;
        for (Decision.Incarnation change : changes) {
            nodes = Math.max(nodes, change.node() + 1);
        }
        long[] after = Arrays.copyOf(before, nodes);
        for (Decision.Incarnation change : changes) {
            after[change.node()] = change.number();
        }
        return after;
    }

    /** With one bucket as it was read. */
    MapImage withBucket(int b, Assignment[] bucket) {
        Assignment[][] next = buckets.clone();
        next[b] = bucket;
        return new MapImage(keys, version, next, incarnations);
    }

    /** As of {@code newVersion}, with the incarnations as they were read. */
    MapImage at(long newVersion, long[] read) {
        return new MapImage(keys, newVersion, buckets, read);
    }

    long[] incarnations() {
        return incarnations.clone();
    }
}
