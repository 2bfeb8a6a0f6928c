package org.quorate.cluster.permit;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.quorate.cluster.coordinator.Bell;
import org.quorate.cluster.coordinator.Bytes;
import org.quorate.cluster.coordinator.CoordinationException;
import org.quorate.cluster.coordinator.Coordinator;
import org.quorate.cluster.coordinator.Outcome;
import org.quorate.cluster.coordinator.Paths;
import org.quorate.cluster.coordinator.Session;
import org.quorate.cluster.coordinator.SessionEndedException;
import org.quorate.cluster.coordinator.Sweeper;
import org.quorate.cluster.coordinator.Transaction;
import org.quorate.cluster.coordinator.Znode;
import org.quorate.cluster.coordinator.Znodes;
import org.quorate.cluster.fence.Epoch;

/**
 * This process's claims in one queue: stands in line, finds out when a rule lets it hold, and takes
 * away what it no longer needs. Safe for many threads; each waiting claim has its caller's thread.
 */
final class ClaimQueue implements AutoCloseable {
    /** What a queue needs to know of its owner. */
    interface Owner {
        /** The rule as it stands now; may ask the service. */
        Rule rule() throws CoordinationException, InterruptedException;

        /** Creates the queue's znode, which was found missing. */
        void create() throws CoordinationException, InterruptedException;
    }

    private final Coordinator coordinator;
    private final Znodes znodes;
    private final String path;
    private final Owner owner;
    private final Bell bell;
    private final Sweeper sweeper;
    private final AtomicLong rings = new AtomicLong();
    private final Map<String, Permit> held = new ConcurrentHashMap<>();

    ClaimQueue(Coordinator coordinator, String path, Owner owner) {
        this.coordinator = coordinator;
        this.znodes = coordinator.znodes();
        this.path = Paths.check(path);
        this.owner = owner;
        this.sweeper = Sweeper.start(coordinator, "claims at " + path);
        this.bell = Bell.at(coordinator, path, this::rang);
    }

    /**
     * Stands in line until the claim holds.
     *
     * @return the grant, or empty if it does not hold in time; it stands in line no longer then
     */
    Optional<Permit> acquire(Claim.Kind kind, int weight, Duration atMost)
            throws CoordinationException, InterruptedException {
        long deadlineNanos = coordinator.host().nanoTime() + atMost.toNanos();
        while (true) {
            Session session = coordinator.session();
            try {
                Optional<String> claim = stand(session, kind, weight);
                if (claim.isPresent()) {
                    return await(session, claim.get(), deadlineNanos);
                }
            } catch (SessionEndedException ended) {
                // The claim went with it: stand again, at the end of the line.
            }
            if (coordinator.host().nanoTime() - deadlineNanos > 0) {
                return Optional.empty();
            }
        }
    }

    /** Puts a claim into the queue; empty if the queue had to be made first. */
    private Optional<String> stand(Session session, Claim.Kind kind, int weight)
            throws CoordinationException, InterruptedException {
        String prefix = Paths.join(path, Claim.prefix(kind, weight, coordinator.nonce()));
        Outcome outcome =
                znodes.commit(
                        Transaction.in(session).createEphemeralSequential(prefix, Bytes.NONE));
        if (outcome instanceof Outcome.Done done) {
            return Optional.of(done.written().get(0).path());
        }
        owner.create();
        return Optional.empty();
    }

    private Optional<Permit> await(Session session, String claim, long deadlineNanos)
            throws CoordinationException, InterruptedException {
        boolean granted = false;
        try {
            while (true) {
                long seen = rings.get();
                if (holds(session, claim)) {
                    Permit permit = grant(session, claim);
                    granted = true;
                    return Optional.of(permit);
                }
                long leftNanos = deadlineNanos - coordinator.host().nanoTime();
                boolean rang =
                        coordinator
                                .host()
                                .await(() -> rings.get() != seen || !session.live(), leftNanos);
                if (!rang) {
                    return Optional.empty();
                }
            }
        } finally {
            if (!granted) {
                discard(session, claim);
            }
        }
    }

    /** Asks the service, not a copy: what it lists contains every claim made before ours. */
    private boolean holds(Session session, String claim)
            throws CoordinationException, InterruptedException {
        List<Claim> queue = Claim.inOrder(znodes.children(path).orElse(List.of()));
        String name = claim.substring(claim.lastIndexOf('/') + 1);
        int place = Claim.names(queue).toList().indexOf(name);
        if (place < 0) {
            // Gone by hand, or with the session: either way this claim is no more.
            throw new SessionEndedException(
                    CoordinationException.Fate.DID_NOT_HAPPEN, session.id());
        }
        return place < owner.rule().granted(queue);
    }

    private Permit grant(Session session, String claim)
            throws CoordinationException, InterruptedException {
        Optional<Znode> znode = znodes.read(claim);
        if (znode.isEmpty() || znode.get().ownerSession() != session.id()) {
            throw new SessionEndedException(
                    CoordinationException.Fate.DID_NOT_HAPPEN, session.id());
        }
        Permit permit = new Permit(claim, session.lease(new Epoch(znode.get().createdZxid())));
        held.put(claim, permit);
        permit.lease().onLost(() -> discard(session, claim));
        return permit;
    }

    /** Whatever is left of the claim will be taken away; until then it only holds others up. */
    private void discard(Session session, String claim) {
        held.remove(claim);
        sweeper.discard(session, claim);
    }

    private void rang(Optional<String> changed) {
        changed.filter(held::containsKey)
                .ifPresent(claim -> coordinator.host().execute(() -> verify(claim)));
        rings.incrementAndGet();
        coordinator.host().signal();
    }

    /** Something happened to a claim that we hold and did not touch: was it deleted by hand? */
    private void verify(String claim) {
        Permit permit = held.get(claim);
        try {
            if (permit != null && znodes.read(claim).isEmpty()) {
                permit.held().revoke();
            }
        } catch (CoordinationException unreachable) {
            // The lease runs out by itself.
        } catch (InterruptedException closing) {
            Thread.currentThread().interrupt();
        }
    }

    /** Gives back all grants and claims. */
    @Override
    public void close() {
        List.copyOf(held.values()).forEach(permit -> permit.held().revoke());
        bell.close();
        sweeper.close();
    }
}
