package org.quorate.log;

import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/** Reading files and numbers into and from arrays. Stateless. */
final class Bytes {
    private static final VarHandle INT =
            MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle LONG =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
    private static final byte[] ZEROS = new byte[64 << 10];

    private Bytes() {}

    static int int32(byte[] bytes, int at) {
        return (int) INT.get(bytes, at);
    }

    static long int64(byte[] bytes, int at) {
        return (long) LONG.get(bytes, at);
    }

    /** Reads until {@code length} bytes are there or the file ends; says how many are there. */
    static int read(Disk.File file, byte[] into, int from, int length, long at) throws IOException {
        ByteBuffer buffer = ByteBuffer.wrap(into, from, length);
        while (buffer.hasRemaining()) {
            if (file.read(buffer, at + buffer.position() - from) < 0) {
                break;
            }
        }
        return buffer.position() - from;
    }

    static boolean isZero(byte[] bytes, int from, int to) {
        for (int at = from; at < to; at += ZEROS.length) {
            int length = Math.min(ZEROS.length, to - at);
            if (!Arrays.equals(bytes, at, at + length, ZEROS, 0, length)) {
                return false;
            }
        }
        return true;
    }

    /** Index of the last byte in the range that is not zero; −1 if all are. */
    static int lastNonZero(byte[] bytes, int from, int to) {
        if (isZero(bytes, from, to)) {
            return -1;
        }
        int at = to - 1;
        while (bytes[at] == 0) {
            at--;
        }
        return at;
    }
}
