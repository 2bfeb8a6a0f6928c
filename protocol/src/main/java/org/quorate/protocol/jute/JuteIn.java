package org.quorate.protocol.jute;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Reads Jute (client protocol §1: big-endian, no tags, no padding) from a range of a byte array, in
 * place. Reusable; owned by one thread. Every read checks the range and throws {@link
 * JuteException} past it.
 */
public final class JuteIn {
    /** ZooKeeper's default {@code jute.maxbuffer} plus its default extra size. */
    public static final int FIELD_BYTES_MAX_DEFAULT = 2 * 0xfffff;

    private static final VarHandle INT =
            MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle LONG =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    private final int fieldBytesMax;
    private byte[] array = new byte[0];
    private int position;
    private int limit;

    public JuteIn() {
        this(FIELD_BYTES_MAX_DEFAULT);
    }

    /**
     * @param fieldBytesMax longest accepted buffer or string, in bytes
     */
    public JuteIn(int fieldBytesMax) {
        this.fieldBytesMax = fieldBytesMax;
    }

    public JuteIn wrap(byte[] bytes) {
        return wrap(bytes, 0, bytes.length);
    }

    public JuteIn wrap(Slice slice) {
        return wrap(slice.array(), slice.from(), slice.to());
    }

    /** Reads from {@code from} (inclusive) to {@code to} (exclusive). */
    public JuteIn wrap(byte[] bytes, int from, int to) {
        if (from < 0 || from > to || to > bytes.length) {
            throw new IndexOutOfBoundsException(
                    "range %d..%d of %d bytes".formatted(from, to, bytes.length));
        }
        array = bytes;
        position = from;
        limit = to;
        return this;
    }

    public byte[] array() {
        return array;
    }

    public int position() {
        return position;
    }

    public void position(int position) {
        if (position < 0 || position > limit) {
            throw new IndexOutOfBoundsException("position " + position + ", limit " + limit);
        }
        this.position = position;
    }

    public int limit() {
        return limit;
    }

    public int remaining() {
        return limit - position;
    }

    public byte readByte() {
        need(1);
        return array[position++];
    }

    /** Any non-zero byte is true. */
    public boolean readBool() {
        return readByte() != 0;
    }

    public int readInt() {
        need(4);
        int value = (int) INT.get(array, position);
        position += 4;
        return value;
    }

    public long readLong() {
        need(8);
        long value = (long) LONG.get(array, position);
        position += 8;
        return value;
    }

    /** Reads a buffer or a string without copying it; null (length −1) becomes a null slice. */
    public void readSlice(Slice into) {
        int length = readLength();
        if (length < 0) {
            into.setNull();
            return;
        }
        into.set(array, position, length);
        position += length;
    }

    /**
     * Reads a string as ZooKeeper would: malformed UTF-8 becomes U+FFFD (client protocol §1). Well
     * formed text, that is all text in practice, is not copied.
     *
     * @return true if the text was well formed
     */
    public boolean readText(Slice into) {
        readSlice(into);
        return Utf8.normalise(into);
    }

    /** Passes over bytes without looking at them. */
    public void skip(int bytes) {
        if (bytes < 0) {
            throw new IllegalArgumentException("skip " + bytes);
        }
        need(bytes);
        position += bytes;
    }

    public void skipSlice() {
        int length = readLength();
        if (length > 0) {
            position += length;
        }
    }

    public byte @Nullable [] readBuffer() {
        int length = readLength();
        if (length < 0) {
            return null;
        }
        byte[] copy = new byte[length];
        System.arraycopy(array, position, copy, 0, length);
        position += length;
        return copy;
    }

    public @Nullable String readString() {
        int length = readLength();
        if (length < 0) {
            return null;
        }
        String text = new String(array, position, length, StandardCharsets.UTF_8);
        position += length;
        return text;
    }

    /**
     * Reads a vector's count.
     *
     * @param elementBytesMin what one element takes at the least, so that a count that cannot fit
     *     is refused before anything is allocated for it
     * @return the count; −1 for null and for any other negative value (client protocol §1: other
     *     negatives read as empty, and no caller treats null and empty apart unless it says so)
     */
    public int readCount(int elementBytesMin) {
        int count = readInt();
        if (count < 0) {
            return count == -1 ? -1 : 0;
        }
        if ((long) count * elementBytesMin > remaining()) {
            throw JuteException.endsEarly(
                    "vector of %d elements in %d bytes".formatted(count, remaining()));
        }
        return count;
    }

    private int readLength() {
        int length = readInt();
        if (length < -1 || length > fieldBytesMax) {
            throw new JuteException(
                    "field length %d, allowed 0 to %d".formatted(length, fieldBytesMax));
        }
        if (length > 0) {
            need(length);
        }
        return length;
    }

    private void need(int bytes) {
        if (limit - position < bytes) {
            throw JuteException.endsEarly(
                    "record ends early: %d bytes wanted, %d left".formatted(bytes, remaining()));
        }
    }
}
