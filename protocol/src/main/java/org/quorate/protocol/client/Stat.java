package org.quorate.protocol.client;

import org.quorate.protocol.jute.JuteIn;
import org.quorate.protocol.jute.JuteOut;

/**
 * The Stat record as clients see it: 68 bytes (client protocol §8). A reusable value holder:
 * whoever fills it says until when it is valid.
 */
public final class Stat {
    /** Size on the wire. */
    public static final int BYTES = 68;

    public long czxid;
    public long mzxid;
    public long ctimeMillis;
    public long mtimeMillis;
    public int version;

    /** What clients see: 2 × children ever created − children now. */
    public int cversion;

    public int aversion;

    /** What clients see: 0 for containers and TTL nodes. */
    public long ephemeralOwner;

    public int dataLength;
    public int childCount;
    public long pzxid;

    /** Fills this record from {@code in}. */
    public Stat read(JuteIn in) {
        czxid = in.readLong();
        mzxid = in.readLong();
        ctimeMillis = in.readLong();
        mtimeMillis = in.readLong();
        version = in.readInt();
        cversion = in.readInt();
        aversion = in.readInt();
        ephemeralOwner = in.readLong();
        dataLength = in.readInt();
        childCount = in.readInt();
        pzxid = in.readLong();
        return this;
    }

    /** Appends the {@value #BYTES} bytes to {@code out}. */
    public void write(JuteOut out) {
        out.writeLong(czxid).writeLong(mzxid).writeLong(ctimeMillis).writeLong(mtimeMillis);
        out.writeInt(version).writeInt(cversion).writeInt(aversion).writeLong(ephemeralOwner);
        out.writeInt(dataLength).writeInt(childCount).writeLong(pzxid);
    }
}
