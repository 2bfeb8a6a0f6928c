package org.quorate.cluster.coordinator;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.zookeeper.KeeperException;
import org.quorate.cluster.fence.Epoch;
import org.quorate.cluster.fence.HeldLease;
import org.quorate.cluster.fence.LeaseTerm;
import org.quorate.cluster.fence.SessionContact;

/**
 * One session with the service, from its first proven contact to its end; never revived. Ephemeral
 * znodes and leases belong to it. Safe for many threads.
 *
 * <p>While any lease of it is held it proves its contact with a quorum at every third of the lease,
 * by a transaction that changes nothing. Without leases it costs nothing beyond the client's pings.
 */
public final class Session {
    private final Host host;
    private final long id;
    private final Duration timeout;
    private final SessionContact contact;
    // Guarded by this: who wants to hear of the end, the leases held, whether tend() is due.
    private final List<Runnable> endActions = new ArrayList<>();
    private final Set<HeldLease> leases = new LinkedHashSet<>();
    private boolean tended;
    private final AtomicBoolean proofUnderWay = new AtomicBoolean();
    private volatile boolean ended;

    Session(Host host, long id, Duration timeout, long provenNanos) {
        this.host = host;
        this.id = id;
        this.timeout = timeout;
        this.contact = new SessionContact(LeaseTerm.of(timeout), provenNanos);
    }

    /** The service's number for it. */
    public long id() {
        return id;
    }

    /** How long it survives without contact, as the service granted it. */
    public Duration timeout() {
        return timeout;
    }

    /** False once this process knows that it is over. True proves nothing: see {@link #lease}. */
    public boolean live() {
        return !ended;
    }

    /** How long its leases hold from now without another proof; 0 or less when they do not. */
    public long remainingNanos() {
        return contact.remainingNanos(host.nanoTime());
    }

    /** Runs {@code action} once when this session ends, or at once if it has. Must not block. */
    public void onEnd(Runnable action) {
        synchronized (this) {
            if (!ended) {
                endActions.add(action);
                return;
            }
        }
        action.run();
    }

    /**
     * A lease that holds while this session's contact is fresh, proven anew if it is half gone.
     * Give it up with {@link HeldLease#revoke}.
     *
     * <p>The caller says by calling that {@code epoch} belongs to this session: an ephemeral znode
     * of it stands for the ownership.
     *
     * @throws CoordinationException if contact cannot be proven now
     */
    public HeldLease lease(Epoch epoch) throws CoordinationException, InterruptedException {
        if (!contact.isFresh(host.nanoTime())) {
            try {
                prove();
            } catch (KeeperException failed) {
                throw new CoordinationException(
                        CoordinationException.Fate.DID_NOT_HAPPEN,
                        "no contact to base a lease on: " + failed.getMessage(),
                        failed);
            }
        }
        HeldLease lease = new HeldLease(epoch, contact, host::nanoTime);
        boolean start;
        synchronized (this) {
            if (ended) {
                throw new SessionEndedException(CoordinationException.Fate.DID_NOT_HAPPEN, id);
            }
            leases.add(lease);
            start = !tended;
            tended = true;
        }
        lease.onLost(() -> forget(lease));
        if (start) {
            host.schedule(term().renewalNanos(), this::tend);
        }
        return lease;
    }

    /** A transaction sent at {@code sentNanos} in this session has been committed. */
    void proven(long sentNanos) {
        contact.proven(sentNanos);
    }

    /** Its server has answered what was sent then. */
    void answered(long sentNanos) {
        contact.answered(sentNanos);
    }

    /** From now on it may end so long after its connection; 0: no longer. */
    void bind(Duration grace) {
        contact.bind(grace.toNanos());
    }

    /** Ends it: leases first, then whoever asked to be told. */
    void end() {
        List<Runnable> due;
        synchronized (this) {
            if (ended) {
                return;
            }
            ended = true;
            contact.end();
            due = List.copyOf(endActions);
            endActions.clear();
        }
        revokeAll();
        due.forEach(Runnable::run);
    }

    /**
     * Asks a quorum for a sign of life, without effect: the check of the root is committed like any
     * other transaction, even when it fails.
     */
    void prove() throws KeeperException, InterruptedException {
        long sentNanos = host.nanoTime();
        prove(host.link(), id);
        proven(sentNanos);
    }

    static void prove(Link link, long id) throws KeeperException, InterruptedException {
        try {
            link.multi(id, List.of(new Change.Check("/", Transaction.ANY_VERSION)));
        } catch (KeeperException.NoAuthException refused) {
            // An answer all the same, and a committed one.
        }
    }

    private LeaseTerm term() {
        return contact.term();
    }

    private synchronized void forget(HeldLease lease) {
        leases.remove(lease);
    }

    private void revokeAll() {
        List<HeldLease> held;
        synchronized (this) {
            held = List.copyOf(leases);
        }
        held.forEach(HeldLease::revoke);
    }

    /**
     * The leases know it by themselves; their holders may not. Each is asked: one that somebody has
     * seen end stays over, even if a late proof has come since.
     */
    private void revokeOver() {
        List<HeldLease> held;
        synchronized (this) {
            held = List.copyOf(leases);
        }
        for (HeldLease lease : held) {
            if (!lease.valid()) {
                lease.revoke();
            }
        }
    }

    private synchronized boolean stillNeeded() {
        tended = !ended && !leases.isEmpty();
        return tended;
    }

    /** Renews the contact, and tells the holders in time when that fails for too long. */
    private void tend() {
        if (!stillNeeded()) {
            return;
        }
        long remaining = remainingNanos();
        revokeOver();
        if (contact.isProofDue(host.nanoTime()) && proofUnderWay.compareAndSet(false, true)) {
            host.execute(this::proveOnce);
        }
        long renewal = term().renewalNanos();
        host.schedule(remaining > 0 ? Math.min(remaining, renewal) : renewal, this::tend);
    }

    private void proveOnce() {
        try {
            prove();
        } catch (KeeperException failed) {
            // No proof this time; the lease runs out by itself if none follows.
        } catch (InterruptedException closing) {
            Thread.currentThread().interrupt();
        } finally {
            proofUnderWay.set(false);
        }
    }

    @Override
    public String toString() {
        return "session 0x" + Long.toHexString(id);
    }
}
