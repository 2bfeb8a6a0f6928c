package org.quorate.replica;

import org.jspecify.annotations.Nullable;
import org.quorate.protocol.jute.Slice;
import org.quorate.tree.DataTree;
import org.quorate.tree.WatchTable;

/**
 * What people ask about a running replica: sessions, connections, watches, counts. Asked on the
 * core thread; the listing methods take time in proportion to what they list, the others none.
 */
public final class Inspection {
    private final Standing standing;
    private final DataTree tree;
    private final Sessions sessions;
    private final Connections connections;
    private final WatchTable watches;
    private final Leader leader;
    private final Terms terms;
    private final Requests requests;

    Inspection(
            Standing standing,
            DataTree tree,
            Sessions sessions,
            Connections connections,
            WatchTable watches,
            Leader leader,
            Terms terms,
            Requests requests) {
        this.standing = standing;
        this.tree = tree;
        this.sessions = sessions;
        this.connections = connections;
        this.watches = watches;
        this.leader = leader;
        this.terms = terms;
        this.requests = requests;
    }

    /** Are clients' requests answered, reads at least? */
    public boolean isServing() {
        return standing.isServing() || standing.contact.isReadOnly();
    }

    /** Is this server cut off, and serving reads to those who want it nevertheless? */
    public boolean isReadOnly() {
        return standing.contact.isReadOnly();
    }

    /** Open connections, with or without a session. */
    public int connectionCount() {
        return connections.size();
    }

    /** Hears connections one by one. */
    public interface ConnectionVisitor {
        void connection(Connection connection);
    }

    public void forEachConnection(ConnectionVisitor visitor) {
        for (int i = 0; i < connections.size(); i++) {
            visitor.connection(connections.at(i));
        }
    }

    /** Requests handed in and not answered. */
    public int outstanding() {
        return connections.outstanding();
    }

    /** Sessions that the ensemble knows. */
    public int globalSessionCount() {
        return tree.sessionCount();
    }

    /** Sessions that only this server knows. */
    public int localSessionCount() {
        int count = 0;
        for (int i = 0; i < sessions.size(); i++) {
            count += sessions.at(i).local ? 1 : 0;
        }
        return count;
    }

    /** {@link SessionVisitor#session}'s deadline where another server decides. */
    public static final long DEADLINE_UNKNOWN = -1;

    /** Hears sessions one by one. */
    public interface SessionVisitor {
        /**
         * One session.
         *
         * @param deadlineMillis wall-clock time at which it expires if nothing is heard of it;
         *     {@link #DEADLINE_UNKNOWN} where another server decides
         * @param isLocal known to this server only
         */
        void session(long sessionId, int timeoutMillis, long deadlineMillis, boolean isLocal);
    }

    /** All sessions of the ensemble, and the local ones of this server. */
    public void forEachSession(SessionVisitor visitor) {
        tree.forEachSession((id, timeoutMillis) -> {
            Session session = sessions.find(id);
            if (session == null || !session.local) {
                visitor.session(id, timeoutMillis, deadlineMillis(session), false);
            }
        });
        for (int i = 0; i < sessions.size(); i++) {
            Session session = sessions.at(i);
            if (session.local) {
                visitor.session(session.id, session.timeoutMillis, deadlineMillis(session), true);
            }
        }
    }

    private long deadlineMillis(@Nullable Session session) {
        return session != null && sessions.isWatchedOver(session)
                ? leader.wallMillis() + sessions.expiresInMillis(session)
                : DEADLINE_UNKNOWN;
    }

    /** Watches set on this server. */
    public long watchCount() {
        return watches.watchCount();
    }

    /** Hears watches one by one; the path is valid during the call. */
    public interface WatchVisitor {
        void watch(Connection by, Slice path, WatchTable.Mode mode);
    }

    public void forEachWatch(WatchVisitor visitor) {
        watches.forEach(
                (watcher, path, mode) -> visitor.watch(connections.watcher(watcher), path, mode));
    }

    /** Sessions that this server, as leader, has declared over. */
    public long expiredSessionCount() {
        return leader.expiredCount();
    }

    /** Those of them that were for this cause. */
    public long expiredSessionCount(ExpiryCause cause) {
        return leader.expiredCount(cause);
    }

    /** Authentications refused. */
    public long authFailureCount() {
        return requests.authFailureCount();
    }

    /** Times without a leader through which clients were held. */
    public long heldElectionCount() {
        return terms.heldElections();
    }
}
