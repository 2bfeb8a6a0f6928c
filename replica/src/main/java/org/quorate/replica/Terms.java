package org.quorate.replica;

import org.jspecify.annotations.Nullable;
import org.quorate.protocol.peer.Capabilities;
import org.quorate.tree.DataTree;
import org.quorate.zab.Role;

/**
 * What happens to clients when leaders come and go (design §6): connections live through an
 * election, for as long as their sessions cannot have expired anywhere, and no longer than the
 * configured hold. Owned by the core thread.
 */
final class Terms {
    private static final long NANOS_PER_MILLI = 1_000_000L;

    private final Standing standing;
    private final DataTree tree;
    private final Effects effects;
    private final Connections connections;
    private final Requests requests;
    private final Handshake handshake;
    private final Leader leader;
    private final Learner learner;
    private final Sessions sessions;
    private final Sweeper sweeper;

    /** Told, and not taken up yet. */
    private @Nullable Role next;

    private long lookingSinceNanos;
    private boolean lookedAtStart;

    /** The greatest zxid that a client may have seen here before the state was replaced. */
    private long shownZxid;

    private long heldElections;

    Terms(
            Standing standing,
            DataTree tree,
            Effects effects,
            Connections connections,
            Requests requests,
            Handshake handshake,
            Leader leader,
            Learner learner,
            Sessions sessions,
            Sweeper sweeper) {
        this.standing = standing;
        this.tree = tree;
        this.effects = effects;
        this.connections = connections;
        this.requests = requests;
        this.handshake = handshake;
        this.leader = leader;
        this.learner = learner;
        this.sessions = sessions;
        this.sweeper = sweeper;
    }

    /** How many times clients were held through the time without a leader. */
    long heldElections() {
        return heldElections;
    }

    /**
     * The role has changed. What this server is to do as one that serves waits until Zab has
     * finished telling: it will want to ask things of Zab.
     */
    void role(Role role) {
        if (role.isServing()) {
            next = role;
        } else {
            next = null;
            change(role);
        }
    }

    /** Takes up a role that was told. */
    void takeUp() {
        Role role = next;
        if (role != null) {
            next = null;
            change(role);
        }
    }

    private void change(Role role) {
        effects.role(role);
        Role before = standing.role;
        boolean wasLeading = standing.isLeading();
        standing.role = role;
        standing.contact.leading(standing.isLeading());
        if (before.isServing()
                && role.kind() == before.kind()
                && role.leader() == before.leader()) {
            return; // the same leader in another epoch: nothing is interrupted
        }
        if (before.isServing()) {
            lost(wasLeading);
        }
        if (role.isServing()) {
            serve();
        }
    }

    private void lost(boolean wasLeading) {
        lookingSinceNanos = standing.nowNanos;
        if (wasLeading) {
            leader.end();
        }
        learner.lost();
        requests.leaderLost();
        handshake.leaderLost();
    }

    private void serve() {
        Contact contact = standing.contact;
        if (contact.isReadOnly()) {
            contact.readOnly(false);
            endReadOnly();
        }
        if (contact.isOpen()) {
            heldElections++;
        }
        contact.contactNanos(standing.zab().lastContactNanos());
        if (shownZxid > tree.lastZxid()) {
            endAll();
        }
        shownZxid = 0;
        contact.treeReadable(true);
        contact.open(true);
        bindSessions(standing.zab().deciderCan(Capabilities.BOUND_SESSIONS));
        endLostSessions();
        sessions.settleUpgrades();
        if (standing.isLeading()) {
            leader.begin();
            sweeper.begin();
        } else {
            handshake.confirmSessions();
        }
        requests.resume();
        handshake.resume();
    }

    /** Under a leader that ends no session early nobody is to believe that it does. */
    private void bindSessions(boolean binds) {
        standing.contact.bindsSessions(binds);
        for (int i = 0; i < connections.size() && !binds; i++) {
            connections.at(i).reconnectGraceMillis(0);
        }
    }

    /** The state is about to be replaced by another. */
    void stateReplaced() {
        shownZxid = Math.max(shownZxid, tree.lastZxid());
        requests.stateReplaced();
    }

    /** Time has passed: goes on with who waited for touch, or lets go whoever was held too long. */
    void time() {
        Contact contact = standing.contact;
        contact.contactNanos(standing.zab().lastContactNanos());
        if (standing.isServing()) {
            requests.resumeWaiting();
            if (handshake.hasHeld()) {
                handshake.resume();
            }
        } else if (contact.isOpen()) {
            hold();
        } else if (!contact.isReadOnly() && standing.options.readOnlyMode()) {
            tryReadOnly();
        }
    }

    private void hold() {
        long silentNanos = standing.nowNanos - standing.contact.contactNanos();
        if (silentNanos > standing.options.holdMillisMax() * NANOS_PER_MILLI) {
            standing.contact.open(false);
            endAll();
            return;
        }
        for (int i = connections.size() - 1; i >= 0; i--) {
            Connection connection = connections.at(i);
            boolean isGlobal = connection.sessionId() != 0 && !connection.isLocal();
            if (isGlobal && silentNanos > Sessions.halfNanos(connection.timeoutMillis())) {
                connections.end(connection);
            }
        }
    }

    private void tryReadOnly() {
        if (!lookedAtStart) {
            lookedAtStart = true;
            lookingSinceNanos = standing.nowNanos;
        }
        if (standing.nowNanos - lookingSinceNanos
                > standing.options.holdMillisMax() * NANOS_PER_MILLI) {
            standing.contact.treeReadable(true);
            standing.contact.readOnly(true);
        }
    }

    /** After a whole state was taken in, sessions may be gone without a word. */
    private void endLostSessions() {
        for (int i = connections.size() - 1; i >= 0; i--) {
            Connection connection = connections.at(i);
            long sessionId = connection.sessionId();
            if (sessionId != 0 && !connection.isLocal() && !tree.hasSession(sessionId)) {
                connections.end(connection);
            }
        }
    }

    /** Closes all connections; their sessions live on. */
    void endAll() {
        for (int i = connections.size() - 1; i >= 0; i--) {
            connections.end(connections.at(i));
        }
    }

    /**
     * Who was content without a quorum is to look for a server that has one; such sessions are
     * over.
     */
    private void endReadOnly() {
        endAll();
        if (!standing.options.localSessions()) {
            sessions.removeLocal();
        }
    }
}
