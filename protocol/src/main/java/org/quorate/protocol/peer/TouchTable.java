package org.quorate.protocol.peer;

import org.quorate.protocol.jute.JuteIn;
import org.quorate.protocol.jute.JuteOut;
import org.quorate.protocol.jute.Slice;

/**
 * Data of a learner's PING: the sessions touched since the last one (peer protocol §6.4). A cursor
 * in place. Write one with {@link #writeEntry} per session; none is empty data, never null.
 */
public final class TouchTable {
    private static final int ENTRY_BYTES = 12;

    public long sessionId;
    public int timeoutMillis;

    private final JuteIn in = new JuteIn();

    /** Goes in front of the first entry. */
    public TouchTable read(Slice data) {
        in.wrap(data);
        return this;
    }

    /** Steps to the next entry; half an entry at the end is ignored. */
    public boolean next() {
        if (in.remaining() < ENTRY_BYTES) {
            return false;
        }
        sessionId = in.readLong();
        timeoutMillis = in.readInt();
        return true;
    }

    public static void writeEntry(JuteOut out, long sessionId, int timeoutMillis) {
        out.writeLong(sessionId).writeInt(timeoutMillis);
    }
}
