package org.quorate.cluster.shard;

import java.time.Instant;
import java.util.List;
import org.quorate.cluster.fence.Epoch;
import org.quorate.cluster.map.Why;

/**
 * One decision about a shard. Immutable.
 *
 * @param version of the map after it
 * @param at when, on the clock of the planner that decided
 * @param why the reason
 * @param epoch of the leader from then on
 * @param leader its name; empty if nobody led
 * @param replicas names of all nodes that held a replica, with {@code +} if it was a copy under way
 *     and {@code -} if it was to go
 */
public record ShardEvent(
        long version, Instant at, Why why, Epoch epoch, String leader, List<String> replicas) {
    /** Copies the list. */
    public ShardEvent {
        replicas = List.copyOf(replicas);
    }

    @Override
    public String toString() {
        return String.format(
                "%s  version %d  epoch %d  %s  %s: %s",
                at,
                version,
                epoch.value(),
                leader.isEmpty() ? "nobody leads" : leader + " leads",
                String.join(" ", replicas),
                why.sentence());
    }
}
