package org.quorate.tree;

import java.lang.foreign.MemorySegment;
import org.quorate.protocol.jute.JuteOut;

/**
 * Copies the names of children out. A name lies in its znode's record, so in a large tree each one
 * is a miss of the cache, and so is the number's slot. Therefore a batch of children is gone
 * through three times, for the places of their records, the lengths of their names, and the names:
 * what the steps of one pass wait for does not depend on each other, so the processor fetches much
 * of it at once.
 *
 * <p>One instance for each thread, used while nobody writes but that thread.
 */
public final class ChildNames {
    static final long AS_OF_NOW = Long.MAX_VALUE;

    private static final int BATCH = Children.SEGMENT_MAX;
    private static final int LENGTH_BYTES = 4;

    private final NodeReader nodes;
    private final int[] refs = new int[BATCH];
    private final int[] lengths = new int[BATCH];

    ChildNames(NodeReader nodes) {
        this.nodes = nodes;
    }

    /** Bytes that {@link #write} appends. */
    public long bytes(int node) {
        return Integer.BYTES + nodes.nameBytes(node) + (long) LENGTH_BYTES * nodes.childCount(node);
    }

    /** Appends the names of all children as a vector of strings. */
    public void write(int node, JuteOut out) {
        int count = nodes.childCount(node);
        if (count > BATCH) {
            out.expect(bytes(node));
        }
        out.writeInt(count);
        int table = nodes.children(node);
        long hash = table == 0 ? Children.HASH_END : 0;
        while (hash < Children.HASH_END) {
            hash = writeSegment(table, (int) hash, AS_OF_NOW, out);
        }
    }

    /**
     * Appends the names from a hash on to the end of its segment, as strings.
     *
     * @param asOfZxid children that were made later are left out
     * @return the first hash behind the segment
     */
    long writeSegment(int table, int hash, long asOfZxid, JuteOut out) {
        long found = Children.locate(nodes.memory, table, hash);
        int segment = (int) found;
        int count = Children.count(nodes.memory, segment);
        int first = Children.indexFrom(nodes.memory, found, hash);
        for (int from = first; from < count; from += BATCH) {
            writeBatch(segment, from, Math.min(count - from, BATCH), asOfZxid, out);
        }
        return Children.end(hash, (int) (found >>> 32));
    }

    private void writeBatch(int segment, int from, int count, long asOfZxid, JuteOut out) {
        Memory memory = nodes.memory;
        for (int i = 0; i < count; i++) {
            refs[i] = nodes.ref(Children.node(memory, segment, from + i));
        }
        int left = 0;
        int bytes = 0;
        for (int i = 0; i < count; i++) {
            int ref = refs[i];
            MemorySegment page = memory.page(ref);
            long at = Memory.offset(ref);
            int flags = Znode.flags(page, at);
            int length = Znode.nameLength(page, at, flags);
            if (Znode.czxid(page, at, flags) <= asOfZxid) {
                refs[left] = ref;
                lengths[left++] = length;
                bytes += LENGTH_BYTES + length;
            }
        }
        int to = out.reserve(bytes);
        byte[] array = out.array();
        for (int i = 0; i < left; i++) {
            int ref = refs[i];
            int length = lengths[i];
            MemorySegment page = memory.page(ref);
            long at = Memory.offset(ref);
            out.setInt(to, length);
            to += LENGTH_BYTES;
            Znode.copyPayload(memory, page, at, Znode.flags(page, at), 0, array, to, length);
            to += length;
        }
    }
}
