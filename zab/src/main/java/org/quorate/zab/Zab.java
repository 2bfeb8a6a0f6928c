package org.quorate.zab;

import org.jspecify.annotations.Nullable;
import org.quorate.protocol.peer.EnsembleConfig;
import org.quorate.protocol.peer.Notification;

/**
 * Election, discovery, synchronisation, broadcast and reconfiguration of one server (peer
 * protocol), as a function of its inputs: {@link #time}, votes, links and their bytes, {@link
 * #journaled}. Owned by the core thread. Effects go to {@link Journal} and {@link Peers}, what is
 * committed to the {@link StateMachine}.
 */
public final class Zab {
    private final Server server;
    private @Nullable Leading leading;

    /**
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
                        journal,
                        peers,
                        state);
    }

    // ---- inputs from the host

    /** Begins the first election, or leads at once when standalone. */
    public void start(long nowNanos) {
        server.nowNanos = nowNanos;
        if (server.options.standalone()) {
            leading = Leading.standalone(server);
        }
    }

    /** The time, never smaller than before: given at least every 10 ms and before other inputs. */
    public void time(long nowNanos) {
        server.nowNanos = nowNanos;
    }

    /** A vote came in from the election connection of {@code serverId}. */
    public void vote(long serverId, Notification vote) {
        notStandalone();
    }

    /** Everything marked up to {@code token} is on disk. */
    public void journaled(long token) {
        Marks marks = server.marks;
        while (marks.next(token)) {
            server.ledger.durable(marks.place());
            marks.then().run();
        }
        if (leading != null) {
            leading.journaled();
        }
    }

    /** A learner has connected to the quorum port. */
    public void learnerConnected(long link, String remoteAddress) {
        notStandalone();
    }

    /** A dial has succeeded. */
    public void linkOpened(long attempt, long link) {
        notStandalone();
    }

    public void dialFailed(long attempt, String why) {
        notStandalone();
    }

    /** Bytes came in on a link, in order; a packet may be split over calls. */
    public void received(long link, byte[] bytes, int from, int to) {
        notStandalone();
    }

    public void linkClosed(long link) {
        notStandalone();
    }

    /** Ends a turn: proposals of the turn are marked in the journal and sent. */
    public void endTurn() {
        server.ledger.mark();
        if (leading != null) {
            leading.endTurn();
        }
    }

    // ---- for the replica

    public Role role() {
        return server.role;
    }

    /** As leader: the zxid for the next proposal, drawn. */
    public long nextZxid() {
        return broadcast().nextZxid();
    }

    /** As leader: proposes a transaction under the zxid drawn last. */
    public void propose(long zxid, byte[] bytes, int from, int length) {
        broadcast().propose(zxid, bytes, from, length);
    }

    /** As learner: forwards a request, ids included. {@code packet} is a whole REQUEST packet. */
    public void forward(byte[] packet, int from, int length) {
        notStandalone();
    }

    /** As learner: asks the leader whether a session lives. */
    public void revalidate(long sessionId, int timeoutMillis) {
        notStandalone();
    }

    /** As leader: answers {@link StateMachine#revalidate}. */
    public void revalidated(long learner, long sessionId, boolean valid) {
        notStandalone();
    }

    /**
     * As leader: calls back {@link StateMachine#synced}, never during this call, once everything
     * proposed until now is committed and a quorum has confirmed, after this call, that this server
     * still leads. In order.
     */
    public void sync() {
        broadcast().sync();
    }

    /** As leader: the same for a learner, which is sent SYNC. */
    public void syncFor(long learner) {
        notStandalone();
    }

    /** Monotonic time of the last proof that a quorum follows the leader we follow or are. */
    public long lastContactNanos() {
        return server.nowNanos;
    }

    /** What it was made with. */
    public ZabOptions options() {
        return server.options;
    }

    public EnsembleConfig config() {
        return server.config;
    }

    /** The newest configuration proposed: {@link #config} itself unless a reconfig is under way. */
    public EnsembleConfig lastSeenConfig() {
        return server.lastSeen;
    }

    /** As leader: hands leadership to the most advanced follower, before a planned stop. */
    public void handOver() {
        notStandalone();
    }

    /** As leader: is there a connected, synchronised quorum of {@code next}? Before a reconfig. */
    public boolean hasSyncedQuorum(EnsembleConfig next) {
        notStandalone();
        return false;
    }

    private void notStandalone() {
        throw new IllegalStateException("an ensemble is not built yet: " + server.options);
    }

    private Broadcast broadcast() {
        if (leading == null) {
            throw new IllegalStateException("not leading but " + server.role);
        }
        return leading.broadcast();
    }
}
