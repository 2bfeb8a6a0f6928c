package org.quorate.protocol.client;

import org.quorate.protocol.OpCode;
import org.quorate.protocol.acl.AclVector;
import org.quorate.protocol.jute.JuteIn;
import org.quorate.protocol.jute.JuteOut;
import org.quorate.protocol.jute.Slice;

/**
 * create, create2, createContainer and createTTL. Which kind of node comes out is decided by {@link
 * #type}, not by the flags, for containers and TTL nodes (client protocol §5).
 */
public final class CreateRequest implements Request {
    public static final int FLAG_PERSISTENT = 0;
    public static final int FLAG_EPHEMERAL = 1;
    public static final int FLAG_SEQUENTIAL = 2;
    public static final int FLAG_EPHEMERAL_SEQUENTIAL = 3;
    public static final int FLAG_CONTAINER = 4;
    public static final int FLAG_TTL = 5;
    public static final int FLAG_TTL_SEQUENTIAL = 6;

    /** {@link #ttlMillis} of a request that has none. */
    public static final long TTL_NONE = -1;

    /** The longest time to live: 40 bits of milliseconds. */
    public static final long TTL_MILLIS_MAX = (1L << 40) - 1;

    public int type = OpCode.CREATE;
    public final Slice path = new Slice();
    public final Slice data = new Slice();
    public final AclVector acl = new AclVector();
    public int flags;

    /** As sent with createTTL; {@link #TTL_NONE} with the other types. */
    public long ttlMillis = TTL_NONE;

    /** Are the flags one of the seven kinds? */
    public static boolean flagsAreKnown(int flags) {
        return flags >= FLAG_PERSISTENT && flags <= FLAG_TTL_SEQUENTIAL;
    }

    public boolean isEphemeral() {
        return flags == FLAG_EPHEMERAL || flags == FLAG_EPHEMERAL_SEQUENTIAL;
    }

    public boolean isSequential() {
        return flags == FLAG_SEQUENTIAL
                || flags == FLAG_EPHEMERAL_SEQUENTIAL
                || flags == FLAG_TTL_SEQUENTIAL;
    }

    /** Do the flags ask for a time to live? */
    public boolean isTtl() {
        return flags == FLAG_TTL || flags == FLAG_TTL_SEQUENTIAL;
    }

    /** Flags with a TTL need one of 1 ms to {@link #TTL_MILLIS_MAX}, the others none. */
    public boolean ttlIsValid() {
        return isTtl() ? ttlMillis > 0 && ttlMillis <= TTL_MILLIS_MAX : ttlMillis < 0;
    }

    public CreateRequest read(int type, JuteIn in) {
        this.type = type;
        in.readText(path);
        in.readSlice(data);
        acl.read(in);
        flags = in.readInt();
        ttlMillis = type == OpCode.CREATE_TTL ? in.readLong() : TTL_NONE;
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
        out.writeInt(flags);
        if (type == OpCode.CREATE_TTL) {
            out.writeLong(ttlMillis);
        }
    }
}
