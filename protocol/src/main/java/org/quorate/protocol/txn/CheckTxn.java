package org.quorate.protocol.txn;

import org.quorate.protocol.OpCode;
import org.quorate.protocol.jute.JuteIn;
import org.quorate.protocol.jute.JuteOut;
import org.quorate.protocol.jute.Slice;

/** check: only inside multi. No reader accepts it at top level. */
public final class CheckTxn implements Txn {
    public final Slice path = new Slice();
    public int version;

    public CheckTxn read(JuteIn in) {
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
