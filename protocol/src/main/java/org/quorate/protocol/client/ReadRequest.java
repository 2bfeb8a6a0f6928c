package org.quorate.protocol.client;

import org.quorate.protocol.jute.JuteIn;
import org.quorate.protocol.jute.JuteOut;
import org.quorate.protocol.jute.Slice;

/** exists, getData, getChildren and getChildren2: a path that may be watched. */
public final class ReadRequest implements Request {
    public int type;
    public final Slice path = new Slice();
    public boolean watch;

    public ReadRequest read(int type, JuteIn in) {
        this.type = type;
        in.readText(path);
        watch = in.readBool();
        return this;
    }

    @Override
    public int type() {
        return type;
    }

    @Override
    public void write(JuteOut out) {
        out.writeSlice(path).writeBool(watch);
    }
}
