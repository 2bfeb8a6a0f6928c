package org.quorate.sim;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.quorate.protocol.client.WatcherEvent;

/**
 * A client's one-shot watches: each must fire at the first change behind its setting, before
 * anything is shown that could tell of the change, and never without one.
 */
final class OneShotWatches {
    /** A kind of watch. */
    enum On {
        /** Set by a read that found the znode. */
        DATA,
        /** Set by a look at a znode that was not there. */
        ABSENCE,
        CHILDREN
    }

    private final Znodes znodes;
    private final String owner;

    // Path to the zxid of the read that set it.
    private final TreeMap<String, Long> data = new TreeMap<>();
    private final TreeMap<String, Long> absence = new TreeMap<>();
    private final TreeMap<String, Long> children = new TreeMap<>();

    /** Told to be deleted while catching up: one word for each watch that was on it. */
    private final TreeSet<String> toldDeleted = new TreeSet<>();

    /** Between a reconnect and the answer to setWatches: what is due is not known. */
    private boolean catchingUp;

    OneShotWatches(Znodes znodes, String owner) {
        this.znodes = znodes;
        this.owner = owner;
    }

    void set(On on, String path, long zxid) {
        table(on).putIfAbsent(path, zxid);
    }

    private Map<String, Long> table(On on) {
        return switch (on) {
            case DATA -> data;
            case ABSENCE -> absence;
            case CHILDREN -> children;
        };
    }

    boolean isEmpty() {
        return data.isEmpty() && absence.isEmpty() && children.isEmpty();
    }

    List<String> paths(On on) {
        return new ArrayList<>(table(on).keySet());
    }

    void clear() {
        data.clear();
        absence.clear();
        children.clear();
        catchingUp = false;
    }

    /** The client sends its watches to another server. */
    void beginCatchUp() {
        toldDeleted.clear();
        catchingUp = true;
    }

    /**
     * The answer to setWatches, at this zxid: what has changed must have been told.
     *
     * @param known whether all that has changed is known here; else nobody looked at what was told
     */
    void endCatchUp(long zxid, boolean known) {
        catchingUp = false;
        if (!known) {
            return;
        }
        check(zxid, false);
        for (Iterator<String> paths = absence.keySet().iterator(); paths.hasNext(); ) {
            String path = paths.next();
            Znodes.Change now = znodes.at(path, zxid);
            if (now != null && now.exists()) {
                throw lost(path, now, zxid);
            }
        }
        for (On on : On.values()) {
            table(on).replaceAll((_, _) -> zxid);
        }
    }

    /** The client is shown a state at this zxid: whatever changed until then must have fired. */
    void shown(long zxid) {
        if (!catchingUp) {
            check(zxid, true);
        }
    }

    private void check(long zxid, boolean absenceToo) {
        check(data, zxid, false);
        if (absenceToo) {
            check(absence, zxid, false);
        }
        check(children, zxid, true);
    }

    private void check(Map<String, Long> watches, long zxid, boolean onChildren) {
        for (Map.Entry<String, Long> watch : watches.entrySet()) {
            Znodes.Change change = znodes.firstBehind(watch.getKey(), watch.getValue(), onChildren);
            if (change != null && change.zxid() <= zxid) {
                throw lost(watch.getKey(), change, zxid);
            }
        }
    }

    private SimulationFailure lost(String path, Znodes.Change change, long zxid) {
        return new SimulationFailure(
                "%s watches %s, is shown 0x%x and was not told of %s at 0x%x",
                owner, path, zxid, change.kind(), change.zxid());
    }

    /** An event came. Answers whether it was for one of these. */
    boolean fired(int type, String path, long zxid) {
        boolean again = catchingUp && zxid == WatcherEvent.ZXID_UNKNOWN;
        if (again && type == WatcherEvent.NODE_DELETED && !toldDeleted.add(path)) {
            return true;
        }
        return switch (type) {
            case WatcherEvent.NODE_CREATED, WatcherEvent.NODE_DATA_CHANGED -> takeNode(path, zxid);
            case WatcherEvent.NODE_DELETED -> {
                boolean node = takeNode(path, zxid);
                boolean list = take(children, path, zxid, true);
                yield node || list;
            }
            case WatcherEvent.NODE_CHILDREN_CHANGED -> take(children, path, zxid, true);
            default -> false;
        };
    }

    private boolean takeNode(String path, long zxid) {
        boolean there = take(data, path, zxid, false);
        boolean absent = take(absence, path, zxid, false);
        return there || absent;
    }

    private boolean take(Map<String, Long> watches, String path, long zxid, boolean onChildren) {
        Long since = watches.remove(path);
        if (since == null) {
            return false;
        }
        Znodes.@Nullable Change change = znodes.firstBehind(path, since, onChildren);
        boolean right =
                change != null && (zxid == WatcherEvent.ZXID_UNKNOWN || change.zxid() == zxid);
        if (!right) {
            throw new SimulationFailure(
                    "%s is told that %s changed at 0x%x; behind 0x%x the first change is %s",
                    owner, path, zxid, since, change);
        }
        return true;
    }
}
