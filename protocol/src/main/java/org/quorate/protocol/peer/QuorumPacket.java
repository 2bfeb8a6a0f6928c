package org.quorate.protocol.peer;

import org.quorate.protocol.acl.IdVector;
import org.quorate.protocol.jute.JuteException;
import org.quorate.protocol.jute.JuteIn;
import org.quorate.protocol.jute.JuteOut;
import org.quorate.protocol.jute.Slice;

/**
 * A packet of the quorum port (peer protocol §4): a reusable flyweight, owned by one thread, valid
 * as long as the bytes below it. Packets follow each other on the stream without frames.
 */
public final class QuorumPacket {
    /** Type, zxid, length of data, count of ids. */
    public static final int BYTES_MIN = 20;

    /** One of {@link PacketType}. */
    public int type;

    public long zxid;

    /** What it holds depends on the type; null where the reference says null. */
    public final Slice data = new Slice();

    /** Null except in a forwarded request. */
    public final IdVector authInfo = new IdVector();

    /**
     * Reads a packet that must be there in full.
     *
     * @throws JuteException if the bytes are malformed or end early
     */
    public QuorumPacket read(JuteIn in) {
        type = in.readInt();
        zxid = in.readLong();
        in.readSlice(data);
        authInfo.read(in);
        return this;
    }

    /**
     * Reads the next packet of a stream if all of it is there. The caller bounds how many bytes it
     * collects for one packet.
     *
     * @return false, with {@code in} where it was, if bytes are missing
     * @throws JuteException if the bytes are malformed
     */
    public boolean tryRead(JuteIn in) {
        if (in.remaining() < BYTES_MIN) {
            return false;
        }
        int from = in.position();
        try {
            read(in);
            return true;
        } catch (JuteException e) {
            if (!e.endsEarly()) {
                throw e;
            }
            in.position(from);
            return false;
        }
    }

    public void write(JuteOut out) {
        out.writeInt(type).writeLong(zxid).writeSlice(data);
        authInfo.write(out);
    }

    /** Writes a packet without data. */
    public static void write(JuteOut out, int type, long zxid) {
        out.writeInt(type).writeLong(zxid).writeInt(-1).writeInt(-1);
    }

    /** Writes a packet with data and without ids. */
    public static void write(JuteOut out, int type, long zxid, Slice data) {
        out.writeInt(type).writeLong(zxid).writeSlice(data).writeInt(-1);
    }

    /**
     * Begins a packet whose data is written next.
     *
     * @return where the data's length stands, for {@link #end}
     */
    public static int begin(JuteOut out, int type, long zxid) {
        out.writeInt(type).writeLong(zxid);
        return out.reserve(4);
    }

    /** Completes a packet without ids. */
    public static void end(JuteOut out, int packet) {
        out.setInt(packet, out.size() - packet - 4);
        out.writeInt(-1);
    }

    /** Completes a packet with the ids of the connection that a request came from. */
    public static void end(JuteOut out, int packet, IdVector authInfo) {
        out.setInt(packet, out.size() - packet - 4);
        authInfo.write(out);
    }

    @Override
    public String toString() {
        return "%s zxid 0x%x, %s"
                .formatted(
                        PacketType.name(type),
                        zxid,
                        data.isNull() ? "no data" : data.length() + " bytes");
    }
}
