package org.quorate.replica;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.quorate.protocol.acl.Id;
import org.quorate.protocol.client.ConnectRequest;
import org.quorate.protocol.jute.Slice;
import org.quorate.protocol.snapshot.SnapshotSource;
import org.quorate.tree.DataTree;
import org.quorate.tree.WatchTable;
import org.quorate.zab.StateMachine;
import org.quorate.zab.Zab;

/**
 * One server's mind: requests become transactions, transactions are agreed on and applied, replies
 * and events go out. A function of its inputs; owned by the core thread.
 *
 * <p>A host's turn: {@link #time}, then any number of inputs, then {@link #endTurn}. Everything
 * that changes the tree happens inside calls of Zab and inside {@link #endTurn}; the {@link Gate}
 * is closed around it.
 */
public final class Replica {
    /** The exclusive side of what lets readers in beside the core. Implemented by the host. */
    public interface Gate {
        /** Waits until no reader is in, and keeps them out. Not reentrant. */
        void close();

        void open();

        /** For hosts without other threads. */
        Gate NONE =
                new Gate() {
                    @Override
                    public void close() {}

                    @Override
                    public void open() {}
                };
    }

    /** Makes the consensus part once the replica is there to be its state machine. */
    public interface ZabFactory {
        Zab create(StateMachine state);
    }

    /** A turn that comes later than this after the last says that the server itself was stalled. */
    static final long STALL_NANOS = 500_000_000L;

    private final Standing standing;
    private final DataTree tree;
    private final Effects effects;
    private final Zab zab;
    private final Sessions sessions;
    private final Connections connections;
    private final Requests requests;
    private final Handshake handshake;
    private final Leader leader;
    private final Learner learner;
    private final Sweeper sweeper;
    private final Commits commits;
    private final Terms terms;
    private final Inspection inspection;
    private final long seed;

    private @Nullable SessionIds sessionIds;
    private boolean timeKnown;
    private long stallCount;

    /**
     * @param tree recovered, at the last logged transaction
     * @param seed for session ids and the hash of watched paths; the same seed gives the same run
     */
    public Replica(
            ReplicaOptions options,
            DataTree tree,
            ZabFactory zab,
            Effects effects,
            Gate gate,
            long seed) {
        this.tree = tree;
        this.effects = effects;
        this.seed = seed;
        this.standing = new Standing(options);
        WatchTable watches = new WatchTable(seed);
        Pending.Pool pool = new Pending.Pool();
        AccessRules rules = new AccessRules(options);
        this.sessions = new Sessions(standing, tree, pool);
        this.connections =
                new Connections(
                        standing,
                        effects,
                        watches,
                        pool,
                        sessions,
                        new Holdings(options, tree, sessions));
        this.leader = new Leader(standing, tree, sessions, rules, new AclFixer(options));
        this.learner = new Learner(standing, connections);
        Answers answers = new Answers(options, tree, watches, connections, effects::read);
        this.requests = new Requests(standing, connections, answers, leader, learner, pool);
        this.handshake =
                new Handshake(standing, tree, sessions, connections, requests, this::nextSessionId);
        Events events = new Events(tree, watches, rules, connections, effects);
        this.commits =
                new Commits(
                        tree, gate, events, sessions, connections, requests, handshake, effects);
        this.sweeper = new Sweeper(standing, tree, leader);
        this.terms =
                new Terms(
                        standing,
                        tree,
                        effects,
                        connections,
                        requests,
                        handshake,
                        leader,
                        learner,
                        sessions,
                        sweeper);
        this.inspection =
                new Inspection(
                        standing, tree, sessions, connections, watches, leader, terms, requests);
        this.zab =
                zab.create(
                        new Machine(
                                standing,
                                tree,
                                effects,
                                commits,
                                terms,
                                leader,
                                learner,
                                new Forwarded(standing, leader),
                                handshake,
                                requests));
        standing.zab(this.zab);
    }

    public Zab zab() {
        return zab;
    }

    /** Begins a turn. Both never go back (the host sees to it for the wall clock's use here). */
    public void time(long nowNanos, long wallMillis) {
        long gapNanos = nowNanos - standing.nowNanos;
        standing.nowNanos = nowNanos;
        leader.time(wallMillis);
        zab.time(nowNanos);
        if (!timeKnown) {
            timeKnown = true;
            sessionIds = new SessionIds(sessionServerId(), wallMillis, seed);
        } else if (gapNanos > STALL_NANOS) {
            stalled(gapNanos);
        }
        begin();
        terms.time();
    }

    /**
     * The server itself was at fault for a while, not its clients: no session expires for what it
     * could not say meanwhile. Called by the host for stalls that {@link #time} does not show.
     */
    public void stalled(long nanos) {
        stallCount++;
        sessions.heldBack(nanos);
        leader.heldBack(nanos);
        if (standing.isLeading() && sessions.size() > 0) {
            effects.notice(
                    Effects.Level.WARN,
                    "this server stood still for %d ms: its sessions get that time back"
                            .formatted(nanos / 1_000_000));
        }
    }

    /**
     * The log has no room for what was appended, or has some again. Meanwhile writes are refused
     * with QuotaExceeded. (The host of an ensemble's leader asks Zab to hand over as well.)
     */
    public void diskFull(boolean full) {
        standing.diskFull = full;
    }

    /** First election, or serving at once when standalone. */
    public void start() {
        zab.start(standing.nowNanos);
        begin();
    }

    /** A client has connected. Nothing is allocated for it elsewhere until its handshake. */
    public Connection open(long id, String address, List<Id> ids) {
        return connections.add(id, address, ids, requests.authentication().admits(ids));
    }

    /** The first frame. {@link Effects#established} or {@link Effects#close} answers. */
    public void connect(Connection connection, ConnectRequest request) {
        begin();
        connection.touch(standing.nowNanos);
        handshake.connect(connection, request);
    }

    /**
     * A frame behind the handshake: header and body, without the length. Exactly one {@link
     * Effects#reply}, or a {@link Effects#close}, answers each, in order; auth and SASL packets are
     * answered by {@link Effects#push} at once.
     */
    public void request(Connection connection, byte[] frame, int from, int to) {
        begin();
        requests.take(connection, frame, from, to);
    }

    /**
     * The host has evaluated the token of a SASL packet; the step is answered by {@link
     * Effects#reply}, or {@link Effects#close} follows. (A packet handed in by {@link #request} is
     * answered as by a server that has no SASL.)
     */
    public void sasl(Connection connection, int xid, SaslStep step) {
        begin();
        requests.sasl(connection, xid, step);
    }

    /**
     * The host has looked at an auth packet of a {@link Scheme} that is not ZooKeeper's: answered
     * by {@link Effects#reply}.
     *
     * @param proven empty if the client is refused: {@link Effects#close} follows
     */
    public void authenticated(Connection connection, int xid, List<Id> proven) {
        begin();
        requests.authenticated(connection, xid, proven);
    }

    /** The socket is gone. The session lives on. */
    public void closed(Connection connection) {
        commits.openGate();
        endSessionSoon(connection);
        // First: a role that is taken up has words for everybody who is still there.
        connections.forget(connection);
        terms.takeUp();
    }

    /** Whose session is bound to this connection. */
    private void endSessionSoon(Connection connection) {
        Session session = connection.session;
        int graceMillis = connection.reconnectGraceMillis();
        if (graceMillis == 0 || session == null || session.connection != connection) {
            return;
        }
        if (standing.isLeading()) {
            leader.disconnected(standing.options.serverId(), session.id, graceMillis);
        } else if (standing.isServing() && connection.mayBind()) {
            handshake.disconnected(session, graceMillis);
        }
    }

    /** Ends a turn: sessions expire, sweeps run, what was proposed goes to journal and peers. */
    public void endTurn() {
        begin();
        requests.list();
        for (Session expired = sessions.nextExpired();
                expired != null;
                expired = sessions.nextExpired()) {
            expire(expired);
        }
        if (standing.isLeading()) {
            leader.endDisconnected();
            leader.proceed();
            sweeper.sweep();
        } else if (standing.isServing()) {
            if (learner.takeAnswered()) {
                terms.time();
            }
            handshake.confirm(learner.takeLapsed());
        }
        zab.endTurn();
        begin();
    }

    /**
     * Before anything but Zab's own inputs: lets readers in again, and takes up a role that Zab has
     * told.
     */
    private void begin() {
        commits.openGate();
        terms.takeUp();
    }

    private void expire(Session expired) {
        if (standing.isLeading() && !(expired.local && !expired.upgrading)) {
            leader.expire(expired);
            return;
        }
        Connection connection = expired.connection;
        if (connection != null) {
            connections.end(connection);
        }
        sessions.remove(expired);
    }

    /** Is there something to do for which another turn should begin at once? */
    public boolean hasMore() {
        return requests.isListing();
    }

    /** For the host's snapshots. */
    public SnapshotSource freeze() {
        return tree.freeze();
    }

    /**
     * On a standalone server: takes another state. All connections end; a session that the state
     * knows gets a full timeout to come again.
     *
     * @param view read to its end, not closed
     */
    public void restore(SnapshotSource view) {
        begin();
        zab.restore(view);
        begin();
        terms.endAll();
    }

    /** A lone ZooKeeper server has no number, and takes 1 where a session id wants one. */
    private long sessionServerId() {
        return zab.options().standalone() ? 1 : standing.options.serverId();
    }

    /** How many requests are under way: handed in and not answered. */
    public int outstanding() {
        return connections.outstanding();
    }

    /** Applies a transaction during recovery, before {@link #start}. */
    public void replay(long zxid, Slice txn) {
        commits.replay(txn);
    }

    /** How often this server stood still so long that sessions were given time back. */
    public long stallCount() {
        return stallCount;
    }

    /** Answers what people ask. */
    public Inspection inspect() {
        return inspection;
    }

    private long nextSessionId() {
        SessionIds ids = sessionIds;
        if (ids == null) {
            throw new IllegalStateException("no time was told yet");
        }
        return ids.next(sessions::isTaken);
    }
}
