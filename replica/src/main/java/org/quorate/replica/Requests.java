package org.quorate.replica;

import java.util.ArrayDeque;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.quorate.protocol.ErrorCode;
import org.quorate.protocol.OpCode;
import org.quorate.protocol.acl.Id;
import org.quorate.protocol.client.AuthRequest;
import org.quorate.protocol.client.CreateRequest;
import org.quorate.protocol.client.DeleteRequest;
import org.quorate.protocol.client.ReplyFrame;
import org.quorate.protocol.client.Request;
import org.quorate.protocol.client.RequestDecoder;
import org.quorate.protocol.client.RequestHeader;
import org.quorate.protocol.jute.JuteException;
import org.quorate.protocol.jute.JuteIn;
import org.quorate.protocol.jute.JuteOut;
import org.quorate.replica.Pending.Wait;

/**
 * The requests of this server's own clients: keeps each connection's order, answers at once what
 * can be answered, submits writes to the leader (be it this server), holds them while there is
 * none. Owned by the core thread.
 *
 * <p>In a connection's queue a read waits for the writes before it and for nothing else (client
 * protocol §13).
 */
final class Requests {
    private final Standing standing;
    private final Connections connections;
    private final Answers answers;
    private final Listings listings;
    private final Authentication authentication;
    private final Leader leader;
    private final Learner learner;
    private final Pending.Pool pool;

    private final JuteIn in;
    private final RequestHeader header = new RequestHeader();
    private final RequestDecoder decoder = new RequestDecoder();
    private final AuthRequest auth = new AuthRequest();
    private final Author author = new Author();
    private final JuteOut out = new JuteOut();

    /** Syncs that were asked for, in order. */
    private final ArrayDeque<Pending> syncs = new ArrayDeque<>();

    /** Connections of which {@link #syncs} came, in step with it. */
    private final ArrayDeque<Connection> syncers = new ArrayDeque<>();

    private long authFailureCount;

    Requests(
            Standing standing,
            Connections connections,
            Answers answers,
            Leader leader,
            Learner learner,
            Pending.Pool pool) {
        ReplicaOptions options = standing.options;
        this.standing = standing;
        this.connections = connections;
        this.answers = answers;
        this.listings = new Listings(standing, answers, connections);
        this.authentication =
                new Authentication(
                        options.digestScheme(),
                        options.superDigest(),
                        options.enforceAuthSchemes(),
                        options.idsMax());
        this.leader = leader;
        this.learner = learner;
        this.pool = pool;
        this.in = new JuteIn(options.frameBytesMax());
    }

    /** Authentications refused. */
    long authFailureCount() {
        return authFailureCount;
    }

    Authentication authentication() {
        return authentication;
    }

    /** A frame behind the handshake. */
    void take(Connection connection, byte[] frame, int from, int to) {
        Session session = connection.session;
        if (connection.ended) {
            return;
        }
        if (session == null || to - from < RequestHeader.BYTES) {
            connections.end(connection);
            return;
        }
        header.read(in.wrap(frame, from, to));
        if (header.type == OpCode.AUTH) {
            authenticate(connection);
        } else if (header.type == OpCode.SASL) {
            answerSasl(connection);
        } else if (!connection.isAdmitted()) {
            ReplyFrame.write(
                    out.clear(), header.xid, 0, ErrorCode.SESSION_CLOSED_REQUIRE_SASL_AUTH);
            connections.reply(connection, out);
            connections.end(connection);
        } else if (session.closing) {
            connection.passedOver = true; // the connection ends with its session
        } else if (isForLeader(header.type)
                && !(connection.mayBind() && ReconnectGrace.isSet(header.type, frame, from, to))) {
            enqueue(connection, frame, from, to, Wait.LEADER);
        } else if (connection.queue.isEmpty()
                && standing.contact.isSafe(connection, standing.nowNanos)
                && !answers.isLong(connection, frame, from, to)) {
            answers.answer(connection, frame, from, to);
        } else {
            enqueue(connection, frame, from, to, Wait.TURN);
        }
    }

    private void enqueue(Connection connection, byte[] frame, int from, int to, Wait wait) {
        Pending pending = pool.take(frame, from, to);
        pending.xid = header.xid;
        pending.type = header.type;
        pending.wait = wait;
        connections.enqueue(connection, pending);
        if (wait == Wait.LEADER) {
            submit(connection, pending);
        }
        if (!standing.isServing() && !connections.mayHold()) {
            connections.end(connection);
        } else {
            drain(connection);
        }
    }

    /** Submits what no client sent: the createSession behind a handshake or an upgrade. */
    void submitInternal(Connection connection, int type, JuteOut frame) {
        Pending pending = pool.take(frame.array(), 0, frame.size());
        pending.type = type;
        pending.wait = Wait.LEADER;
        connections.enqueue(connection, pending);
        submit(connection, pending);
    }

    private static boolean isForLeader(int type) {
        return switch (type) {
            case OpCode.CREATE,
                    OpCode.CREATE2,
                    OpCode.CREATE_CONTAINER,
                    OpCode.CREATE_TTL,
                    OpCode.DELETE,
                    OpCode.SET_DATA,
                    OpCode.SET_ACL,
                    OpCode.MULTI,
                    OpCode.RECONFIG,
                    OpCode.SYNC,
                    OpCode.CLOSE_SESSION ->
                    true;
            default -> false;
        };
    }

    // ---- authentication: answered when read, ahead of everything

    private void authenticate(Connection connection) {
        int err;
        try {
            err = authentication.authenticate(auth.read(in), connection);
        } catch (JuteException e) {
            connections.end(connection);
            return;
        }
        boolean may = connections.holdings().becomes(connection, connection.user());
        if (!may) {
            err = ErrorCode.THROTTLED_OP;
        }
        ReplyFrame.write(out.clear(), header.xid, 0, err);
        connections.push(connection, out);
        if (!may) {
            connections.pastLimit(connection, Effects.Held.CONNECTIONS, true);
        } else if (err != ErrorCode.OK) {
            authFailureCount++;
            connections.end(connection);
        }
    }

    /** The host has looked at a SASL token: the answer, and what it proves. */
    void sasl(Connection connection, int xid, SaslStep step) {
        if (connection.ended) {
            return;
        }
        int reply = ReplyFrame.begin(out.clear(), xid);
        switch (step) {
            case SaslStep.Answer(byte[] token) -> {
                writeToken(token);
                ReplyFrame.end(out, reply, 0, ErrorCode.OK);
                connections.reply(connection, out);
            }
            case SaslStep.Proven(byte[] token, List<Id> ids) -> {
                boolean may =
                        authentication.add(ids, connection)
                                && connections.holdings().becomes(connection, connection.user());
                writeToken(token);
                ReplyFrame.end(out, reply, 0, may ? ErrorCode.OK : ErrorCode.THROTTLED_OP);
                connections.reply(connection, out);
                if (!may) {
                    connections.pastLimit(connection, Effects.Held.CONNECTIONS, true);
                }
            }
            case SaslStep.Refused() -> {
                writeToken(null);
                ReplyFrame.endWithBody(out, reply, 0, authentication.saslFailure());
                connections.reply(connection, out);
                connections.end(connection);
            }
        }
    }

    /**
     * The host has looked at an auth packet of a plug-in's scheme.
     *
     * @param proven what it proves; empty if the client is refused
     */
    void authenticated(Connection connection, int xid, List<Id> proven) {
        if (connection.ended) {
            return;
        }
        boolean good = !proven.isEmpty() && authentication.add(proven, connection);
        boolean may = good && connections.holdings().becomes(connection, connection.user());
        int err = may ? ErrorCode.OK : good ? ErrorCode.THROTTLED_OP : ErrorCode.AUTH_FAILED;
        ReplyFrame.write(out.clear(), xid, 0, err);
        connections.reply(connection, out);
        if (!good) {
            authFailureCount++;
            connections.end(connection);
        } else if (!may) {
            connections.pastLimit(connection, Effects.Held.CONNECTIONS, true);
        }
    }

    private void writeToken(byte @Nullable [] token) {
        if (token == null) {
            out.writeInt(-1);
        } else {
            out.writeBuffer(token, 0, token.length);
        }
    }

    /** Without a login configured: no error and no token. */
    private void answerSasl(Connection connection) {
        int reply = ReplyFrame.begin(out.clear(), header.xid);
        out.writeInt(-1);
        ReplyFrame.end(out, reply, 0, ErrorCode.OK);
        connections.push(connection, out);
    }

    // ---- to the leader

    /** Submits a request if there is a leader; else it waits for one. */
    private void submit(Connection connection, Pending pending) {
        Session session = connection.session;
        if (session == null) {
            throw new IllegalStateException(connection + " has no session");
        }
        if (standing.contact.isReadOnly()) {
            if (pending.type == OpCode.CLOSE_SESSION) {
                pending.wait = Wait.TURN;
            } else {
                refuse(pending, ErrorCode.NOT_READ_ONLY);
            }
            return;
        }
        Request request = decode(pending);
        if (request == null) {
            refuseMalformed(connection, session, pending);
        } else if (session.local && isServedHere(connection, session, pending, request)) {
            return;
        } else if (!standing.isServing()) {
            pending.wait = Wait.LEADER;
        } else {
            send(connection, session, pending, request);
        }
    }

    /**
     * Nothing malformed reaches another server; a real leader would not survive some of it (peer
     * protocol §6.2).
     */
    private void refuseMalformed(Connection connection, Session session, Pending pending) {
        if (standing.isLeading() && takesZxid(pending)) {
            pending.wait = Wait.COMMIT;
            pending.submittedTo(standing.role);
            pending.zxid =
                    leader.refuse(
                            author(connection, session, pending), ErrorCode.MARSHALLING_ERROR);
        } else {
            refuse(pending, ErrorCode.MARSHALLING_ERROR);
        }
    }

    /**
     * ZooKeeper takes a zxid for a malformed multi and for a path that is null, and for nothing
     * else malformed.
     */
    private boolean takesZxid(Pending pending) {
        if (pending.type == OpCode.MULTI) {
            return true;
        }
        try {
            in.wrap(pending.frame, RequestHeader.BYTES, pending.length);
            return namesNoPath(decoder.decode(pending.type, in));
        } catch (JuteException e) {
            return false;
        }
    }

    private Author author(Connection connection, Session session, Pending pending) {
        return author.set(session.id, pending.xid, standing.options.serverId(), connection.ids())
                .local(session.local && !session.upgrading);
    }

    private void send(Connection connection, Session session, Pending pending, Request request) {
        if (standing.diskFull && standing.isLeading() && isRefusedWithoutRoom(pending.type)) {
            refuse(pending, ErrorCode.QUOTA_EXCEEDED);
            return;
        }
        pending.submittedTo(standing.role);
        if (pending.type == OpCode.SYNC) {
            pending.wait = Wait.SYNC;
            pending.answered = false;
            syncs.add(pending);
            syncers.add(connection);
            if (standing.isLeading()) {
                standing.zab().sync();
                return;
            }
        } else {
            pending.wait = Wait.COMMIT;
        }
        if (standing.isLeading()) {
            pending.zxid = leader.submit(author(connection, session, pending), request);
        } else {
            pending.zxid = 0;
            learner.forward(
                    session.id,
                    pending.xid,
                    pending.type,
                    pending.frame,
                    pending.length,
                    connection.authInfo());
        }
    }

    /** A session may end, and a client may wait for what was written before. */
    private static boolean isRefusedWithoutRoom(int type) {
        return type != OpCode.SYNC && type != OpCode.CLOSE_SESSION && type != OpCode.CREATE_SESSION;
    }

    /** A local session ends here, and becomes a global one when it makes its first ephemeral. */
    private boolean isServedHere(
            Connection connection, Session session, Pending pending, Request request) {
        if (session.upgrading) {
            return false;
        }
        if (pending.type == OpCode.CLOSE_SESSION) {
            if (!standing.isServing() && connection.queue.head != pending) {
                return false; // what waits for a leader before it may make the session global
            }
            pending.wait = Wait.TURN;
            return true;
        }
        if (!Leader.makesEphemeral(request)) {
            return false;
        }
        if (!standing.options.localSessionsUpgrading()) {
            if (standing.isLeading()) {
                return false; // refused when it is prepared, so that it takes a zxid as ZooKeeper's
                // does
            }
            refuse(pending, ErrorCode.EPHEMERAL_ON_LOCAL_SESSION);
            return true;
        }
        if (standing.isServing()) {
            upgrade(connection, session);
        }
        return false;
    }

    /** Makes a local session known to the ensemble; the client notices nothing. */
    private void upgrade(Connection connection, Session session) {
        session.upgrading = true;
        out.clear().writeInt(0).writeInt(OpCode.CREATE_SESSION).writeInt(session.timeoutMillis);
        if (standing.isLeading()) {
            in.wrap(out.array(), RequestHeader.BYTES, out.size());
            leader.submit(
                    author.set(session.id, 0, standing.options.serverId(), connection.ids()),
                    decoder.decode(OpCode.CREATE_SESSION, in));
        } else {
            learner.forward(
                    session.id,
                    0,
                    OpCode.CREATE_SESSION,
                    out.array(),
                    out.size(),
                    connection.authInfo());
        }
    }

    private static void refuse(Pending pending, int err) {
        pending.wait = Wait.TURN;
        pending.err = err;
    }

    /**
     * Null if the body is malformed, or names no path where ZooKeeper's leader would stumble over
     * that.
     */
    private @Nullable Request decode(Pending pending) {
        try {
            in.wrap(pending.frame, RequestHeader.BYTES, pending.length);
            Request request = decoder.decode(pending.type, in);
            return namesNoPath(request) ? null : request;
        } catch (JuteException e) {
            return null;
        }
    }

    private static boolean namesNoPath(Request request) {
        return switch (request) {
            case CreateRequest create -> create.path.isNull();
            case DeleteRequest delete -> delete.path.isNull();
            default -> false;
        };
    }

    // ---- leaders come and go

    /** The leader is gone. What was submitted stays in the queues until its fate is known. */
    void leaderLost() {
        for (Pending sync : syncs) {
            if (sync.answered) {
                pool.give(sync);
            }
        }
        syncs.clear();
        syncers.clear();
    }

    /**
     * There is a leader again, and everything that was committed before is applied. A write of an
     * older epoch that has not come back by now never will: it is submitted again. One of the same
     * epoch, or of one in which the leader went on without an election, may still be on its way:
     * then nothing is guessed, and the connection ends (design §6).
     */
    void resume() {
        for (int i = connections.size() - 1; i >= 0; i--) {
            Connection connection = connections.at(i);
            Session session = connection.session;
            if (connection.passedOver || hasUncertain(connection)) {
                connections.end(connection);
            } else if (session != null && !connection.queue.isEmpty()) {
                resubmit(connection);
            }
        }
    }

    private boolean hasUncertain(Connection connection) {
        for (Pending p = connection.queue.head; p != null; p = p.next) {
            // A leader may go on in another epoch without an election, at any time.
            boolean sameTerm =
                    p.epoch == standing.role.epoch()
                            || !standing.isLeading() && p.leader == standing.role.leader();
            if (p.wait == Wait.COMMIT && sameTerm) {
                return true;
            }
        }
        return false;
    }

    private void resubmit(Connection connection) {
        for (Pending p = connection.queue.head; p != null; p = p.next) {
            if (p.wait != Wait.TURN) {
                submit(connection, p);
            }
        }
        drain(connection);
    }

    /**
     * The state is about to be replaced by another: what became of single writes will not be known.
     */
    void stateReplaced() {
        for (int i = connections.size() - 1; i >= 0; i--) {
            Connection connection = connections.at(i);
            boolean watches = connection.watcher != Connection.NO_WATCHER;
            if (watches || connection.heldBack || connection.queue.firstSubmitted() != null) {
                connections.end(connection);
            }
        }
    }

    // ---- answers in order

    /** Answers what has come to the head of the queue. */
    void drain(Connection connection) {
        if (connection.heldBack) {
            return;
        }
        if (!connections.release(connection)) {
            connections.waitForTouch(connection);
            return;
        }
        if (connection.listing) {
            return;
        }
        Pending head = connection.queue.head;
        while (head != null && head.wait == Wait.TURN && !connection.ended) {
            if (!standing.contact.isSafe(connection, standing.nowNanos)) {
                connections.waitForTouch(connection);
                return;
            }
            if (head.err == ErrorCode.OK
                    && answers.isLong(connection, head.frame, 0, head.length)) {
                listings.add(connection);
                return;
            }
            answerHead(connection);
            head = connection.queue.head;
        }
    }

    /** Goes on with long listings, one step. */
    void list() {
        Connection done = listings.step();
        if (done != null && !done.ended) {
            drain(done);
        }
    }

    /** Do long listings want a further step now? */
    boolean isListing() {
        return listings.hasMore();
    }

    /**
     * Answers everything before the first request that waits for a transaction, which is about to
     * be applied: reads must not see it, and a sync is proved by it.
     */
    void drainAhead(Connection connection) {
        Pending head = connection.queue.head;
        while (head != null && head.wait != Wait.COMMIT && !connection.ended) {
            if (head.wait == Wait.SYNC) {
                connections.remove(connection);
                head.answered = true;
                answers.synced(connection, head);
            } else {
                answerHead(connection);
            }
            head = connection.queue.head;
        }
    }

    private void answerHead(Connection connection) {
        if (connection.listing && listings.finish(connection)) {
            return;
        }
        Pending head = connections.remove(connection);
        if (head.err != ErrorCode.OK) {
            connections.answers(connection, head.frame, 0, head.length);
            answers.refuse(connection, head.xid, head.err);
        } else {
            answers.answer(connection, head.frame, 0, head.length);
        }
        pool.give(head);
    }

    /** The oldest sync that was asked for has come back. */
    void synced() {
        Pending pending = syncs.poll();
        Connection connection = syncers.poll();
        if (pending == null || connection == null) {
            return; // asked for in a term that is over
        }
        if (!pending.answered && !connection.ended) {
            drainUntil(connection, pending);
        }
        pool.give(pending);
        if (!connection.ended) {
            drain(connection);
        }
    }

    private void drainUntil(Connection connection, Pending sync) {
        while (connection.queue.head != sync && !connection.ended) {
            answerHead(connection);
        }
        if (!connection.ended) {
            connections.remove(connection);
            answers.synced(connection, sync);
        }
    }

    /** Time has passed, or the leader was heard: goes on with who waited for that. */
    void resumeWaiting() {
        if (!connections.hasWaiting()) {
            return;
        }
        for (Connection connection : connections.takeWaiting()) {
            if (!connection.ended) {
                drain(connection);
            }
        }
    }
}
