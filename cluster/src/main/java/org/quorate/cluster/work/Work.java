package org.quorate.cluster.work;

import org.quorate.cluster.coordinator.Bytes;
import org.quorate.cluster.coordinator.CoordinationException;
import org.quorate.cluster.coordinator.Session;
import org.quorate.cluster.coordinator.Transaction;
import org.quorate.cluster.fence.Epoch;
import org.quorate.cluster.fence.HeldLease;
import org.quorate.cluster.fence.LeaderLease;

/** One item in the hands of this process. Safe for many threads. */
public final class Work {
    private final WorkQueue queue;
    private final Session session;
    private final String id;
    private final Bytes payload;
    private final int delivery;
    private final HeldLease lease;

    Work(
            WorkQueue queue,
            Session session,
            String id,
            Bytes payload,
            int delivery,
            HeldLease lease) {
        this.queue = queue;
        this.session = session;
        this.id = id;
        this.payload = payload;
        this.delivery = delivery;
        this.lease = lease;
    }

    /** The item's name in its queue. */
    public String id() {
        return id;
    }

    /** What was added. */
    public Bytes payload() {
        return payload;
    }

    /** How often the item has been handed out, this time included. */
    public int delivery() {
        return delivery;
    }

    /** The fencing token: higher with each delivery of this item. */
    public Epoch epoch() {
        return lease.epoch();
    }

    /** Ask it before acting; once it is lost, the item may be in other hands. */
    public LeaderLease lease() {
        return lease;
    }

    /**
     * Removes the item.
     *
     * @return false if it is no longer in our hands: whoever has it now will finish it
     */
    public boolean done() throws CoordinationException, InterruptedException {
        return queue.finish(this, inSession());
    }

    /**
     * Lets {@code transaction} happen together with the item's removal, or not at all: for results
     * that are kept in the coordination service. Its changes come first.
     *
     * @param transaction made by {@link #inSession}
     * @return false if the item is no longer in our hands, or a change was refused
     */
    public boolean doneWith(Transaction transaction)
            throws CoordinationException, InterruptedException {
        return queue.finish(this, transaction);
    }

    /** An empty transaction for {@link #doneWith}. */
    public Transaction inSession() {
        return Transaction.in(session);
    }

    /** Puts the item back, at its old place, for whoever is next. */
    public void giveBack() {
        lease.revoke();
    }

    Session session() {
        return session;
    }

    HeldLease held() {
        return lease;
    }

    @Override
    public String toString() {
        return "delivery " + delivery + " of " + id;
    }
}
