package org.quorate.tree;

import java.lang.foreign.MemorySegment;
import org.quorate.protocol.jute.JuteOut;

/**
 * Reads znodes, by their numbers, from the live tree or from a frozen one. A number stays with its
 * znode; where its record lies stands in the number's slot, four bytes in a page of slots.
 *
 * <p>Any number of threads may read while nobody writes.
 */
class NodeReader {
    static final int NONE = DataTree.NONE;
    static final int ROOT = 1;

    static final int SLOTS_PER_PAGE_BITS = Memory.PAGE_BITS - 2;

    private static final int SLOT_MASK = (1 << SLOTS_PER_PAGE_BITS) - 1;

    final Memory memory;

    /** Page numbers of the pages of slots; only ever added to. */
    int[] slotPages;

    NodeReader(Memory memory, int[] slotPages) {
        this.memory = memory;
        this.slotPages = slotPages;
    }

    /** Reference of the node's record. */
    final int ref(int node) {
        int page = slotPages[node >>> SLOTS_PER_PAGE_BITS];
        return Memory.getInt(memory.table[page], slotOffset(node));
    }

    /** Where in its page the node's slot is. */
    static long slotOffset(int node) {
        return (long) (node & SLOT_MASK) << 2;
    }

    final int parent(int node) {
        int ref = ref(node);
        return Memory.getInt(memory.page(ref), Memory.offset(ref) + Znode.PARENT_NODE);
    }

    final void load(int node, NodeState into) {
        int ref = ref(node);
        MemorySegment page = memory.page(ref);
        long at = Memory.offset(ref);
        Znode.load(page, at, Znode.flags(page, at), into);
    }

    final int childCount(int node) {
        int ref = ref(node);
        MemorySegment page = memory.page(ref);
        long at = Memory.offset(ref);
        int flags = Znode.flags(page, at);
        return (flags & Znode.PARENT) == 0
                ? 0
                : Memory.getInt(page, at + Znode.part(flags, Znode.PARENT) + Znode.PARENT_COUNT);
    }

    /** Root of the table of the node's children, or 0. */
    final int children(int node) {
        int ref = ref(node);
        MemorySegment page = memory.page(ref);
        long at = Memory.offset(ref);
        return Znode.children(page, at, Znode.flags(page, at));
    }

    /** Bytes of the names of all children. */
    final long nameBytes(int node) {
        int ref = ref(node);
        MemorySegment page = memory.page(ref);
        long at = Memory.offset(ref);
        return Znode.nameBytes(page, at, Znode.flags(page, at));
    }

    final long czxid(int node) {
        int ref = ref(node);
        MemorySegment page = memory.page(ref);
        long at = Memory.offset(ref);
        return Znode.czxid(page, at, Znode.flags(page, at));
    }

    final int nameLength(int node) {
        int ref = ref(node);
        MemorySegment page = memory.page(ref);
        long at = Memory.offset(ref);
        return Znode.nameLength(page, at, Znode.flags(page, at));
    }

    /** Copies all of the name, whose length the caller knows. */
    final void copyName(int node, byte[] into, int to, int length) {
        int ref = ref(node);
        MemorySegment page = memory.page(ref);
        long at = Memory.offset(ref);
        Znode.copyPayload(memory, page, at, Znode.flags(page, at), 0, into, to, length);
    }

    final boolean isNamed(int node, byte[] name, int from, int length) {
        return Znode.isNamed(memory, ref(node), name, from, length);
    }

    final void writeName(int node, JuteOut out) {
        Znode.writeName(memory, ref(node), out);
    }

    final void writeData(int node, JuteOut out) {
        Znode.writeData(memory, ref(node), out);
    }

    /** Appends the path's bytes, {@code /} for the root, without a length. */
    final void writePath(int node, JuteOut out) {
        if (node == ROOT) {
            out.writeByte('/');
            return;
        }
        int length = 0;
        for (int at = node; at != ROOT; at = parent(at)) {
            length += 1 + nameLength(at);
        }
        int to = out.reserve(length) + length;
        byte[] bytes = out.array();
        for (int at = node; at != ROOT; at = parent(at)) {
            int nameLength = nameLength(at);
            to -= nameLength;
            copyName(at, bytes, to, nameLength);
            bytes[--to] = '/';
        }
    }

    /** Number of nodes below this one. */
    final int countDescendants(int node) {
        Walk walk = new Walk(this, node);
        int count = 0;
        while (walk.next() != NONE) {
            count++;
        }
        return count - 1;
    }
}
