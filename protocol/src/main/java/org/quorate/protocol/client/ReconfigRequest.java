package org.quorate.protocol.client;

import org.quorate.protocol.OpCode;
import org.quorate.protocol.jute.JuteIn;
import org.quorate.protocol.jute.JuteOut;
import org.quorate.protocol.jute.Slice;

/** reconfig: incremental (joining, leaving) or full (newMembers); the other texts are null. */
public final class ReconfigRequest implements Request {
    public final Slice joiningServers = new Slice();
    public final Slice leavingServers = new Slice();
    public final Slice newMembers = new Slice();

    /** The expected version of the configuration; −1 = any. */
    public long configVersion;

    public ReconfigRequest read(JuteIn in) {
        in.readText(joiningServers);
        in.readText(leavingServers);
        in.readText(newMembers);
        configVersion = in.readLong();
        return this;
    }

    @Override
    public int type() {
        return OpCode.RECONFIG;
    }

    @Override
    public void write(JuteOut out) {
        out.writeSlice(joiningServers).writeSlice(leavingServers).writeSlice(newMembers);
        out.writeLong(configVersion);
    }
}
