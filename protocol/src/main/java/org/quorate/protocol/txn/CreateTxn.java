package org.quorate.protocol.txn;

import org.quorate.protocol.OpCode;
import org.quorate.protocol.acl.AclVector;
import org.quorate.protocol.jute.JuteIn;
import org.quorate.protocol.jute.JuteOut;
import org.quorate.protocol.jute.Slice;

/** create, create2, createContainer, createTTL. */
public final class CreateTxn implements Txn {
    /** {@link #parentCversion} of the old form: the parent's current one + 1. */
    public static final int PARENT_CVERSION_UNKNOWN = -1;

    public int type = OpCode.CREATE;
    public final Slice path = new Slice();

    /** Null and empty are distinct and stay so. */
    public final Slice data = new Slice();

    public final AclVector acl = new AclVector();

    /** Only with create and create2. The owner is the header's session. */
    public boolean ephemeral;

    /**
     * The number of creates below the parent including this one, as stored (not as clients see it).
     */
    public int parentCversion;

    /** Only with createTTL. */
    public long ttlMillis;

    public CreateTxn read(int type, JuteIn in) {
        readCommon(type, in);
        parentCversion = in.readInt();
        ttlMillis = type == OpCode.CREATE_TTL ? in.readLong() : 0;
        return this;
    }

    /** Reads the form of ZooKeeper before 3.4, which had no parentCversion. */
    CreateTxn readOldForm(JuteIn in) {
        readCommon(OpCode.CREATE, in);
        parentCversion = PARENT_CVERSION_UNKNOWN;
        ttlMillis = 0;
        return this;
    }

    @Override
    public int type() {
        return type;
    }

    @Override
    public void write(JuteOut out) {
        out.writeSlice(path).writeSlice(data);
        acl.write(out);
        if (hasEphemeral(type)) {
            out.writeBool(ephemeral);
        }
        out.writeInt(parentCversion);
        if (type == OpCode.CREATE_TTL) {
            out.writeLong(ttlMillis);
        }
    }

    private void readCommon(int type, JuteIn in) {
        this.type = type;
        in.readText(path);
        in.readSlice(data);
        acl.read(in);
        ephemeral = hasEphemeral(type) && in.readBool();
    }

    private static boolean hasEphemeral(int type) {
        return type == OpCode.CREATE || type == OpCode.CREATE2;
    }
}
