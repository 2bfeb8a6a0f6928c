package org.quorate.sim;

import java.util.ArrayDeque;
import org.quorate.protocol.client.WatcherEvent;

/**
 * A persistent watch, recursive or not: every change behind its setting must be told, in order, and
 * before anything is shown that could tell of it. After a reconnect it begins anew.
 */
final class LastingWatch {
    final String path;
    final boolean recursive;
    private final Znodes znodes;
    private final String owner;
    private final ArrayDeque<Znodes.Change> due = new ArrayDeque<>();
    private int looked;
    private long sinceZxid = Long.MAX_VALUE;

    LastingWatch(Znodes znodes, String owner, String path, boolean recursive) {
        this.znodes = znodes;
        this.owner = owner;
        this.path = path;
        this.recursive = recursive;
    }

    /** It is set, as the answer at this zxid says. */
    void set(long zxid) {
        sinceZxid = zxid;
        due.clear();
        looked = znodes.changes().size();
        while (looked > 0 && znodes.changes().get(looked - 1).zxid() > zxid) {
            looked--;
        }
    }

    boolean isSet() {
        return sinceZxid != Long.MAX_VALUE;
    }

    /** The connection is gone. */
    void unset() {
        sinceZxid = Long.MAX_VALUE;
    }

    void shown(long zxid) {
        if (!isSet()) {
            return;
        }
        look();
        Znodes.Change first = due.peekFirst();
        if (first != null && first.zxid() <= zxid) {
            throw new SimulationFailure(
                    "%s watches %s for good, is shown 0x%x and was not told of %s of %s at 0x%x",
                    owner, path, zxid, first.kind(), first.path(), first.zxid());
        }
    }

    /** An event came. Answers whether it was for this watch. */
    boolean fired(int type, String eventPath, long zxid) {
        if (!isSet() || !covers(eventPath)) {
            return false;
        }
        look();
        // The order within one transaction is nobody's business.
        for (Znodes.Change change : due) {
            if (change.zxid() != due.getFirst().zxid()) {
                break;
            }
            if (change.zxid() == zxid
                    && change.path().equals(eventPath)
                    && typeOf(change.kind()) == type) {
                due.remove(change);
                return true;
            }
        }
        return false;
    }

    private void look() {
        for (; looked < znodes.changes().size(); looked++) {
            Znodes.Change change = znodes.changes().get(looked);
            boolean wanted =
                    covers(change.path()) && (!recursive || change.kind() != Znodes.Kind.CHILDREN);
            if (wanted) {
                due.add(change);
            }
        }
    }

    private boolean covers(String changed) {
        return changed.equals(path) || recursive && changed.startsWith(path + "/");
    }

    private static int typeOf(Znodes.Kind kind) {
        return switch (kind) {
            case CREATED -> WatcherEvent.NODE_CREATED;
            case DELETED -> WatcherEvent.NODE_DELETED;
            case DATA -> WatcherEvent.NODE_DATA_CHANGED;
            case CHILDREN -> WatcherEvent.NODE_CHILDREN_CHANGED;
        };
    }
}
