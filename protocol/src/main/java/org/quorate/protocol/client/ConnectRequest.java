package org.quorate.protocol.client;

import org.quorate.protocol.jute.JuteIn;
import org.quorate.protocol.jute.JuteOut;
import org.quorate.protocol.jute.Slice;

/** The first frame of a connection, without a header (client protocol §3). */
public final class ConnectRequest {
    public int protocolVersion;
    public long lastZxidSeen;

    /** The wanted timeout; negative and 0 count as small. */
    public int timeoutMillis;

    /** 0 asks for a new session. */
    public long sessionId;

    /** 16 bytes from the earlier response; for a new session anything, also null. */
    public final Slice password = new Slice();

    /** Old clients leave the last byte out, and then the response must leave it out too. */
    public boolean hasReadOnly;

    public boolean readOnly;

    /**
     * Reads the whole frame behind its length.
     *
     * @throws org.quorate.protocol.jute.JuteException if it is too short: the connection is closed
     *     without a frame
     */
    public ConnectRequest read(JuteIn in) {
        protocolVersion = in.readInt();
        lastZxidSeen = in.readLong();
        timeoutMillis = in.readInt();
        sessionId = in.readLong();
        in.readSlice(password);
        hasReadOnly = in.remaining() > 0;
        readOnly = hasReadOnly && in.readBool();
        return this;
    }

    public void write(JuteOut out) {
        out.writeInt(protocolVersion).writeLong(lastZxidSeen).writeInt(timeoutMillis);
        out.writeLong(sessionId).writeSlice(password);
        if (hasReadOnly) {
            out.writeBool(readOnly);
        }
    }
}
