package org.quorate.cluster.fence;

/**
 * Guards shared storage that the toolkit cannot see: remembers the highest epoch seen per shard and
 * refuses lower ones. A durable fence stores that epoch with the data, in the same atomic write;
 * {@link #inMemory} suits a store that lives as long as its process.
 *
 * <p>Safe for many threads.
 */
public interface Fence {
    /**
     * Lets the write pass if no higher epoch than {@code epoch} has been seen for {@code shard},
     * and remembers it.
     *
     * @throws StaleEpochException if a higher epoch has been seen; the write must not be done
     */
    void check(ShardId shard, Epoch epoch) throws StaleEpochException;

    /** The highest epoch seen for {@code shard}; {@link Epoch#NONE} if none. */
    Epoch highest(ShardId shard);

    /** A fence that forgets everything when the process ends. */
    static Fence inMemory() {
        return new InMemoryFence();
    }
}
