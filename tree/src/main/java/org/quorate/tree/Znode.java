package org.quorate.tree;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import org.quorate.protocol.jute.JuteOut;

/**
 * How a znode's record lies in memory, and how to read it. What has its default value takes no
 * room: a leaf that was never changed has none of the parts, its mzxid and pzxid are its czxid, its
 * mtime is its ctime, its versions are 0.
 *
 * <pre>
 *  0  2 B  flags
 *  2  1 B  access list, 0 open, 255 in BIG
 *  3  1 B  length of name, 255 in BIG
 *  4  6 B  czxid
 * 10  6 B  ctime
 * 16  4 B  parent
 * 20  4 B  digest
 * 24  2 B  length of data, 65535 in BIG
 * 26       parts as flagged, in this order:
 *          BIG       12 B  length of name, length of data, access list
 *          WIDE      10 B  upper 2 bytes of five zxids and times
 *          MODIFIED  16 B  mzxid, mtime, version
 *          ACL_SET    4 B  aversion
 *          OWNED     16 B  owner, next and previous of that owner
 *          PARENT    24 B  pzxid, bytes of the children's names, children, their number, cversion
 *          CHAINED    4 B  first block of the payload
 *    then the payload, name and data, unless it is chained
 * </pre>
 *
 * <p>Of a chained payload each block begins with the reference of the next one. Zxids and times
 * take six bytes; only epochs past 65535, and times before 1970, need WIDE.
 *
 * <p>A record is read through its page and the offset in it.
 */
final class Znode {
    static final int FLAGS = 0;
    static final int ACL = 2;
    static final int NAME_LENGTH = 3;
    static final int CZXID = 4;
    static final int CTIME = 10;
    static final int PARENT_NODE = 16;
    static final int DIGEST = 20;
    static final int DATA_LENGTH = 24;
    static final int PARTS = 26;

    static final int BIG = 1;
    static final int WIDE = 1 << 1;
    static final int MODIFIED = 1 << 2;
    static final int ACL_SET = 1 << 3;
    static final int OWNED = 1 << 4;
    static final int PARENT = 1 << 5;
    static final int CHAINED = 1 << 6;
    static final int PART_MASK = (1 << 7) - 1;

    /** The data is null, not empty. */
    static final int NULL_DATA = 1 << 7;

    /** Lies below /zookeeper/ and is not part of the digest. */
    static final int LOCAL = 1 << 8;

    static final int IN_BIG_BYTE = 0xff;
    static final int IN_BIG_SHORT = 0xffff;

    static final int BIG_NAME_LENGTH = 0;
    static final int BIG_DATA_LENGTH = 4;
    static final int BIG_ACL = 8;

    static final int WIDE_CZXID = 0;
    static final int WIDE_CTIME = 2;
    static final int WIDE_MZXID = 4;
    static final int WIDE_MTIME = 6;
    static final int WIDE_PZXID = 8;

    static final int MODIFIED_MZXID = 0;
    static final int MODIFIED_MTIME = 6;
    static final int MODIFIED_VERSION = 12;

    static final int ACL_SET_AVERSION = 0;

    static final int OWNED_OWNER = 0;
    static final int OWNED_NEXT = 8;
    static final int OWNED_PREVIOUS = 12;

    static final int PARENT_PZXID = 0;
    static final int PARENT_NAME_BYTES = 6;
    static final int PARENT_CHILDREN = 12;
    static final int PARENT_COUNT = 16;
    static final int PARENT_CVERSION = 20;

    /** Bytes of BIG, WIDE, MODIFIED, ACL_SET, OWNED, PARENT, CHAINED. */
    private static final int[] PART_BYTES = {12, 10, 16, 4, 16, 24, 4};

    /** By the part bits of the flags: the bytes of all parts that are there. */
    private static final byte[] BYTES_OF_PARTS = bytesOfParts();

    static final int CHAIN_HEAD_BYTES = 4;
    static final int CHAIN_PAYLOAD_BYTES = Heap.BLOCK_BYTES_MAX - CHAIN_HEAD_BYTES;

    private Znode() {}

    /** Where a part begins, if it is there. */
    static int part(int flags, int part) {
        return PARTS + BYTES_OF_PARTS[flags & part - 1];
    }

    /** Where the payload begins, if it is not chained: the bytes of everything before it. */
    static int payload(int flags) {
        return PARTS + BYTES_OF_PARTS[flags & PART_MASK];
    }

    static int flags(MemorySegment page, long at) {
        return Memory.getShort(page, at + FLAGS);
    }

    static int nameLength(MemorySegment page, long at, int flags) {
        return (flags & BIG) == 0
                ? Memory.getByte(page, at + NAME_LENGTH)
                : Memory.getInt(page, at + part(flags, BIG) + BIG_NAME_LENGTH);
    }

    static int dataLength(MemorySegment page, long at, int flags) {
        return (flags & BIG) == 0
                ? Memory.getShort(page, at + DATA_LENGTH)
                : Memory.getInt(page, at + part(flags, BIG) + BIG_DATA_LENGTH);
    }

    static int aclRef(MemorySegment page, long at, int flags) {
        if ((flags & BIG) != 0) {
            return Memory.getInt(page, at + part(flags, BIG) + BIG_ACL);
        }
        int acl = Memory.getByte(page, at + ACL);
        return acl == 0 ? AclTable.OPEN : acl;
    }

    /** Root of the table of children, or 0. */
    static int children(MemorySegment page, long at, int flags) {
        return (flags & PARENT) == 0
                ? 0
                : Memory.getInt(page, at + part(flags, PARENT) + PARENT_CHILDREN);
    }

    /** Bytes of the names of all children. */
    static long nameBytes(MemorySegment page, long at, int flags) {
        return (flags & PARENT) == 0
                ? 0
                : Memory.getSix(page, at + part(flags, PARENT) + PARENT_NAME_BYTES);
    }

    static long czxid(MemorySegment page, long at, int flags) {
        return wide(page, at, flags, Memory.getSix(page, at + CZXID), WIDE_CZXID);
    }

    static void load(MemorySegment page, long at, int flags, NodeState into) {
        into.czxid = czxid(page, at, flags);
        into.ctimeMillis = Memory.getSix(page, at + CTIME);
        into.digest = Memory.getInt(page, at + DIGEST);
        into.aclRef = aclRef(page, at, flags);
        into.dataLength = dataLength(page, at, flags);
        if ((flags & WIDE) != 0) {
            into.ctimeMillis |= upper(page, at, flags, WIDE_CTIME);
        }
        loadModified(page, at, flags, into);
        into.aversion =
                (flags & ACL_SET) == 0
                        ? 0
                        : Memory.getInt(page, at + part(flags, ACL_SET) + ACL_SET_AVERSION);
        into.ephemeralOwner =
                (flags & OWNED) == 0
                        ? Owner.NONE
                        : Memory.getLong(page, at + part(flags, OWNED) + OWNED_OWNER);
        loadParent(page, at, flags, into);
    }

    private static void loadModified(MemorySegment page, long at, int flags, NodeState into) {
        if ((flags & MODIFIED) == 0) {
            into.mzxid = into.czxid;
            into.mtimeMillis = into.ctimeMillis;
            into.version = 0;
            return;
        }
        long part = at + part(flags, MODIFIED);
        into.mzxid = wide(page, at, flags, Memory.getSix(page, part + MODIFIED_MZXID), WIDE_MZXID);
        into.mtimeMillis =
                wide(page, at, flags, Memory.getSix(page, part + MODIFIED_MTIME), WIDE_MTIME);
        into.version = Memory.getInt(page, part + MODIFIED_VERSION);
    }

    private static void loadParent(MemorySegment page, long at, int flags, NodeState into) {
        if ((flags & PARENT) == 0) {
            into.childCount = 0;
            into.cversion = 0;
            into.pzxid = into.czxid;
            return;
        }
        long part = at + part(flags, PARENT);
        into.childCount = Memory.getInt(page, part + PARENT_COUNT);
        into.cversion = Memory.getInt(page, part + PARENT_CVERSION);
        into.pzxid = wide(page, at, flags, Memory.getSix(page, part + PARENT_PZXID), WIDE_PZXID);
    }

    /** Is this its name? */
    static boolean isNamed(Memory memory, int ref, byte[] name, int from, int length) {
        MemorySegment page = memory.page(ref);
        long at = Memory.offset(ref);
        int flags = flags(page, at);
        if (nameLength(page, at, flags) != length) {
            return false;
        }
        if ((flags & CHAINED) == 0) {
            return Memory.isEqual(page, at + payload(flags), name, from, length);
        }
        byte[] own = new byte[length]; // only with names or data of kilobytes
        copyPayload(memory, page, at, flags, 0, own, 0, length);
        return Arrays.equals(own, 0, length, name, from, from + length);
    }

    /** Appends the name without a length. */
    static void writeName(Memory memory, int ref, JuteOut out) {
        MemorySegment page = memory.page(ref);
        long at = Memory.offset(ref);
        int flags = flags(page, at);
        int length = nameLength(page, at, flags);
        int to = out.reserve(length);
        copyPayload(memory, page, at, flags, 0, out.array(), to, length);
    }

    /** Appends the data as a buffer field: null stays null. */
    static void writeData(Memory memory, int ref, JuteOut out) {
        MemorySegment page = memory.page(ref);
        long at = Memory.offset(ref);
        int flags = flags(page, at);
        if ((flags & NULL_DATA) != 0) {
            out.writeInt(-1);
            return;
        }
        int length = dataLength(page, at, flags);
        out.writeInt(length);
        int to = out.reserve(length);
        int from = nameLength(page, at, flags);
        copyPayload(memory, page, at, flags, from, out.array(), to, length);
    }

    /** Copies a range of name and data, which lie one behind the other. */
    static void copyPayload(
            Memory memory,
            MemorySegment page,
            long at,
            int flags,
            int from,
            byte[] into,
            int to,
            int length) {
        if ((flags & CHAINED) == 0) {
            Memory.copy(page, at + payload(flags) + from, into, to, length);
        } else {
            int chain = Memory.getInt(page, at + part(flags, CHAINED));
            copyChain(memory, chain, from, into, to, length);
        }
    }

    private static void copyChain(
            Memory memory, int first, int from, byte[] into, int to, int length) {
        int ref = first;
        int skip = from;
        for (int done = 0; done < length; ) {
            MemorySegment page = memory.page(ref);
            long at = Memory.offset(ref);
            if (skip >= CHAIN_PAYLOAD_BYTES) {
                skip -= CHAIN_PAYLOAD_BYTES;
            } else {
                int here = Math.min(length - done, CHAIN_PAYLOAD_BYTES - skip);
                Memory.copy(page, at + CHAIN_HEAD_BYTES + skip, into, to + done, here);
                done += here;
                skip = 0;
            }
            ref = Memory.getInt(page, at);
        }
    }

    private static long wide(MemorySegment page, long at, int flags, long lower, int which) {
        return (flags & WIDE) == 0 ? lower : lower | upper(page, at, flags, which);
    }

    private static long upper(MemorySegment page, long at, int flags, int which) {
        return (long) Memory.getShort(page, at + part(flags, WIDE) + which) << 48;
    }

    private static byte[] bytesOfParts() {
        byte[] bytes = new byte[PART_MASK + 1];
        for (int flags = 0; flags <= PART_MASK; flags++) {
            int sum = 0;
            for (int i = 0; i < PART_BYTES.length; i++) {
                sum += (flags >>> i & 1) * PART_BYTES[i];
            }
            bytes[flags] = (byte) sum;
        }
        return bytes;
    }
}
