package org.quorate.cluster.shard;

import java.util.List;
import org.quorate.cluster.fence.Epoch;
import org.quorate.cluster.fence.ShardId;

/**
 * Where a shard is, as far as a router knows. Immutable.
 *
 * @param shard which
 * @param leader who leads it; {@link NodeRef#NONE} while nobody does
 * @param followers who else has its data, in no order
 * @param epoch of the leader; send it with every request, so that a stale one is noticed
 * @param version of the map that made it so
 */
public record Route(
        ShardId shard, NodeRef leader, List<NodeRef> followers, Epoch epoch, long version) {
    /** Copies the list. */
    public Route {
        followers = List.copyOf(followers);
    }

    /** Whether somebody leads it. */
    public boolean led() {
        return !leader.id().isEmpty();
    }
}
