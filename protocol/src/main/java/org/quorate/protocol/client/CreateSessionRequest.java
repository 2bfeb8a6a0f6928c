package org.quorate.protocol.client;

import org.quorate.protocol.OpCode;
import org.quorate.protocol.jute.JuteIn;
import org.quorate.protocol.jute.JuteOut;

/** createSession: never from a client, only forwarded from a peer (peer protocol §7). */
public final class CreateSessionRequest implements Request {
    public int timeoutMillis;

    public CreateSessionRequest read(JuteIn in) {
        timeoutMillis = in.readInt();
        return this;
    }

    @Override
    public int type() {
        return OpCode.CREATE_SESSION;
    }

    @Override
    public void write(JuteOut out) {
        out.writeInt(timeoutMillis);
    }
}
