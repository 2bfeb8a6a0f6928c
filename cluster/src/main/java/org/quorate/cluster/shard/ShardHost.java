package org.quorate.cluster.shard;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.quorate.cluster.fence.Epoch;
import org.quorate.cluster.fence.LeaderLease;
import org.quorate.cluster.fence.ShardId;

/**
 * What a database implements, one object per process. Calls for one shard never overlap; calls for
 * different shards run in parallel, at most as many as the node was given. They run on the
 * toolkit's threads and may block. Every call may come again with the same arguments, after a
 * failure or a lost connection, and must then do no harm.
 *
 * <p>A database without leaders implements {@link #open} and {@link #close} only.
 *
 * <p>A call that throws is tried again after a pause, and after three attempts reported as failed
 * with its cause; the shard is then placed elsewhere. A promotion that hangs for 30 seconds counts
 * as failed, a demotion that hangs for {@link #demotionMost} as done; the lease is revoked before
 * that is told. An opening that makes no progress for {@link #openingMost} counts as failed as
 * well: the shard is placed elsewhere, and the planner's alerts name the node. Calls that hang keep
 * no others from being made.
 */
public interface ShardHost {
    /** How long an opening may take unless the database says otherwise. */
    Duration OPENING_MOST = Duration.ofMinutes(30);

    /**
     * Makes a local replica, or takes up the one that is there.
     *
     * @param epoch of the shard's present leader
     * @param sources nodes that have the data, the leader first; empty if the shard is new
     * @throws Exception if the replica cannot be made now
     */
    void open(ShardId shard, Epoch epoch, List<NodeRef> sources) throws Exception;

    /**
     * {@link #open}, for databases whose copies take long: called in its place, and calls it unless
     * it is implemented.
     *
     * @param progress to be told now and then how far the copy has come; as long as that rises the
     *     opening may take longer than {@link #openingMost}
     * @throws Exception if the replica cannot be made now
     */
    default void open(ShardId shard, Epoch epoch, List<NodeRef> sources, Progress progress)
            throws Exception {
        open(shard, epoch, sources);
    }

    /**
     * Starts accepting writes. Fences the storage with {@code lease.epoch()} before it returns.
     *
     * @param lease to be asked before each write
     * @param handoff what the leader before left, in a planned hand-over
     * @throws Exception if this node cannot lead the shard
     */
    default void promote(ShardId shard, LeaderLease lease, Handoff handoff) throws Exception {}

    /**
     * Stops accepting writes and finishes those that run. In a planned hand-over the lease still
     * holds during this call; otherwise it is over already.
     *
     * @return what helps the next leader to start
     * @throws Exception if it cannot stop in order; the lease is revoked all the same
     */
    default Handoff demote(ShardId shard, Epoch epoch) throws Exception {
        return Handoff.NONE;
    }

    /**
     * Finishes what still runs on the local replica, which is to be closed: it does not lead any
     * more, but may be read. Until it returns, or {@code until} has come, it is not closed.
     *
     * @param until when others stop waiting for it, by this process's clock
     * @throws Exception if it cannot be finished in order; the replica is closed all the same
     */
    default void drain(ShardId shard, Epoch epoch, Instant until) throws Exception {}

    /**
     * Ends the local replica.
     *
     * @param deleteData whether the shard lives elsewhere now and the data may go
     * @throws Exception if it cannot be ended now
     */
    void close(ShardId shard, boolean deleteData) throws Exception;

    /**
     * What the local replica weighs, by dimension. Called about every ten seconds; cheap.
     *
     * @return at least 0 each; a dimension that is not named counts as unknown
     */
    default Map<String, Long> load(ShardId shard) {
        return Map.of();
    }

    /**
     * How long {@link #open}, with the copy in it, may take before the replica is placed elsewhere.
     */
    default Duration openingMost() {
        return OPENING_MOST;
    }

    /** How long {@link #drain} may take. */
    default Duration drainMost() {
        return Duration.ofSeconds(10);
    }

    /** How long {@link #demote} and what runs in it may take before the lease is revoked. */
    default Duration demotionMost() {
        return Duration.ofSeconds(10);
    }
}
