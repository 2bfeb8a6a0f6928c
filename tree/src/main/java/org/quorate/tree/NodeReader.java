package org.quorate.tree;

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

    final Memory memory;

    /** Page numbers of the pages of slots; only ever added to. */
    int[] slotPages;

    NodeReader(Memory memory, int[] slotPages) {
        this.memory = memory;
        this.slotPages = slotPages;
    }

    /** Address of the node's slot. */
    final long slot(int node) {
        int page = slotPages[node >>> SLOTS_PER_PAGE_BITS];
        return ((long) page << Memory.PAGE_BITS)
                + ((long) (node & (1 << SLOTS_PER_PAGE_BITS) - 1) << 2);
    }

    /** Address of the node's record. */
    final long at(int node) {
        return Memory.address(memory.getInt(slot(node)));
    }

    final int parent(int node) {
        return memory.getInt(at(node) + Znode.PARENT_NODE);
    }

    final void load(int node, NodeState into) {
        Znode.load(memory, at(node), into);
    }

    final int childCount(int node) {
        long at = at(node);
        int flags = Znode.flags(memory, at);
        return (flags & Znode.PARENT) == 0
                ? 0
                : memory.getInt(at + Znode.part(flags, Znode.PARENT) + Znode.PARENT_COUNT);
    }

    /** Root of the table of the node's children, or 0. */
    final int children(int node) {
        long at = at(node);
        return Znode.children(memory, at, Znode.flags(memory, at));
    }

    final int nameLength(int node) {
        long at = at(node);
        return Znode.nameLength(memory, at, Znode.flags(memory, at));
    }

    final void copyName(int node, byte[] into, int to, int length) {
        long at = at(node);
        Znode.copyName(memory, at, Znode.flags(memory, at), into, to, length);
    }

    final boolean isNamed(int node, byte[] name, int from, int length) {
        return Znode.isNamed(memory, at(node), name, from, length);
    }

    final void writeData(int node, JuteOut out) {
        Znode.writeData(memory, at(node), out);
    }

    final long subtreeZxid(int node) {
        long at = at(node);
        return Znode.subtreeZxid(memory, at, Znode.flags(memory, at));
    }

    /** Appends the names of all children as a vector of strings. */
    final void writeChildren(int node, JuteOut out) {
        int count = childCount(node);
        out.writeInt(count);
        int table = count == 0 ? 0 : children(node);
        long hash = count == 0 ? Children.HASH_END : 0;
        while (hash < Children.HASH_END) {
            long found = Children.locate(memory, table, (int) hash);
            long segment = Memory.address((int) found);
            int entries = Children.count(memory, segment);
            for (int i = 0; i < entries; i++) {
                writeName(Children.node(memory, segment, i), out);
            }
            hash = Children.end((int) hash, (int) (found >>> 32));
        }
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

    private void writeName(int node, JuteOut out) {
        long at = at(node);
        int flags = Znode.flags(memory, at);
        int length = Znode.nameLength(memory, at, flags);
        out.writeInt(length);
        int to = out.reserve(length);
        Znode.copyName(memory, at, flags, out.array(), to, length);
    }
}
