package org.quorate.protocol.peer;

import org.quorate.protocol.jute.JuteIn;
import org.quorate.protocol.jute.JuteOut;
import org.quorate.protocol.jute.Slice;

/** Data of LEADERINFO (peer protocol §4). */
public record LeaderInfo(int protocolVersion, Capabilities capabilities) {
    /** The only version in use. */
    public static final int PROTOCOL_VERSION = 0x10000;

    /**
     * Reads a packet's data.
     *
     * @throws org.quorate.protocol.jute.JuteException if there is no version
     */
    public static LeaderInfo read(Slice data) {
        JuteIn in = new JuteIn().wrap(data);
        return new LeaderInfo(in.readInt(), Capabilities.readTail(in));
    }

    public void write(JuteOut out) {
        out.writeInt(protocolVersion);
        capabilities.writeTail(out);
    }
}
