package org.quorate.protocol.client;

import org.quorate.protocol.jute.JuteIn;
import org.quorate.protocol.jute.JuteOut;
import org.quorate.protocol.jute.Slice;

/** checkWatches and removeWatches. */
public final class RemoveWatchesRequest implements Request {
    public int type;
    public static final int CHILDREN = 1;
    public static final int DATA = 2;
    public static final int ANY = 3;
    public static final int PERSISTENT = 4;
    public static final int PERSISTENT_RECURSIVE = 5;

    public final Slice path = new Slice();

    /** One of the constants here; others are refused with −5. */
    public int watcherType;

    public RemoveWatchesRequest read(int type, JuteIn in) {
        this.type = type;
        in.readText(path);
        watcherType = in.readInt();
        return this;
    }

    @Override
    public int type() {
        return type;
    }

    @Override
    public void write(JuteOut out) {
        out.writeSlice(path).writeInt(watcherType);
    }
}
