package org.quorate.protocol.txn;

import org.quorate.protocol.jute.JuteIn;
import org.quorate.protocol.jute.JuteOut;

/** Who asked for a transaction, when, and as which (disk formats §3). */
public final class TxnHeader {
    public static final int BYTES = 32;

    public long sessionId;
    public int cxid;
    public long zxid;

    /** Wall clock of the leader. */
    public long timeMillis;

    /** One of {@link org.quorate.protocol.OpCode}. */
    public int type;

    public TxnHeader read(JuteIn in) {
        sessionId = in.readLong();
        cxid = in.readInt();
        zxid = in.readLong();
        timeMillis = in.readLong();
        type = in.readInt();
        return this;
    }

    public TxnHeader set(long sessionId, int cxid, long zxid, long timeMillis, int type) {
        this.sessionId = sessionId;
        this.cxid = cxid;
        this.zxid = zxid;
        this.timeMillis = timeMillis;
        this.type = type;
        return this;
    }

    public void write(JuteOut out) {
        out.writeLong(sessionId).writeInt(cxid).writeLong(zxid);
        out.writeLong(timeMillis).writeInt(type);
    }
}
