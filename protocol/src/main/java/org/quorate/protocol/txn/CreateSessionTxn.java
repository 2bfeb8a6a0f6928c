package org.quorate.protocol.txn;

import org.quorate.protocol.OpCode;
import org.quorate.protocol.jute.JuteIn;
import org.quorate.protocol.jute.JuteOut;

/** createSession. */
public final class CreateSessionTxn implements Txn {
    public int timeoutMillis;

    public CreateSessionTxn read(JuteIn in) {
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
