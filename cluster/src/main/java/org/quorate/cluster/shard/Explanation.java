package org.quorate.cluster.shard;

import java.util.List;
import org.quorate.cluster.fence.ShardId;

/**
 * Why a shard is where it is. Immutable.
 *
 * @param shard which
 * @param now how it is, in one line
 * @param wanted what the plan says of each of its replicas and its leader, one sentence each
 * @param binding what stands against it being as it should be; empty if it is
 * @param history decisions about it that are still in the log, the oldest first
 */
public record Explanation(
        ShardId shard,
        String now,
        List<String> wanted,
        List<String> binding,
        List<ShardEvent> history) {
    /** Copies the lists. */
    public Explanation {
        wanted = List.copyOf(wanted);
        binding = List.copyOf(binding);
        history = List.copyOf(history);
    }
}
