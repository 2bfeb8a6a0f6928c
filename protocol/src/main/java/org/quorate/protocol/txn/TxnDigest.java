package org.quorate.protocol.txn;

import org.quorate.protocol.jute.JuteIn;
import org.quorate.protocol.jute.JuteOut;

/** The digest of the tree as it is after a transaction (disk formats §6). */
public final class TxnDigest {
    public static final int BYTES = 12;

    /** The version this code computes. */
    public static final int VERSION = 2;

    public int version = VERSION;
    public long treeDigest;

    public TxnDigest read(JuteIn in) {
        version = in.readInt();
        treeDigest = in.readLong();
        return this;
    }

    public void write(JuteOut out) {
        write(out, version, treeDigest);
    }

    public static void write(JuteOut out, int version, long treeDigest) {
        out.writeInt(version).writeLong(treeDigest);
    }
}
