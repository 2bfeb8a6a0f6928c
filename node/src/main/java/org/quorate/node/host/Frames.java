package org.quorate.node.host;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Looks into clients' frames without decoding them. Stateless. */
final class Frames {
    private static final VarHandle INT =
            MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);

    private Frames() {}

    /** The length that stands in front of a frame, itself not counted. */
    static int length(byte[] bytes, int at) {
        return (int) INT.get(bytes, at);
    }
}
