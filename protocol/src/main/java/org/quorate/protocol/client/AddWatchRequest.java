package org.quorate.protocol.client;

import org.quorate.protocol.OpCode;
import org.quorate.protocol.jute.JuteIn;
import org.quorate.protocol.jute.JuteOut;
import org.quorate.protocol.jute.Slice;

/** addWatch. */
public final class AddWatchRequest implements Request {
    public static final int PERSISTENT = 0;
    public static final int PERSISTENT_RECURSIVE = 1;

    public final Slice path = new Slice();

    /** One of the constants here; others are refused with −5. */
    public int mode;

    public AddWatchRequest read(JuteIn in) {
        in.readText(path);
        mode = in.readInt();
        return this;
    }

    @Override
    public int type() {
        return OpCode.ADD_WATCH;
    }

    @Override
    public void write(JuteOut out) {
        out.writeSlice(path).writeInt(mode);
    }
}
