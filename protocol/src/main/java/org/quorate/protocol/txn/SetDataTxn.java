package org.quorate.protocol.txn;

import org.quorate.protocol.jute.JuteIn;
import org.quorate.protocol.jute.JuteOut;
import org.quorate.protocol.jute.Slice;

/** setData and reconfig (path /zookeeper/config, version −1). */
public final class SetDataTxn implements Txn {
    public int type;
    public final Slice path = new Slice();

    /** Null and empty are distinct and stay so. */
    public final Slice data = new Slice();

    /** The new version. */
    public int version;

    public SetDataTxn read(int type, JuteIn in) {
        this.type = type;
        in.readText(path);
        in.readSlice(data);
        version = in.readInt();
        return this;
    }

    @Override
    public int type() {
        return type;
    }

    @Override
    public void write(JuteOut out) {
        out.writeSlice(path).writeSlice(data).writeInt(version);
    }
}
