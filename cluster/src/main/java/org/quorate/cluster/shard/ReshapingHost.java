package org.quorate.cluster.shard;

import java.util.List;
import java.util.Optional;
import org.quorate.cluster.coordinator.Bytes;
import org.quorate.cluster.fence.Epoch;
import org.quorate.cluster.fence.ShardId;
import org.quorate.cluster.map.KeySpace;

/** A database whose shards can be split and merged while it runs. */
public interface ReshapingHost extends ShardHost {
    /**
     * A shard that others are made from. Nobody leads it any more.
     *
     * @param shard which
     * @param epoch above every epoch under which it was led
     */
    record Origin(ShardId shard, Epoch epoch) {}

    /**
     * Makes a local replica out of local replicas of other shards, instead of {@link #open}. Those
     * stay until every replica of the new shard is made, and are only read. The storage of each is
     * fenced with its {@link Origin#epoch} first: what a leader of it still sends then is refused
     * everywhere.
     *
     * <p>May come again, after a failure or a restart, and then begins anew or takes up what is
     * there. The replica is brought in line with the others as after any loss of a leader: when one
     * of them is promoted.
     *
     * @param shard the new shard
     * @param epoch of the new shard
     * @param origins what it is made from: one shard that is split, or two that are merged
     * @param keys tells which keys belong to it
     * @throws Exception if that cannot be done now
     */
    void derive(ShardId shard, Epoch epoch, List<Origin> origins, KeySpace keys) throws Exception;

    /**
     * Where to cut a shard that has weighed too much for about half a minute: its load is above
     * {@link Table#splitAbove}. Asked of its leader, again and again while that lasts, and only
     * where the table's settings have such a limit.
     *
     * <p>A database that sees one key make all the load answers with nothing: that shard is no
     * lighter in two. {@link SplitAdvice#middle} is a good answer for hashed keys that are used
     * evenly.
     *
     * @return the first key of the second half, or eight bytes of a hash where keys are hashed;
     *     empty to leave it whole
     * @throws Exception if that cannot be said now; it is asked again
     */
    default Optional<Bytes> split(ShardId shard, SplitAdvice advice) throws Exception {
        return Optional.empty();
    }
}
