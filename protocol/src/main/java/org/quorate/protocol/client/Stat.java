package org.quorate.protocol.client;

import org.quorate.protocol.jute.JuteOut;

/**
 * The Stat record as clients see it: 68 bytes (client protocol §8). A reusable value holder:
 * whoever fills it says until when it is valid.
 */
public final class Stat {
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

    public void write(JuteOut out) {
        out.writeLong(czxid).writeLong(mzxid).writeLong(ctimeMillis).writeLong(mtimeMillis);
        out.writeInt(version).writeInt(cversion).writeInt(aversion).writeLong(ephemeralOwner);
        out.writeInt(dataLength).writeInt(childCount).writeLong(pzxid);
    }
}
