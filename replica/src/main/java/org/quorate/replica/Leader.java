package org.quorate.replica;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import org.quorate.protocol.ErrorCode;
import org.quorate.protocol.OpCode;
import org.quorate.protocol.client.CreateRequest;
import org.quorate.protocol.client.CreateSessionRequest;
import org.quorate.protocol.client.EmptyRequest;
import org.quorate.protocol.client.MultiRequest;
import org.quorate.protocol.client.ReconfigRequest;
import org.quorate.protocol.client.Request;
import org.quorate.protocol.jute.Slice;
import org.quorate.tree.DataTree;

/**
 * What this server does while it leads: checks who asks, has transactions made and proposed, ends
 * sessions. Owned by the core thread.
 */
final class Leader {
    private static final long NANOS_PER_MILLI = 1_000_000L;

    private final Standing standing;
    private final DataTree tree;
    private final Sessions sessions;
    private final Changes changes;
    private final Quotas quotas;
    private final Proposer proposer;
    private final SessionCloser closer;
    private final Reconfiguration reconfiguration;
    private final Disconnections disconnections = new Disconnections();
    private final Author own = new Author();
    private final EnumMap<ExpiryCause, Long> expiredByCause = new EnumMap<>(ExpiryCause.class);
    private long expiredCount;

    Leader(Standing standing, DataTree tree, Sessions sessions, AccessRules rules, AclFixer fixer) {
        ReplicaOptions options = standing.options;
        this.standing = standing;
        this.tree = tree;
        this.sessions = sessions;
        this.changes = new Changes(tree);
        this.quotas = new Quotas(options.enforceQuota(), tree);
        Preparer preparer = new Preparer(options, tree, changes, rules, fixer, quotas);
        this.proposer = new Proposer(options.frameBytesMax(), tree, changes, quotas, preparer);
        this.closer = new SessionCloser(options.frameBytesMax(), changes, preparer, proposer);
        this.reconfiguration = new Reconfiguration(standing, preparer, proposer);
    }

    /** The wall clock that transactions are stamped with. */
    void time(long wallMillis) {
        proposer.time(wallMillis);
    }

    long wallMillis() {
        return proposer.timeMillis();
    }

    long expiredCount() {
        return expiredCount;
    }

    long expiredCount(ExpiryCause cause) {
        return expiredByCause.getOrDefault(cause, 0L);
    }

    /** A term begins. Everything the ensemble agreed on before is applied. */
    void begin() {
        changes.clear();
        quotas.clear();
        closer.clear();
        sessions.lead();
        endUnknownOwners();
    }

    /** The term is over. */
    void end() {
        changes.clear();
        quotas.clear();
        closer.clear();
        disconnections.clear();
        sessions.stopLeading();
    }

    /** A transaction is applied: it is outstanding no longer. */
    void applied(long zxid) {
        changes.applied(zxid);
        quotas.applied(zxid);
    }

    /** Does the digest foretold agree with the tree's, now that nothing is outstanding? */
    boolean digestAgrees() {
        return !changes.isEmpty() || !tree.keepsDigest() || changes.digest() == tree.digest();
    }

    /**
     * Proposes exactly one transaction for a request that was decoded in full; for the end of a
     * large session it comes later.
     *
     * @return its zxid; 0 if it comes later
     */
    long submit(Author author, Request request) {
        int err = checkSession(author, request);
        if (err != ErrorCode.OK) {
            return refuse(author, err);
        }
        return switch (request) {
            case CreateSessionRequest create -> createSession(author, create);
            case EmptyRequest close when close.type == OpCode.CLOSE_SESSION -> close(author);
            case ReconfigRequest reconfig -> reconfiguration.propose(author, reconfig);
            default -> proposer.propose(standing.zab(), author, request);
        };
    }

    /** Proposes that a request failed. */
    long refuse(Author author, int err) {
        return proposer.refuse(standing.zab(), author, err);
    }

    /**
     * Proposes the deletion of a container or TTL node that the sweep found, if it still may go.
     */
    void sweep(Slice path) {
        proposer.sweep(standing.zab(), own.set(0, 0, self(), List.of()), path);
    }

    /** Ends a session that was silent for too long. */
    void expire(Session expired) {
        expire(expired, causeOf(expired));
    }

    private void expire(Session expired, ExpiryCause cause) {
        if (!expired.closing) {
            expiredCount++;
            expiredByCause.merge(cause, 1L, Long::sum);
            close(own.set(expired.id, 0, self(), List.of()));
        }
    }

    private ExpiryCause causeOf(Session silent) {
        if (silent.connection != null) {
            return ExpiryCause.SILENT;
        }
        if (silent.owner == Session.UNOWNED) {
            return ExpiryCause.UNUSED;
        }
        return silent.owner == self() ? ExpiryCause.LOST : ExpiryCause.ELSEWHERE;
    }

    /**
     * A session has lost the connection that it is bound to. It may have another one by now: then
     * it belongs to that server.
     *
     * @param server that had the connection
     * @return whether the session lives
     */
    boolean disconnected(long server, long sessionId, int graceMillis) {
        Session session = sessions.find(sessionId);
        if (session == null || session.closing || session.local) {
            return false;
        }
        if (session.owner == server || session.owner == Session.UNOWNED) {
            disconnections.add(session, standing.nowNanos + graceMillis * NANOS_PER_MILLI);
        }
        return true;
    }

    /** Ends the sessions that have not come back to a connection in time. */
    void endDisconnected() {
        for (Session over = disconnections.nextOver(standing.nowNanos);
                over != null;
                over = disconnections.nextOver(standing.nowNanos)) {
            expire(over, ExpiryCause.UNBOUND);
        }
    }

    /** This server stood still for a while. */
    void heldBack(long nanos) {
        disconnections.heldBack(nanos);
    }

    /** Goes on with what takes more than one transaction. */
    void proceed() {
        closer.proceed(standing.zab(), tree.lastZxid());
    }

    // ---- sessions

    /**
     * Does the session live, and does it talk to us through the server that it belongs to (client
     * protocol §14, peer protocol §7)?
     */
    private int checkSession(Author author, Request request) {
        int type = request.type();
        if (type == OpCode.CREATE_SESSION || type == OpCode.CLOSE_SESSION) {
            return ErrorCode.OK;
        }
        Session session = sessions.find(author.sessionId);
        if (session == null) {
            boolean mayBeLocalElsewhere =
                    standing.options.localSessions()
                            && SessionIds.serverOf(author.sessionId) != self()
                            && !makesEphemeral(request);
            return mayBeLocalElsewhere ? ErrorCode.OK : ErrorCode.SESSION_EXPIRED;
        }
        if (session.closing) {
            return ErrorCode.SESSION_EXPIRED;
        }
        if (session.owner == Session.UNOWNED) {
            session.owner = author.server;
        }
        return session.owner == author.server ? ErrorCode.OK : ErrorCode.SESSION_MOVED;
    }

    /** Is this a create of an ephemeral, or a multi with one in it? */
    static boolean makesEphemeral(Request request) {
        if (request instanceof CreateRequest create) {
            return create.isEphemeral();
        }
        if (request instanceof MultiRequest multi) {
            for (multi.rewind(); multi.next(); ) {
                if (multi.op() instanceof CreateRequest create && create.isEphemeral()) {
                    return true;
                }
            }
        }
        return false;
    }

    private long createSession(Author author, CreateSessionRequest request) {
        Session session = sessions.enter(author.sessionId, request.timeoutMillis);
        session.owner = author.server;
        sessions.watchOver(session);
        return proposer.createSession(standing.zab(), author, request.timeoutMillis);
    }

    private long close(Author author) {
        Session session = sessions.find(author.sessionId);
        if (session != null) {
            if (session.closing) {
                return refuse(author, ErrorCode.SESSION_EXPIRED);
            }
            session.closing = true;
        }
        return closer.close(standing.zab(), author);
    }

    /**
     * A server asks whether a session lives; the session belongs to it from now on.
     *
     * @param stays whether that server believes that the session's connection is there still: if
     *     the session has come to another one meanwhile, it does not
     */
    boolean revalidate(long server, long sessionId, int timeoutMillis, boolean stays) {
        Session session = sessions.find(sessionId);
        if (session == null || session.closing || session.local) {
            return false;
        }
        if (stays && session.owner != Session.UNOWNED && session.owner != server) {
            return false;
        }
        session.owner = server;
        Disconnections.back(session);
        sessions.touch(session, timeoutMillis);
        return true;
    }

    /** A learner's client gave a sign of life. */
    void touched(long sessionId, int timeoutMillis) {
        Session session = sessions.find(sessionId);
        if (session != null && !session.closing) {
            sessions.touch(session, timeoutMillis);
        }
    }

    /**
     * Ephemerals of sessions that nobody knows are ended by a transaction, so that all servers
     * agree (ZooKeeper's leader deletes them in its own tree only).
     */
    private void endUnknownOwners() {
        List<Long> unknown = new ArrayList<>();
        tree.forEachEphemeralOwner((id, timeoutMillis) -> {
            // Without extended types a TTL node looks like an ephemeral: nobody's data is deleted
            // for that.
            if (!tree.hasSession(id) && NodeKinds.isEphemeral(id, true)) {
                unknown.add(id);
            }
        });
        for (long id : unknown) {
            close(own.set(id, 0, self(), List.of()));
        }
    }

    private long self() {
        return standing.options.serverId();
    }
}
