package org.quorate.protocol.peer;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.quorate.protocol.Zxid;
import org.quorate.protocol.jute.JuteException;
import org.quorate.protocol.jute.JuteIn;
import org.quorate.protocol.jute.JuteOut;
import org.quorate.protocol.jute.Slice;

/**
 * A vote as it travels between election ports (peer protocol §2). The sender's id is not in it: it
 * is that of the connection.
 *
 * @param leader the proposed or current leader's server id
 * @param zxid last zxid of the proposed leader
 * @param electionEpoch the sender's round
 * @param peerEpoch epoch of the proposed leader
 * @param version 2 from everything since 3.5; 0 and 1 are older
 * @param config text of the sender's committed configuration, null if its version has none; not
 *     checked here, because a vote counts even if its configuration cannot be read
 */
public record Notification(
        PeerState state,
        long leader,
        long zxid,
        long electionEpoch,
        long peerEpoch,
        int version,
        @Nullable String config) {
    /** The version that this code sends. */
    public static final int VERSION = 2;

    /** The longest payload; any other length closes the connection. */
    public static final int PAYLOAD_BYTES_MAX = 512 * 1024;

    private static final int BYTES_MIN = 28;
    private static final int BYTES_WITHOUT_VERSION = 40;

    /**
     * Reads a payload, all of {@code in}, in any of its versions.
     *
     * @throws JuteException if it is to be dropped
     */
    public static Notification read(JuteIn in) {
        int payloadBytes = in.remaining();
        if (payloadBytes < BYTES_MIN) {
            throw new JuteException("notification of %d bytes".formatted(payloadBytes));
        }
        PeerState state = PeerState.ofCode(in.readInt());
        long leader = in.readLong();
        long zxid = in.readLong();
        long electionEpoch = in.readLong();
        long peerEpoch = payloadBytes == BYTES_MIN ? Zxid.epoch(zxid) : in.readLong();
        int version =
                payloadBytes == BYTES_MIN || payloadBytes == BYTES_WITHOUT_VERSION
                        ? 0
                        : in.readInt();
        String config = version >= VERSION ? readConfig(in) : null;
        return new Notification(state, leader, zxid, electionEpoch, peerEpoch, version, config);
    }

    /** Writes the frame, length first, in version 2. */
    public void writeFrame(JuteOut out) {
        int frame = out.reserve(4);
        out.writeInt(state.code()).writeLong(leader).writeLong(zxid).writeLong(electionEpoch);
        out.writeLong(peerEpoch).writeInt(VERSION);
        out.writeBuffer(config == null ? new byte[0] : config.getBytes(StandardCharsets.UTF_8));
        out.setInt(frame, out.size() - frame - 4);
    }

    private static String readConfig(JuteIn in) {
        Slice text = new Slice();
        in.readSlice(text);
        if (text.isNull()) {
            throw new JuteException("notification with configuration length -1");
        }
        return text.text();
    }
}
