package org.quorate.replica;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.quorate.protocol.ErrorCode;
import org.quorate.protocol.OpCode;
import org.quorate.protocol.client.RequestHeader;
import org.quorate.protocol.client.Stat;
import org.quorate.protocol.jute.JuteOut;
import org.quorate.protocol.jute.Slice;

/**
 * The virtual node by which a client binds its session to its connection
 * (docs/decisions/0170-sessions-bound-to-their-connection.md). It is in no tree and no list; what
 * it shows is the reading connection's own: for how many milliseconds its session outlives it, 0 if
 * it is not bound. Where binding is not offered there is no such node, as in ZooKeeper.
 */
final class ReconnectGrace {
    static final String PATH = "/zookeeper/quorate/reconnectGrace";

    /** Shorter than that nobody comes back. */
    static final int MILLIS_MIN = 50;

    private static final byte[] PATH_BYTES = PATH.getBytes(StandardCharsets.UTF_8);
    private static final int DIGITS_MAX = 9;

    private ReconnectGrace() {}

    static boolean isAt(Slice path) {
        return path.sameBytes(PATH_BYTES);
    }

    /** Is this frame a setData of it? */
    static boolean isSet(int type, byte[] frame, int from, int to) {
        int at = from + RequestHeader.BYTES + 4; // behind the length of the path
        return type == OpCode.SET_DATA
                && to - at >= PATH_BYTES.length
                && frame[at - 1] == PATH_BYTES.length
                && Arrays.equals(
                        frame, at, at + PATH_BYTES.length, PATH_BYTES, 0, PATH_BYTES.length);
    }

    /** Appends what a reply to exists or getData holds. */
    static int read(int type, Connection connection, JuteOut out) {
        byte[] text =
                Integer.toString(connection.reconnectGraceMillis())
                        .getBytes(StandardCharsets.UTF_8);
        switch (type) {
            case OpCode.EXISTS -> writeStat(text.length, out);
            case OpCode.GET_DATA -> {
                out.writeBuffer(text, 0, text.length);
                writeStat(text.length, out);
            }
            default -> {
                return ErrorCode.NO_NODE;
            }
        }
        return ErrorCode.OK;
    }

    /** Binds the session to this connection, or with 0 no longer; appends the reply's body. */
    static int set(Slice data, Connection connection, JuteOut out) {
        int millis = parse(data);
        if (millis < 0 || millis > 0 && millis < MILLIS_MIN) {
            return ErrorCode.BAD_ARGUMENTS;
        }
        connection.reconnectGraceMillis(Math.min(millis, connection.timeoutMillis()));
        writeStat(data.length(), out);
        return ErrorCode.OK;
    }

    private static int parse(Slice digits) {
        int value = 0;
        for (int i = 0; i < digits.length(); i++) {
            int digit = digits.at(i) - '0';
            if (digit < 0 || digit > 9) {
                return -1;
            }
            value = value * 10 + digit;
        }
        return digits.length() == 0 || digits.length() > DIGITS_MAX ? -1 : value;
    }

    private static void writeStat(int dataLength, JuteOut out) {
        Stat stat = new Stat();
        stat.dataLength = dataLength;
        stat.write(out);
    }
}
