package org.quorate.cluster.fence;

import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * The lease that the toolkit hands out: valid while its session's contact is fresh and nobody
 * revoked it.
 */
public final class HeldLease implements LeaderLease {
    private final Epoch epoch;
    private final SessionContact contact;
    private final LongSupplier nanoClock;
    private volatile boolean lost;
    // Guarded by this: the actions that wait for the loss.
    private final List<Runnable> actions = new ArrayList<>();
    private boolean announced;

    /**
     * A lease for {@code epoch} that ends with {@code contact}, judged on {@code nanoClock}
     * (monotonic).
     */
    public HeldLease(Epoch epoch, SessionContact contact, LongSupplier nanoClock) {
        this.epoch = epoch;
        this.contact = contact;
        this.nanoClock = nanoClock;
    }

    @Override
    public Epoch epoch() {
        return epoch;
    }

    @Override
    public boolean valid() {
        if (lost) {
            return false;
        }
        if (contact.holdsAt(nanoClock.getAsLong())) {
            return true;
        }
        lost = true; // A late proof must not revive what somebody has already seen end.
        return false;
    }

    /** How much of the lease is left, for the margin metric; 0 or less when it is over. */
    public long remainingNanos() {
        return lost ? 0 : contact.remainingNanos(nanoClock.getAsLong());
    }

    /** Ends the lease now and runs the waiting actions on the caller's thread. */
    public void revoke() {
        lost = true;
        List<Runnable> due;
        synchronized (this) {
            announced = true;
            due = List.copyOf(actions);
            actions.clear();
        }
        due.forEach(Runnable::run);
    }

    @Override
    public void onLost(Runnable action) {
        synchronized (this) {
            if (!announced) {
                actions.add(action);
                return;
            }
        }
        action.run();
    }
}
