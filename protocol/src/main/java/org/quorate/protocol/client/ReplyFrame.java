package org.quorate.protocol.client;

import org.quorate.protocol.ErrorCode;
import org.quorate.protocol.jute.JuteOut;

/**
 * Writes reply frames: length, header, body (client protocol §2, §4). Many frames may follow each
 * other in one output, so that a batch of replies is one write.
 *
 * <pre>{@code
 * int frame = ReplyFrame.begin(out, xid);
 * stat.write(out);
 * ReplyFrame.end(out, frame, zxid, ErrorCode.OK);
 * }</pre>
 *
 * <p>Stateless; the output belongs to the caller's thread.
 */
public final class ReplyFrame {
    private static final int LENGTH_BYTES = 4;
    private static final int ZXID_AT = LENGTH_BYTES + 4;
    private static final int ERR_AT = ZXID_AT + 8;

    private ReplyFrame() {}

    /**
     * Leaves room for the length and the header; the body is written next.
     *
     * @return where the frame begins, for {@link #end}
     */
    public static int begin(JuteOut out, int xid) {
        int frame = out.reserve(LENGTH_BYTES + ReplyHeader.BYTES);
        out.setInt(frame + LENGTH_BYTES, xid);
        return frame;
    }

    /** Begins a good reply whose body, of so many bytes, is written bit by bit. */
    public static void beginLong(JuteOut out, int xid, long zxid, long bodyBytes) {
        out.writeInt(Math.toIntExact(ReplyHeader.BYTES + bodyBytes));
        out.writeInt(xid).writeLong(zxid).writeInt(ErrorCode.OK);
    }

    /** Completes the frame. With an error there is no body: what was written of it is dropped. */
    public static void end(JuteOut out, int frame, long zxid, int err) {
        if (err != ErrorCode.OK) {
            out.truncate(frame + LENGTH_BYTES + ReplyHeader.BYTES);
        }
        endWithBody(out, frame, zxid, err);
    }

    /** Completes the frame and keeps the body even with an error, as failed SASL steps do. */
    public static void endWithBody(JuteOut out, int frame, long zxid, int err) {
        out.setLong(frame + ZXID_AT, zxid);
        out.setInt(frame + ERR_AT, err);
        out.setInt(frame, out.size() - frame - LENGTH_BYTES);
    }

    /** Drops the frame. */
    public static void cancel(JuteOut out, int frame) {
        out.truncate(frame);
    }

    /** Writes a whole frame without a body: pings, deletes, errors. */
    public static void write(JuteOut out, int xid, long zxid, int err) {
        endWithBody(out, begin(out, xid), zxid, err);
    }
}
