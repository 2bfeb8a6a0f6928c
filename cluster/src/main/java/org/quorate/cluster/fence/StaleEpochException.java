package org.quorate.cluster.fence;

/**
 * A write came with an epoch lower than one already seen: its sender has been succeeded and must
 * stop. The write was not done.
 */
public class StaleEpochException extends Exception {
    private static final long serialVersionUID = 1L;

    private final long offered;
    private final long highest;

    /**
     * A refusal of {@code offered} for {@code shard}, whose highest seen epoch is {@code highest}.
     */
    public StaleEpochException(ShardId shard, Epoch offered, Epoch highest) {
        super(
                "stale epoch "
                        + offered
                        + " for shard "
                        + shard
                        + ": "
                        + highest
                        + " has been seen; the write was refused");
        this.offered = offered.value();
        this.highest = highest.value();
    }

    /** The epoch that the refused write carried. */
    public Epoch offered() {
        return new Epoch(offered);
    }

    /** The highest epoch seen for that shard. */
    public Epoch highest() {
        return new Epoch(highest);
    }
}
