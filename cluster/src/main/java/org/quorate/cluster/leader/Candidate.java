package org.quorate.cluster.leader;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.quorate.cluster.coordinator.Bytes;
import org.quorate.cluster.coordinator.CoordinationException;
import org.quorate.cluster.coordinator.Coordinator;
import org.quorate.cluster.coordinator.Mirror;
import org.quorate.cluster.coordinator.Outcome;
import org.quorate.cluster.coordinator.Outcome.Reason;
import org.quorate.cluster.coordinator.Paths;
import org.quorate.cluster.coordinator.Reconciler;
import org.quorate.cluster.coordinator.Session;
import org.quorate.cluster.coordinator.Step;
import org.quorate.cluster.coordinator.Transaction;
import org.quorate.cluster.coordinator.Znode;
import org.quorate.cluster.coordinator.Znodes;
import org.quorate.cluster.fence.Epoch;
import org.quorate.cluster.fence.HeldLease;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This process's standing in an election. It stands until closed, across sessions, and leads
 * whenever it is its turn. Safe for many threads.
 *
 * <pre>{@code
 * Candidate candidate = Candidate.enter(coordinator, "/orders-db/controller", "node-17",
 *         new LeaderListener() {
 *             public void elected(Leadership l) { planner.start(l.epoch(), l.lease()); }
 *             public void ended(Leadership l) { planner.stop(); }
 *         });
 * }</pre>
 *
 * <p>A reign whose lease was lost is over even if the session survives: the place is given up and
 * the next reign, of whoever, has a higher epoch.
 */
public final class Candidate implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Candidate.class);

    /** How long the place may stay vacant before others take the turn of the one named. */
    public static final Duration TURN_MOST = Duration.ofSeconds(2);

    /** How long a planned hand-over waits for {@link LeaderListener#ended}. */
    public static final Duration DEMOTION_MOST = Duration.ofSeconds(10);

    private static final Step.Next SOON = Step.Next.after(Duration.ofMillis(100));

    private final Coordinator coordinator;
    private final Znodes znodes;
    private final String path;
    private final String id;
    private final LeaderListener listener;
    private final Mirror mirror;
    private final Reconciler reconciler;
    private final Reconciler teller;
    // Written under this, together with the look of tell().
    private volatile @Nullable Leadership leadership;
    private volatile @Nullable String handOverTo;
    private volatile boolean closed;
    // Only the teller's step writes it: the reign that the listener believes in.
    private volatile @Nullable Leadership told;
    // The epoch of our last reign: not to be taken up again. Only the reconciler's step and
    // close().
    private volatile Epoch lastEnded = Epoch.NONE;
    // Only the reconciler's step: since when the place is vacant, 0 if it is not.
    private long vacantSinceNanos;

    private Candidate(Coordinator coordinator, String path, String id, LeaderListener listener) {
        this.coordinator = coordinator;
        this.znodes = coordinator.znodes();
        this.path = Paths.check(path);
        this.id = Paths.checkName(id);
        this.listener = listener;
        this.reconciler = coordinator.reconciler("candidate " + id + " at " + path, this::step);
        this.teller = coordinator.reconciler("teller of " + id + " at " + path, this::tell);
        this.mirror = Mirror.open(coordinator, path, 1, (now, all) -> reconciler.wake());
    }

    /** Stands in the election at {@code path} under the name {@code id}. Returns at once. */
    public static Candidate enter(
            Coordinator coordinator, String path, String id, LeaderListener listener) {
        Candidate candidate = new Candidate(coordinator, path, id, listener);
        candidate.teller.start();
        candidate.reconciler.start();
        return candidate;
    }

    /** Its name. */
    public String id() {
        return id;
    }

    /** The present reign, if this process leads and its lease holds. */
    public Optional<Leadership> leadership() {
        Leadership now = leadership;
        return now != null && now.lease().valid() ? Optional.of(now) : Optional.empty();
    }

    /**
     * Waits until this process leads.
     *
     * @return its reign, or empty if it does not lead in time
     */
    public Optional<Leadership> awaitLeadership(Duration atMost) throws InterruptedException {
        coordinator.host().await(() -> leadership().isPresent(), atMost.toNanos());
        return leadership();
    }

    /** Gives the leadership, if it has it, to the candidate that has stood longest beside it. */
    public void handOver() {
        handOver("");
    }

    /**
     * Gives the leadership, if it has it, to {@code successor}: the lease ends now, {@link
     * LeaderListener#ended} runs, then the successor is let in. If that one does not stand, the
     * longest standing one is.
     */
    public void handOver(String successor) {
        handOverTo = successor;
        Leadership now = leadership;
        if (now != null) {
            now.held().revoke();
        }
        reconciler.wake();
    }

    /**
     * Stands no longer; gives the leadership up first. Called from its own listener it waits for
     * {@link #DEMOTION_MOST} in vain.
     */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        reconciler.close();
        mirror.close();
        try {
            end();
            withdraw();
        } catch (CoordinationException unreachable) {
            LOG.warn("withdrawn without notice: {}", unreachable.getMessage());
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        teller.close();
    }

    private Step.Next step() throws CoordinationException, InterruptedException {
        Session session = coordinator.session();
        Election election = new Election(path, mirror.now());
        if (election.root().isEmpty()) {
            znodes.ensure(path);
            return SOON;
        }
        Optional<Znode> leader = election.leaderZnode();
        boolean mine = leader.isPresent() && leader.get().ownerSession() == session.id();
        Leadership reign = leadership;
        if (reign != null) {
            return reigning(session, election, reign, mine);
        }
        handOverTo = null;
        if (election.candidate(id).map(Znode::ownerSession).orElse(0L) != session.id()) {
            return enrol(session, election);
        }
        if (mine) {
            return adopt(session);
        }
        if (leader.isPresent()) {
            vacantSinceNanos = 0;
            return Step.Next.WHEN_WOKEN;
        }
        return vacant(session, election);
    }

    /** Goes on leading, or ends it: it was lost, or taken away by hand, or is handed over. */
    private Step.Next reigning(Session session, Election election, Leadership reign, boolean mine)
            throws CoordinationException, InterruptedException {
        boolean sure =
                mine && reign.epoch().equals(election.leader().map(Leader::epoch).orElse(null));
        boolean wanted = handOverTo == null && reign.lease().valid();
        if (wanted && (sure || !deletedByHand(session, reign))) {
            return Step.Next.WHEN_WOKEN;
        }
        end();
        String wish = handOverTo;
        handOverTo = null;
        resign(session, reign.epoch(), wish == null ? "" : wish);
        return SOON;
    }

    /** The copy may lag behind our own election; only the service can tell. */
    private boolean deletedByHand(Session session, Leadership reign)
            throws CoordinationException, InterruptedException {
        Optional<Znode> there = znodes.read(Election.leaderPath(path));
        return there.isEmpty()
                || there.get().ownerSession() != session.id()
                || there.get().createdZxid() != reign.epoch().value();
    }

    private Step.Next enrol(Session session, Election election)
            throws CoordinationException, InterruptedException {
        if (election.candidate(id).isPresent()) {
            LOG.debug("waiting for the name candidate={}", id);
            return SOON;
        }
        znodes.commit(
                Transaction.in(session)
                        .createEphemeral(Election.candidatePath(path, id), Bytes.NONE));
        return SOON;
    }

    private Step.Next vacant(Session session, Election election)
            throws CoordinationException, InterruptedException {
        long now = coordinator.host().nanoTime();
        if (vacantSinceNanos == 0) {
            vacantSinceNanos = now;
        }
        long patienceNanos = vacantSinceNanos + TURN_MOST.toNanos() - now;
        if (!election.isTurnOf(id) && patienceNanos > 0) {
            return new Step.Next(patienceNanos);
        }
        Znode root = election.root().orElseThrow();
        Outcome outcome =
                znodes.commit(
                        Transaction.in(session)
                                .createEphemeral(Election.leaderPath(path), Election.self(id))
                                .put(path, Election.holder(id), root.version()));
        if (outcome instanceof Outcome.Done done
                && done.written().get(1).zxid() != Outcome.Written.UNKNOWN) {
            Outcome.Written put = done.written().get(1);
            reign(session, new Epoch(put.zxid()), root.version() + 1);
            return Step.Next.WHEN_WOKEN;
        }
        // Somebody was faster, or the answer was lost: the copy will show.
        return SOON;
    }

    /**
     * The leader's znode seems to be ours without a reign: the answer to its creation was lost, or
     * the copy has not seen yet that we gave it up.
     */
    private Step.Next adopt(Session session) throws CoordinationException, InterruptedException {
        Election election = freshElection();
        Znode root = election.root().orElse(null);
        Znode leader = election.leaderZnode().orElse(null);
        if (root == null || leader == null || leader.ownerSession() != session.id()) {
            return SOON;
        }
        boolean alreadyEnded = leader.createdZxid() <= lastEnded.value();
        if (alreadyEnded || root.modifiedZxid() != leader.createdZxid()) {
            resign(session, new Epoch(leader.createdZxid()), "");
            return SOON;
        }
        reign(session, new Epoch(leader.createdZxid()), root.version());
        return Step.Next.WHEN_WOKEN;
    }

    private void reign(Session session, Epoch epoch, int guardVersion)
            throws CoordinationException, InterruptedException {
        HeldLease lease = session.lease(epoch);
        synchronized (this) {
            leadership = new Leadership(path, guardVersion, lease);
        }
        vacantSinceNanos = 0;
        LOG.info("leads candidate={} epoch={} at {}", id, epoch, path);
        lease.onLost(reconciler::wake);
        coordinator.host().signal();
        teller.wake();
    }

    /** Ends the present reign on this side and lets the listener finish. */
    private void end() throws InterruptedException {
        Leadership reign = leadership;
        if (reign == null) {
            return;
        }
        reign.held().revoke();
        synchronized (this) {
            leadership = null;
        }
        lastEnded = reign.epoch();
        LOG.info("leads no more candidate={} epoch={} at {}", id, reign.epoch(), path);
        teller.wake();
        if (!coordinator.host().await(() -> told == null, DEMOTION_MOST.toNanos())) {
            LOG.warn("a listener did not finish in time candidate={} at {}", id, path);
        }
    }

    private void resign(Session session, Epoch epoch, String wish)
            throws CoordinationException, InterruptedException {
        Election election = freshElection();
        Optional<Znode> there = election.leaderZnode();
        if (election.root().isEmpty()
                || there.isEmpty()
                || there.get().ownerSession() != session.id()
                || there.get().createdZxid() != epoch.value()) {
            return;
        }
        boolean stands = !wish.isEmpty() && election.candidate(wish).isPresent();
        String next = stands ? wish : election.successorOf(id).orElse(id);
        // The version keeps a repeated attempt from deleting the successor's znode.
        znodes.commit(
                Transaction.in(session)
                        .delete(Election.leaderPath(path), Transaction.ANY_VERSION)
                        .put(path, Election.next(next), election.root().get().version()));
    }

    /** Read from the service now, because the copy lags behind what we and others have done. */
    private Election freshElection() throws CoordinationException, InterruptedException {
        znodes.sync(path);
        List<String> paths = new ArrayList<>(List.of(path));
        for (String name : znodes.children(path).orElse(List.of())) {
            paths.add(Paths.join(path, name));
        }
        NavigableMap<String, Znode> fresh = new TreeMap<>();
        for (Optional<Znode> one : znodes.readAll(paths)) {
            one.ifPresent(znode -> fresh.put(znode.path(), znode));
        }
        return new Election(path, fresh);
    }

    private void withdraw() throws CoordinationException, InterruptedException {
        Session session = coordinator.currentSession().orElse(null);
        if (session == null) {
            return;
        }
        Optional<Znode> leader = znodes.read(Election.leaderPath(path));
        if (leader.isPresent() && leader.get().ownerSession() == session.id()) {
            resign(session, new Epoch(leader.get().createdZxid()), "");
        }
        Optional<Znode> mine = znodes.read(Election.candidatePath(path, id));
        if (mine.isPresent() && mine.get().ownerSession() == session.id()) {
            Outcome outcome =
                    znodes.commit(
                            Transaction.in(session)
                                    .delete(
                                            Election.candidatePath(path, id),
                                            Transaction.ANY_VERSION));
            if (!outcome.done() && !outcome.refusedFor(Reason.MISSING)) {
                LOG.warn("could not withdraw candidate={}: {}", id, outcome);
            }
        }
    }

    /** Brings the listener from the reign it knows to the one there is. */
    private Step.Next tell() {
        Leadership known = told;
        if (known != null && known != leadership) {
            guarded(() -> listener.ended(known));
            told = null;
            coordinator.host().signal();
        }
        Leadership fresh = null;
        synchronized (this) {
            // In one piece: end() must find a reign either told or never to be told.
            Leadership now = leadership;
            if (told == null && now != null && now.lease().valid()) {
                fresh = now;
                told = now;
            }
        }
        if (fresh != null) {
            Leadership reign = fresh;
            guarded(() -> listener.elected(reign));
        }
        boolean more = told != null && told != leadership;
        return more ? Step.Next.after(Duration.ZERO) : Step.Next.WHEN_WOKEN;
    }

    private void guarded(Runnable call) {
        try {
            call.run();
        } catch (RuntimeException failed) {
            LOG.error("a leader's listener failed candidate={} at {}", id, path, failed);
        }
    }
}
