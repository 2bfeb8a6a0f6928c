package org.quorate.node.host;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.quorate.protocol.OpCode;
import org.quorate.protocol.client.RequestHeader;

/** Looks into clients' frames without decoding them. Stateless. */
final class Frames {
    private static final int TYPE_AT = 8;

    /** Behind length and header. */
    static final int BODY_AT = 4 + RequestHeader.BYTES;

    private static final VarHandle INT =
            MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);

    /** Of a frame that is too short to have one. */
    static final int NO_TYPE = Integer.MIN_VALUE;

    private Frames() {}

    /** The length that stands in front of a frame, itself not counted. */
    static int length(byte[] bytes, int at) {
        return (int) INT.get(bytes, at);
    }

    /** Where the frame behind so many frames begins. */
    static int behind(byte[] bytes, int from, int count) {
        int at = from;
        for (int i = 0; i < count; i++) {
            at += 4 + length(bytes, at);
        }
        return at;
    }

    /** Is it a SASL packet? */
    static boolean isSasl(byte[] bytes, int at) {
        return length(bytes, at) >= RequestHeader.BYTES
                && length(bytes, at + TYPE_AT) == OpCode.SASL;
    }

    /** What is asked for; {@link #NO_TYPE} if nothing is. */
    static int type(byte[] bytes, int at) {
        return length(bytes, at) < RequestHeader.BYTES ? NO_TYPE : length(bytes, at + TYPE_AT);
    }

    static int xid(byte[] bytes, int at) {
        return length(bytes, at + 4);
    }

    /** The token of a SASL packet; null if it has none, or is malformed. */
    static byte @Nullable [] saslToken(byte[] bytes, int at) {
        int from = at + 4 + RequestHeader.BYTES;
        int to = at + 4 + length(bytes, at);
        if (to - from < 4) {
            return null;
        }
        int length = length(bytes, from);
        return length < 0 || length > to - from - 4
                ? null
                : Arrays.copyOfRange(bytes, from + 4, from + 4 + length);
    }

    /**
     * Auth and SASL packets are answered when they are read, ahead of everything, by what answers
     * no request under way.
     */
    static boolean isAnsweredOutOfOrder(byte[] bytes, int at) {
        if (length(bytes, at) < RequestHeader.BYTES) {
            return false;
        }
        int type = length(bytes, at + TYPE_AT);
        return type == OpCode.AUTH || type == OpCode.SASL;
    }
}
