package org.quorate.protocol.txn;

import org.quorate.protocol.jute.JuteIn;
import org.quorate.protocol.jute.JuteOut;
import org.quorate.protocol.jute.Slice;

/** delete and deleteContainer (which is the sweep of containers and TTL nodes). */
public final class DeleteTxn implements Txn {
    public int type;
    public final Slice path = new Slice();

    public DeleteTxn read(int type, JuteIn in) {
        this.type = type;
        in.readText(path);
        return this;
    }

    @Override
    public int type() {
        return type;
    }

    @Override
    public void write(JuteOut out) {
        out.writeSlice(path);
    }
}
