package org.quorate.protocol.client;

import org.quorate.protocol.OpCode;
import org.quorate.protocol.jute.JuteIn;
import org.quorate.protocol.jute.JuteOut;

/** setWatches and setWatches2: what a client re-arms after a reconnect. */
public final class SetWatchesRequest implements Request {
    public int type;

    /** The last zxid the client saw. */
    public long relativeZxid;

    public final PathVector data = new PathVector();
    public final PathVector exist = new PathVector();
    public final PathVector child = new PathVector();

    /** Empty with setWatches. */
    public final PathVector persistent = new PathVector();

    /** Empty with setWatches. */
    public final PathVector persistentRecursive = new PathVector();

    public SetWatchesRequest read(int type, JuteIn in) {
        this.type = type;
        relativeZxid = in.readLong();
        data.read(in);
        exist.read(in);
        child.read(in);
        if (type == OpCode.SET_WATCHES2) {
            persistent.read(in);
            persistentRecursive.read(in);
        } else {
            persistent.setNull();
            persistentRecursive.setNull();
        }
        return this;
    }

    @Override
    public int type() {
        return type;
    }

    @Override
    public void write(JuteOut out) {
        out.writeLong(relativeZxid);
        data.write(out);
        exist.write(out);
        child.write(out);
        if (type == OpCode.SET_WATCHES2) {
            persistent.write(out);
            persistentRecursive.write(out);
        }
    }
}
