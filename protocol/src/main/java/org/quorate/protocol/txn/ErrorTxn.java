package org.quorate.protocol.txn;

import org.quorate.protocol.OpCode;
import org.quorate.protocol.jute.JuteIn;
import org.quorate.protocol.jute.JuteOut;

/** A write that failed: it took a zxid and changes nothing. */
public final class ErrorTxn implements Txn {
    /** One of {@link org.quorate.protocol.ErrorCode}. */
    public int err;

    public ErrorTxn read(JuteIn in) {
        err = in.readInt();
        return this;
    }

    @Override
    public int type() {
        return OpCode.ERROR;
    }

    @Override
    public void write(JuteOut out) {
        out.writeInt(err);
    }
}
