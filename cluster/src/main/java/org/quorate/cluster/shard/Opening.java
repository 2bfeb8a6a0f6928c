package org.quorate.cluster.shard;

import org.quorate.cluster.fence.ShardId;

/**
 * A replica that is being made on this node.
 *
 * @param shard which
 * @param done how much of it is there, as the database told last; 0 if it has told nothing
 * @param total how much it will be; 0 if that is not known
 */
public record Opening(ShardId shard, long done, long total) {}
