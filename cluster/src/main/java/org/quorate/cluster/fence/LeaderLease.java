package org.quorate.cluster.fence;

/**
 * The right to act as owner, for a while. Kept in memory and checked on the write path: a few
 * volatile reads and one look at the monotonic clock. Safe for many threads.
 */
public interface LeaderLease {
    /** The epoch to send with every write. */
    Epoch epoch();

    /**
     * Whether the holder may act now. Once false it stays false: after a recovered contact the
     * owner is promoted anew, with a new lease for the same epoch.
     */
    boolean valid();

    /**
     * Runs {@code action} once when the lease is lost, or at once if it already is. It runs on the
     * toolkit's thread and must not block. It is a notice, not the protection: that is {@link
     * #valid()} and the {@link Fence}.
     */
    void onLost(Runnable action);
}
