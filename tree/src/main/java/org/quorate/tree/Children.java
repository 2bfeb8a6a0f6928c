package org.quorate.tree;

import java.lang.foreign.MemorySegment;
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
        while (true) {
            MemorySegment page = memory.page(ref);
            long at = Memory.offset(ref);
            int bits = Memory.getByte(page, at + BITS);
            if (Memory.getByte(page, at) == SEGMENT) {
                return (long) (above + bits) << 32 | ref & 0xffffffffL;
            }
            above = consumed;
            ref = Memory.getInt(page, at + slot(hash << consumed, bits));
            consumed += DIRECTORY_BITS;
        }
    }

    /** The first hash behind a segment in which {@code hash} lies and which shares so many bits. */
    static long end(int hash, int bits) {
        int rest = 32 - bits;
        return ((hash & 0xffffffffL) >>> rest) + 1 << rest;
    }

    static int count(Memory memory, int segment) {
        return Memory.getShort(memory.page(segment), Memory.offset(segment) + COUNT);
    }

    static int node(Memory memory, int segment, int index) {
        return Memory.getInt(memory.page(segment), Memory.offset(segment) + entry(index));
    }

    /** The child of this name, or {@link DataTree#NONE}. */
    static int find(NodeReader nodes, int table, int hash, byte[] name, int from, int length) {
        long found = locate(nodes.memory, table, hash);
        MemorySegment page = nodes.memory.page((int) found);
        long at = Memory.offset((int) found);
        int count = Memory.getShort(page, at + COUNT);
        for (int i = lowerBound(page, at, (int) (found >>> 32), hash); i < count; i++) {
            long entry = Memory.getLong(page, at + entry(i));
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
        long found = locate(nodes.memory, table, hash);
        MemorySegment page = nodes.memory.page((int) found);
        long at = Memory.offset((int) found);
        int count = Memory.getShort(page, at + COUNT);
        int i = lowerBound(page, at, (int) (found >>> 32), hash);
        while (i < count
                && hashAt(page, at, i) == hash
                && compare(nodes, nodeAt(page, at, i), name, from, length) <= 0) {
            i++;
        }
        return firstFrom(nodes.memory, table, found, hash, i);
    }

    /** The first child of all. */
    static int first(Memory memory, int table) {
        return firstFrom(memory, table, locate(memory, table, 0), 0, 0);
    }

    private static int firstFrom(Memory memory, int table, long located, int hash, int index) {
        long found = located;
        int i = index;
        long end = end(hash, (int) (found >>> 32));
        while (i >= count(memory, (int) found)) {
            if (end == HASH_END) {
                return DataTree.NONE;
            }
            int next = (int) end;
            found = locate(memory, table, next);
            end = end(next, (int) (found >>> 32));
            i = 0;
        }
        return node(memory, (int) found, i);
    }

    /** Index of the first entry of a located segment whose hash is not smaller. */
    static int indexFrom(Memory memory, long located, int hash) {
        int segment = (int) located;
        return lowerBound(
                memory.page(segment), Memory.offset(segment), (int) (located >>> 32), hash);
    }

    /**
     * Index of the first entry whose hash is not smaller. Hashes are spread evenly, so it is looked
     * for where it should be.
     */
    private static int lowerBound(MemorySegment page, long at, int bits, int hash) {
        int count = Memory.getShort(page, at + COUNT);
        long fraction = ((long) hash << bits) & 0xffffffffL;
        int i = (int) (fraction * count >>> 32);
        while (i > 0 && Integer.compareUnsigned(hashAt(page, at, i - 1), hash) >= 0) {
            i--;
        }
        while (i < count && Integer.compareUnsigned(hashAt(page, at, i), hash) < 0) {
            i++;
        }
        return i;
    }

    private static int hashAt(MemorySegment page, long segmentAt, int index) {
        return Memory.getInt(page, segmentAt + entry(index) + 4);
    }

    private static int nodeAt(MemorySegment page, long segmentAt, int index) {
        return Memory.getInt(page, segmentAt + entry(index));
    }

    /** Where in its segment an entry lies. */
    private static long entry(int index) {
        return HEAD_BYTES + ((long) index << ENTRY_BYTES_BITS);
    }

    /** Where in a directory the slot lies that the first bits of what is left of a hash choose. */
    private static long slot(int hashLeft, int bits) {
        return slotAt(hashLeft >>> 32 - bits);
    }

    private static long slotAt(int index) {
        return HEAD_BYTES + ((long) index << SLOT_BYTES_BITS);
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
        while (count(heap, segment) >= capacity(segment)) {
            int count = count(heap, segment);
            if (count < SEGMENT_MAX || sharedBits() >= BITS_MAX) {
                resize(hash, roomFor(count));
            } else {
                split(hash);
            }
            descend(hash);
        }
        MemorySegment page = heap.own(segment);
        long at = Memory.offset(segment);
        int count = Memory.getShort(page, at + COUNT);
        int i = lowerBound(page, at, sharedBits(), hash);
        while (i < count
                && hashAt(page, at, i) == hash
                && compare(nodes, nodeAt(page, at, i), name, from, length) < 0) {
            i++;
        }
        copyEntries(page, at, i, page, at, i + 1, count - i);
        Memory.putLong(page, at + entry(i), (long) hash << 32 | node);
        Memory.putShort(page, at + COUNT, count + 1);
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
        MemorySegment page = heap.own(segment);
        long at = Memory.offset(segment);
        int count = Memory.getShort(page, at + COUNT);
        int i = lowerBound(page, at, sharedBits(), hash);
        while (i < count && nodeAt(page, at, i) != node) {
            i++;
        }
        if (i == count) {
            throw new IllegalStateException("node %d is not in its parent's table".formatted(node));
        }
        copyEntries(page, at, i + 1, page, at, i, count - i - 1);
        count--;
        Memory.putShort(page, at + COUNT, count);
        if (levels == 0 && count == 0) {
            heap.free(segment);
            return 0;
        }
        int capacity = capacity(segment);
        if (capacity > 4 && count <= capacity >>> 1) {
            resize(hash, roomFor(count));
        }
        addBelow(-1);
        shrink(hash);
        return root;
    }

    private int capacity(int ref) {
        return Memory.getInt(heap.page(ref), Memory.offset(ref) + CAPACITY);
    }

    private int kind(int ref) {
        return Memory.getByte(heap.page(ref), Memory.offset(ref));
    }

    private int bits(int ref) {
        return Memory.getByte(heap.page(ref), Memory.offset(ref) + BITS);
    }

    private int below(int directory) {
        return Memory.getInt(heap.page(directory), Memory.offset(directory) + BELOW);
    }

    private int slotOf(int directory, int index) {
        return Memory.getInt(heap.page(directory), Memory.offset(directory) + slotAt(index));
    }

    private void setSlot(int directory, int index, int ref) {
        Memory.putInt(heap.own(directory), Memory.offset(directory) + slotAt(index), ref);
    }

    /** Finds the segment for a hash, and the way there. */
    private void descend(int hash) {
        levels = 0;
        segment = root;
        while (kind(segment) == DIRECTORY) {
            path[levels] = segment;
            int left = hash << levels * DIRECTORY_BITS;
            segment = slotOf(segment, left >>> 32 - bits(segment));
            levels++;
        }
    }

    /** How many bits of the hash all entries of the segment share. */
    private int sharedBits() {
        return Math.max(levels - 1, 0) * DIRECTORY_BITS + bits(segment);
    }

    private void addBelow(int difference) {
        for (int level = 0; level < levels; level++) {
            int directory = path[level];
            long at = Memory.offset(directory) + BELOW;
            Memory.putInt(heap.own(directory), at, below(directory) + difference);
        }
    }

    /** An eighth more than there is, but no more than a segment should have. */
    private static int roomFor(int count) {
        return Math.max(count + 1, Math.min(count + (count >>> 3) + 1, SEGMENT_MAX));
    }

    private int allocateSegment(int capacity, int bits) {
        int bytes = Heap.blockBytes(HEAD_BYTES + (capacity << ENTRY_BYTES_BITS));
        int ref = heap.allocate(bytes);
        MemorySegment page = heap.own(ref);
        long at = Memory.offset(ref);
        Memory.putByte(page, at, SEGMENT);
        Memory.putByte(page, at + BITS, bits);
        Memory.putShort(page, at + COUNT, 0);
        Memory.putInt(page, at + CAPACITY, bytes - HEAD_BYTES >>> ENTRY_BYTES_BITS);
        return ref;
    }

    private int allocateDirectory(int bits, int below) {
        int ref = heap.allocate(HEAD_BYTES + (1 << bits + SLOT_BYTES_BITS));
        MemorySegment page = heap.own(ref);
        long at = Memory.offset(ref);
        Memory.putByte(page, at, DIRECTORY);
        Memory.putByte(page, at + BITS, bits);
        Memory.putInt(page, at + BELOW, below);
        return ref;
    }

    /** Moves the segment into a block for so many entries. */
    private void resize(int hash, int capacity) {
        int bits = bits(segment);
        int moved = segmentOf(segment, 0, count(heap, segment), capacity, bits);
        heap.free(segment);
        attach(hash, bits, moved);
        segment = moved;
    }

    /** A new segment with a range of another's entries. */
    private int segmentOf(int other, int from, int to, int capacity, int bits) {
        int ref = allocateSegment(capacity, bits);
        MemorySegment page = heap.own(ref);
        long at = Memory.offset(ref);
        copyEntries(heap.page(other), Memory.offset(other), from, page, at, 0, to - from);
        Memory.putShort(page, at + COUNT, to - from);
        return ref;
    }

    private static void copyEntries(
            MemorySegment from,
            long fromAt,
            int fromIndex,
            MemorySegment to,
            long toAt,
            int toIndex,
            int count) {
        if (count > 0) {
            MemorySegment.copy(
                    from,
                    fromAt + entry(fromIndex),
                    to,
                    toAt + entry(toIndex),
                    (long) count << ENTRY_BYTES_BITS);
        }
    }

    /** Lets everything that leads to the segment, which shares so many bits, lead to another. */
    private void attach(int hash, int bits, int ref) {
        if (levels == 0) {
            root = ref;
            return;
        }
        int directory = path[levels - 1];
        int depth = bits(directory);
        int index = hash << (levels - 1) * DIRECTORY_BITS >>> 32 - depth;
        int slots = 1 << depth - bits;
        int first = index & -slots;
        for (int i = first; i < first + slots; i++) {
            setSlot(directory, i, ref);
        }
    }

    /** Splits the full segment by the next bit, making room in the directory for that first. */
    private void split(int hash) {
        int bits = bits(segment);
        if (levels == 0) {
            root = directoryAbove(segment);
        } else {
            int depth = bits(path[levels - 1]);
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
        int directory = allocateDirectory(1, count(heap, only));
        setSlot(directory, 0, only);
        setSlot(directory, 1, only);
        Memory.putByte(heap.own(only), Memory.offset(only) + BITS, 0);
        return directory;
    }

    /** Replaces the last directory of the path by one that looks at one bit more. */
    private void doubleDirectory(int hash) {
        int old = path[levels - 1];
        int depth = bits(old);
        int doubled = allocateDirectory(depth + 1, below(old));
        for (int i = 0; i < 2 << depth; i++) {
            setSlot(doubled, i, slotOf(old, i >>> 1));
        }
        heap.free(old);
        replaceDirectory(hash, levels - 1, doubled);
    }

    /** Lets the root, or the one slot above, lead to something else on this level. */
    private void replaceDirectory(int hash, int level, int ref) {
        if (level == 0) {
            root = ref;
        } else {
            int above = path[level - 1];
            setSlot(above, hash << (level - 1) * DIRECTORY_BITS >>> 32 - bits(above), ref);
        }
    }

    /** Splits a segment to which at least two slots lead. */
    private void halve(int hash) {
        int full = segment;
        int bits = bits(full);
        int shared = sharedBits();
        int count = count(heap, full);
        MemorySegment page = heap.page(full);
        long at = Memory.offset(full);
        int border = 0;
        while (border < count && hashAt(page, at, border) << shared >= 0) {
            border++;
        }
        int bit = 1 << 31 - shared;
        int lower = segmentOf(full, 0, border, roomFor(border), bits + 1);
        int upper = segmentOf(full, border, count, roomFor(count - border), bits + 1);
        heap.free(full);
        attach(hash & ~bit, bits + 1, lower);
        attach(hash | bit, bits + 1, upper);
    }

    /**
     * After a removal: rebuilds the highest directory that has become too big for what is in it.
     */
    private void shrink(int hash) {
        for (int level = 0; level < levels; level++) {
            int directory = path[level];
            if (below(directory) < PER_SLOT_MIN << bits(directory)) {
                gatheredCount = 0;
                gather(directory);
                replaceDirectory(hash, level, build(level));
                return;
            }
        }
    }

    /** Collects the entries below, in order, and frees the blocks they were in. */
    private void gather(int ref) {
        if (kind(ref) == SEGMENT) {
            MemorySegment page = heap.page(ref);
            long at = Memory.offset(ref);
            int count = Memory.getShort(page, at + COUNT);
            if (gathered.length < gatheredCount + count) {
                gathered = Arrays.copyOf(gathered, 2 * (gatheredCount + count));
            }
            for (int i = 0; i < count; i++) {
                gathered[gatheredCount++] = Memory.getLong(page, at + entry(i));
            }
        } else {
            int previous = 0;
            for (int i = 0; i < 1 << bits(ref); i++) {
                int below = slotOf(ref, i);
                if (below != previous) {
                    gather(below);
                }
                previous = below;
            }
        }
        heap.free(ref);
    }

    /** Builds a table from what was gathered, to hang below so many full directories. */
    private int build(int level) {
        int depth = 0;
        while (depth < DIRECTORY_BITS && gatheredCount >>> depth > 2 * PER_SLOT) {
            depth++;
        }
        if (depth == 0) {
            // Below a directory, a segment for one slot shares all the bits that it looks at.
            return segmentOfGathered(0, gatheredCount, level == 0 ? 0 : DIRECTORY_BITS);
        }
        int directory = allocateDirectory(depth, gatheredCount);
        int consumed = level * DIRECTORY_BITS;
        int from = 0;
        for (int i = 0; i < 1 << depth; i++) {
            int to = from;
            while (to < gatheredCount
                    && (int) (gathered[to] >>> 32) << consumed >>> 32 - depth == i) {
                to++;
            }
            setSlot(directory, i, segmentOfGathered(from, to, depth));
            from = to;
        }
        return directory;
    }

    private int segmentOfGathered(int from, int to, int bits) {
        int ref = allocateSegment(roomFor(to - from), bits);
        MemorySegment page = heap.own(ref);
        long at = Memory.offset(ref);
        for (int i = from; i < to; i++) {
            Memory.putLong(page, at + entry(i - from), gathered[i]);
        }
        Memory.putShort(page, at + COUNT, to - from);
        return ref;
    }
}
