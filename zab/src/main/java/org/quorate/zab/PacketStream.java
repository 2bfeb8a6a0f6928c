package org.quorate.zab;

import org.jspecify.annotations.Nullable;
import org.quorate.protocol.jute.JuteException;
import org.quorate.protocol.jute.JuteIn;
import org.quorate.protocol.jute.JuteOut;
import org.quorate.protocol.jute.Slice;
import org.quorate.protocol.peer.QuorumPacket;
import org.quorate.protocol.snapshot.SnapshotDecoder;
import org.quorate.protocol.snapshot.SnapshotEncoder;
import org.quorate.protocol.snapshot.SnapshotSink;

/** Cuts what comes in on a link into packets and, when one says so, a snapshot between them. */
final class PacketStream {
    /** What the ids of a forwarded request may add to its data. */
    private static final int IDS_BYTES_MAX = 1 << 16;

    /** Takes what was cut. */
    interface Reader {
        /**
         * Takes a packet, valid during the call.
         *
         * @return false to read no further: the link is given up
         */
        boolean packet(QuorumPacket packet);

        /** The snapshot that was expected has come in whole. As {@link #packet}. */
        boolean snapshot();
    }

    private static final Slice SIGNATURE = Slice.of(SnapshotEncoder.WIRE_SIGNATURE);

    private final int fieldBytesMax;
    private final Reader reader;

    /** Longest packet that is waited for. */
    private long packetBytesMax;

    private final JuteIn in;
    private final QuorumPacket packet = new QuorumPacket();
    private final Slice signature = new Slice();

    /** What was received and not yet consumed. */
    private final JuteOut rest = new JuteOut();

    private @Nullable SnapshotDecoder snapshot;

    /**
     * @param fieldBytesMax longest data of a packet
     */
    PacketStream(int fieldBytesMax, Reader reader) {
        this.fieldBytesMax = fieldBytesMax;
        this.packetBytesMax = (long) fieldBytesMax + IDS_BYTES_MAX;
        this.reader = reader;
        this.in = new JuteIn(fieldBytesMax);
    }

    /** As long as it is not known whom the link is with, no packet is longer than that. */
    void stranger(int bytesMax) {
        packetBytesMax = bytesMax;
    }

    /** It is known now. */
    void known() {
        packetBytesMax = (long) fieldBytesMax + IDS_BYTES_MAX;
    }

    /** A snapshot follows the packet that is being read. */
    void expectSnapshot(SnapshotSink sink) {
        snapshot = new SnapshotDecoder(sink, fieldBytesMax);
    }

    /**
     * Takes bytes in.
     *
     * @throws JuteException if they are neither packets nor the snapshot expected
     */
    void feed(byte[] bytes, int from, int to) {
        if (rest.size() == 0) {
            int consumedTo = consume(bytes, from, to);
            keep(bytes, consumedTo, to);
            return;
        }
        rest.writeRaw(bytes, from, to - from);
        int size = rest.size();
        int consumedTo = consume(rest.array(), 0, size);
        if (consumedTo > 0) {
            byte[] array = rest.array();
            rest.clear();
            keep(array, consumedTo, size);
        } else {
            checkKept(size);
        }
    }

    private void keep(byte[] bytes, int from, int to) {
        if (to > from) {
            checkKept(to - from);
            // Also from one place to another in the same array.
            rest.writeRaw(bytes, from, to - from);
        }
    }

    private void checkKept(int bytes) {
        if (snapshot == null && bytes > packetBytesMax) {
            throw new JuteException("a packet of more than %d bytes".formatted(packetBytesMax));
        }
    }

    private int consume(byte[] bytes, int from, int to) {
        int at = from;
        while (at < to) {
            if (snapshot != null && !snapshot.done()) {
                at += snapshot.decode(bytes, at, to);
                if (!snapshot.done()) {
                    return at;
                }
                continue;
            }
            in.wrap(bytes, at, to);
            if (snapshot != null) {
                if (!trySignature()) {
                    return at;
                }
                snapshot = null;
                at = in.position();
                if (!reader.snapshot()) {
                    return to;
                }
            } else {
                if (!packet.tryRead(in)) {
                    return at;
                }
                at = in.position();
                if (!reader.packet(packet)) {
                    return to;
                }
            }
        }
        return at;
    }

    private boolean trySignature() {
        if (in.remaining() < 4 + SIGNATURE.length()) {
            return false;
        }
        in.readSlice(signature);
        if (!signature.sameBytes(SIGNATURE)) {
            throw new JuteException("a snapshot signed '%s'".formatted(signature));
        }
        return true;
    }
}
