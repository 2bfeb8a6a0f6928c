package org.quorate.node.host;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import org.quorate.protocol.OpCode;
import org.quorate.protocol.client.RequestHeader;

/** Looks into clients' frames without decoding them. Stateless. */
final class Frames {
    private static final int TYPE_AT = 8;

    private static final VarHandle INT =
            MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);

    private Frames() {}

    /** The length that stands in front of a frame, itself not counted. */
    static int length(byte[] bytes, int at) {
        return (int) INT.get(bytes, at);
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
