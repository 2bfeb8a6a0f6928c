package org.quorate.protocol.jute;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Writes Jute (client protocol §1) into a byte array that grows as needed. Reusable: {@link
 * #clear()} keeps the array. Owned by one thread.
 */
public final class JuteOut {
    private static final VarHandle INT =
            MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle LONG =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    /** No array can be longer. */
    private static final int ARRAY_BYTES_MAX = Integer.MAX_VALUE - 8;

    private final int bytesMax;
    private byte[] array;
    private int position;

    public JuteOut() {
        this(256);
    }

    public JuteOut(int capacityBytes) {
        this(capacityBytes, ARRAY_BYTES_MAX);
    }

    /**
     * For what may become long, such as a reply.
     *
     * @param bytesMax writing more throws a {@link JuteException}; what was written stays
     */
    public JuteOut(int capacityBytes, int bytesMax) {
        this.bytesMax = Math.min(bytesMax, ARRAY_BYTES_MAX);
        array = new byte[Math.min(capacityBytes, this.bytesMax)];
    }

    public JuteOut clear() {
        position = 0;
        return this;
    }

    /** Forgets all that was written, and an array that has grown beyond {@code keptBytes}. */
    public void shrink(int keptBytes) {
        position = 0;
        if (array.length > keptBytes) {
            array = new byte[keptBytes];
        }
    }

    /** The array written to; replaced when it grows, so ask again after each write. */
    public byte[] array() {
        return array;
    }

    /** Bytes written so far: the content is {@code array()[0 .. size())}. */
    public int size() {
        return position;
    }

    /** Goes back to an earlier {@link #size()}, dropping what was written since. */
    public void truncate(int size) {
        if (size < 0 || size > position) {
            throw new IndexOutOfBoundsException("truncate to " + size + " of " + position);
        }
        position = size;
    }

    public byte[] copy() {
        return Arrays.copyOf(array, position);
    }

    public JuteOut writeByte(int value) {
        room(1);
        array[position++] = (byte) value;
        return this;
    }

    public JuteOut writeBool(boolean value) {
        return writeByte(value ? 1 : 0);
    }

    public JuteOut writeInt(int value) {
        room(4);
        INT.set(array, position, value);
        position += 4;
        return this;
    }

    public JuteOut writeLong(long value) {
        room(8);
        LONG.set(array, position, value);
        position += 8;
        return this;
    }

    /** Writes a buffer or string field: length and bytes, or −1 for a null slice. */
    public JuteOut writeSlice(Slice slice) {
        return slice.isNull()
                ? writeInt(-1)
                : writeBuffer(slice.array(), slice.from(), slice.length());
    }

    public JuteOut writeBuffer(byte @Nullable [] bytes) {
        return bytes == null ? writeInt(-1) : writeBuffer(bytes, 0, bytes.length);
    }

    public JuteOut writeBuffer(byte[] bytes, int from, int length) {
        writeInt(length);
        return writeRaw(bytes, from, length);
    }

    public JuteOut writeString(@Nullable String text) {
        return text == null ? writeInt(-1) : writeBuffer(text.getBytes(StandardCharsets.UTF_8));
    }

    /** Writes bytes without a length before them. */
    public JuteOut writeRaw(byte[] bytes, int from, int length) {
        room(length);
        System.arraycopy(bytes, from, array, position, length);
        position += length;
        return this;
    }

    public JuteOut writeRaw(Slice slice) {
        return writeRaw(slice.array(), slice.from(), slice.length());
    }

    /**
     * Makes room for {@code length} bytes that the caller fills in itself.
     *
     * @return index in {@link #array()} of the first of them
     */
    public int reserve(int length) {
        room(length);
        int at = position;
        position += length;
        return at;
    }

    /**
     * So many bytes more will be written: grows at once and not step by step.
     *
     * @throws JuteException if they are too many
     */
    public void expect(long bytes) {
        room(bytes);
    }

    /** Overwrites an int written earlier, for instance a frame's length. */
    public void setInt(int at, int value) {
        INT.set(array, at, value);
    }

    public void setLong(int at, long value) {
        LONG.set(array, at, value);
    }

    private void room(long bytes) {
        if (array.length - position < bytes) {
            long needed = position + bytes;
            if (needed > bytesMax) {
                throw new JuteException("longer than " + bytesMax + " bytes");
            }
            long wanted = Math.max((long) array.length * 2, needed);
            array = Arrays.copyOf(array, (int) Math.min(wanted, bytesMax));
        }
    }
}
