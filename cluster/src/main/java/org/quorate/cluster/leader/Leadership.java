package org.quorate.cluster.leader;

import org.quorate.cluster.coordinator.Paths;
import org.quorate.cluster.coordinator.Transaction;
import org.quorate.cluster.fence.Epoch;
import org.quorate.cluster.fence.HeldLease;
import org.quorate.cluster.fence.LeaderLease;

/** One reign of this process. Over when its lease is; never revived. Safe for many threads. */
public final class Leadership {
    private final String path;
    private final int guardVersion;
    private final HeldLease lease;

    Leadership(String path, int guardVersion, HeldLease lease) {
        this.path = path;
        this.guardVersion = guardVersion;
        this.lease = lease;
    }

    /** Higher than that of every leader before. Send it with whatever the leader writes. */
    public Epoch epoch() {
        return lease.epoch();
    }

    /** Ask it before acting. */
    public LeaderLease lease() {
        return lease;
    }

    /**
     * Lets {@code transaction} happen only while this leadership has no successor and has not been
     * given up: the fence for whatever the leader keeps in the coordination service itself.
     *
     * @return the same transaction
     */
    public Transaction guard(Transaction transaction) {
        return transaction
                .check(path, guardVersion)
                .check(Paths.join(path, Election.LEADER), Transaction.ANY_VERSION);
    }

    HeldLease held() {
        return lease;
    }

    @Override
    public String toString() {
        return "leadership " + epoch() + " of " + path;
    }
}
