package org.quorate.cluster.fence;

/** What a replica is to its shard. */
public enum Role {
    /** Accepts writes, under a lease. At most one per shard. */
    LEADER,
    /** Has the data and counts as a copy. */
    FOLLOWER,
    /** Is copying the data and does not count yet. */
    LEARNER
}
