package org.quorate.protocol.peer;

import org.quorate.protocol.jute.JuteIn;
import org.quorate.protocol.jute.JuteOut;
import org.quorate.protocol.jute.Slice;

/**
 * Data of REQUEST: a client's request on its way to the leader, with the body as the client sent it
 * (peer protocol §6). A reusable flyweight. The packet must carry the connection's ids.
 */
public final class ForwardedRequest {
    public long sessionId;
    public int cxid;

    /** One of {@link org.quorate.protocol.OpCode}; −10 and −11 occur, unknown ones must not. */
    public int type;

    /** Without header; to be decoded by {@link org.quorate.protocol.client.RequestDecoder}. */
    public final Slice body = new Slice();

    private final JuteIn in = new JuteIn(Integer.MAX_VALUE);

    /**
     * Reads a packet's data.
     *
     * @throws org.quorate.protocol.jute.JuteException if the data is too short
     */
    public ForwardedRequest read(Slice data) {
        in.wrap(data);
        sessionId = in.readLong();
        cxid = in.readInt();
        type = in.readInt();
        body.set(in.array(), in.position(), in.remaining());
        return this;
    }

    public void write(JuteOut out) {
        out.writeLong(sessionId).writeInt(cxid).writeInt(type).writeRaw(body);
    }
}
