package org.quorate.tree;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.quorate.protocol.jute.JuteException;
import org.quorate.protocol.jute.JuteIn;
import org.quorate.protocol.jute.JuteOut;
import org.quorate.protocol.jute.Slice;

/**
 * The live znodes: makes, changes and removes them, and freezes them. Knows nothing of
 * transactions. Owned by the tree's writer.
 */
final class NodeStore extends NodeReader {

    private final PagePool pool;
    private final Heap heap;
    private final NameHash hash;
    private final Children children;

    /** Numbers given back are chained through their slots; {@link DataTree#NONE} ends the chain. */
    private int freeSlot = NONE;

    /** The first number never used. */
    private int slotsTo = ROOT;

    private int slotPageCount;
    private int count;

    /** How often a node has gone: as long as it stays, so does what a number means. */
    private int removals;

    private byte[] scratch = new byte[256];
    private @Nullable Listing listing;
    private final KeptNames keptNames;

    NodeStore(PagePool pool, NameHash hash) {
        super(new Heap(pool), new int[4]);
        this.pool = pool;
        this.heap = (Heap) memory;
        this.hash = hash;
        this.children = new Children(heap, this);
        this.keptNames = new KeptNames(pool);
    }

    int count() {
        return count;
    }

    int removals() {
        return removals;
    }

    /** Bytes that the nodes take up, without room left in pages. */
    long usedBytes() {
        return heap.usedBytes();
    }

    /** Bytes of pages that are in use, with their room. */
    long pageBytes() {
        return heap.pageBytes();
    }

    // ---- finding

    /** The child of this name, or {@link #NONE}. */
    int child(int parent, byte[] name, int from, int length) {
        int table = children(parent);
        return table == 0
                ? NONE
                : Children.find(this, table, hash.of(name, from, length), name, from, length);
    }

    /** The node of this path, or {@link #NONE}; an empty range is the root. */
    int find(byte[] path, int from, int to) {
        if (to - from <= 1) {
            return from == to || path[from] == '/' ? ROOT : NONE;
        }
        if (path[from] != '/') {
            return NONE;
        }
        int node = ROOT;
        int nameFrom = from + 1;
        while (true) {
            int nameTo = nameFrom;
            while (nameTo < to && path[nameTo] != '/') {
                nameTo++;
            }
            node = child(node, path, nameFrom, nameTo - nameFrom);
            if (node == NONE || nameTo == to) {
                return node;
            }
            nameFrom = nameTo + 1;
        }
    }

    /** The first child, or {@link #NONE}. */
    int firstChild(int parent) {
        int table = children(parent);
        return table == 0 ? NONE : Children.first(memory, table);
    }

    /** The first child behind a name, whether or not there is a child of that name. */
    int childAfter(int parent, byte[] name, int from, int length) {
        int table = children(parent);
        return table == 0
                ? NONE
                : Children.after(this, table, hash.of(name, from, length), name, from, length);
    }

    /** The child that comes behind a node in its parent, or {@link #NONE}. */
    int nextSibling(int node) {
        if (node == ROOT) {
            return NONE;
        }
        int length = nameLength(node);
        byte[] name = new byte[length];
        copyName(node, name, 0, length);
        return childAfter(parent(node), name, 0, length);
    }

    // ---- changing

    /**
     * Makes the node that the draft describes and puts it into its parent's table; for the root the
     * parent is null.
     *
     * @param parent is changed; to be saved by the caller
     */
    int create(Draft draft, @Nullable Draft parent, Slice name, Slice data) {
        int node = allocateSlot();
        draft.node = node;
        draft.nameLength = name.length();
        draft.state.dataLength = data.length();
        draft.nullData = data.isNull();
        setRef(node, write(draft, name.array(), name.from(), data));
        count++;
        if (parent != null) {
            keptNames.childrenChange(parent.node);
            parent.children =
                    children.insert(
                            parent.children,
                            hash.of(name.array(), name.from(), name.length()),
                            node,
                            name.array(),
                            name.from(),
                            name.length());
            parent.state.childCount++;
            parent.nameBytes += name.length();
        }
        return node;
    }

    /** Saves a changed draft; name and data are as they were. */
    void save(Draft draft) {
        int needed = draft.flagsNeeded() | draft.flags & Znode.CHAINED;
        int ref = ref(draft.node);
        if (needed == draft.flags) {
            draft.write(heap.own(ref), Memory.offset(ref), needed);
            return;
        }
        int length = draft.nameLength + draft.state.dataLength;
        int bytes = Znode.payload(needed) + length;
        if ((needed & Znode.CHAINED) != 0 || bytes > Heap.BLOCK_BYTES_MAX) {
            saveElsewhere(draft, ref, Slice.of(data(draft, ref)));
            return;
        }
        int moved = heap.allocate(bytes);
        MemorySegment to = heap.own(moved);
        MemorySegment.copy(
                memory.page(ref),
                Memory.offset(ref) + Znode.payload(draft.flags),
                to,
                Memory.offset(moved) + Znode.payload(needed),
                length);
        draft.write(to, Memory.offset(moved), needed);
        heap.free(ref);
        setRef(draft.node, moved);
    }

    /** Saves a changed draft with new data. */
    void save(Draft draft, Slice data) {
        int oldLength = draft.state.dataLength;
        draft.state.dataLength = data.length();
        draft.nullData = data.isNull();
        int needed = draft.flagsNeeded();
        int ref = ref(draft.node);
        int head = Znode.payload(needed) + draft.nameLength;
        if (((needed ^ draft.flags) & Znode.PART_MASK) == 0
                && head + data.length() <= Heap.BLOCK_BYTES_MAX
                && Heap.blockBytes(head + data.length()) == Heap.blockBytes(head + oldLength)) {
            MemorySegment page = heap.own(ref);
            long at = Memory.offset(ref);
            draft.write(page, at, needed);
            Memory.put(page, at + head, data.array(), data.from(), data.length());
        } else {
            saveElsewhere(draft, ref, data);
        }
    }

    /** Removes a node without children. */
    void remove(Draft draft, Draft parent) {
        int ref = ref(draft.node);
        copyNameOf(draft, ref);
        int hashOfName = hash.of(scratch, 0, draft.nameLength);
        if (listing != null) {
            listing.leaving(draft.node, parent.node, hashOfName);
        }
        keptNames.childrenChange(parent.node);
        parent.children = children.remove(parent.children, hashOfName, draft.node);
        parent.state.childCount--;
        parent.nameBytes -= draft.nameLength;
        freeRecord(ref, draft.flags, draft.chain);
        setRef(draft.node, freeSlot);
        freeSlot = draft.node;
        removals++;
        count--;
    }

    /** Puts a node between two neighbours of the same owner: in front of the first of the ring. */
    void link(int node, int first) {
        if (first == NONE) {
            setNeighbour(node, Znode.OWNED_NEXT, node);
            setNeighbour(node, Znode.OWNED_PREVIOUS, node);
            return;
        }
        int last = neighbour(first, Znode.OWNED_PREVIOUS);
        setNeighbour(node, Znode.OWNED_NEXT, first);
        setNeighbour(node, Znode.OWNED_PREVIOUS, last);
        setNeighbour(last, Znode.OWNED_NEXT, node);
        setNeighbour(first, Znode.OWNED_PREVIOUS, node);
    }

    /** Takes a node out of its ring. */
    void unlink(int node) {
        int next = neighbour(node, Znode.OWNED_NEXT);
        int previous = neighbour(node, Znode.OWNED_PREVIOUS);
        setNeighbour(previous, Znode.OWNED_NEXT, next);
        setNeighbour(next, Znode.OWNED_PREVIOUS, previous);
    }

    /** The next node of the same owner; the ring's last one leads to the first. */
    int nextOwned(int node) {
        return neighbour(node, Znode.OWNED_NEXT);
    }

    // ---- listing while the tree goes on

    /** Begins to list a node's children, who are all of this zxid or before. */
    Listing list(int node, long asOfZxid) {
        if (listing != null) {
            throw new IllegalStateException("children are being listed already");
        }
        Listing begun = new Listing(this, new ChildNames(this), keptNames, node, asOfZxid);
        listing = begun;
        return begun;
    }

    /** A listing is over. */
    void ended(Listing over) {
        if (listing == over) {
            listing = null;
            keptNames.ended();
        }
    }

    /** Drops all nodes; the next one made is the root. Ends a listing that is under way. */
    void clear() {
        listing = null;
        keptNames.forget();
        heap.clear();
        slotPages = new int[4];
        slotPageCount = 0;
        freeSlot = NONE;
        slotsTo = ROOT;
        removals++;
        count = 0;
    }

    /** The nodes as they are now, for another thread, until {@link PagePool#close(long)}. */
    NodeReader freeze() {
        keptNames.age();
        MemorySegment[] table = heap.freeze();
        return new NodeReader(new Memory(table), slotPages);
    }

    /** Names what {@link #freeze} has made last, for {@link PagePool#close(long)}. */
    long frozenGeneration() {
        return heap.frozenGeneration();
    }

    PagePool pool() {
        return pool;
    }

    // ---- images

    /** What an image says of the nodes beside their pages, as it was at a freeze. Immutable. */
    static final class Frozen {
        private final Heap.Division division;
        private final int[] slotPages;
        private final int slotPageCount;
        private final int freeSlot;
        private final int slotsTo;
        private final int count;

        private Frozen(NodeStore store) {
            division = store.heap.division();
            slotPages = store.slotPages;
            slotPageCount = store.slotPageCount;
            freeSlot = store.freeSlot;
            slotsTo = store.slotsTo;
            count = store.count;
        }

        /** Numbers of the pages in use, rising. */
        int[] pages() {
            return division.pages();
        }

        void write(JuteOut out) {
            division.write(out);
            out.writeInt(freeSlot).writeInt(slotsTo).writeInt(count).writeInt(slotPageCount);
            for (int i = 0; i < slotPageCount; i++) {
                out.writeInt(slotPages[i]);
            }
        }
    }

    /** What belongs to {@link #freeze}, right behind it. */
    Frozen frozen() {
        return new Frozen(this);
    }

    /**
     * Takes in what {@link Frozen} wrote, in place of no nodes at all; {@link #putPage} gives the
     * content.
     *
     * @return numbers of the pages in use, rising
     */
    int[] read(JuteIn in) {
        int[] pages = heap.readDivision(in);
        freeSlot = in.readInt();
        slotsTo = in.readInt();
        count = in.readInt();
        slotPageCount = in.readCount(Integer.BYTES);
        if (slotsTo < 0 || slotsTo - 1 >>> SLOTS_PER_PAGE_BITS != slotPageCount - 1) {
            throw new JuteException(
                    "an image of %d numbers in %d pages".formatted(slotsTo, slotPageCount));
        }
        slotPages = new int[slotPageCount];
        for (int i = 0; i < slotPageCount; i++) {
            slotPages[i] = in.readInt();
        }
        return pages;
    }

    void putPage(int page, MemorySegment content) {
        heap.putPage(page, content);
    }

    // ---- records

    private void setRef(int node, int ref) {
        int page = slotPages[node >>> SLOTS_PER_PAGE_BITS];
        Memory.putInt(heap.ownPage(page), slotOffset(node), ref);
    }

    private int neighbour(int node, int which) {
        int ref = ref(node);
        MemorySegment page = memory.page(ref);
        long at = Memory.offset(ref);
        return Memory.getInt(page, at + Znode.part(Znode.flags(page, at), Znode.OWNED) + which);
    }

    private void setNeighbour(int node, int which, int neighbour) {
        int ref = ref(node);
        MemorySegment page = heap.own(ref);
        long at = Memory.offset(ref);
        long field = at + Znode.part(Znode.flags(page, at), Znode.OWNED) + which;
        Memory.putInt(page, field, neighbour);
    }

    /** Writes a record into a new block, the old one being given back. */
    private void saveElsewhere(Draft draft, int oldRef, Slice data) {
        copyNameOf(draft, oldRef);
        int oldFlags = draft.flags;
        int oldChain = draft.chain;
        int ref = write(draft, scratch, 0, data);
        freeRecord(oldRef, oldFlags, oldChain);
        setRef(draft.node, ref);
    }

    /** Copies the name of a draft that is not saved yet to {@link #scratch}. */
    private void copyNameOf(Draft draft, int ref) {
        if (scratch.length < draft.nameLength) {
            scratch = new byte[draft.nameLength];
        }
        Znode.copyPayload(
                memory,
                memory.page(ref),
                Memory.offset(ref),
                draft.flags,
                0,
                scratch,
                0,
                draft.nameLength);
    }

    private byte[] data(Draft draft, int ref) {
        byte[] data = new byte[draft.state.dataLength];
        Znode.copyPayload(
                memory,
                memory.page(ref),
                Memory.offset(ref),
                draft.flags,
                draft.nameLength,
                data,
                0,
                data.length);
        return data;
    }

    /** Writes a whole record into a new block. */
    private int write(Draft draft, byte[] name, int nameFrom, Slice data) {
        int needed = draft.flagsNeeded();
        int head = Znode.payload(needed);
        int length = draft.nameLength + data.length();
        if (length > Heap.BLOCK_BYTES_MAX - head) {
            needed |= Znode.CHAINED;
            draft.chain = chain(name, nameFrom, draft.nameLength, data);
            int ref = heap.allocate(Znode.payload(needed));
            draft.write(heap.own(ref), Memory.offset(ref), needed);
            return ref;
        }
        draft.chain = 0;
        int ref = heap.allocate(head + length);
        MemorySegment page = heap.own(ref);
        long at = Memory.offset(ref);
        draft.write(page, at, needed);
        Memory.put(page, at + head, name, nameFrom, draft.nameLength);
        Memory.put(page, at + head + draft.nameLength, data.array(), data.from(), data.length());
        return ref;
    }

    /** Writes name and data into a chain of blocks. */
    private int chain(byte[] name, int nameFrom, int nameLength, Slice data) {
        int length = nameLength + data.length();
        int first = 0;
        int previous = 0;
        for (int done = 0; done < length; ) {
            int here = Math.min(length - done, Znode.CHAIN_PAYLOAD_BYTES);
            int ref = heap.allocate(Znode.CHAIN_HEAD_BYTES + here);
            MemorySegment page = heap.own(ref);
            long at = Memory.offset(ref);
            Memory.putInt(page, at, 0);
            int ofName = Math.clamp(nameLength - done, 0, here);
            int nameDone = Math.min(done, nameLength);
            Memory.put(page, at + Znode.CHAIN_HEAD_BYTES, name, nameFrom + nameDone, ofName);
            Memory.put(
                    page,
                    at + Znode.CHAIN_HEAD_BYTES + ofName,
                    data.array(),
                    data.from() + Math.max(done - nameLength, 0),
                    here - ofName);
            if (previous == 0) {
                first = ref;
            } else {
                Memory.putInt(heap.own(previous), Memory.offset(previous), ref);
            }
            previous = ref;
            done += here;
        }
        return first;
    }

    private void freeRecord(int ref, int flags, int chain) {
        int block = (flags & Znode.CHAINED) == 0 ? 0 : chain;
        while (block != 0) {
            int next = Memory.getInt(memory.page(block), Memory.offset(block));
            heap.free(block);
            block = next;
        }
        heap.free(ref);
    }

    private int allocateSlot() {
        int node = freeSlot;
        if (node != NONE) {
            freeSlot = ref(node);
            return node;
        }
        node = slotsTo;
        if (node < 0) {
            throw new IllegalStateException("the tree has 2^31 nodes");
        }
        int page = node >>> SLOTS_PER_PAGE_BITS;
        if (page == slotPageCount) {
            if (slotPageCount == slotPages.length) {
                slotPages = Arrays.copyOf(slotPages, 2 * slotPageCount);
            }
            slotPages[slotPageCount++] = heap.allocatePage();
        }
        slotsTo = node + 1;
        return node;
    }
}
