package org.quorate.tree;

import java.lang.foreign.MemorySegment;

/**
 * Everything that a record says of a znode but its name and data: loaded from it, changed, and
 * saved by {@link NodeStore}. A reusable holder of the tree's writer; what it holds is true until
 * the node's record is changed otherwise.
 */
final class Draft {
    private static final long SIX_BYTES = (1L << 48) - 1;

    /** Number of the node; {@link DataTree#NONE} before it is made. */
    int node;

    /** Of the record that was loaded. */
    int flags;

    final NodeState state = new NodeState();
    int parent;
    int nameLength;
    boolean nullData;

    /** Lies below /zookeeper/. */
    boolean local;

    /** Root of the table of children, or 0. */
    int children;

    /** Bytes of the children's names. */
    long nameBytes;

    // Neighbours in the ring of nodes with the same owner.
    int next;
    int previous;

    /** The payload's first block, if it is chained. */
    int chain;

    Draft load(NodeReader nodes, int ofNode) {
        int ref = nodes.ref(ofNode);
        MemorySegment page = nodes.memory.page(ref);
        long at = Memory.offset(ref);
        node = ofNode;
        flags = Znode.flags(page, at);
        Znode.load(page, at, flags, state);
        parent = Memory.getInt(page, at + Znode.PARENT_NODE);
        nameLength = Znode.nameLength(page, at, flags);
        nullData = (flags & Znode.NULL_DATA) != 0;
        local = (flags & Znode.LOCAL) != 0;
        children = Znode.children(page, at, flags);
        nameBytes = Znode.nameBytes(page, at, flags);
        loadOwned(page, at);
        chain =
                (flags & Znode.CHAINED) == 0
                        ? 0
                        : Memory.getInt(page, at + Znode.part(flags, Znode.CHAINED));
        return this;
    }

    /** A node to be made, with nothing but its place. */
    Draft blank(int parentNode, boolean isLocal) {
        node = DataTree.NONE;
        flags = 0;
        state.set(BLANK);
        parent = parentNode;
        nameLength = 0;
        nullData = false;
        local = isLocal;
        children = 0;
        nameBytes = 0;
        next = DataTree.NONE;
        previous = DataTree.NONE;
        chain = 0;
        return this;
    }

    /** The parts that its values need, and its marks. Says nothing of the payload. */
    int flagsNeeded() {
        NodeState s = state;
        int needed = nullData ? Znode.NULL_DATA : 0;
        if (local) {
            needed |= Znode.LOCAL;
        }
        if (nameLength >= Znode.IN_BIG_BYTE
                || s.dataLength >= Znode.IN_BIG_SHORT
                || s.aclRef >= Znode.IN_BIG_BYTE) {
            needed |= Znode.BIG;
        }
        if (s.mzxid != s.czxid || s.mtimeMillis != s.ctimeMillis || s.version != 0) {
            needed |= Znode.MODIFIED;
        }
        if (s.aversion != 0) {
            needed |= Znode.ACL_SET;
        }
        if (s.ephemeralOwner != Owner.NONE) {
            needed |= Znode.OWNED;
        }
        if (children != 0 || s.cversion != 0 || s.pzxid != s.czxid) {
            needed |= Znode.PARENT;
        }
        long all = s.czxid | s.ctimeMillis | s.mzxid | s.mtimeMillis;
        if (((all | s.pzxid) & ~SIX_BYTES) != 0) {
            needed |= Znode.WIDE;
        }
        return needed;
    }

    /** Writes all but the payload where there is room for it. */
    void write(MemorySegment page, long at, int newFlags) {
        NodeState s = state;
        Memory.putShort(page, at + Znode.FLAGS, newFlags);
        boolean big = (newFlags & Znode.BIG) != 0;
        Memory.putByte(page, at + Znode.ACL, big ? Znode.IN_BIG_BYTE : Math.max(s.aclRef, 0));
        Memory.putByte(page, at + Znode.NAME_LENGTH, big ? Znode.IN_BIG_BYTE : nameLength);
        Memory.putInt(page, at + Znode.PARENT_NODE, parent);
        Memory.putInt(page, at + Znode.DIGEST, s.digest);
        Memory.putShort(page, at + Znode.DATA_LENGTH, big ? Znode.IN_BIG_SHORT : s.dataLength);
        Memory.putSix(page, at + Znode.CZXID, s.czxid);
        Memory.putSix(page, at + Znode.CTIME, s.ctimeMillis);
        if ((newFlags & Znode.PART_MASK) != 0) {
            writeParts(page, at, newFlags);
        }
        flags = newFlags;
    }

    private void loadOwned(MemorySegment page, long at) {
        if ((flags & Znode.OWNED) == 0) {
            next = DataTree.NONE;
            previous = DataTree.NONE;
        } else {
            long part = at + Znode.part(flags, Znode.OWNED);
            next = Memory.getInt(page, part + Znode.OWNED_NEXT);
            previous = Memory.getInt(page, part + Znode.OWNED_PREVIOUS);
        }
    }

    private void writeParts(MemorySegment page, long at, int f) {
        NodeState s = state;
        if ((f & Znode.BIG) != 0) {
            long part = at + Znode.part(f, Znode.BIG);
            Memory.putInt(page, part + Znode.BIG_NAME_LENGTH, nameLength);
            Memory.putInt(page, part + Znode.BIG_DATA_LENGTH, s.dataLength);
            Memory.putInt(page, part + Znode.BIG_ACL, s.aclRef);
        }
        if ((f & Znode.WIDE) != 0) {
            writeWide(page, at + Znode.part(f, Znode.WIDE));
        }
        if ((f & Znode.MODIFIED) != 0) {
            long part = at + Znode.part(f, Znode.MODIFIED);
            Memory.putSix(page, part + Znode.MODIFIED_MZXID, s.mzxid);
            Memory.putSix(page, part + Znode.MODIFIED_MTIME, s.mtimeMillis);
            Memory.putInt(page, part + Znode.MODIFIED_VERSION, s.version);
        }
        if ((f & Znode.ACL_SET) != 0) {
            long part = at + Znode.part(f, Znode.ACL_SET);
            Memory.putInt(page, part + Znode.ACL_SET_AVERSION, s.aversion);
        }
        if ((f & Znode.OWNED) != 0) {
            long part = at + Znode.part(f, Znode.OWNED);
            Memory.putLong(page, part + Znode.OWNED_OWNER, s.ephemeralOwner);
            Memory.putInt(page, part + Znode.OWNED_NEXT, next);
            Memory.putInt(page, part + Znode.OWNED_PREVIOUS, previous);
        }
        if ((f & Znode.PARENT) != 0) {
            long part = at + Znode.part(f, Znode.PARENT);
            Memory.putSix(page, part + Znode.PARENT_NAME_BYTES, nameBytes);
            Memory.putInt(page, part + Znode.PARENT_CHILDREN, children);
            Memory.putInt(page, part + Znode.PARENT_COUNT, s.childCount);
            Memory.putInt(page, part + Znode.PARENT_CVERSION, s.cversion);
            Memory.putSix(page, part + Znode.PARENT_PZXID, s.pzxid);
        }
        if ((f & Znode.CHAINED) != 0) {
            Memory.putInt(page, at + Znode.part(f, Znode.CHAINED), chain);
        }
    }

    private void writeWide(MemorySegment page, long part) {
        NodeState s = state;
        Memory.putShort(page, part + Znode.WIDE_CZXID, (int) (s.czxid >>> 48));
        Memory.putShort(page, part + Znode.WIDE_CTIME, (int) (s.ctimeMillis >>> 48));
        Memory.putShort(page, part + Znode.WIDE_MZXID, (int) (s.mzxid >>> 48));
        Memory.putShort(page, part + Znode.WIDE_MTIME, (int) (s.mtimeMillis >>> 48));
        Memory.putShort(page, part + Znode.WIDE_PZXID, (int) (s.pzxid >>> 48));
    }

    private static final NodeState BLANK = new NodeState();
}
