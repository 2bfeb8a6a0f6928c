package org.quorate.tree;

import org.quorate.protocol.jute.JuteOut;

/**
 * How a znode's record lies in memory, and how to read it. What has its default value takes no
 * room: a leaf that was never changed has none of the parts, its mzxid and pzxid are its czxid, its
 * mtime is its ctime, its versions are 0.
 *
 * <pre>
 *  0  2 B  flags                             14  6 B  czxid
 *  2  1 B  access list, 0 open, 255 in BIG   20  6 B  ctime
 *  3  1 B  length of name, 255 in BIG        26       parts as flagged, in this order:
 *  4  4 B  parent                                BIG        length of name, length of data, access list
 *  8  4 B  CRC of path and data                  WIDE       upper 2 bytes of seven zxids and times
 * 12  2 B  length of data, 65535 in BIG          MODIFIED   mzxid, mtime, version
 *                                                ACL_SET    aversion, zxid of the last setACL
 *                                                OWNED      owner, next and previous of that owner
 *                                                PARENT     children, their number, cversion, pzxid,
 *                                                           greatest zxid in the subtree
 *                                                CHAINED    first block of the payload
 *                                           then the payload, name and data, unless it is chained
 * </pre>
 *
 * <p>Of a chained payload each block begins with the reference of the next one. Zxids and times
 * take six bytes; only epochs past 65535, and times before 1970, need WIDE.
 */
final class Znode {
    static final int FLAGS = 0;
    static final int ACL = 2;
    static final int NAME_LENGTH = 3;
    static final int PARENT_NODE = 4;
    static final int PREFIX_CRC = 8;
    static final int DATA_LENGTH = 12;
    static final int CZXID = 14;
    static final int CTIME = 20;
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
    static final int WIDE_AZXID = 8;
    static final int WIDE_PZXID = 10;
    static final int WIDE_SUBTREE = 12;

    static final int MODIFIED_MZXID = 0;
    static final int MODIFIED_MTIME = 6;
    static final int MODIFIED_VERSION = 12;

    static final int ACL_SET_AVERSION = 0;
    static final int ACL_SET_ZXID = 4;

    static final int OWNED_OWNER = 0;
    static final int OWNED_NEXT = 8;
    static final int OWNED_PREVIOUS = 12;

    static final int PARENT_CHILDREN = 0;
    static final int PARENT_COUNT = 4;
    static final int PARENT_CVERSION = 8;
    static final int PARENT_PZXID = 12;
    static final int PARENT_SUBTREE = 18;

    /** Bytes of BIG, WIDE, MODIFIED, ACL_SET, OWNED, PARENT, CHAINED. */
    private static final int[] PART_BYTES = {12, 14, 16, 10, 16, 24, 4};

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

    static int partBytes(int part) {
        return PART_BYTES[Integer.numberOfTrailingZeros(part)];
    }

    static int flags(Memory memory, long at) {
        return memory.getShort(at + FLAGS);
    }

    static int nameLength(Memory memory, long at, int flags) {
        int length = memory.getByte(at + NAME_LENGTH);
        return length != IN_BIG_BYTE
                ? length
                : memory.getInt(at + part(flags, BIG) + BIG_NAME_LENGTH);
    }

    static int dataLength(Memory memory, long at, int flags) {
        int length = memory.getShort(at + DATA_LENGTH);
        return length != IN_BIG_SHORT
                ? length
                : memory.getInt(at + part(flags, BIG) + BIG_DATA_LENGTH);
    }

    static int aclRef(Memory memory, long at, int flags) {
        int acl = memory.getByte(at + ACL);
        if (acl == IN_BIG_BYTE) {
            return memory.getInt(at + part(flags, BIG) + BIG_ACL);
        }
        return acl == 0 ? AclTable.OPEN : acl;
    }

    /** Root of the table of children, or 0. */
    static int children(Memory memory, long at, int flags) {
        return (flags & PARENT) == 0
                ? 0
                : memory.getInt(at + part(flags, PARENT) + PARENT_CHILDREN);
    }

    static void load(Memory memory, long at, NodeState into) {
        int flags = flags(memory, at);
        into.czxid = wide(memory, at, flags, memory.getSix(at + CZXID), WIDE_CZXID);
        into.ctimeMillis = wide(memory, at, flags, memory.getSix(at + CTIME), WIDE_CTIME);
        into.prefixCrc = memory.getInt(at + PREFIX_CRC);
        into.aclRef = aclRef(memory, at, flags);
        into.dataLength = dataLength(memory, at, flags);
        loadModified(memory, at, flags, into);
        into.aversion =
                (flags & ACL_SET) == 0
                        ? 0
                        : memory.getInt(at + part(flags, ACL_SET) + ACL_SET_AVERSION);
        into.ephemeralOwner =
                (flags & OWNED) == 0
                        ? Owner.NONE
                        : memory.getLong(at + part(flags, OWNED) + OWNED_OWNER);
        loadParent(memory, at, flags, into);
    }

    private static void loadModified(Memory memory, long at, int flags, NodeState into) {
        if ((flags & MODIFIED) == 0) {
            into.mzxid = into.czxid;
            into.mtimeMillis = into.ctimeMillis;
            into.version = 0;
            return;
        }
        long part = at + part(flags, MODIFIED);
        into.mzxid = wide(memory, at, flags, memory.getSix(part + MODIFIED_MZXID), WIDE_MZXID);
        into.mtimeMillis =
                wide(memory, at, flags, memory.getSix(part + MODIFIED_MTIME), WIDE_MTIME);
        into.version = memory.getInt(part + MODIFIED_VERSION);
    }

    private static void loadParent(Memory memory, long at, int flags, NodeState into) {
        if ((flags & PARENT) == 0) {
            into.childCount = 0;
            into.cversion = 0;
            into.pzxid = into.czxid;
            return;
        }
        long part = at + part(flags, PARENT);
        into.childCount = memory.getInt(part + PARENT_COUNT);
        into.cversion = memory.getInt(part + PARENT_CVERSION);
        into.pzxid = wide(memory, at, flags, memory.getSix(part + PARENT_PZXID), WIDE_PZXID);
    }

    /** The zxid of the last setACL, or 0. */
    static long aclZxid(Memory memory, long at, int flags) {
        return (flags & ACL_SET) == 0
                ? 0
                : wide(
                        memory,
                        at,
                        flags,
                        memory.getSix(at + part(flags, ACL_SET) + ACL_SET_ZXID),
                        WIDE_AZXID);
    }

    /** The greatest zxid that changed the node or anything below it, as far as it is known. */
    static long subtreeZxid(Memory memory, long at, int flags) {
        if ((flags & PARENT) != 0) {
            long part = at + part(flags, PARENT);
            return wide(memory, at, flags, memory.getSix(part + PARENT_SUBTREE), WIDE_SUBTREE);
        }
        long zxid = wide(memory, at, flags, memory.getSix(at + CZXID), WIDE_CZXID);
        if ((flags & MODIFIED) != 0) {
            long part = at + part(flags, MODIFIED);
            zxid =
                    Math.max(
                            zxid,
                            wide(
                                    memory,
                                    at,
                                    flags,
                                    memory.getSix(part + MODIFIED_MZXID),
                                    WIDE_MZXID));
        }
        return Math.max(zxid, aclZxid(memory, at, flags));
    }

    /** Is this its name? */
    static boolean isNamed(Memory memory, long at, byte[] name, int from, int length) {
        int flags = flags(memory, at);
        if (nameLength(memory, at, flags) != length) {
            return false;
        }
        if ((flags & CHAINED) == 0) {
            return memory.isEqual(at + payload(flags), name, from, length);
        }
        byte[] own = new byte[length]; // only with names or data of kilobytes
        copyPayload(memory, at, flags, 0, own, 0, length);
        return java.util.Arrays.equals(own, 0, length, name, from, from + length);
    }

    static void copyName(Memory memory, long at, int flags, byte[] into, int to, int length) {
        copyPayload(memory, at, flags, 0, into, to, length);
    }

    /** Appends the data as a buffer field: null stays null. */
    static void writeData(Memory memory, long at, JuteOut out) {
        int flags = flags(memory, at);
        if ((flags & NULL_DATA) != 0) {
            out.writeInt(-1);
            return;
        }
        int length = dataLength(memory, at, flags);
        out.writeInt(length);
        int to = out.reserve(length);
        copyPayload(memory, at, flags, nameLength(memory, at, flags), out.array(), to, length);
    }

    /** Copies a range of name and data, which lie one behind the other. */
    static void copyPayload(
            Memory memory, long at, int flags, int from, byte[] into, int to, int length) {
        if ((flags & CHAINED) == 0) {
            memory.copy(at + payload(flags) + from, into, to, length);
            return;
        }
        long block = Memory.address(memory.getInt(at + part(flags, CHAINED)));
        int skip = from;
        for (int done = 0; done < length; ) {
            if (skip >= CHAIN_PAYLOAD_BYTES) {
                skip -= CHAIN_PAYLOAD_BYTES;
            } else {
                int here = Math.min(length - done, CHAIN_PAYLOAD_BYTES - skip);
                memory.copy(block + CHAIN_HEAD_BYTES + skip, into, to + done, here);
                done += here;
                skip = 0;
            }
            if (done < length) {
                block = Memory.address(memory.getInt(block));
            }
        }
    }

    private static long wide(Memory memory, long at, int flags, long lower, int which) {
        return (flags & WIDE) == 0
                ? lower
                : lower | (long) memory.getShort(at + part(flags, WIDE) + which) << 48;
    }

    private static byte[] bytesOfParts() {
        byte[] bytes = new byte[PART_MASK + 1];
        for (int flags = 0; flags <= PART_MASK; flags++) {
            for (int i = 0; i < PART_BYTES.length; i++) {
                bytes[flags] = (byte) (bytes[flags] + (flags >>> i & 1) * PART_BYTES[i]);
            }
        }
        return bytes;
    }
}
