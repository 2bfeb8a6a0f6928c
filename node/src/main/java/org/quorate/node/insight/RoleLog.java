package org.quorate.node.insight;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/**
 * What this server was, and why it became something else: the last changes of its role. Told by the
 * core thread, read by anyone.
 */
public final class RoleLog {
    /** Changes remembered. */
    static final int CHANGES_MAX = 500;

    /** What the core said so long before a change is its reason. */
    private static final long REASON_MILLIS_MAX = 2_000;

    /**
     * A change.
     *
     * @param role in lower case: looking, leading, following, observing
     * @param leader server id; −1 while looking
     * @param epoch of the leader; −1 while looking
     * @param reason in the core's words; empty if it said none
     */
    public record Change(long wallMillis, String role, long leader, long epoch, String reason) {}

    // Guarded by this.
    private final ArrayDeque<Change> changes = new ArrayDeque<>();
    private String lastNotice = "";
    private long noticeMillis;

    RoleLog() {}

    /** The core has said something that may explain what comes. */
    public synchronized void notice(String message, long wallMillis) {
        lastNotice = message;
        noticeMillis = wallMillis;
    }

    /** The role has changed. */
    public synchronized void change(String role, long leader, long epoch, long wallMillis) {
        boolean explained = wallMillis - noticeMillis <= REASON_MILLIS_MAX;
        if (changes.size() == CHANGES_MAX) {
            changes.removeFirst();
        }
        changes.addLast(new Change(wallMillis, role, leader, epoch, explained ? lastNotice : ""));
        lastNotice = "";
    }

    /** Newest first. */
    public synchronized List<Change> changes() {
        return new ArrayList<>(changes).reversed();
    }

    /** How often this server lost its leader, or its leadership, since then. */
    public int lostSince(long wallMillis) {
        return lossesSince(wallMillis).size();
    }

    /** Each time that it lost its leader, or its leadership, since then, newest first. */
    public synchronized List<Change> lossesSince(long wallMillis) {
        List<Change> losses = new ArrayList<>();
        boolean first = true;
        for (Change change : changes) {
            // The first election is no loss.
            if (!first && change.role().equals("looking") && change.wallMillis() >= wallMillis) {
                losses.add(change);
            }
            first = false;
        }
        return losses.reversed();
    }
}
