package org.quorate.protocol.client;

import org.quorate.protocol.jute.JuteIn;
import org.quorate.protocol.jute.JuteOut;
import org.quorate.protocol.jute.Slice;

/** The answer to {@link ConnectRequest}, without a header (client protocol §3). */
public final class ConnectResponse {
    public static final int PASSWORD_BYTES = 16;

    private static final byte[] NO_PASSWORD = new byte[PASSWORD_BYTES];

    /** Always 0 from a server. */
    public int protocolVersion;

    /** The negotiated timeout; 0 = refused, which clients take as "session expired". */
    public int timeoutMillis;

    public long sessionId;
    public final Slice password = new Slice();

    /** As in the request: present in the response if and only if it was there. */
    public boolean hasReadOnly;

    public boolean readOnly;

    /** Makes this the refusal: timeout and session id 0, password of zero bytes. */
    public ConnectResponse refuse() {
        protocolVersion = 0;
        timeoutMillis = 0;
        sessionId = 0;
        password.set(NO_PASSWORD, 0, PASSWORD_BYTES);
        readOnly = false;
        return this;
    }

    public ConnectResponse read(JuteIn in) {
        protocolVersion = in.readInt();
        timeoutMillis = in.readInt();
        sessionId = in.readLong();
        in.readSlice(password);
        hasReadOnly = in.remaining() > 0;
        readOnly = hasReadOnly && in.readBool();
        return this;
    }

    public void write(JuteOut out) {
        out.writeInt(protocolVersion).writeInt(timeoutMillis).writeLong(sessionId);
        out.writeSlice(password);
        if (hasReadOnly) {
            out.writeBool(readOnly);
        }
    }

    /** Writes the whole frame: length and body. */
    public void writeFrame(JuteOut out) {
        int lengthAt = out.reserve(4);
        write(out);
        out.setInt(lengthAt, out.size() - lengthAt - 4);
    }
}
