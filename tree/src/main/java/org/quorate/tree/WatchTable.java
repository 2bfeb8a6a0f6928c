package org.quorate.tree;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.quorate.protocol.jute.Slice;

/**
 * Who wants to hear of what (client protocol §12). Watchers are connections, by small dense
 * positive ints that the replica draws and gives back. Owned by the core thread; knows nothing of
 * access rights: the visitor decides whom to tell.
 *
 * <p>As in ZooKeeper there are two tables: persistent watches are in both, recursive ones in that
 * of data. A watch takes 24 bytes off the heap, and about as many for its path if nobody else
 * watches it, beside the path itself.
 */
public final class WatchTable {
    /** Modes in which a watch is set. */
    public enum Mode {
        DATA,
        CHILD,
        PERSISTENT,
        PERSISTENT_RECURSIVE
    }

    public static final int EVENT_CREATED = 1;
    public static final int EVENT_DELETED = 2;
    public static final int EVENT_DATA_CHANGED = 3;
    public static final int EVENT_CHILDREN_CHANGED = 4;

    /** Watchers are smaller than this. */
    public static final int WATCHERS_MAX = 1 << 29;

    private static final int TYPE_CHILD = 1;
    private static final int TYPE_DATA = 2;
    private static final int TYPE_ANY = 3;
    private static final int TYPE_PERSISTENT = 4;
    private static final int TYPE_PERSISTENT_RECURSIVE = 5;
    private static final int NONE = 0;

    /** Hears who is to be told; called in an order that depends on nothing but the calls before. */
    public interface Visitor {
        /**
         * At most once for each watcher, event and step. Must not change the table.
         *
         * @param eventType 1 created, 2 deleted, 3 data changed, 4 children changed
         * @param path of the event
         */
        void fire(int watcher, int eventType, Slice path);
    }

    /** Hears of each watch that is set or used up or taken out, for those who count. */
    public interface Counter {
        /**
         * Must not change the table.
         *
         * @param path valid during the call
         */
        void watches(int watcher, Slice path, int more);
    }

    /** Hears what is watched, for people. */
    public interface Lister {
        /** Valid during the call. */
        void watch(int watcher, Slice path, Mode mode);
    }

    private final Heap heap;
    private final NameHash hash;
    private final WatchIndex data;
    private final WatchIndex child;

    // The event under way, and by watcher: the last event it was told of.
    private int[] told = new int[16];
    private int event;
    private int eventType;
    private Slice eventPath = new Slice();
    private @Nullable Visitor visitor;
    private final WatchIndex.Hearer tell = (watcher, modes, path) -> tell(watcher);

    public WatchTable() {
        this(TreeOptions.DEFAULT.hashSeed());
    }

    /**
     * @param hashSeed a secret by which paths are hashed
     */
    public WatchTable(long hashSeed) {
        hash = new NameHash(hashSeed);
        heap = new Heap(PagePool.collected());
        data = new WatchIndex(heap, hash);
        child = new WatchIndex(heap, hash);
    }

    /** Has a counter hear of all changes from now on. */
    public void counter(Counter counter) {
        data.counter(counter);
        child.counter(counter);
    }

    /** Sets a watch; setting it again changes nothing. */
    public void add(int watcher, Slice path, Mode mode) {
        if (watcher < 0 || watcher >= WATCHERS_MAX) {
            throw new IllegalArgumentException("watcher " + watcher);
        }
        switch (mode) {
            case DATA -> data.add(watcher, path, WatchIndex.ONE_SHOT);
            case CHILD -> child.add(watcher, path, WatchIndex.ONE_SHOT);
            case PERSISTENT -> {
                data.add(watcher, path, WatchIndex.PERSISTENT);
                child.add(watcher, path, WatchIndex.PERSISTENT);
            }
            case PERSISTENT_RECURSIVE -> data.add(watcher, path, WatchIndex.RECURSIVE);
        }
    }

    /**
     * Does the watcher have such a watch?
     *
     * @param watcherType as checkWatches sends it: 1 child, 2 data, 3 any, 4 persistent, 5
     *     persistent recursive
     */
    public boolean has(int watcher, Slice path, int watcherType) {
        return (data.modes(find(data, path), watcher) & dataModes(watcherType)) != 0
                || (child.modes(find(child, path), watcher) & childModes(watcherType)) != 0;
    }

    /** As {@link #has}; true if something was removed. */
    public boolean remove(int watcher, Slice path, int watcherType) {
        boolean fromData = data.remove(find(data, path), watcher, dataModes(watcherType));
        boolean fromChild = child.remove(find(child, path), watcher, childModes(watcherType));
        return fromData || fromChild;
    }

    /** Takes out all watches of a watcher: costs as much as it has. */
    public void removeAll(int watcher) {
        data.removeAll(watcher);
        child.removeAll(watcher);
    }

    /** Fires for the node's data and recursive watchers: NodeCreated. One-shots are used up. */
    public void created(Slice path, Visitor to) {
        begin(EVENT_CREATED, path, to);
        fireData();
        visitor = null;
    }

    /** Fires NodeDeleted for data, recursive and child watchers of the node, each watcher once. */
    public void deleted(Slice path, Visitor to) {
        begin(EVENT_DELETED, path, to);
        fireData();
        fire(child);
        visitor = null;
    }

    /** Fires NodeDataChanged for the node's data and recursive watchers. */
    public void dataChanged(Slice path, Visitor to) {
        begin(EVENT_DATA_CHANGED, path, to);
        fireData();
        visitor = null;
    }

    /** Fires NodeChildrenChanged for the child watchers of {@code parent}. */
    public void childrenChanged(Slice parent, Visitor to) {
        begin(EVENT_CHILDREN_CHANGED, parent, to);
        fire(child);
        visitor = null;
    }

    /**
     * All watches, as ZooKeeper's watch_count has them: watcher and path count once in each of the
     * two tables.
     */
    public long watchCount() {
        return (long) data.watchCount() + child.watchCount();
    }

    /** Watches in the table of data alone: what wchs, wchc and wchp show. */
    public int dataWatchCount() {
        return data.watchCount();
    }

    /** Paths in the table of data. */
    public int dataPathCount() {
        return data.pathCount();
    }

    /** Watchers that have a watch in the table of data. */
    public int dataWatcherCount() {
        return data.watcherCount();
    }

    /** Bytes that the watches take up off the heap. */
    public long memoryBytes() {
        return heap.usedBytes();
    }

    /** Lists all watches, a persistent one once: by watcher, the table of data first. */
    public void forEach(Lister lister) {
        Slice text = new Slice();
        data.forEach((watcher, modes, path) -> {
            data.copyPath(path, text);
            list(lister, watcher, text, modes, WatchIndex.ONE_SHOT, Mode.DATA);
            list(lister, watcher, text, modes, WatchIndex.PERSISTENT, Mode.PERSISTENT);
            list(lister, watcher, text, modes, WatchIndex.RECURSIVE, Mode.PERSISTENT_RECURSIVE);
        });
        child.forEach((watcher, modes, path) -> {
            child.copyPath(path, text);
            list(lister, watcher, text, modes, WatchIndex.ONE_SHOT, Mode.CHILD);
        });
    }

    private static void list(
            Lister lister, int watcher, Slice path, int modes, int which, Mode mode) {
        if ((modes & which) != 0) {
            lister.watch(watcher, path, mode);
        }
    }

    private void begin(int type, Slice path, Visitor to) {
        eventType = type;
        eventPath = path;
        visitor = to;
        event++;
        if (event == 0) { // all numbers are used up: forget whom the old ones told
            Arrays.fill(told, 0);
            event = 1;
        }
    }

    private void fireData() {
        fire(data);
        if (data.recursiveCount() == 0 || eventPath.length() <= 1) {
            return;
        }
        byte[] bytes = eventPath.array();
        int from = eventPath.from();
        for (int end = eventPath.to() - 1; end >= from; end--) {
            if (bytes[end] == '/') {
                int above = data.find(bytes, from, Math.max(end - from, 1));
                if (above != NONE) {
                    data.fireRecursive(above, tell);
                }
            }
        }
    }

    private void fire(WatchIndex index) {
        int path = index.pathCount() == 0 ? NONE : find(index, eventPath);
        if (path != NONE) {
            index.fire(path, tell);
        }
    }

    private void tell(int watcher) {
        if (watcher >= told.length) {
            told = Arrays.copyOf(told, Math.max(watcher + 1, 2 * told.length));
        }
        Visitor to = visitor;
        if (told[watcher] != event && to != null) {
            told[watcher] = event;
            to.fire(watcher, eventType, eventPath);
        }
    }

    private static int find(WatchIndex index, Slice path) {
        return index.find(path.array(), path.from(), path.length());
    }

    private static int dataModes(int watcherType) {
        return switch (watcherType) {
            case TYPE_DATA -> WatchIndex.ONE_SHOT;
            case TYPE_PERSISTENT -> WatchIndex.PERSISTENT;
            case TYPE_PERSISTENT_RECURSIVE -> WatchIndex.RECURSIVE;
            case TYPE_ANY -> WatchIndex.ONE_SHOT | WatchIndex.PERSISTENT | WatchIndex.RECURSIVE;
            default -> 0;
        };
    }

    private static int childModes(int watcherType) {
        return switch (watcherType) {
            case TYPE_CHILD -> WatchIndex.ONE_SHOT;
            case TYPE_PERSISTENT -> WatchIndex.PERSISTENT;
            case TYPE_ANY -> WatchIndex.ONE_SHOT | WatchIndex.PERSISTENT;
            default -> 0;
        };
    }
}
