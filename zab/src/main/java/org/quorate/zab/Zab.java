package org.quorate.zab;

import org.jspecify.annotations.Nullable;
import org.quorate.protocol.peer.EnsembleConfig;
import org.quorate.protocol.peer.Notification;
import org.quorate.protocol.snapshot.SnapshotSource;

/**
 * Election, discovery, synchronisation, broadcast and reconfiguration of one server (peer
 * protocol), as a function of its inputs: {@link #time}, votes, links and their bytes, {@link
 * #journaled}. Owned by the core thread. Effects go to {@link Journal} and {@link Peers}, what is
 * committed to the {@link StateMachine}.
 */
public final class Zab {
    private final Server server;

    /**
     * Begins with what a recovery found. The state machine has applied all that is on disk.
     *
     * @param config the committed configuration at start
     * @param acceptedEpoch as on disk
     * @param currentEpoch as on disk
     * @param lastLoggedZxid the last transaction on disk; the state machine has applied it
     * @param mayVote false if this server's empty disk is suspicious (disk formats §8)
     * @param seed for what chance decides: waiting times of observers
     */
    public Zab(
            ZabOptions options,
            EnsembleConfig config,
            long acceptedEpoch,
            long currentEpoch,
            long lastLoggedZxid,
            boolean mayVote,
            long seed,
            Journal journal,
            Peers peers,
            StateMachine state) {
        this.server =
                new Server(
                        options,
                        config,
                        acceptedEpoch,
                        currentEpoch,
                        lastLoggedZxid,
                        mayVote,
                        seed,
                        journal,
                        peers,
                        state);
    }

    /**
     * Before {@link #start}: a configuration that was proposed before and is not known to be
     * committed ({@code .dynamic.next}).
     */
    public void proposedConfig(EnsembleConfig next) {
        server.propose(next);
    }

    /**
     * Before {@link #start}: the epoch that this server had accepted is lost. Whoever had its
     * promise may count on it, so it keeps out of everything until any leader or candidate of
     * before has either a quorum without it, or nothing: for {@code initLimit} and {@code
     * syncLimit}.
     */
    public void promisesLost() {
        server.promisesLost = true;
    }

    // ---- inputs from the host

    /** Begins the first election, or leads at once when standalone. */
    public void start(long nowNanos) {
        server.nowNanos = nowNanos;
        if (server.options.standalone()) {
            server.enter(Leading.standalone(server));
        } else {
            server.showConfigs();
            server.become(Role.LOOKING);
            if (server.promisesLost) {
                long quietNanos = server.initLimitNanos() + server.syncLimitNanos();
                server.state.warn(
                        "keeps out of elections for %d s: the epoch that it had promised is lost"
                                .formatted(quietNanos / (1000 * Server.NANOS_PER_MILLI)));
                server.enter(Looking.quiet(server, quietNanos));
            } else {
                server.look(-1);
            }
        }
    }

    /** The time, never smaller than before: given at least every 10 ms and before other inputs. */
    public void time(long nowNanos) {
        server.nowNanos = nowNanos;
        if (server.isStarted()) {
            server.standing().time();
        }
    }

    /** A vote came in from the election connection of {@code serverId}. */
    public void vote(long serverId, Notification vote) {
        server.elections.receive(serverId, vote);
    }

    /** Everything marked up to {@code token} is on disk. */
    public void journaled(long token) {
        Marks marks = server.marks;
        while (marks.next(token)) {
            server.ledger.durable(marks.place());
            marks.then().run();
        }
        server.standing().journaled();
    }

    /** A learner has connected to the quorum port. */
    public void learnerConnected(long link, String remoteAddress) {
        server.standing().learnerConnected(link, remoteAddress);
    }

    /** A dial has succeeded. */
    public void linkOpened(long attempt, long link) {
        server.standing().linkOpened(attempt, link);
    }

    /** A dial has failed. */
    public void dialFailed(long attempt, String why) {
        server.standing().dialFailed(attempt, why);
    }

    /** Bytes came in on a link, in order; a packet may be split over calls. */
    public void received(long link, byte[] bytes, int from, int to) {
        server.standing().received(link, bytes, from, to);
    }

    /** The other side has closed a link, or it broke. */
    public void linkClosed(long link) {
        server.standing().linkClosed(link);
    }

    /** Ends a turn: proposals of the turn are marked in the journal, all packets are sent. */
    public void endTurn() {
        server.ledger.mark();
        server.standing().endTurn();
    }

    // ---- for the replica

    /** What this server is now; the same that {@link StateMachine#role} was told last. */
    public Role role() {
        return server.role;
    }

    /** As leader: the zxid for the next proposal, drawn. */
    public long nextZxid() {
        return leading().broadcast().nextZxid();
    }

    /** As leader: proposes a transaction under the zxid drawn last. */
    public void propose(long zxid, byte[] bytes, int from, int length) {
        leading().propose(zxid, bytes, from, length);
    }

    /**
     * As learner: forwards a request, ids included. Nothing happens if there is no leader now.
     *
     * @param packet is a whole REQUEST packet
     */
    public void forward(byte[] packet, int from, int length) {
        Following following = following();
        if (following != null) {
            following.forward(packet, from, length);
        }
    }

    /**
     * Asks the leader, be it this server, whether a session lives that comes back; {@link
     * StateMachine#revalidated} is called in order, by a leader of Quorate once everything proposed
     * until now is committed, which may be during this call. Nothing happens if there is no leader
     * now.
     *
     * @param timeoutMillis negative if the session has lost the connection that it is bound to
     * @param stays whether its connection is believed to be here still, so that it has not come
     *     back: then it is not taken from another server
     */
    public void revalidate(long sessionId, int timeoutMillis, boolean stays) {
        Following following = following();
        if (following != null) {
            following.revalidate(sessionId, timeoutMillis, stays);
        } else if (server.standing() instanceof Leading leading) {
            leading.revalidate(sessionId, timeoutMillis);
        }
    }

    /**
     * Can whoever decides about sessions do this, by {@link
     * org.quorate.protocol.peer.Capabilities}? An observer that learns from a follower does not
     * know.
     */
    public boolean deciderCan(long capability) {
        return switch (server.standing()) {
            case Leading leading -> (server.options.extras() & capability) == capability;
            case Learning learning -> learning.leaderCan(capability);
            case Looking looking -> false;
        };
    }

    /**
     * As leader: answers {@link StateMachine#revalidate}.
     *
     * @param back whether the session comes back: then the answer waits until everything proposed
     *     until now is committed
     */
    public void revalidated(long learner, long sessionId, boolean valid, boolean back) {
        if (server.standing() instanceof Leading leading) {
            leading.revalidated(learner, sessionId, valid, back);
        }
    }

    /**
     * As leader: calls back {@link StateMachine#synced}, never during this call, once everything
     * proposed until now is committed and a quorum has confirmed, after this call, that this server
     * still leads. In order.
     */
    public void sync() {
        leading().broadcast().sync();
    }

    /** As leader: the same for a learner, which is sent SYNC. */
    public void syncFor(long learner) {
        leading().syncFor(learner);
    }

    /**
     * Monotonic time of the last proof that a quorum follows the leader we follow or are; 0 if
     * there was none.
     */
    public long lastContactNanos() {
        return server.lastContactNanos();
    }

    /** What has happened so far. */
    public Tally tally() {
        return server.tally;
    }

    /** What this server knows as the leader of an ensemble; null if it is none. */
    public @Nullable Leadership leadership() {
        return server.standing() instanceof Leading leading ? leading.leadership() : null;
    }

    /** What it was made with. */
    public ZabOptions options() {
        return server.options;
    }

    /** The committed configuration. */
    public EnsembleConfig config() {
        return server.config();
    }

    /** The newest configuration proposed: {@link #config} itself unless a reconfig is under way. */
    public EnsembleConfig lastSeenConfig() {
        return server.lastSeen();
    }

    /**
     * As leader: hands leadership to the most advanced follower, before a planned stop. It leads on
     * until that one is ready, no longer than a tick; where it cannot be made ready beforehand it
     * stops at once. Then the role is LOOKING, so nothing more is proposed; what was proposed is
     * committed first. Nothing happens on a server that does not lead.
     */
    public void handOver() {
        if (server.standing() instanceof Leading leading) {
            leading.handOver();
        }
    }

    /** The same without waiting for anybody: this server cannot lead any more. */
    public void handOverAtOnce() {
        if (server.standing() instanceof Leading leading) {
            leading.handOverAtOnce();
        }
    }

    /** Has this server begun to hand leadership over, and not left for the next leader yet? */
    public boolean isHandingOver() {
        return server.standing() instanceof Leading leading && leading.isHandingOver();
    }

    /**
     * On a standalone server: puts another state in the place of this one, on disk too, and leads
     * on from there. What is proposed and not committed goes with the old state. Zxids do not go
     * back: a client that has seen one comes to no server that is behind it. The state machine sees
     * the role LOOKING meanwhile.
     *
     * @param view read to its end, not closed
     */
    public void restore(SnapshotSource view) {
        if (!server.options.standalone()) {
            throw new IllegalStateException("a server of an ensemble has its state from a leader");
        }
        long zxid = Math.max(view.lastZxid(), server.ledger.lastZxid() + 1);
        server.become(Role.LOOKING);
        view.copyTo(server.state.install(zxid));
        server.journal.snapshot(server.state.freeze());
        server.ledger.installed(zxid);
        server.enter(Leading.standalone(server));
    }

    /** As leader: is there a connected, synchronised quorum of {@code next}? Before a reconfig. */
    public boolean hasSyncedQuorum(EnsembleConfig next) {
        return server.standing() instanceof Leading leading && leading.hasSyncedQuorum(next);
    }

    /** Observers that have all that this server can give them; 0 if it serves none. */
    public int syncedObservers() {
        return switch (server.standing()) {
            case Leading leading -> leading.syncedObservers();
            case Learning learning -> learning.syncedObservers();
            case Looking looking -> 0;
        };
    }

    /** Whom this server learns from: the leader, or a follower that serves it; −1 if nobody. */
    public long learnerMaster() {
        return server.standing() instanceof Learning learning ? learning.learnerMaster() : -1;
    }

    /** What this server does as a learner in service; null if it is none. */
    private @Nullable Following following() {
        return server.standing() instanceof Learning learning ? learning.service() : null;
    }

    private Leading leading() {
        if (server.standing() instanceof Leading leading && leading.isServing()) {
            return leading;
        }
        throw new IllegalStateException("not leading but " + server.role);
    }
}
