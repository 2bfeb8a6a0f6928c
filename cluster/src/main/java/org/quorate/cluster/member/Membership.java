package org.quorate.cluster.member;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import org.quorate.cluster.coordinator.Bytes;
import org.quorate.cluster.coordinator.CoordinationException;
import org.quorate.cluster.coordinator.Coordinator;
import org.quorate.cluster.coordinator.Mirror;
import org.quorate.cluster.coordinator.Outcome;
import org.quorate.cluster.coordinator.Paths;
import org.quorate.cluster.coordinator.Reconciler;
import org.quorate.cluster.coordinator.Session;
import org.quorate.cluster.coordinator.Step;
import org.quorate.cluster.coordinator.Transaction;
import org.quorate.cluster.coordinator.Znode;
import org.quorate.cluster.coordinator.Znodes;
import org.quorate.cluster.json.Json;
import org.quorate.cluster.json.MalformedJsonException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This process's place among the members. It joins as soon as it can, joins again as a new
 * incarnation when its session has ended, and leaves with notice when closed. Safe for many
 * threads.
 *
 * <pre>{@code
 * try (Membership me = Membership.join(coordinator, "/orders-db", "node-17",
 *         Profile.at("10.0.0.17:7000").zone("eu-1a").capacity("disk", 4_000))) {
 *     me.awaitJoined(Duration.ofSeconds(10));
 *     …
 *     me.drain(true);   // gives everything away first
 * }
 * }</pre>
 *
 * <p>If the name is taken, by an earlier incarnation whose session has not ended yet or by another
 * process by mistake, it waits until the name is free and says so in the log.
 */
public final class Membership implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Membership.class);
    private static final Step.Next LOOK_AGAIN = Step.Next.after(Duration.ofMillis(500));

    private final Coordinator coordinator;
    private final Znodes znodes;
    private final Layout layout;
    private final String id;
    private final Reconciler reconciler;
    private final Mirror self;
    // Guarded by this: what should be published.
    private Profile profile;
    private boolean draining;
    private History beforeJoin = History.NONE;
    private volatile boolean closed;
    private volatile Bytes there = Bytes.NONE; // What the service had when last looked at.
    private volatile long incarnation;
    private volatile long joinedSession;

    private Membership(Coordinator coordinator, String root, String id, Profile profile) {
        this.coordinator = coordinator;
        this.znodes = coordinator.znodes();
        this.layout = new Layout(root);
        this.id = Paths.checkName(id);
        this.profile = checked(profile);
        this.reconciler = coordinator.reconciler("membership of " + id, this::step);
        this.self =
                Mirror.open(coordinator, layout.live(id), 0, (now, changes) -> reconciler.wake());
    }

    /**
     * Joins under {@code root} as {@code id}. Returns at once.
     *
     * @throws IllegalArgumentException if the name or the profile cannot be used
     */
    public static Membership join(
            Coordinator coordinator, String root, String id, Profile profile) {
        Membership membership = new Membership(coordinator, root, id, profile);
        membership.reconciler.start();
        return membership;
    }

    /** Its name. */
    public String id() {
        return id;
    }

    /** The incarnation it has joined as; empty while it has not, or its session has ended. */
    public OptionalLong incarnation() {
        boolean current = coordinator.currentSession().map(Session::id).orElse(0L) == joinedSession;
        return current && incarnation != 0 ? OptionalLong.of(incarnation) : OptionalLong.empty();
    }

    /**
     * Waits until it has joined.
     *
     * @return whether it has
     */
    public boolean awaitJoined(Duration atMost) throws InterruptedException {
        return coordinator.host().await(() -> incarnation().isPresent(), atMost.toNanos());
    }

    /** Publishes another profile, soon. */
    public void update(Profile changed) {
        synchronized (this) {
            profile = checked(changed);
        }
        reconciler.wake();
    }

    /** Publishes, soon, whether this member wants to be relieved of everything. */
    public void drain(boolean wanted) {
        synchronized (this) {
            draining = wanted;
        }
        reconciler.wake();
    }

    /**
     * Waits until the service has what was said last by {@link #update} and {@link #drain}.
     *
     * @return whether it has
     */
    public boolean awaitPublished(Duration atMost) throws InterruptedException {
        return coordinator.host().await(() -> published().equals(there), atMost.toNanos());
    }

    /**
     * Leaves with notice. If the service cannot be reached it leaves without, and the session's end
     * will look like a loss.
     */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        self.close();
        reconciler.close();
        try {
            leave();
        } catch (CoordinationException unreachable) {
            LOG.warn("left without notice member={}: {}", id, unreachable.getMessage());
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        incarnation = 0;
    }

    private Step.Next step() throws CoordinationException, InterruptedException {
        Session session = coordinator.session();
        Optional<Znode> live = znodes.read(layout.live(id));
        if (live.isEmpty()) {
            return enter(session);
        }
        if (live.get().ownerSession() != session.id()) {
            LOG.info(
                    "waiting for the name member={} session=0x{}",
                    id,
                    Long.toHexString(live.get().ownerSession()));
            return LOOK_AGAIN;
        }
        Bytes wanted = published();
        if (!live.get().data().equals(wanted)) {
            Transaction put =
                    Transaction.in(session).put(layout.live(id), wanted, live.get().version());
            if (!znodes.commit(put).done()) {
                return LOOK_AGAIN;
            }
        }
        there = wanted;
        joined(live.get());
        coordinator.host().signal();
        return Step.Next.WHEN_WOKEN;
    }

    private Step.Next enter(Session session) throws CoordinationException, InterruptedException {
        Optional<Znode> past = znodes.read(layout.history(id));
        History before = historyOf(past);
        synchronized (this) {
            beforeJoin = before;
        }
        Bytes history = Bytes.utf8(before.onJoin(Json.Obj.EMPTY).toString());
        Transaction join = Transaction.in(session);
        join.createEphemeral(layout.live(id), published());
        if (past.isPresent()) {
            join.put(layout.history(id), history, past.get().version());
        } else {
            join.create(layout.history(id), history);
        }
        Outcome outcome = znodes.commit(join);
        if (outcome.refusedFor(Outcome.Reason.MISSING)) {
            znodes.ensure(layout.live());
            znodes.ensure(layout.histories());
            znodes.ensure(layout.drains());
        }
        // Seen in the next step: joined, or another way to try.
        return Step.Next.after(Duration.ZERO);
    }

    private void joined(Znode live) {
        if (incarnation != live.createdZxid()) {
            joinedSession = live.ownerSession();
            incarnation = live.createdZxid();
            LOG.info("joined member={} incarnation={}", id, incarnation);
            coordinator.host().signal();
        }
    }

    private void leave() throws CoordinationException, InterruptedException {
        Optional<Session> session = coordinator.currentSession();
        Optional<Znode> live = znodes.read(layout.live(id));
        if (session.isEmpty()
                || live.isEmpty()
                || live.get().ownerSession() != session.get().id()) {
            return;
        }
        Optional<Znode> past = znodes.read(layout.history(id));
        History history = historyOf(past);
        Transaction leave = Transaction.in(session.get());
        leave.delete(layout.live(id), Transaction.ANY_VERSION);
        if (past.isPresent()) {
            if (history.lossMillis().isEmpty()) {
                leave.delete(layout.history(id), past.get().version());
            } else {
                leave.put(layout.history(id), history.onLeave(), past.get().version());
            }
        }
        znodes.commit(leave);
        LOG.info("left member={}", id);
    }

    private History historyOf(Optional<Znode> past) {
        if (past.isEmpty()) {
            return History.NONE;
        }
        try {
            return History.read(past.get());
        } catch (MalformedJsonException unreadable) {
            LOG.warn("history begins anew member={}: {}", id, unreadable.getMessage());
            return History.NONE;
        }
    }

    private synchronized Bytes published() {
        Json.Obj json = beforeJoin.onJoin(profile.toJson());
        return Bytes.utf8((draining ? json.with("draining", Json.of(true)) : json).toString());
    }

    private static Profile checked(Profile profile) {
        int bytes = Bytes.utf8(profile.toJson().toString()).size();
        if (bytes > Profile.BYTES_MAX) {
            throw new IllegalArgumentException(
                    "a profile of " + bytes + " bytes; at most " + Profile.BYTES_MAX);
        }
        return profile;
    }
}
