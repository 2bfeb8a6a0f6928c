package org.quorate.tree;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.quorate.protocol.jute.Slice;

/**
 * Who watches which path in one table: a watch is a block that hangs in two rings, that of its path
 * and that of its watcher, so both can be walked and a watch can be taken out wherever it hangs.
 * Owned by the core thread.
 *
 * <pre>
 * path   0  4 B  length                          watch   0  4 B  path
 *        4  4 B  watches                                 4  4 B  watcher, and modes in the upper bits
 *        8  4 B  first that is not recursive             8  8 B  next and previous of the path
 *       12  4 B  first recursive one                    16  8 B  next and previous of the watcher
 *       16       the path, or where it is in longPaths
 * </pre>
 *
 * <p>Recursive watches hang in a ring of their own: a change below must find them, and only them.
 */
final class WatchIndex {
    static final int ONE_SHOT = 1;
    static final int PERSISTENT = 2;
    static final int RECURSIVE = 4;

    private static final int NONE = 0;

    private static final int LENGTH = 0;
    private static final int COUNT = 4;
    private static final int PLAIN_RING = 8;
    private static final int RECURSIVE_RING = 12;
    private static final int PATH_HEAD_BYTES = 16;

    private static final int PATH = 0;
    private static final int WATCHER = 4;
    private static final int BY_PATH = 8;
    private static final int BY_WATCHER = 16;
    private static final int WATCH_BYTES = 24;

    /** Within a ring's two fields. */
    private static final int PREVIOUS = 4;

    private static final int MODE_SHIFT = 29;
    private static final int WATCHER_MASK = (1 << MODE_SHIFT) - 1;

    /** Longer paths, which are legal and never come, are kept on the heap; the block says where. */
    private static final int PATH_BYTES_MAX = 4096;

    /** Up to here a path's watches are searched one by one; beyond, they are found by hash. */
    private static final int SEARCHED_MAX = 8;

    private final Heap heap;
    private final NameHash hash;
    private final RefTable paths = new RefTable();

    /** The watches of paths that have many, by path and watcher. */
    private final RefTable watches = new RefTable();

    /** By watcher: the first of its ring. */
    private int[] firsts = new int[16];

    private final List<byte @Nullable []> longPaths = new ArrayList<>();
    private byte[] scratch = new byte[256];
    private final Slice counted = new Slice();

    private WatchTable.@Nullable Counter counter;
    private int watchCount;
    private int recursiveCount;
    private int watcherCount;

    WatchIndex(Heap heap, NameHash hash) {
        this.heap = heap;
        this.hash = hash;
    }

    void counter(WatchTable.Counter newCounter) {
        counter = newCounter;
    }

    private void count(int watcher, int path, int more) {
        watchCount += more;
        if (counter != null) {
            int length = toScratch(path);
            counter.watches(watcher, counted.set(scratch, 0, length), more);
        }
    }

    int watchCount() {
        return watchCount;
    }

    int recursiveCount() {
        return recursiveCount;
    }

    int pathCount() {
        return paths.size();
    }

    int watcherCount() {
        return watcherCount;
    }

    /** Hears watches. */
    interface Hearer {
        void watch(int watcher, int modes, int path);
    }

    // ---- by path

    /** The path's block, or 0. */
    int find(byte[] bytes, int from, int length) {
        int hashed = hash.of(bytes, from, length);
        for (long at = paths.first(hashed); at >= 0; at = paths.next(at, hashed)) {
            int ref = paths.value(at);
            if (field(ref, LENGTH) == length && isPath(ref, bytes, from, length)) {
                return ref;
            }
        }
        return NONE;
    }

    /** Copies the path of a block that {@link #find} gave. */
    void copyPath(int path, Slice into) {
        byte[] bytes = new byte[field(path, LENGTH)];
        copyPath(path, bytes, bytes.length);
        into.set(bytes, 0, bytes.length);
    }

    /** The modes in which a watcher watches a path; 0 if it does not. */
    int modes(int path, int watcher) {
        int watch = path == NONE ? NONE : watch(path, watcher);
        return watch == NONE ? 0 : modesOf(watch);
    }

    /** Adds modes to a watcher's watch of a path, making it if need be. */
    void add(int watcher, Slice path, int modes) {
        int at = find(path.array(), path.from(), path.length());
        if (at == NONE) {
            at = addPath(path);
        }
        int watch = watch(at, watcher);
        if (watch == NONE) {
            addWatch(at, watcher, modes);
        } else {
            setModes(watch, modesOf(watch) | modes);
        }
    }

    /** Takes modes from a watcher's watch of a path; true if it had one of them. */
    boolean remove(int path, int watcher, int modes) {
        int watch = path == NONE ? NONE : watch(path, watcher);
        if (watch == NONE || (modesOf(watch) & modes) == 0) {
            return false;
        }
        take(watch, modes);
        return true;
    }

    /** Hears all who watch exactly this path; their one-shots are used up. May free the path. */
    void fire(int path, Hearer hearer) {
        int left = field(path, COUNT);
        left = fireRing(path, PLAIN_RING, left, hearer);
        if (left > 0) {
            fireRing(path, RECURSIVE_RING, left, hearer);
        }
    }

    /** Hears those who watch this path with all that is below it. */
    void fireRecursive(int path, Hearer hearer) {
        int first = field(path, RECURSIVE_RING);
        int watch = first;
        while (watch != NONE) {
            hearer.watch(watcherOf(watch), RECURSIVE, path);
            watch = field(watch, BY_PATH);
            if (watch == first) {
                return;
            }
        }
    }

    /** Returns how many watches of the path are left to be told. */
    private int fireRing(int path, int ring, int atMost, Hearer hearer) {
        int left = atMost;
        int last = field(path, ring);
        if (last == NONE) {
            return left;
        }
        int watch = last;
        last = field(last, BY_PATH + PREVIOUS);
        boolean goesOn = true;
        while (goesOn) {
            goesOn = watch != last;
            int next = field(watch, BY_PATH);
            left--;
            hearer.watch(watcherOf(watch), modesOf(watch), path);
            if ((modesOf(watch) & ONE_SHOT) != 0) {
                take(watch, ONE_SHOT);
            }
            watch = next;
        }
        return left;
    }

    // ---- by watcher

    /** Takes out all watches of a watcher. */
    void removeAll(int watcher) {
        while (watcher < firsts.length && firsts[watcher] != NONE) {
            take(firsts[watcher], ONE_SHOT | PERSISTENT | RECURSIVE);
        }
    }

    /** Hears all watches: by watcher, each one's oldest first. */
    void forEach(Hearer hearer) {
        for (int watcher = 0; watcher < firsts.length; watcher++) {
            int first = firsts[watcher];
            int watch = first;
            while (watch != NONE) {
                hearer.watch(watcher, modesOf(watch), field(watch, PATH));
                watch = field(watch, BY_WATCHER);
                if (watch == first) {
                    watch = NONE;
                }
            }
        }
    }

    // ---- blocks

    private int addPath(Slice path) {
        int length = path.length();
        boolean isLong = length > PATH_BYTES_MAX;
        int ref = heap.allocate(PATH_HEAD_BYTES + (isLong ? Integer.BYTES : length));
        MemorySegment page = heap.own(ref);
        long at = Memory.offset(ref);
        Memory.putInt(page, at + LENGTH, length);
        Memory.putInt(page, at + COUNT, 0);
        Memory.putInt(page, at + PLAIN_RING, NONE);
        Memory.putInt(page, at + RECURSIVE_RING, NONE);
        if (isLong) {
            Memory.putInt(page, at + PATH_HEAD_BYTES, keepLong(path));
        } else {
            Memory.put(page, at + PATH_HEAD_BYTES, path.array(), path.from(), length);
        }
        paths.add(hash.of(path.array(), path.from(), length), ref);
        return ref;
    }

    private int keepLong(Slice path) {
        int free = longPaths.indexOf(null);
        if (free < 0) {
            longPaths.add(path.copy());
            return longPaths.size() - 1;
        }
        longPaths.set(free, path.copy());
        return free;
    }

    private boolean isPath(int ref, byte[] bytes, int from, int length) {
        if (length > PATH_BYTES_MAX) {
            byte[] path = longPaths.get(field(ref, PATH_HEAD_BYTES));
            return path != null && Arrays.equals(path, 0, length, bytes, from, from + length);
        }
        long at = Memory.offset(ref) + PATH_HEAD_BYTES;
        return Memory.isEqual(heap.page(ref), at, bytes, from, length);
    }

    private void copyPath(int ref, byte[] into, int length) {
        byte[] path = length > PATH_BYTES_MAX ? longPaths.get(field(ref, PATH_HEAD_BYTES)) : null;
        if (path != null) {
            System.arraycopy(path, 0, into, 0, length);
        } else {
            Memory.copy(heap.page(ref), Memory.offset(ref) + PATH_HEAD_BYTES, into, 0, length);
        }
    }

    /** Returns the path's length. */
    private int toScratch(int ref) {
        int length = field(ref, LENGTH);
        if (scratch.length < length) {
            scratch = new byte[length];
        }
        copyPath(ref, scratch, length);
        return length;
    }

    private void dropPath(int ref) {
        int length = toScratch(ref);
        paths.remove(hash.of(scratch, 0, length), ref);
        if (length > PATH_BYTES_MAX) {
            longPaths.set(field(ref, PATH_HEAD_BYTES), null);
        }
        heap.free(ref);
    }

    private void addWatch(int path, int watcher, int modes) {
        int watch = heap.allocate(WATCH_BYTES);
        setField(watch, PATH, path);
        setField(watch, WATCHER, modes << MODE_SHIFT | watcher);
        setField(path, ringOf(modes), link(field(path, ringOf(modes)), watch, BY_PATH));
        if (watcher >= firsts.length) {
            firsts = Arrays.copyOf(firsts, Math.max(watcher + 1, 2 * firsts.length));
        }
        watcherCount += firsts[watcher] == NONE ? 1 : 0;
        firsts[watcher] = link(firsts[watcher], watch, BY_WATCHER);
        count(watcher, path, 1);
        recursiveCount += (modes & RECURSIVE) != 0 ? 1 : 0;
        int count = field(path, COUNT) + 1;
        setField(path, COUNT, count);
        if (count == SEARCHED_MAX + 1) {
            indexAll(path, true);
        } else if (count > SEARCHED_MAX) {
            watches.add(hash(path, watcher), watch);
        }
    }

    /**
     * Takes modes from a watch, which goes with the last of them, and its path with the last watch.
     */
    private void take(int watch, int modes) {
        int left = modesOf(watch) & ~modes;
        if (left != 0) {
            setModes(watch, left);
            return;
        }
        int path = field(watch, PATH);
        int watcher = watcherOf(watch);
        int ring = ringOf(modesOf(watch));
        int count = field(path, COUNT) - 1;
        if (count >= SEARCHED_MAX) {
            watches.remove(hash(path, watcher), watch);
        }
        setField(path, ring, unlink(field(path, ring), watch, BY_PATH));
        firsts[watcher] = unlink(firsts[watcher], watch, BY_WATCHER);
        watcherCount -= firsts[watcher] == NONE ? 1 : 0;
        count(watcher, path, -1);
        recursiveCount -= ring == RECURSIVE_RING ? 1 : 0;
        heap.free(watch);
        setField(path, COUNT, count);
        if (count == SEARCHED_MAX) {
            indexAll(path, false);
        } else if (count == 0) {
            dropPath(path);
        }
    }

    private void setModes(int watch, int modes) {
        int before = modesOf(watch);
        setField(watch, WATCHER, modes << MODE_SHIFT | watcherOf(watch));
        int from = ringOf(before);
        int to = ringOf(modes);
        if (from != to) {
            int path = field(watch, PATH);
            setField(path, from, unlink(field(path, from), watch, BY_PATH));
            setField(path, to, link(field(path, to), watch, BY_PATH));
            recursiveCount += to == RECURSIVE_RING ? 1 : -1;
        }
    }

    private static int ringOf(int modes) {
        return (modes & RECURSIVE) != 0 ? RECURSIVE_RING : PLAIN_RING;
    }

    // ---- finding a watch

    private int watch(int path, int watcher) {
        if (field(path, COUNT) <= SEARCHED_MAX) {
            int watch = search(field(path, PLAIN_RING), watcher);
            return watch != NONE ? watch : search(field(path, RECURSIVE_RING), watcher);
        }
        int hashed = hash(path, watcher);
        for (long at = watches.first(hashed); at >= 0; at = watches.next(at, hashed)) {
            int watch = watches.value(at);
            if (field(watch, PATH) == path && watcherOf(watch) == watcher) {
                return watch;
            }
        }
        return NONE;
    }

    private int search(int first, int watcher) {
        int watch = first;
        while (watch != NONE && watcherOf(watch) != watcher) {
            watch = field(watch, BY_PATH);
            watch = watch == first ? NONE : watch;
        }
        return watch;
    }

    /** Puts all watches of a path into the index, or takes all out. */
    private void indexAll(int path, boolean in) {
        indexRing(path, field(path, PLAIN_RING), in);
        indexRing(path, field(path, RECURSIVE_RING), in);
    }

    private void indexRing(int path, int first, boolean in) {
        int watch = first;
        while (watch != NONE) {
            int hashed = hash(path, watcherOf(watch));
            if (in) {
                watches.add(hashed, watch);
            } else {
                watches.remove(hashed, watch);
            }
            watch = field(watch, BY_PATH);
            watch = watch == first ? NONE : watch;
        }
    }

    private int hash(int path, int watcher) {
        return hash.of((long) path << 32 | watcher);
    }

    // ---- rings and fields

    /** Puts a watch at the end of a ring and returns the ring's first. */
    private int link(int first, int watch, int ring) {
        if (first == NONE) {
            setField(watch, ring, watch);
            setField(watch, ring + PREVIOUS, watch);
            return watch;
        }
        int last = field(first, ring + PREVIOUS);
        setField(watch, ring, first);
        setField(watch, ring + PREVIOUS, last);
        setField(last, ring, watch);
        setField(first, ring + PREVIOUS, watch);
        return first;
    }

    /** Takes a watch out of a ring and returns the ring's first. */
    private int unlink(int first, int watch, int ring) {
        int next = field(watch, ring);
        if (next == watch) {
            return NONE;
        }
        int previous = field(watch, ring + PREVIOUS);
        setField(previous, ring, next);
        setField(next, ring + PREVIOUS, previous);
        return first == watch ? next : first;
    }

    private int watcherOf(int watch) {
        return field(watch, WATCHER) & WATCHER_MASK;
    }

    private int modesOf(int watch) {
        return field(watch, WATCHER) >>> MODE_SHIFT;
    }

    private int field(int ref, int field) {
        return Memory.getInt(heap.page(ref), Memory.offset(ref) + field);
    }

    private void setField(int ref, int field, int value) {
        Memory.putInt(heap.own(ref), Memory.offset(ref) + field, value);
    }
}
