package org.quorate.cluster.permit;

import org.quorate.cluster.coordinator.Transaction;
import org.quorate.cluster.fence.Epoch;
import org.quorate.cluster.fence.HeldLease;
import org.quorate.cluster.fence.LeaderLease;

/**
 * A grant that is held until it is closed or its lease is lost. Safe for many threads.
 *
 * <p>Check the lease before acting, and send the epoch along to storage that others write too: the
 * epochs of the grants of one queue rise in the order in which they were granted.
 */
public final class Permit implements AutoCloseable {
    private final String path;
    private final HeldLease lease;

    Permit(String path, HeldLease lease) {
        this.path = path;
        this.lease = lease;
    }

    /** The fencing token. */
    public Epoch epoch() {
        return lease.epoch();
    }

    /** Ask it before acting. */
    public LeaderLease lease() {
        return lease;
    }

    /**
     * Lets {@code transaction} happen only while this grant's claim stands.
     *
     * @return the same transaction
     */
    public Transaction guard(Transaction transaction) {
        return transaction.check(path, Transaction.ANY_VERSION);
    }

    /** Gives it back. The lease is over at once; the next in the queue follows soon. */
    @Override
    public void close() {
        lease.revoke();
    }

    HeldLease held() {
        return lease;
    }

    @Override
    public String toString() {
        return "permit " + epoch() + " at " + path;
    }
}
