package org.quorate.protocol.snapshot;

import org.quorate.protocol.jute.JuteIn;
import org.quorate.protocol.jute.JuteOut;
import org.quorate.protocol.jute.Slice;

/**
 * One znode of a snapshot: path, data, reference to its access control list, and 60 bytes of
 * persisted stat. A reusable flyweight.
 */
public final class SnapshotNode {
    /** {@link #aclRef} of {@code world:anyone:ALL} without an entry in the table. */
    public static final long ACL_REF_OPEN = -1;

    /** Empty for the root. */
    public final Slice path = new Slice();

    /** Null and empty are distinct and stay so. */
    public final Slice data = new Slice();

    /** Local to the snapshot: never compare it between servers. */
    public long aclRef;

    public long czxid;
    public long mzxid;
    public long ctimeMillis;
    public long mtimeMillis;
    public int version;

    /** Creates below this node, not what clients see. */
    public int cversion;

    public int aversion;

    /** Raw: session id, container mark or time to live. */
    public long ephemeralOwner;

    public long pzxid;

    public SnapshotNode read(JuteIn in) {
        in.readText(path);
        return readBehindPath(in);
    }

    SnapshotNode readBehindPath(JuteIn in) {
        in.readSlice(data);
        aclRef = in.readLong();
        czxid = in.readLong();
        mzxid = in.readLong();
        ctimeMillis = in.readLong();
        mtimeMillis = in.readLong();
        version = in.readInt();
        cversion = in.readInt();
        aversion = in.readInt();
        ephemeralOwner = in.readLong();
        pzxid = in.readLong();
        return this;
    }

    public void write(JuteOut out) {
        out.writeSlice(path).writeSlice(data).writeLong(aclRef);
        out.writeLong(czxid).writeLong(mzxid).writeLong(ctimeMillis).writeLong(mtimeMillis);
        out.writeInt(version).writeInt(cversion).writeInt(aversion);
        out.writeLong(ephemeralOwner).writeLong(pzxid);
    }
}
