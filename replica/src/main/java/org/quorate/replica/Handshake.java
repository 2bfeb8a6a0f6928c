package org.quorate.replica;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.quorate.protocol.OpCode;
import org.quorate.protocol.client.ConnectRequest;
import org.quorate.protocol.client.ConnectResponse;
import org.quorate.protocol.jute.JuteOut;
import org.quorate.tree.DataTree;

/**
 * Gives connections their sessions (client protocol §3): new ones, and those that come back. Owned
 * by the core thread.
 *
 * <p>One difference from ZooKeeper is deliberate: the password is looked at before the session's
 * older connection is closed, so that nobody can cut a client off without it.
 */
final class Handshake {
    /**
     * Waits for the leader's word on a session; the connection is null if it only confirms what
     * goes on.
     */
    private record Question(long sessionId, @Nullable Connection connection, long askedNanos) {}

    private final Standing standing;
    private final DataTree tree;
    private final Sessions sessions;
    private final Connections connections;
    private final Requests requests;
    private final SessionIdSource ids;
    private final JuteOut out = new JuteOut();
    private final ConnectResponse response = new ConnectResponse();

    /** Not begun: there is no leader just now, or no touch with it. */
    private final List<Connection> held = new ArrayList<>();

    private final ArrayDeque<Question> questions = new ArrayDeque<>();

    /** Draws session ids. */
    interface SessionIdSource {
        long next();
    }

    Handshake(
            Standing standing,
            DataTree tree,
            Sessions sessions,
            Connections connections,
            Requests requests,
            SessionIdSource ids) {
        this.standing = standing;
        this.tree = tree;
        this.sessions = sessions;
        this.connections = connections;
        this.requests = requests;
        this.ids = ids;
    }

    /** A first frame. */
    void connect(Connection connection, ConnectRequest request) {
        if (connection.greeting != null || connection.session != null) {
            throw new IllegalStateException("a second handshake on " + connection);
        }
        if (connection.pastLimit) {
            connections.pastLimit(connection, Effects.Held.CONNECTIONS, true);
            return;
        }
        connection.greeting = Greeting.of(request, standing.nowNanos);
        proceed(connection);
    }

    /** Takes up what was held. */
    void resume() {
        List<Connection> waiting = List.copyOf(held);
        held.clear();
        for (Connection connection : waiting) {
            if (!connection.ended) {
                proceed(connection);
            }
        }
    }

    boolean hasHeld() {
        return !held.isEmpty();
    }

    /**
     * The leader is gone, and with it its answers: who waits for one is asked for again at the
     * next.
     */
    void leaderLost() {
        for (Question question : questions) {
            Connection connection = question.connection();
            if (connection != null && !connection.ended) {
                held.add(connection);
            }
        }
        questions.clear();
    }

    /** As learner: tells the new leader whom this server serves, and asks whether it may go on. */
    void confirmSessions() {
        for (int i = 0; i < connections.size(); i++) {
            Connection connection = connections.at(i);
            Session session = connection.session;
            if (session != null && connection.sessionId() != 0 && !session.local) {
                confirm(connection, session);
            }
        }
    }

    /** As learner: asks whether these may go on, after a silence that was too long to be sure. */
    void confirm(List<Connection> lapsed) {
        for (Connection connection : lapsed) {
            Session session = connection.session;
            if (session != null && !connection.ended) {
                confirm(connection, session);
            }
        }
    }

    private void confirm(Connection connection, Session session) {
        questions.add(new Question(session.id, null, standing.nowNanos));
        standing.zab().revalidate(session.id, connection.timeoutMillis(), true);
    }

    /**
     * As learner: the connection that a session was bound to has gone. The leader's answer says
     * nothing new, but has its place among the others.
     */
    void disconnected(Session session, int graceMillis) {
        questions.add(new Question(session.id, null, standing.nowNanos));
        standing.zab().revalidate(session.id, -graceMillis, true);
    }

    /** The leader's answer. */
    void revalidated(long sessionId, boolean valid) {
        Question question = remove(sessionId);
        if (question == null) {
            return;
        }
        Connection asker = question.connection();
        if (asker == null) {
            confirmed(sessionId, valid, question.askedNanos());
        } else if (!asker.ended) {
            if (valid) {
                renew(asker, question.askedNanos());
            } else {
                refuse(asker);
            }
        }
    }

    /**
     * The createSession of a connection is applied: it was made at some time after it was asked
     * for.
     */
    void created(Connection connection, Session session) {
        grant(connection, session, greeting(connection).heardNanos());
    }

    private void proceed(Connection connection) {
        Greeting greeting = greeting(connection);
        Contact contact = standing.contact;
        if (contact.isReadOnly() ? !greeting.readOnly() : !contact.isOpen()) {
            connections.end(connection);
        } else if (!contact.isReadOnly() && !isInTouch(greeting)) {
            hold(connection);
        } else if (greeting.lastZxidSeen() > tree.lastZxid()) {
            connections.end(connection);
        } else if (greeting.isNew()) {
            if (standing.diskFull && standing.isLeading()) {
                connections.end(connection); // another server may have room
                return;
            }
            create(connection, greeting);
        } else if (!greeting.passwordMatches()) {
            refuse(connection);
        } else {
            resumeSession(connection, greeting);
        }
    }

    private void hold(Connection connection) {
        if (held.size() < standing.options.heldRequestsMax()) {
            held.add(connection);
        } else {
            connections.end(connection);
        }
    }

    /** May a session be granted? Not by who may have been replaced meanwhile. */
    private boolean isInTouch(Greeting greeting) {
        return standing.isServing()
                && standing.contact.isTreeReadable()
                && standing.nowNanos - standing.contact.contactNanos()
                        <= Sessions.halfNanos(timeoutMillis(greeting));
    }

    private void create(Connection connection, Greeting greeting) {
        if (!connections.holdings().mayOpenSession(connection)) {
            connections.pastLimit(connection, Effects.Held.SESSIONS, true);
            return;
        }
        Session session = sessions.enter(ids.next(), timeoutMillis(greeting));
        connections.holdings().opened(connection, session.id);
        attach(connection, session);
        if (standing.contact.isReadOnly() || standing.options.localSessions()) {
            session.local = true;
            sessions.watchOver(session);
            grant(connection, session, standing.nowNanos);
            return;
        }
        out.clear().writeInt(0).writeInt(OpCode.CREATE_SESSION).writeInt(session.timeoutMillis);
        requests.submitInternal(connection, OpCode.CREATE_SESSION, out);
    }

    private void resumeSession(Connection connection, Greeting greeting) {
        Session session = sessions.find(greeting.sessionId());
        boolean isLocal = session != null && session.local;
        if (standing.contact.isReadOnly()) {
            if (isLocal || tree.hasSession(greeting.sessionId())) {
                renew(connection, standing.nowNanos);
            } else {
                refuse(connection);
            }
        } else if (isLocal || waitsForRoom()) {
            if (session == null || session.closing) {
                refuse(connection);
            } else {
                renew(connection, standing.nowNanos);
            }
        } else {
            questions.add(new Question(greeting.sessionId(), connection, standing.nowNanos));
            standing.zab().revalidate(greeting.sessionId(), timeoutMillis(greeting), false);
        }
    }

    /**
     * Nothing is decided before the disk of a server that is alone has room again: whoever comes
     * back may read meanwhile.
     */
    private boolean waitsForRoom() {
        return standing.diskFull && standing.isLeading() && standing.zab().options().standalone();
    }

    private void confirmed(long sessionId, boolean valid, long askedNanos) {
        Session session = sessions.find(sessionId);
        Connection connection = session == null ? null : session.connection;
        if (connection == null) {
            return;
        }
        if (valid) {
            vouch(connection, askedNanos);
            requests.drain(connection);
        } else {
            connections.end(connection);
        }
    }

    /** The session lives: this connection takes it over from any other of this server. */
    private void renew(Connection connection, long vouchedNanos) {
        Greeting greeting = greeting(connection);
        Session session = sessions.enter(greeting.sessionId(), timeoutMillis(greeting));
        Connection older = session.connection;
        attach(connection, session);
        if (older != null) {
            connections.end(older);
        }
        if (standing.isLeading() || session.local) {
            session.owner = standing.options.serverId();
            Disconnections.back(session);
            sessions.watchOver(session);
        }
        grant(connection, session, vouchedNanos);
    }

    private static void attach(Connection connection, Session session) {
        connection.session = session;
        session.connection = connection;
    }

    private void grant(Connection connection, Session session, long vouchedNanos) {
        Greeting greeting = greeting(connection);
        connection.greeting = null;
        boolean readOnly = standing.contact.isReadOnly();
        connection.local(session.local);
        vouch(connection, vouchedNanos);
        session.reportedNanos = session.lastSignNanos();
        connection.session(session.id, session.timeoutMillis, readOnly);
        if (!standing.contact.isSafe(connection, standing.nowNanos)) {
            connections.end(connection); // by now it may be over
            return;
        }
        response.protocolVersion = 0;
        response.timeoutMillis = session.timeoutMillis;
        response.sessionId = session.id;
        byte[] password = SessionPassword.of(session.id);
        response.password.set(password, 0, password.length);
        response.hasReadOnly = greeting.hasReadOnly();
        response.readOnly = readOnly;
        response.writeFrame(out.clear());
        connections.establish(connection, out);
    }

    /** Expired, closed, never there, or the wrong password: all the same to the client. */
    private void refuse(Connection connection) {
        response.refuse();
        response.hasReadOnly = greeting(connection).hasReadOnly();
        response.readOnly = standing.contact.isReadOnly();
        response.writeFrame(out.clear());
        connections.reply(connection, out);
        connections.end(connection);
    }

    private static void vouch(Connection connection, long nanos) {
        connection.vouchedNanos(nanos);
    }

    private static Greeting greeting(Connection connection) {
        Greeting greeting = connection.greeting;
        if (greeting == null) {
            throw new IllegalStateException("no handshake is under way on " + connection);
        }
        return greeting;
    }

    private @Nullable Question remove(long sessionId) {
        for (Iterator<Question> each = questions.iterator(); each.hasNext(); ) {
            Question question = each.next();
            if (question.sessionId() == sessionId) {
                each.remove();
                return question;
            }
        }
        return null;
    }

    private int timeoutMillis(Greeting greeting) {
        return Math.clamp(
                greeting.timeoutMillis(),
                standing.options.minSessionTimeoutMillis(),
                standing.options.maxSessionTimeoutMillis());
    }
}
