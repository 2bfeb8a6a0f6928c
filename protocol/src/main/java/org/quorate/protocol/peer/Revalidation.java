package org.quorate.protocol.peer;

import org.quorate.protocol.jute.JuteIn;
import org.quorate.protocol.jute.JuteOut;
import org.quorate.protocol.jute.Slice;

/** Data of REVALIDATE in both directions (peer protocol §7). A reusable flyweight. */
public final class Revalidation {
    public long sessionId;

    /** Only in the learner's question. */
    public int timeoutMillis;

    /**
     * Only in a question of Quorate's, in a byte that ZooKeeper does not look at: the session is
     * believed to be connected there still, and has not just come.
     */
    public boolean stays;

    /** Only in the leader's answer. */
    public boolean valid;

    private final JuteIn in = new JuteIn();

    /**
     * Reads a packet's data.
     *
     * @throws org.quorate.protocol.jute.JuteException if the data is too short
     */
    public Revalidation readQuestion(Slice data) {
        sessionId = in.wrap(data).readLong();
        timeoutMillis = in.readInt();
        stays = in.remaining() > 0 && in.readBool();
        return this;
    }

    /**
     * Reads a packet's data.
     *
     * @throws org.quorate.protocol.jute.JuteException if the data is too short
     */
    public Revalidation readAnswer(Slice data) {
        sessionId = in.wrap(data).readLong();
        valid = in.readBool();
        return this;
    }

    public static void writeQuestion(
            JuteOut out, long sessionId, int timeoutMillis, boolean stays) {
        out.writeLong(sessionId).writeInt(timeoutMillis);
        if (stays) {
            out.writeBool(true);
        }
    }

    public static void writeAnswer(JuteOut out, long sessionId, boolean valid) {
        out.writeLong(sessionId).writeBool(valid);
    }
}
