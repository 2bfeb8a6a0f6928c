package org.quorate.protocol.client;

import org.quorate.protocol.jute.JuteIn;
import org.quorate.protocol.jute.JuteOut;

/** What precedes each request body but the first frame's (client protocol §4). */
public final class RequestHeader {
    /** Xid of a ping. */
    public static final int XID_PING = -2;

    /** Xid of an auth packet. */
    public static final int XID_AUTH = -4;

    /** Xid with which the C client sends setWatches. */
    public static final int XID_SET_WATCHES = -8;

    public static final int BYTES = 8;

    public int xid;

    /** One of {@link org.quorate.protocol.OpCode}, or anything a client makes up. */
    public int type;

    public RequestHeader read(JuteIn in) {
        xid = in.readInt();
        type = in.readInt();
        return this;
    }

    public void write(JuteOut out) {
        out.writeInt(xid).writeInt(type);
    }
}
