package org.quorate.protocol.client;

import org.quorate.protocol.jute.JuteIn;
import org.quorate.protocol.jute.JuteOut;
import org.quorate.protocol.jute.Slice;

/** getACL, sync, getAllChildrenNumber, getEphemerals (a prefix): a path alone. */
public final class PathRequest implements Request {
    public int type;
    public final Slice path = new Slice();

    public PathRequest read(int type, JuteIn in) {
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
