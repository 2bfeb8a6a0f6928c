package org.quorate.protocol.client;

import org.quorate.protocol.OpCode;
import org.quorate.protocol.jute.JuteIn;
import org.quorate.protocol.jute.JuteOut;
import org.quorate.protocol.jute.Slice;

/** check: does the node have this version? Only inside multi. */
public final class CheckRequest implements Request {
    public final Slice path = new Slice();

    /** The expected data version; −1 = any. */
    public int version;

    public CheckRequest read(JuteIn in) {
        in.readText(path);
        version = in.readInt();
        return this;
    }

    @Override
    public int type() {
        return OpCode.CHECK;
    }

    @Override
    public void write(JuteOut out) {
        out.writeSlice(path).writeInt(version);
    }
}
