package org.quorate.replica;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.quorate.protocol.acl.Id;
import org.quorate.protocol.jute.JuteOut;
import org.quorate.protocol.jute.Slice;
import org.quorate.protocol.txn.Txn;
import org.quorate.tree.WatchTable;

/**
 * The open connections, in an order that depends on nothing but the calls before, and what is sent
 * to them. Owned by the core thread.
 */
final class Connections {
    private static final int CAPACITY_MIN = 16;

    // Kinds of withheld frames, in Pending.type.
    private static final int REPLY = 1;
    private static final int PUSH = 2;

    private final Standing standing;
    private final Effects effects;
    private final WatchTable watches;
    private final Pending.Pool pool;
    private final Sessions sessions;
    private final Holdings holdings;

    private @Nullable Connection[] open = new @Nullable Connection[CAPACITY_MIN];
    private int size;

    private @Nullable Connection[] watchers = new @Nullable Connection[CAPACITY_MIN];
    private int[] freeWatchers = new int[CAPACITY_MIN];
    private int freeWatcherCount;
    private int watcherCount = 1; // numbers begin at 1

    private List<Connection> waiting = new ArrayList<>();

    /** Connections for which too much is withheld. */
    private final List<Connection> overdue = new ArrayList<>();

    private int outstanding;
    private long outstandingBytes;

    Connections(
            Standing standing,
            Effects effects,
            WatchTable watches,
            Pending.Pool pool,
            Sessions sessions,
            Holdings holdings) {
        this.standing = standing;
        this.effects = effects;
        this.watches = watches;
        this.pool = pool;
        this.sessions = sessions;
        this.holdings = holdings;
        if (holdings.countsWatches()) {
            watches.counter(
                    (watcher, path, more) -> holdings.watches(watcher(watcher), path, more));
        }
    }

    /** What clients hold, and may. */
    Holdings holdings() {
        return holdings;
    }

    /** A client asks for more than it may hold; its connection is ended if it cannot go on so. */
    void pastLimit(Connection by, Effects.Held what, boolean ends) {
        effects.pastLimit(by, what, ends);
        if (ends) {
            end(by);
        }
    }

    int size() {
        return size;
    }

    /** The connections in a row; when one ends the last moves to its place. */
    Connection at(int index) {
        Connection connection = open[index];
        if (index >= size || connection == null) {
            throw new IndexOutOfBoundsException(index + " of " + size);
        }
        return connection;
    }

    Connection add(long id, String address, List<Id> ids, boolean admitted) {
        Connection connection = new Connection(id, address, ids, admitted, standing.contact);
        if (size == open.length) {
            open = Arrays.copyOf(open, 2 * size);
        }
        connection.index = size;
        open[size++] = connection;
        connection.pastLimit = !holdings.opened(connection);
        return connection;
    }

    // ---- requests under way

    /** Requests handed in and not answered. */
    int outstanding() {
        return outstanding;
    }

    /** Takes a request into the connection's queue. */
    void enqueue(Connection connection, Pending pending) {
        connection.queue.append(pending);
        outstanding++;
        outstandingBytes += pending.length;
    }

    /** Takes the oldest request out, for the caller to answer and to {@link #give} back. */
    Pending remove(Connection connection) {
        Pending oldest = connection.queue.removeHead();
        outstanding--;
        outstandingBytes -= oldest.length;
        return oldest;
    }

    /** A request was answered and is not needed any more. */
    void give(Pending answered) {
        pool.give(answered);
    }

    /** Is there room to hold what came last until there is a leader? */
    boolean mayHold() {
        return outstanding <= standing.options.heldRequestsMax()
                && outstandingBytes <= standing.options.heldBytesMax();
    }

    // ---- what is sent

    /** Tells the host which request the reply that follows at once answers. */
    void answers(Connection to, byte[] request, int from, int length) {
        if (mayHear(to)) {
            effects.answers(to, request, from, length);
        }
    }

    /** Tells the host what became of an update. */
    void updated(Connection by, Session session, Pending update, Txn done) {
        effects.updated(by, session.id, update.frame, update.length, done);
    }

    /** Tells the host that an ephemeral znode went with its session. */
    void ephemeralEnded(long sessionId, Slice path) {
        effects.ephemeralEnded(sessionId, path);
    }

    /** Sends a frame that answers the oldest request, as soon as that is safe. */
    void reply(Connection to, JuteOut frame) {
        if (mayHear(to)) {
            effects.reply(to, frame.array(), 0, frame.size());
        } else {
            withhold(to, frame, REPLY);
        }
    }

    /** Is there so much for a client to read that nothing long should be said to it? */
    boolean isBehind(Connection to) {
        return effects.isBehind(to);
    }

    /** What is said to a connection from now on waits behind a reply that is sent in parts. */
    void holdBack(Connection connection) {
        connection.heldBack = true;
    }

    /** Sends a part of a reply, with more to follow. */
    void replyPart(Connection to, JuteOut part) {
        effects.replyPart(to, part.array(), 0, part.size(), false);
    }

    /** Sends the last part of the reply to what was asked, and then what was withheld for it. */
    void replyLastPart(Connection to, Pending asked, JuteOut part) {
        effects.answers(to, asked.frame, 0, asked.length);
        effects.replyPart(to, part.array(), 0, part.size(), true);
        to.heldBack = false;
        sendWithheld(to);
    }

    /** Sends a frame that answers nothing in order, as soon as that is safe. */
    void push(Connection to, JuteOut frame) {
        if (mayHear(to)) {
            effects.push(to, frame.array(), 0, frame.size());
        } else {
            withhold(to, frame, PUSH);
        }
    }

    /** Sends the reply to the end of the session: behind it nothing can be taken amiss any more. */
    void replyLast(Connection to, JuteOut frame) {
        sendWithheld(to);
        effects.reply(to, frame.array(), 0, frame.size());
    }

    /**
     * Sends what was withheld, if that is safe by now.
     *
     * @return whether there is nothing to withhold any more
     */
    boolean release(Connection to) {
        if (to.withheld == null) {
            return true;
        }
        if (to.heldBack || !standing.contact.isSafe(to, standing.nowNanos)) {
            return false;
        }
        sendWithheld(to);
        return true;
    }

    /** Whoever hears something believes that its session lives. */
    private boolean mayHear(Connection to) {
        return to.withheld == null
                && !to.heldBack
                && (to.sessionId() == 0 || standing.contact.isSafe(to, standing.nowNanos));
    }

    private void withhold(Connection from, JuteOut frame, int kind) {
        Pending pending = pool.take(frame.array(), 0, frame.size());
        pending.type = kind;
        Pending.Queue queue = from.withheld;
        if (queue == null) {
            queue = new Pending.Queue();
            from.withhold(queue);
            waitForTouch(from);
        }
        queue.append(pending);
        if (queue.bytes() > standing.options.heldBytesMax()) {
            overdue.add(from);
        }
    }

    private void sendWithheld(Connection to) {
        Pending.Queue queue = to.withheld;
        while (queue != null && !queue.isEmpty()) {
            Pending pending = queue.removeHead();
            if (pending.type == REPLY) {
                effects.reply(to, pending.frame, 0, pending.length);
            } else {
                effects.push(to, pending.frame, 0, pending.length);
            }
            pool.give(pending);
        }
        to.withhold(null);
    }

    /** Remembers a connection whose next answer waits for touch with the leader. */
    void waitForTouch(Connection connection) {
        if (!connection.waiting) {
            connection.waiting = true;
            waiting.add(connection);
        }
    }

    /** Does anybody wait for touch with the leader, or is to be let go? */
    boolean hasWaiting() {
        return !waiting.isEmpty() || !overdue.isEmpty();
    }

    /** Those who wait for touch; each has to be remembered again if it still waits. */
    List<Connection> takeWaiting() {
        overdue.forEach(this::end);
        overdue.clear();
        List<Connection> taken = waiting;
        waiting = new ArrayList<>();
        taken.removeIf(connection -> connection.ended);
        taken.forEach(connection -> connection.waiting = false);
        return taken;
    }

    /** Answers the handshake and lets further frames in. */
    void establish(Connection connection, JuteOut response) {
        effects.reply(connection, response.array(), 0, response.size());
        effects.established(connection);
    }

    /** Ends a connection and has the host close it behind what was sent. */
    void end(Connection connection) {
        if (forget(connection)) {
            effects.close(connection);
        }
    }

    /** Ends a connection and with it a session that only this server knows. */
    void endSession(Connection connection) {
        Session session = connection.session;
        end(connection);
        if (session != null) {
            sessions.remove(session);
        }
    }

    /**
     * The connection is over; its session lives on.
     *
     * @return false if it was over before
     */
    boolean forget(Connection connection) {
        if (connection.ended) {
            return false;
        }
        connection.ended = true;
        connection.noSession();
        connection.greeting = null;
        size--;
        Connection last = open[size];
        open[connection.index] = last;
        if (last != null) {
            last.index = connection.index;
        }
        open[size] = null;
        connection.index = -1;
        forgetWatches(connection);
        holdings.closed(connection);
        forgetRequests(connection);
        sessions.disconnected(connection);
        return true;
    }

    private void forgetRequests(Connection connection) {
        Pending.Queue withheld = connection.withheld;
        while (withheld != null && !withheld.isEmpty()) {
            pool.give(withheld.removeHead());
        }
        connection.withhold(null);
        Session session = connection.session;
        while (!connection.queue.isEmpty()) {
            Pending pending = remove(connection);
            if (pending.wait == Pending.Wait.SYNC) {
                pending.answered =
                        true; // goes back to the pool when its turn among the syncs comes
            } else if (pending.wait == Pending.Wait.COMMIT && session != null) {
                pending.orphanOf = connection;
                session.addOrphan(pending);
            } else {
                pool.give(pending);
            }
        }
    }

    // ---- watchers

    /** The connection's number in the watch table; drawn at its first watch. */
    int watcherOf(Connection connection) {
        if (connection.watcher == Connection.NO_WATCHER) {
            int watcher = freeWatcherCount > 0 ? freeWatchers[--freeWatcherCount] : watcherCount++;
            if (watcher == watchers.length) {
                watchers = Arrays.copyOf(watchers, 2 * watcher);
            }
            watchers[watcher] = connection;
            connection.watcher = watcher;
        }
        return connection.watcher;
    }

    /** The connection behind a number. */
    Connection watcher(int watcher) {
        Connection connection = watchers[watcher];
        if (connection == null) {
            throw new IllegalStateException("watcher " + watcher + " is nobody");
        }
        return connection;
    }

    private void forgetWatches(Connection connection) {
        int watcher = connection.watcher;
        if (watcher == Connection.NO_WATCHER) {
            return;
        }
        watches.removeAll(watcher);
        watchers[watcher] = null;
        connection.watcher = Connection.NO_WATCHER;
        if (freeWatcherCount == freeWatchers.length) {
            freeWatchers = Arrays.copyOf(freeWatchers, 2 * freeWatcherCount);
        }
        freeWatchers[freeWatcherCount++] = watcher;
    }
}
