package org.quorate.cluster.leader;

import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.quorate.cluster.coordinator.Coordinator;
import org.quorate.cluster.coordinator.Mirror;

/**
 * Who leads an election, for those who do not stand in it. It lags behind by moments: what a leader
 * sends is judged by its epoch, not by this view. Safe for many threads.
 */
public final class LeaderView implements AutoCloseable {
    private final Coordinator coordinator;
    private final String path;
    private final Consumer<Optional<Leader>> listener;
    private final Mirror mirror;
    private volatile @Nullable Leader leader;

    private LeaderView(Coordinator coordinator, String path, Consumer<Optional<Leader>> listener) {
        this.coordinator = coordinator;
        this.path = path;
        this.listener = listener;
        this.mirror =
                Mirror.open(coordinator, path, 1, (now, all) -> update(new Election(path, now)));
    }

    /**
     * Follows the election at {@code path}.
     *
     * @param listener gets each change, on a thread of the toolkit; empty while nobody leads
     */
    public static LeaderView watch(
            Coordinator coordinator, String path, Consumer<Optional<Leader>> listener) {
        return new LeaderView(coordinator, path, listener);
    }

    /** Who led when last heard of. */
    public Optional<Leader> leader() {
        return Optional.ofNullable(leader);
    }

    /**
     * Waits until somebody leads.
     *
     * @return who, or empty if nobody does in time
     */
    public Optional<Leader> await(Duration atMost) throws InterruptedException {
        coordinator.host().await(() -> leader != null, atMost.toNanos());
        return leader();
    }

    /** Ends following. */
    @Override
    public void close() {
        mirror.close();
    }

    private void update(Election election) {
        Leader now = election.leader().orElse(null);
        Leader before = leader;
        if (now == null ? before == null : now.equals(before)) {
            return;
        }
        leader = now;
        coordinator.host().signal();
        listener.accept(Optional.ofNullable(now));
    }

    @Override
    public String toString() {
        return "view of " + path;
    }
}
