package org.quorate.replica;

import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;
import org.quorate.protocol.client.Stat;
import org.quorate.protocol.jute.JuteOut;
import org.quorate.tree.Listing;

/**
 * Answers getChildren where there are so many children that others would have to wait: a step in
 * each turn, each sent at once, of the children as they were when the first one was made. One at a
 * time; a client whose turn is to come is like one that waits for a write. Nothing overtakes the
 * parts of an answer: what else is said to its client meanwhile is withheld, and what it asks
 * behind waits. Owned by the core thread.
 */
final class Listings {
    /** Bytes of one step, about: some two thousand names. */
    static final int STEP_BYTES = 32 << 10;

    private final Standing standing;
    private final Answers answers;
    private final Connections connections;
    private final ArrayDeque<Connection> waiting = new ArrayDeque<>();
    private final JuteOut out = new JuteOut(2 * STEP_BYTES);
    private final Stat stat = new Stat();

    private @Nullable Connection active;
    private @Nullable Listing listing;
    private boolean withStat;
    private long left;

    /** All who wait for their turn have too much to read; the host says when that has changed. */
    private boolean allBehind;

    Listings(Standing standing, Answers answers, Connections connections) {
        this.standing = standing;
        this.answers = answers;
        this.connections = connections;
    }

    /** The oldest request of this connection, which waits for nothing else, is a long listing. */
    void add(Connection connection) {
        connection.listing = true;
        waiting.add(connection);
        allBehind = false;
    }

    /** Is there a next step that need not wait for anything? */
    boolean hasMore() {
        Connection of = active;
        return of == null ? !waiting.isEmpty() && !allBehind : of.ended || isSafe(of);
    }

    /**
     * Makes the next step.
     *
     * @return a connection whose queue is to be gone on with; null if there is none
     */
    @Nullable Connection step() {
        Connection of = active;
        if (of != null && of.ended) {
            end();
            of = null;
        }
        if (of == null) {
            of = next();
            if (of == null) {
                return null;
            }
            if (!isSafe(of) || of.withheld != null || !begin(of)) {
                of.listing = false;
                return of;
            }
        }
        return isSafe(of) && send(of) ? of : null;
    }

    /** The first who waits and has room; who has none goes to the end. */
    private @Nullable Connection next() {
        allBehind = false;
        for (int i = waiting.size(); i > 0; i--) {
            Connection first = waiting.remove();
            if (!first.ended && first.listing) {
                if (!connections.isBehind(first)) {
                    return first;
                }
                waiting.add(first);
            }
        }
        allBehind = true;
        return null;
    }

    /**
     * What comes behind a listing in its connection's queue cannot wait any longer.
     *
     * @return false if it had not begun: the request is as any other then
     */
    boolean finish(Connection connection) {
        if (connection != active) {
            waiting.remove(connection);
            connection.listing = false;
            return false;
        }
        if (!isSafe(connection)) {
            connections.end(connection);
        }
        boolean done = connection.ended;
        while (!done) {
            done = send(connection);
        }
        return true;
    }

    private boolean isSafe(Connection connection) {
        return standing.contact.isSafe(connection, standing.nowNanos);
    }

    /** Returns false if it is no long listing any more. */
    private boolean begin(Connection of) {
        Pending head = of.queue.head;
        if (head == null || !answers.isLong(of, head.frame, 0, head.length)) {
            return false;
        }
        Listing begun = answers.beginLong(of, head, stat, out);
        active = of;
        listing = begun;
        withStat = Reads.hasStat(head.type);
        left = begun.bytes();
        connections.holdBack(of);
        return true;
    }

    /** Sends a part. Returns whether it was the last. */
    private boolean send(Connection to) {
        Listing names = listing;
        if (names == null) {
            throw new IllegalStateException("nothing is being listed for " + to);
        }
        int from = out.size();
        boolean more = names.next(STEP_BYTES, out);
        left -= out.size() - from;
        if (more ? left <= 0 : left != 0) {
            throw new IllegalStateException(
                    "%d bytes of names more than were promised to %s".formatted(-left, to));
        }
        if (!more && withStat) {
            stat.write(out);
        }
        if (more) {
            connections.replyPart(to, out);
        } else {
            end();
            Pending head = connections.remove(to);
            connections.replyLastPart(to, head, out);
            connections.give(head);
        }
        out.clear();
        return !more;
    }

    private void end() {
        Connection of = active;
        if (of != null) {
            of.listing = false;
        }
        Listing over = listing;
        if (over != null) {
            over.close();
        }
        active = null;
        listing = null;
    }
}
