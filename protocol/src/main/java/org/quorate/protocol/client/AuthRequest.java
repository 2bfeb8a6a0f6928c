package org.quorate.protocol.client;

import org.quorate.protocol.OpCode;
import org.quorate.protocol.jute.JuteIn;
import org.quorate.protocol.jute.JuteOut;
import org.quorate.protocol.jute.Slice;

/** auth. */
public final class AuthRequest implements Request {
    /** 0 from all clients; ignored. */
    public int authType;

    public final Slice scheme = new Slice();
    public final Slice auth = new Slice();

    public AuthRequest read(JuteIn in) {
        authType = in.readInt();
        in.readText(scheme);
        in.readSlice(auth);
        return this;
    }

    @Override
    public int type() {
        return OpCode.AUTH;
    }

    @Override
    public void write(JuteOut out) {
        out.writeInt(authType).writeSlice(scheme).writeSlice(auth);
    }
}
