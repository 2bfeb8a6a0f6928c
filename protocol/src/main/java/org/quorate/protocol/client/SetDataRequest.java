package org.quorate.protocol.client;

import org.quorate.protocol.OpCode;
import org.quorate.protocol.jute.JuteIn;
import org.quorate.protocol.jute.JuteOut;
import org.quorate.protocol.jute.Slice;

/** setData. */
public final class SetDataRequest implements Request {
    public final Slice path = new Slice();
    public final Slice data = new Slice();

    /** The expected data version; −1 = any. */
    public int version;

    public SetDataRequest read(JuteIn in) {
        in.readText(path);
        in.readSlice(data);
        version = in.readInt();
        return this;
    }

    @Override
    public int type() {
        return OpCode.SET_DATA;
    }

    @Override
    public void write(JuteOut out) {
        out.writeSlice(path).writeSlice(data).writeInt(version);
    }
}
