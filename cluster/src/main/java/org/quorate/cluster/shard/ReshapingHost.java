package org.quorate.cluster.shard;

import java.util.List;
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
}
