package org.quorate.node.console;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import org.quorate.zab.Role;

/** What this server has been since its start, the latest changes first. Any thread. */
public final class RoleHistory {
    /** Older changes are forgotten. */
    static final int CHANGES_MAX = 200;

    private final LongSupplier wallMillis;

    // Guarded by this.
    private final ArrayDeque<Change> changes = new ArrayDeque<>();

    /**
     * A change of the role.
     *
     * @param atMillis wall clock
     * @param role what it became
     */
    record Change(long atMillis, Role role) {}

    /**
     * Empty.
     *
     * @param wallMillis the wall clock
     */
    public RoleHistory(LongSupplier wallMillis) {
        this.wallMillis = wallMillis;
    }

    /** The server is something else now. Quick. */
    public synchronized void changed(Role role) {
        if (changes.size() == CHANGES_MAX) {
            changes.removeLast();
        }
        changes.addFirst(new Change(wallMillis.getAsLong(), role));
    }

    /** The latest first. */
    synchronized List<Change> changes() {
        return new ArrayList<>(changes);
    }
}
