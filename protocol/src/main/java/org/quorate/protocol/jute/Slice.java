package org.quorate.protocol.jute;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A mutable view of bytes in somebody else's array: a path, a znode's data, an encoded transaction.
 * It is what codecs fill instead of allocating; its content is valid until the owner of the array
 * reuses it. Owned by one thread.
 *
 * <p>A slice can be null on the wire (length −1), which ZooKeeper keeps distinct from empty.
 */
public final class Slice {
    private static final byte[] NONE = new byte[0];

    private byte[] array = NONE;
    private int from;
    private int length;
    private boolean isNull = true;

    public static Slice of(byte[] bytes) {
        return new Slice().set(bytes, 0, bytes.length);
    }

    public static Slice of(String text) {
        return of(text.getBytes(StandardCharsets.UTF_8));
    }

    public Slice set(byte[] array, int from, int length) {
        if (from < 0 || length < 0 || from > array.length - length) {
            throw new IndexOutOfBoundsException(
                    "slice from %d, length %d of %d bytes".formatted(from, length, array.length));
        }
        this.array = array;
        this.from = from;
        this.length = length;
        this.isNull = false;
        return this;
    }

    public Slice set(Slice other) {
        array = other.array;
        from = other.from;
        length = other.length;
        isNull = other.isNull;
        return this;
    }

    public Slice setNull() {
        array = NONE;
        from = 0;
        length = 0;
        isNull = true;
        return this;
    }

    public boolean isNull() {
        return isNull;
    }

    public byte[] array() {
        return array;
    }

    /** Index of the first byte in {@link #array()}. */
    public int from() {
        return from;
    }

    /** Index behind the last byte in {@link #array()}. */
    public int to() {
        return from + length;
    }

    /** Number of bytes; 0 when null. */
    public int length() {
        return length;
    }

    public byte at(int index) {
        return array[from + index];
    }

    public byte[] copy() {
        return Arrays.copyOfRange(array, from, from + length);
    }

    /** The bytes as UTF-8 text; malformed input becomes U+FFFD, as ZooKeeper decodes it. */
    public String text() {
        return new String(array, from, length, StandardCharsets.UTF_8);
    }

    public boolean sameBytes(byte[] bytes) {
        return Arrays.equals(array, from, from + length, bytes, 0, bytes.length);
    }

    public boolean sameBytes(Slice other) {
        return Arrays.equals(
                array, from, from + length, other.array, other.from, other.from + other.length);
    }

    @Override
    public String toString() {
        return isNull ? "null" : text();
    }
}
