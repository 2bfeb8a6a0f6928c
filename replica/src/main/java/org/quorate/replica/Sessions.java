package org.quorate.replica;

import org.jspecify.annotations.Nullable;
import org.quorate.tree.DataTree;

/**
 * The sessions this server has to do with: those connected here, local ones, and as leader all of
 * the ensemble, whose expiry it decides. Owned by the core thread.
 */
final class Sessions {
    private static final long NANOS_PER_MILLI = 1_000_000L;

    private final Standing standing;
    private final DataTree tree;
    private final SessionTable table = new SessionTable();
    private final SessionClock clock;
    private final Pending.Pool pool;

    Sessions(Standing standing, DataTree tree, Pending.Pool pool) {
        this.standing = standing;
        this.tree = tree;
        this.pool = pool;
        this.clock = new SessionClock(standing.options.tickMillis());
    }

    @Nullable Session find(long id) {
        return table.find(id);
    }

    int size() {
        return table.size();
    }

    Session at(int index) {
        return table.at(index);
    }

    /** Is this id in use? */
    boolean isTaken(long id) {
        return table.find(id) != null || tree.hasSession(id);
    }

    /** A session of this id, made if it is not there; touched now. */
    Session enter(long id, int timeoutMillis) {
        Session session = table.find(id);
        if (session == null) {
            session = new Session(id, timeoutMillis);
            session.touchedNanos = standing.nowNanos;
            table.add(session);
        } else {
            session.timeoutMillis = timeoutMillis;
            touch(session, standing.nowNanos);
        }
        return session;
    }

    /** From now on its expiry is decided here. */
    void watchOver(Session session) {
        clock.add(session, standing.nowNanos);
    }

    /** Is its expiry decided here? */
    boolean isWatchedOver(Session session) {
        return clock.contains(session);
    }

    /**
     * A createSession is applied: a session that only this server knew is everybody's, and its
     * expiry is decided by the leader.
     */
    void becomeGlobal(Session session) {
        session.upgrading = false;
        if (!session.local) {
            return;
        }
        session.local = false;
        if (!standing.isLeading()) {
            clock.remove(session);
        }
        Connection connection = session.connection;
        if (connection != null) {
            connection.local(false);
        }
    }

    /**
     * There is a leader again: a createSession that was on its way is in the tree, or it was lost
     * and has to be sent anew.
     */
    void settleUpgrades() {
        for (int i = 0; i < table.size(); i++) {
            Session session = table.at(i);
            if (session.upgrading && tree.hasSession(session.id)) {
                becomeGlobal(session);
            }
            session.upgrading = false;
        }
    }

    long expiresInMillis(Session session) {
        return clock.expiresInMillis(session, standing.nowNanos);
    }

    /** A sign of life. */
    void touch(Session session, long nanos) {
        if (nanos - session.touchedNanos > 0) {
            session.touchedNanos = nanos;
        }
    }

    /** A sign of life reported by a learner, which may have agreed on another timeout meanwhile. */
    void touch(Session session, int timeoutMillis) {
        touch(session, standing.nowNanos);
        if (timeoutMillis != session.timeoutMillis) {
            session.timeoutMillis = timeoutMillis;
            if (clock.contains(session)) {
                clock.add(session, standing.nowNanos);
            }
        }
    }

    /** The next session that is over, or null. */
    @Nullable Session nextExpired() {
        return clock.nextExpired(standing.nowNanos);
    }

    /** Gives every session the time back during which nobody could be heard. */
    void heldBack(long nanos) {
        for (int i = 0; i < table.size(); i++) {
            Session session = table.at(i);
            long later = session.lastSignNanos() + nanos;
            touch(session, later - standing.nowNanos > 0 ? standing.nowNanos : later);
        }
    }

    /** This server leads: it watches over all sessions, and each gets a full timeout. */
    void lead() {
        tree.forEachSession((id, timeoutMillis) -> {
            Session session = table.find(id);
            watchOver(enter(id, session == null ? timeoutMillis : session.timeoutMillis));
        });
    }

    /** This server no longer leads: it forgets whoever is not connected here. */
    void stopLeading() {
        for (int i = table.size() - 1; i >= 0; i--) {
            Session session = table.at(i);
            session.owner = Session.UNOWNED;
            session.closing = false;
            if (!session.local) {
                clock.remove(session);
            }
            dropOrphans(session);
            forgetIfIdle(session);
        }
    }

    /** Forgets the sessions that only this server knows. */
    void removeLocal() {
        for (int i = table.size() - 1; i >= 0; i--) {
            if (table.at(i).local) {
                remove(table.at(i));
            }
        }
    }

    /** The session is over for good. */
    void remove(Session session) {
        clock.remove(session);
        dropOrphans(session);
        if (session.tableIndex >= 0) {
            table.remove(session);
        }
        Connection connection = session.connection;
        if (connection != null) {
            connection.session = null;
            session.connection = null;
        }
    }

    /** A connection has ended. */
    void disconnected(Connection connection) {
        Session session = connection.session;
        if (session == null) {
            return;
        }
        touch(session, connection.touchedNanos());
        connection.session = null;
        if (session.connection == connection) {
            session.connection = null;
            forgetIfIdle(session);
        }
    }

    /** Drops a session that this server need not remember. */
    void forgetIfIdle(Session session) {
        if (session.tableIndex >= 0
                && session.connection == null
                && session.orphans == null
                && !session.local
                && !clock.contains(session)
                && !session.closing) {
            table.remove(session);
        }
    }

    /** Takes the oldest orphan out: its transaction has come. */
    void removeOrphan(Session session) {
        Pending.Queue orphans = session.orphans;
        if (orphans != null) {
            pool.give(orphans.removeHead());
            if (orphans.isEmpty()) {
                session.orphans = null;
            }
        }
    }

    void dropOrphans(Session session) {
        while (session.orphans != null) {
            removeOrphan(session);
        }
    }

    /** Half of a timeout: what may pass without contact, for a session to be surely alive. */
    static long halfNanos(int timeoutMillis) {
        return timeoutMillis * NANOS_PER_MILLI / 2;
    }

    /**
     * How long behind a sign of life that the leader has heard of a session is surely alive. Not
     * the whole timeout: the leader's clock may run faster than this server's, by up to a third.
     */
    static long sureNanos(int timeoutMillis) {
        return timeoutMillis * NANOS_PER_MILLI / 4 * 3;
    }
}
