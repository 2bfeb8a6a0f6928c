package org.quorate.cluster.coordinator;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.apache.zookeeper.KeeperException;

/**
 * Ephemeral znodes in which transactions leave a number, one per transaction under way. They are
 * used again while their session lives. Safe for many threads.
 */
final class Receipts {
    static final String HOME = "/quorate/receipts";

    private final Link link;
    // Guarded by this: paths that no transaction uses now, all of the session `owner`.
    private final Deque<String> free = new ArrayDeque<>();
    private long owner;
    private int made;

    Receipts(Link link) {
        this.link = link;
    }

    /** A path for one transaction of that session; {@link #giveBack} it when its fate is known. */
    String take(long sessionId) throws KeeperException, InterruptedException {
        String path;
        synchronized (this) {
            if (sessionId != owner) {
                owner = sessionId;
                free.clear();
                made = 0;
            }
            String used = free.poll();
            if (used != null) {
                return used;
            }
            path = Paths.join(HOME, Long.toHexString(sessionId) + "-" + made++);
        }
        create(sessionId, path);
        return path;
    }

    synchronized void giveBack(long sessionId, String path) {
        if (sessionId == owner) {
            free.push(path);
        }
    }

    /** A lost answer loses the number {@code made} with it, and nothing else. */
    private void create(long sessionId, String path) throws KeeperException, InterruptedException {
        Change.Create receipt = new Change.Create(path, Bytes.NONE, true, false);
        Outcome outcome = link.multi(sessionId, List.of(receipt));
        if (outcome.refusedFor(Outcome.Reason.MISSING)) {
            for (String parent : new String[] {Paths.parent(HOME), HOME}) {
                Change.Create home = new Change.Create(parent, Bytes.NONE, false, false);
                link.multi(0, List.of(home));
            }
            outcome = link.multi(sessionId, List.of(receipt));
        }
        if (!outcome.done()) {
            throw new IllegalStateException("cannot create the receipt " + path + ": " + outcome);
        }
    }
}
