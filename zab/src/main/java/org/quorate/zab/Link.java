package org.quorate.zab;

import org.jspecify.annotations.Nullable;
import org.quorate.protocol.jute.JuteOut;
import org.quorate.protocol.jute.Slice;
import org.quorate.protocol.peer.QuorumPacket;

/** What goes out on one connection of a quorum port, collected and handed over once per turn. */
final class Link implements TxnWindow.PacketConsumer {
    /** Past this, what was collected is handed over before the turn ends. */
    private static final int FLUSH_BYTES = 1 << 18;

    final long id;

    private final Peers peers;
    private final Chunks chunks;

    /** What is collected; null while nothing is. */
    private @Nullable JuteOut collected;

    Link(long id, Peers peers, Chunks chunks) {
        this.id = id;
        this.peers = peers;
        this.chunks = chunks;
    }

    /** Collects a packet without data. */
    void write(int type, long zxid) {
        QuorumPacket.write(out(), type, zxid);
        flushIfMuch();
    }

    /** Collects a packet with data. */
    void write(int type, long zxid, Slice data) {
        QuorumPacket.write(out(), type, zxid, data);
        flushIfMuch();
    }

    /** Collects whole packets. */
    void writeRaw(byte[] packets, int from, int length) {
        out().writeRaw(packets, from, length);
        flushIfMuch();
    }

    /** Hands over what was collected, and behind it these packets. */
    @Override
    public void packets(byte[] bytes, int from, int length) {
        flush();
        peers.send(id, bytes, from, length);
    }

    void flush() {
        JuteOut out = collected;
        if (out != null) {
            collected = null;
            peers.send(id, out.array(), 0, out.size());
            chunks.give(out);
        }
    }

    private JuteOut out() {
        JuteOut out = collected;
        if (out == null) {
            out = chunks.take();
            collected = out;
        }
        return out;
    }

    private void flushIfMuch() {
        if (collected != null && collected.size() > FLUSH_BYTES) {
            flush();
        }
    }
}
