package org.quorate.zab;

import org.jspecify.annotations.Nullable;
import org.quorate.protocol.jute.JuteOut;
import org.quorate.protocol.jute.Slice;
import org.quorate.protocol.peer.PacketType;

/**
 * The newest transactions of this server's log, in memory: those that wait for their commit and,
 * before them, some that are applied and that a learner may lack. Each is kept as the PROPOSAL
 * packet that carries it, one behind the other, so that a range of proposals is sent without
 * encoding or copying anything.
 *
 * <p>Places are counted up from 0 and never used twice; {@code [first, end)} is there. Bytes lie in
 * chunks that are reused, so nothing is allocated per transaction.
 */
final class TxnWindow {
    /** Type, zxid and length in front of a transaction. */
    private static final int HEAD_BYTES = 16;

    /** The null vector of ids behind it. */
    private static final int TAIL_BYTES = 4;

    /** Takes ranges of whole PROPOSAL packets. */
    interface PacketConsumer {
        void packets(byte[] bytes, int from, int length);
    }

    private final Chunks spare;

    // Circular by place; the length is a power of two.
    private long[] zxids = new long[256];
    private int[] froms = new int[256];
    private int[] lengths = new int[256];
    private JuteOut[] chunks = new JuteOut[256];

    /** The chunk of the newest; null if there was none yet. */
    private @Nullable JuteOut open;

    private long first;
    private long end;
    private long bytes;

    TxnWindow(Chunks spare) {
        this.spare = spare;
    }

    /** The oldest place that is there, or {@link #end} if none is. */
    long first() {
        return first;
    }

    /** Behind the newest place. */
    long end() {
        return end;
    }

    boolean isEmpty() {
        return first == end;
    }

    /** Bytes of all packets in the window. */
    long bytes() {
        return bytes;
    }

    long zxid(long place) {
        return zxids[slot(place)];
    }

    /** Points at header, record and digest; valid until the place is removed. */
    void txn(long place, Slice into) {
        int slot = slot(place);
        into.set(chunks[slot].array(), froms[slot] + HEAD_BYTES, lengths[slot]);
    }

    /** The type that the transaction's header tells. */
    int type(long place) {
        int slot = slot(place);
        return Txns.typeOf(chunks[slot].array(), froms[slot] + HEAD_BYTES, lengths[slot]);
    }

    /** Adds a copy of a transaction. */
    void append(long zxid, byte[] txn, int from, int length) {
        growIfFull();
        int packetBytes = HEAD_BYTES + length + TAIL_BYTES;
        JuteOut chunk = chunkFor(packetBytes);
        int slot = (int) end & zxids.length - 1;
        zxids[slot] = zxid;
        froms[slot] = chunk.size();
        lengths[slot] = length;
        chunks[slot] = chunk;
        chunk.writeInt(PacketType.PROPOSAL).writeLong(zxid).writeBuffer(txn, from, length);
        chunk.writeInt(-1);
        bytes += packetBytes;
        end++;
    }

    private JuteOut chunkFor(int packetBytes) {
        JuteOut chunk = open;
        if (chunk != null && isEmpty()) {
            chunk.clear(); // nothing of it is there any more
        } else if (chunk == null
                || chunk.size() > 0 && chunk.size() + packetBytes > Chunks.CHUNK_BYTES) {
            chunk = spare.take();
            open = chunk;
        }
        return chunk;
    }

    /** Removes the oldest. */
    void removeFirst() {
        int slot = slot(first);
        JuteOut chunk = chunks[slot];
        bytes -= HEAD_BYTES + lengths[slot] + TAIL_BYTES;
        first++;
        boolean lastOfChunk = first == end ? chunk != open : chunks[slot(first)] != chunk;
        if (lastOfChunk) {
            spare.give(chunk);
        }
    }

    /** Removes the newest, back to and including {@code place}. */
    void removeFrom(long place) {
        if (place < first || place > end) {
            throw new IllegalStateException(
                    "remove from place %d of %d to %d".formatted(place, first, end));
        }
        while (end > place) {
            end--;
            int slot = (int) end & zxids.length - 1;
            bytes -= HEAD_BYTES + lengths[slot] + TAIL_BYTES;
            JuteOut chunk = chunks[slot];
            if (open != null && open != chunk) {
                spare.give(open);
            }
            open = chunk;
            chunk.truncate(froms[slot]);
        }
    }

    /** Removes all and goes on counting behind them. */
    void clear() {
        while (!isEmpty()) {
            removeFirst();
        }
        if (open != null) {
            spare.give(open);
            open = null;
        }
    }

    /** The first place whose zxid is greater than {@code zxid}; {@link #end} if there is none. */
    long placeBehind(long zxid) {
        long low = first;
        long high = end;
        while (low < high) {
            long middle = low + high >>> 1;
            if (zxid(middle) > zxid) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return low;
    }

    /** Hands out the packets of {@code [from, to)} in few ranges. */
    void packets(long from, long to, PacketConsumer out) {
        long place = from;
        while (place < to) {
            int slot = slot(place);
            JuteOut chunk = chunks[slot];
            int rangeFrom = froms[slot];
            int rangeTo = rangeFrom;
            while (place < to && chunks[slot(place)] == chunk) {
                rangeTo = froms[slot(place)] + HEAD_BYTES + lengths[slot(place)] + TAIL_BYTES;
                place++;
            }
            out.packets(chunk.array(), rangeFrom, rangeTo - rangeFrom);
        }
    }

    private int slot(long place) {
        if (place < first || place >= end) {
            throw new IllegalStateException("place %d of %d to %d".formatted(place, first, end));
        }
        return (int) place & zxids.length - 1;
    }

    private void growIfFull() {
        int capacity = zxids.length;
        if (end - first < capacity) {
            return;
        }
        long[] moreZxids = new long[2 * capacity];
        int[] moreFroms = new int[2 * capacity];
        int[] moreLengths = new int[2 * capacity];
        JuteOut[] moreChunks = new JuteOut[2 * capacity];
        for (long place = first; place < end; place++) {
            int slot = slot(place);
            int newSlot = (int) place & 2 * capacity - 1;
            moreZxids[newSlot] = zxids[slot];
            moreFroms[newSlot] = froms[slot];
            moreLengths[newSlot] = lengths[slot];
            moreChunks[newSlot] = chunks[slot];
        }
        zxids = moreZxids;
        froms = moreFroms;
        lengths = moreLengths;
        chunks = moreChunks;
    }
}
