package org.quorate.cluster.fence;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicLong;

/** {@link Fence#inMemory()}. One entry per shard seen; the number of shards bounds its size. */
final class InMemoryFence implements Fence {
    private final ConcurrentMap<ShardId, AtomicLong> highest = new ConcurrentHashMap<>();

    @Override
    public void check(ShardId shard, Epoch epoch) throws StaleEpochException {
        long before =
                highest.computeIfAbsent(shard, unseen -> new AtomicLong())
                        .getAndAccumulate(epoch.value(), Math::max);
        if (epoch.value() < before) {
            throw new StaleEpochException(shard, epoch, new Epoch(before));
        }
    }

    @Override
    public Epoch highest(ShardId shard) {
        AtomicLong seen = highest.get(shard);
        return seen == null ? Epoch.NONE : new Epoch(seen.get());
    }
}
