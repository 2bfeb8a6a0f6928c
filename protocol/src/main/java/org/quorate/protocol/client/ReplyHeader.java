package org.quorate.protocol.client;

import org.quorate.protocol.jute.JuteIn;
import org.quorate.protocol.jute.JuteOut;

/** What precedes each reply body but the first frame's (client protocol §4). */
public final class ReplyHeader {
    /** Xid of an event frame. */
    public static final int XID_EVENT = -1;

    public static final int BYTES = 16;

    public int xid;
    public long zxid;

    /** One of {@link org.quorate.protocol.ErrorCode}. */
    public int err;

    public ReplyHeader read(JuteIn in) {
        xid = in.readInt();
        zxid = in.readLong();
        err = in.readInt();
        return this;
    }

    public void write(JuteOut out) {
        out.writeInt(xid).writeLong(zxid).writeInt(err);
    }
}
