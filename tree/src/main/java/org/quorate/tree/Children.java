package org.quorate.tree;

import java.util.Arrays;

/**
 * The children of one parent: a table that finds a child by its name and lists all by rising hash
 * of the names (equal hashes by the names' bytes). That order depends on the names and the seed of
 * the hash alone, so a listing can go on behind any name, whether or not it is still there.
 *
 * <p>A table is a segment: a block with the children's hashes and numbers, sorted. When a segment
 * is full it is split by the next bit of the hash, and a directory leads from the hash's first bits
 * to the segments (extendible hashing); a full directory's slots lead to further directories.
 *
 * <pre>
 * segment    0  1 B  0                          directory  0  1 B  1
 *            1  1 B  bits of the hash that                 1  1 B  bits of the hash that choose
 *                    all share, below the                          the slot
 *                    last directory                        2  2 B  not used
 *            2  2 B  entries in use                        4  4 B  children below
 *            4  4 B  entries there is room for             8  4 B  each slot: a reference
 *            8  8 B  each entry: hash in the upper half, number in the lower
 * </pre>
 *
 * <p>The static methods read; any number of threads may use them while nobody writes. An instance
 * writes, owned by the tree's writer.
 */
final class Children {
    /** Behind the greatest hash. */
    static final long HASH_END = 1L << 32;

    private static final int SEGMENT = 0;
    private static final int DIRECTORY = 1;

    private static final int BITS = 1;
    private static final int COUNT = 2;
    private static final int CAPACITY = 4;
    private static final int BELOW = 4;
    private static final int HEAD_BYTES = 8;
    private static final int ENTRY_BYTES_BITS = 3;
    private static final int SLOT_BYTES_BITS = 2;

    /** A segment of more entries is split. */
    static final int SEGMENT_MAX = 126;

    /** Bits of a hash that a directory can look at. */
    static final int DIRECTORY_BITS = 10;

    /**
     * No splitting beyond: more names with so much of their hash in common never come by chance.
     */
    private static final int BITS_MAX = 3 * DIRECTORY_BITS;

    /** A directory with fewer children per slot is made smaller. */
    private static final int PER_SLOT_MIN = 12;

    /** What {@link #build} aims at, between the minimum and a full segment. */
    private static final int PER_SLOT = 48;

    private final Heap heap;
    private final NodeReader nodes;

    // The way from the root to a segment: directories by level.
    private final int[] path = new int[BITS_MAX / DIRECTORY_BITS];
    private int levels;
    private int root;
    private int segment;

    private long[] gathered = new long[0];
    private int gatheredCount;

    Children(Heap heap, NodeReader nodes) {
        this.heap = heap;
        this.nodes = nodes;
    }

    // ---- reading

    /**
     * The segment for a hash.
     *
     * @return its reference in the lower half, and in the upper how many bits of the hash all of
     *     its entries share
     */
    static long locate(Memory memory, int table, int hash) {
        int ref = table;
        int above = 0;
        int consumed = 0;
        long at = Memory.address(ref);
        while (memory.getByte(at) == DIRECTORY) {
            above = consumed;
            ref = memory.getInt(slot(memory, at, hash << consumed));
            consumed += DIRECTORY_BITS;
            at = Memory.address(ref);
        }
        return (long) (above + memory.getByte(at + BITS)) << 32 | ref & 0xffffffffL;
    }

    /** The first hash behind a segment in which {@code hash} lies and which shares so many bits. */
    static long end(int hash, int bits) {
        int rest = 32 - bits;
        return ((hash & 0xffffffffL) >>> rest) + 1 << rest;
    }

    static int count(Memory memory, long segment) {
        return memory.getShort(segment + COUNT);
    }

    static int node(Memory memory, long segment, int index) {
        return memory.getInt(entry(segment, index));
    }

    /** The child of this name, or {@link DataTree#NONE}. */
    static int find(NodeReader nodes, int table, int hash, byte[] name, int from, int length) {
        Memory memory = nodes.memory;
        long found = locate(memory, table, hash);
        long segment = Memory.address((int) found);
        int count = count(memory, segment);
        int i = lowerBound(memory, segment, (int) (found >>> 32), hash);
        for (; i < count; i++) {
            long entry = memory.getLong(entry(segment, i));
            if ((int) (entry >>> 32) != hash) {
                break;
            }
            if (nodes.isNamed((int) entry, name, from, length)) {
                return (int) entry;
            }
        }
        return DataTree.NONE;
    }

    /**
     * The first child behind a name, which may be the name of a child or not; {@link DataTree#NONE}
     * if there is none.
     */
    static int after(NodeReader nodes, int table, int hash, byte[] name, int from, int length) {
        Memory memory = nodes.memory;
        long found = locate(memory, table, hash);
        long segment = Memory.address((int) found);
        int i = lowerBound(memory, segment, (int) (found >>> 32), hash);
        while (i < count(memory, segment)
                && hashAt(memory, segment, i) == hash
                && compare(nodes, node(memory, segment, i), name, from, length) <= 0) {
            i++;
        }
        return firstFrom(memory, table, found, hash, i);
    }

    /** The first child of all. */
    static int first(Memory memory, int table) {
        return firstFrom(memory, table, locate(memory, table, 0), 0, 0);
    }

    private static int firstFrom(Memory memory, int table, long located, int hash, int index) {
        long found = located;
        int i = index;
        long end = end(hash, (int) (found >>> 32));
        while (true) {
            long segment = Memory.address((int) found);
            if (i < count(memory, segment)) {
                return node(memory, segment, i);
            }
            if (end == HASH_END) {
                return DataTree.NONE;
            }
            int next = (int) end;
            found = locate(memory, table, next);
            end = end(next, (int) (found >>> 32));
            i = 0;
        }
    }

    /**
     * Index of the first entry whose hash is not smaller. Hashes are spread evenly, so it is looked
     * for where it should be.
     */
    private static int lowerBound(Memory memory, long segment, int bits, int hash) {
        int count = count(memory, segment);
        long fraction = ((long) hash << bits) & 0xffffffffL;
        int i = (int) (fraction * count >>> 32);
        while (i > 0 && Integer.compareUnsigned(hashAt(memory, segment, i - 1), hash) >= 0) {
            i--;
        }
        while (i < count && Integer.compareUnsigned(hashAt(memory, segment, i), hash) < 0) {
            i++;
        }
        return i;
    }

    private static int hashAt(Memory memory, long segment, int index) {
        return memory.getInt(entry(segment, index) + 4);
    }

    private static long entry(long segment, int index) {
        return segment + HEAD_BYTES + ((long) index << ENTRY_BYTES_BITS);
    }

    /** Address of the slot chosen by the first bits of what is left of a hash. */
    private static long slot(Memory memory, long directory, int hashLeft) {
        int index = hashLeft >>> 32 - memory.getByte(directory + BITS);
        return directory + HEAD_BYTES + ((long) index << SLOT_BYTES_BITS);
    }

    private static int compare(NodeReader nodes, int node, byte[] name, int from, int length) {
        byte[] own = new byte[nodes.nameLength(node)]; // only where two hashes are equal
        nodes.copyName(node, own, 0, own.length);
        return Arrays.compareUnsigned(own, 0, own.length, name, from, from + length);
    }

    // ---- writing

    /**
     * Puts a child in that is not there yet.
     *
     * @param table root of the table; 0 if there is none yet
     * @return its root from now on
     */
    int insert(int table, int hash, int node, byte[] name, int from, int length) {
        root = table == 0 ? allocateSegment(1, 0) : table;
        descend(hash);
        while (heap.getShort(Memory.address(segment) + COUNT) >= capacity(segment)) {
            int count = count(heap, Memory.address(segment));
            if (count < SEGMENT_MAX || sharedBits() >= BITS_MAX) {
                resize(hash, roomFor(count));
            } else {
                split(hash);
            }
            descend(hash);
        }
        long at = Memory.address(segment);
        int count = count(heap, at);
        int i = lowerBound(heap, at, sharedBits(), hash);
        while (i < count
                && hashAt(heap, at, i) == hash
                && compare(nodes, node(heap, at, i), name, from, length) < 0) {
            i++;
        }
        if (i < count) {
            heap.move(entry(at, i), entry(at, i + 1), (long) (count - i) << ENTRY_BYTES_BITS);
        }
        heap.putLong(entry(at, i), (long) hash << 32 | node);
        heap.putShort(at + COUNT, count + 1);
        addBelow(1);
        return root;
    }

    /**
     * Takes a child out that is there.
     *
     * @return the table's root from now on; 0 if nothing is left
     */
    int remove(int table, int hash, int node) {
        root = table;
        descend(hash);
        long at = Memory.address(segment);
        int count = count(heap, at);
        int i = lowerBound(heap, at, sharedBits(), hash);
        while (i < count && node(heap, at, i) != node) {
            i++;
        }
        if (i == count) {
            throw new IllegalStateException("node %d is not in its parent's table".formatted(node));
        }
        if (i < count - 1) {
            heap.move(entry(at, i + 1), entry(at, i), (long) (count - i - 1) << ENTRY_BYTES_BITS);
        }
        heap.putShort(at + COUNT, count - 1);
        if (levels == 0 && count == 1) {
            heap.free(segment);
            return 0;
        }
        int capacity = capacity(segment);
        if (capacity > 4 && count - 1 <= capacity >>> 1) {
            resize(hash, roomFor(count - 1));
        }
        addBelow(-1);
        shrink(hash);
        return root;
    }

    /** Frees a whole table, whatever is in it. */
    void drop(int table) {
        if (table != 0) {
            gatheredCount = 0;
            gather(table);
        }
    }

    private int capacity(int ref) {
        return heap.getInt(Memory.address(ref) + CAPACITY);
    }

    /** Finds the segment for a hash, and the way there. */
    private void descend(int hash) {
        levels = 0;
        segment = root;
        long at = Memory.address(segment);
        while (heap.getByte(at) == DIRECTORY) {
            path[levels] = segment;
            segment = heap.getInt(slot(heap, at, hash << levels * DIRECTORY_BITS));
            levels++;
            at = Memory.address(segment);
        }
    }

    /** How many bits of the hash all entries of the segment share. */
    private int sharedBits() {
        return Math.max(levels - 1, 0) * DIRECTORY_BITS
                + heap.getByte(Memory.address(segment) + BITS);
    }

    private void addBelow(int difference) {
        for (int level = 0; level < levels; level++) {
            long below = Memory.address(path[level]) + BELOW;
            heap.putInt(below, heap.getInt(below) + difference);
        }
    }

    /** An eighth more than there is, but no more than a segment should have. */
    private static int roomFor(int count) {
        return Math.max(count + 1, Math.min(count + (count >>> 3) + 1, SEGMENT_MAX));
    }

    private int allocateSegment(int capacity, int bits) {
        int room =
                (Heap.blockBytes(HEAD_BYTES + (capacity << ENTRY_BYTES_BITS)) - HEAD_BYTES)
                        >>> ENTRY_BYTES_BITS;
        int ref = heap.allocate(HEAD_BYTES + (room << ENTRY_BYTES_BITS));
        long at = Memory.address(ref);
        heap.putByte(at, SEGMENT);
        heap.putByte(at + BITS, bits);
        heap.putShort(at + COUNT, 0);
        heap.putInt(at + CAPACITY, room);
        return ref;
    }

    private int allocateDirectory(int bits) {
        int ref = heap.allocate(HEAD_BYTES + (1 << bits + SLOT_BYTES_BITS));
        long at = Memory.address(ref);
        heap.putByte(at, DIRECTORY);
        heap.putByte(at + BITS, bits);
        heap.putInt(at + BELOW, 0);
        return ref;
    }

    /** Moves the segment into a block for so many entries. */
    private void resize(int hash, int capacity) {
        long from = Memory.address(segment);
        int bits = heap.getByte(from + BITS);
        int moved = allocateSegment(capacity, bits);
        copyEntries(from, 0, count(heap, from), moved);
        heap.free(segment);
        attach(hash, bits, moved);
        segment = moved;
    }

    private void copyEntries(long from, int first, int count, int into) {
        long to = Memory.address(into);
        if (count > 0) {
            heap.move(entry(from, first), entry(to, 0), (long) count << ENTRY_BYTES_BITS);
        }
        heap.putShort(to + COUNT, count);
    }

    /** Lets everything that leads to the segment, which shares so many bits, lead to another. */
    private void attach(int hash, int bits, int ref) {
        if (levels == 0) {
            root = ref;
            return;
        }
        long directory = Memory.address(path[levels - 1]);
        int depth = heap.getByte(directory + BITS);
        int left = hash << (levels - 1) * DIRECTORY_BITS;
        int index = left >>> 32 - depth;
        int slots = 1 << depth - bits;
        int first = index & -slots;
        for (int i = first; i < first + slots; i++) {
            heap.putInt(directory + HEAD_BYTES + ((long) i << SLOT_BYTES_BITS), ref);
        }
    }

    /** Splits the full segment by the next bit, making room in the directory for that first. */
    private void split(int hash) {
        long at = Memory.address(segment);
        int bits = heap.getByte(at + BITS);
        if (levels == 0) {
            root = directoryAbove(segment);
        } else {
            int depth = heap.getByte(Memory.address(path[levels - 1]) + BITS);
            if (bits == depth && depth < DIRECTORY_BITS) {
                doubleDirectory(hash);
            } else if (bits == depth) {
                attach(hash, bits, directoryAbove(segment));
            }
        }
        descend(hash);
        halve(hash);
    }

    /** A directory of two slots that both lead to the segment, which shares no bits in it. */
    private int directoryAbove(int only) {
        int directory = allocateDirectory(1);
        long at = Memory.address(directory);
        heap.putInt(at + HEAD_BYTES, only);
        heap.putInt(at + HEAD_BYTES + (1 << SLOT_BYTES_BITS), only);
        heap.putInt(at + BELOW, count(heap, Memory.address(only)));
        heap.putByte(Memory.address(only) + BITS, 0);
        return directory;
    }

    /** Replaces the last directory of the path by one that looks at one bit more. */
    private void doubleDirectory(int hash) {
        int old = path[levels - 1];
        long from = Memory.address(old);
        int depth = heap.getByte(from + BITS);
        int doubled = allocateDirectory(depth + 1);
        long to = Memory.address(doubled);
        heap.putInt(to + BELOW, heap.getInt(from + BELOW));
        for (int i = 0; i < 1 << depth; i++) {
            int ref = heap.getInt(from + HEAD_BYTES + ((long) i << SLOT_BYTES_BITS));
            heap.putInt(to + HEAD_BYTES + (2L * i << SLOT_BYTES_BITS), ref);
            heap.putInt(to + HEAD_BYTES + ((long) (2 * i + 1) << SLOT_BYTES_BITS), ref);
        }
        heap.free(old);
        replaceDirectory(hash, levels - 1, doubled);
    }

    /** Lets the root, or the one slot above, lead to another directory on this level. */
    private void replaceDirectory(int hash, int level, int ref) {
        if (level == 0) {
            root = ref;
        } else {
            long above = Memory.address(path[level - 1]);
            heap.putInt(slot(heap, above, hash << (level - 1) * DIRECTORY_BITS), ref);
        }
    }

    /** Splits a segment to which at least two slots lead. */
    private void halve(int hash) {
        long at = Memory.address(segment);
        int bits = heap.getByte(at + BITS);
        int shared = sharedBits();
        int count = count(heap, at);
        int border = 0;
        while (border < count && hashAt(heap, at, border) << shared >= 0) {
            border++;
        }
        int bit = 1 << 31 - shared;
        int lower = allocateSegment(roomFor(border), bits + 1);
        copyEntries(at, 0, border, lower);
        int upper = allocateSegment(roomFor(count - border), bits + 1);
        copyEntries(at, border, count - border, upper);
        heap.free(segment);
        attach(hash & ~bit, bits + 1, lower);
        attach(hash | bit, bits + 1, upper);
    }

    /**
     * After a removal: rebuilds the highest directory that has become too big for what is in it.
     */
    private void shrink(int hash) {
        for (int level = 0; level < levels; level++) {
            long at = Memory.address(path[level]);
            int below = heap.getInt(at + BELOW);
            if (below < PER_SLOT_MIN << heap.getByte(at + BITS)) {
                gatheredCount = 0;
                gather(path[level]);
                replaceDirectory(hash, level, build(level * DIRECTORY_BITS, level));
                return;
            }
        }
    }

    /** Collects the entries below, in order, and frees the blocks they were in. */
    private void gather(int ref) {
        long at = Memory.address(ref);
        if (heap.getByte(at) == SEGMENT) {
            int count = count(heap, at);
            if (gathered.length < gatheredCount + count) {
                gathered = Arrays.copyOf(gathered, 2 * (gatheredCount + count));
            }
            for (int i = 0; i < count; i++) {
                gathered[gatheredCount++] = heap.getLong(entry(at, i));
            }
        } else {
            int depth = heap.getByte(at + BITS);
            int previous = 0;
            for (int i = 0; i < 1 << depth; i++) {
                int below = heap.getInt(at + HEAD_BYTES + ((long) i << SLOT_BYTES_BITS));
                if (below != previous) {
                    gather(below);
                }
                previous = below;
            }
        }
        heap.free(ref);
    }

    /**
     * Builds a table from what was gathered.
     *
     * @param consumed bits of the hash that the directories above have looked at
     */
    private int build(int consumed, int level) {
        int depth = 0;
        while (depth < DIRECTORY_BITS && gatheredCount >>> depth > 2 * PER_SLOT) {
            depth++;
        }
        if (depth == 0) {
            // A directory above has no bits left that a single segment below it could share.
            int bits = level == 0 ? 0 : DIRECTORY_BITS;
            int only = allocateSegment(roomFor(gatheredCount), bits);
            fill(only, 0, gatheredCount);
            return only;
        }
        int directory = allocateDirectory(depth);
        long at = Memory.address(directory);
        heap.putInt(at + BELOW, gatheredCount);
        int from = 0;
        for (int i = 0; i < 1 << depth; i++) {
            int to = from;
            while (to < gatheredCount
                    && (int) (gathered[to] >>> 32) << consumed >>> 32 - depth == i) {
                to++;
            }
            int ref = allocateSegment(roomFor(to - from), depth);
            fill(ref, from, to);
            heap.putInt(at + HEAD_BYTES + ((long) i << SLOT_BYTES_BITS), ref);
            from = to;
        }
        return directory;
    }

    private void fill(int ref, int from, int to) {
        long at = Memory.address(ref);
        for (int i = from; i < to; i++) {
            heap.putLong(entry(at, i - from), gathered[i]);
        }
        heap.putShort(at + COUNT, to - from);
    }
}
