package org.quorate.tree;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.quorate.protocol.jute.Slice;

/**
 * Who wants to hear of what (client protocol §12). Watchers are connections, by small dense
 * positive ints that the replica draws and gives back. Owned by the core thread; knows nothing of
 * access rights: the visitor decides whom to tell.
 */
public final class WatchTable {
    /** Modes in which a watch is set. */
    public enum Mode {
        DATA(0),
        CHILD(1),
        PERSISTENT(2),
        PERSISTENT_RECURSIVE(3);

        private final int index;

        Mode(int index) {
            this.index = index;
        }
    }

    public static final int EVENT_CREATED = 1;
    public static final int EVENT_DELETED = 2;
    public static final int EVENT_DATA_CHANGED = 3;
    public static final int EVENT_CHILDREN_CHANGED = 4;

    private static final int TYPE_CHILD = 1;
    private static final int TYPE_DATA = 2;
    private static final int TYPE_ANY = 3;
    private static final int TYPE_PERSISTENT = 4;
    private static final int TYPE_PERSISTENT_RECURSIVE = 5;
    private static final int MODES = Mode.values().length;

    /** Hears who is to be told; called in an order that depends on nothing but the calls before. */
    public interface Visitor {
        /**
         * At most once for each watcher, event and step.
         *
         * @param eventType 1 created, 2 deleted, 3 data changed, 4 children changed
         * @param path of the event
         */
        void fire(int watcher, int eventType, Slice path);
    }

    /** Hears what is watched, for people. */
    public interface Lister {
        /** Valid during the call. */
        void watch(int watcher, Slice path, Mode mode);
    }

    /** A watched path; also the key it is found by. */
    private static final class Watched {
        byte[] path;
        int from;
        int length;
        final @Nullable IntSet[] watchers = new IntSet[MODES];
        int id;
        boolean dropped;

        Watched(byte[] path, int from, int length) {
            this.path = path;
            this.from = from;
            this.length = length;
        }

        boolean has(Mode mode, int watcher) {
            IntSet set = watchers[mode.index];
            return set != null && set.contains(watcher);
        }

        boolean isUnwatched() {
            for (IntSet set : watchers) {
                if (set != null && set.size() > 0) {
                    return false;
                }
            }
            return true;
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Watched w
                    && Arrays.equals(path, from, from + length, w.path, w.from, w.from + w.length);
        }

        @Override
        public int hashCode() {
            int hash = 1;
            for (int i = from; i < from + length; i++) {
                hash = 31 * hash + path[i];
            }
            return hash ^ hash >>> 15;
        }
    }

    private final Map<Watched, Watched> watched = new LinkedHashMap<>();
    private final List<@Nullable Watched> byId = new ArrayList<>();
    private final List<Integer> freeIds = new ArrayList<>();
    // By watcher: ids of the paths it watches in any mode.
    private final List<@Nullable IntSet> pathsOf = new ArrayList<>();
    private final Watched probe = new Watched(new byte[0], 0, 0);
    private final IntSet told = new IntSet();
    private final Slice eventPath = new Slice();
    private long watchCount;
    private int recursiveCount;

    public WatchTable() {
        byId.add(null);
    }

    public void add(int watcher, Slice path, Mode mode) {
        Watched at = intern(path);
        IntSet set = at.watchers[mode.index];
        if (set == null) {
            set = new IntSet();
            at.watchers[mode.index] = set;
        }
        if (!set.add(watcher)) {
            return;
        }
        watchCount++;
        if (mode == Mode.PERSISTENT_RECURSIVE) {
            recursiveCount++;
        }
        while (pathsOf.size() <= watcher) {
            pathsOf.add(null);
        }
        IntSet paths = pathsOf.get(watcher);
        if (paths == null) {
            paths = new IntSet();
            pathsOf.set(watcher, paths);
        }
        paths.add(at.id);
    }

    /**
     * Does the watcher have such a watch?
     *
     * @param watcherType as checkWatches sends it: 1 child, 2 data, 3 any, 4 persistent, 5
     *     persistent recursive
     */
    public boolean has(int watcher, Slice path, int watcherType) {
        Watched at = lookUp(path);
        if (at == null) {
            return false;
        }
        for (Mode mode : Mode.values()) {
            if (matches(watcherType, mode) && at.has(mode, watcher)) {
                return true;
            }
        }
        return false;
    }

    /** As {@link #has}; true if something was removed. */
    public boolean remove(int watcher, Slice path, int watcherType) {
        Watched at = lookUp(path);
        if (at == null) {
            return false;
        }
        boolean removed = false;
        for (Mode mode : Mode.values()) {
            if (matches(watcherType, mode)) {
                removed |= take(at, mode, watcher);
            }
        }
        if (removed) {
            forget(at, watcher);
        }
        return removed;
    }

    public void removeAll(int watcher) {
        IntSet paths = watcher < pathsOf.size() ? pathsOf.get(watcher) : null;
        if (paths == null) {
            return;
        }
        pathsOf.set(watcher, null);
        for (int slot = 0; slot < paths.slotCount(); slot++) {
            Watched at = byId.get(paths.at(slot));
            if (at != null) {
                for (Mode mode : Mode.values()) {
                    take(at, mode, watcher);
                }
                dropIfUnwatched(at);
            }
        }
    }

    /** Fires for the node's data and recursive watchers: NodeCreated. One-shots are used up. */
    public void created(Slice path, Visitor visitor) {
        fireData(EVENT_CREATED, path, visitor);
        told.clear();
    }

    /** Fires NodeDeleted for data, recursive and child watchers of the node, each watcher once. */
    public void deleted(Slice path, Visitor visitor) {
        fireData(EVENT_DELETED, path, visitor);
        fireChild(EVENT_DELETED, path, visitor);
        told.clear();
    }

    public void dataChanged(Slice path, Visitor visitor) {
        fireData(EVENT_DATA_CHANGED, path, visitor);
        told.clear();
    }

    /** Fires NodeChildrenChanged for the child watchers of {@code parent}. */
    public void childrenChanged(Slice parent, Visitor visitor) {
        fireChild(EVENT_CHILDREN_CHANGED, parent, visitor);
        told.clear();
    }

    /** All watches that are set. */
    public long watchCount() {
        return watchCount;
    }

    /** Paths that are watched in any mode. */
    public int pathCount() {
        return watched.size();
    }

    /** Lists all watches, in an order that depends on nothing but the past. */
    public void forEach(Lister lister) {
        Slice path = new Slice();
        for (Watched at : watched.values()) {
            path.set(at.path, at.from, at.length);
            for (Mode mode : Mode.values()) {
                IntSet set = at.watchers[mode.index];
                for (int slot = 0; set != null && slot < set.slotCount(); slot++) {
                    if (set.at(slot) != 0) {
                        lister.watch(set.at(slot), path, mode);
                    }
                }
            }
        }
    }

    private void fireData(int eventType, Slice path, Visitor visitor) {
        Watched at = lookUp(path);
        if (at != null) {
            useUp(at, Mode.DATA, eventType, path, visitor);
            tell(at, Mode.PERSISTENT, eventType, path, visitor);
            tell(at, Mode.PERSISTENT_RECURSIVE, eventType, path, visitor);
        }
        if (recursiveCount > 0) {
            tellAncestors(eventType, path, visitor);
        }
    }

    private void tellAncestors(int eventType, Slice path, Visitor visitor) {
        for (int end = path.length() - 1; end >= 0 && path.length() > 1; end--) {
            if (path.at(end) == '/') {
                Watched above = lookUp(path.array(), path.from(), Math.max(end, 1));
                if (above != null) {
                    tell(above, Mode.PERSISTENT_RECURSIVE, eventType, path, visitor);
                }
            }
        }
    }

    private void fireChild(int eventType, Slice path, Visitor visitor) {
        Watched at = lookUp(path);
        if (at != null) {
            useUp(at, Mode.CHILD, eventType, path, visitor);
            tell(at, Mode.PERSISTENT, eventType, path, visitor);
        }
    }

    private void useUp(Watched at, Mode mode, int eventType, Slice path, Visitor visitor) {
        IntSet set = at.watchers[mode.index];
        if (set == null) {
            return;
        }
        at.watchers[mode.index] = null;
        watchCount -= set.size();
        for (int slot = 0; slot < set.slotCount(); slot++) {
            int watcher = set.at(slot);
            if (watcher != 0) {
                forget(at, watcher);
                if (told.add(watcher)) {
                    visitor.fire(watcher, eventType, eventPath.set(path));
                }
            }
        }
    }

    private void tell(Watched at, Mode mode, int eventType, Slice path, Visitor visitor) {
        IntSet set = at.watchers[mode.index];
        for (int slot = 0; set != null && slot < set.slotCount(); slot++) {
            int watcher = set.at(slot);
            if (watcher != 0 && told.add(watcher)) {
                visitor.fire(watcher, eventType, eventPath.set(path));
            }
        }
    }

    private boolean take(Watched at, Mode mode, int watcher) {
        IntSet set = at.watchers[mode.index];
        if (set == null || !set.remove(watcher)) {
            return false;
        }
        watchCount--;
        if (mode == Mode.PERSISTENT_RECURSIVE) {
            recursiveCount--;
        }
        if (set.size() == 0) {
            at.watchers[mode.index] = null;
        }
        return true;
    }

    /** The watcher may have lost its last watch on the path, and the path its last watcher. */
    private void forget(Watched at, int watcher) {
        for (Mode mode : Mode.values()) {
            if (at.has(mode, watcher)) {
                return;
            }
        }
        IntSet paths = pathsOf.get(watcher);
        if (paths != null) {
            paths.remove(at.id);
        }
        dropIfUnwatched(at);
    }

    private void dropIfUnwatched(Watched at) {
        if (!at.dropped && at.isUnwatched()) {
            at.dropped = true;
            watched.remove(at);
            byId.set(at.id, null);
            freeIds.add(at.id);
        }
    }

    private Watched intern(Slice path) {
        Watched known = lookUp(path);
        if (known != null) {
            return known;
        }
        Watched at = new Watched(path.copy(), 0, path.length());
        if (freeIds.isEmpty()) {
            at.id = byId.size();
            byId.add(at);
        } else {
            at.id = freeIds.removeLast();
            byId.set(at.id, at);
        }
        watched.put(at, at);
        return at;
    }

    private @Nullable Watched lookUp(Slice path) {
        return lookUp(path.array(), path.from(), path.length());
    }

    private @Nullable Watched lookUp(byte[] array, int from, int length) {
        probe.path = array;
        probe.from = from;
        probe.length = length;
        return watched.get(probe);
    }

    private static boolean matches(int watcherType, Mode mode) {
        return switch (watcherType) {
            case TYPE_CHILD -> mode == Mode.CHILD;
            case TYPE_DATA -> mode == Mode.DATA;
            case TYPE_ANY -> true;
            case TYPE_PERSISTENT -> mode == Mode.PERSISTENT;
            case TYPE_PERSISTENT_RECURSIVE -> mode == Mode.PERSISTENT_RECURSIVE;
            default -> false;
        };
    }
}
