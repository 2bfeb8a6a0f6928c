package org.quorate.protocol.client;

import org.quorate.protocol.OpCode;
import org.quorate.protocol.jute.JuteIn;
import org.quorate.protocol.jute.JuteOut;
import org.quorate.protocol.jute.Slice;

/** sasl. */
public final class SaslRequest implements Request {
    public final Slice token = new Slice();

    public SaslRequest read(JuteIn in) {
        in.readSlice(token);
        return this;
    }

    @Override
    public int type() {
        return OpCode.SASL;
    }

    @Override
    public void write(JuteOut out) {
        out.writeSlice(token);
    }
}
