package org.quorate.protocol.client;

import org.quorate.protocol.jute.JuteIn;
import org.quorate.protocol.jute.JuteOut;
import org.quorate.protocol.jute.Slice;

/** A fired watch (client protocol §5, event frame). */
public final class WatcherEvent {
    public static final int NODE_CREATED = 1;
    public static final int NODE_DELETED = 2;
    public static final int NODE_DATA_CHANGED = 3;
    public static final int NODE_CHILDREN_CHANGED = 4;

    /** The only state a server sends: SyncConnected. */
    public static final int STATE_CONNECTED = 3;

    /** The zxid of events that catch up after a reconnect. */
    public static final long ZXID_UNKNOWN = -1;

    public int type;
    public int state = STATE_CONNECTED;
    public final Slice path = new Slice();

    public WatcherEvent read(JuteIn in) {
        type = in.readInt();
        state = in.readInt();
        in.readText(path);
        return this;
    }

    public void write(JuteOut out) {
        out.writeInt(type).writeInt(state).writeSlice(path);
    }

    /**
     * Writes a whole event frame, the same bytes for every connection that watches.
     *
     * @param zxid the transaction that fired it, or {@link #ZXID_UNKNOWN}
     */
    public static void writeFrame(JuteOut out, long zxid, int type, Slice path) {
        int frame = ReplyFrame.begin(out, ReplyHeader.XID_EVENT);
        out.writeInt(type).writeInt(STATE_CONNECTED).writeSlice(path);
        ReplyFrame.end(out, frame, zxid, 0);
    }
}
