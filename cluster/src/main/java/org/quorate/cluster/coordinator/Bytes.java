package org.quorate.cluster.coordinator;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** The data of a znode. Immutable; equal by content. */
public final class Bytes {
    /** No data. */
    public static final Bytes NONE = new Bytes(new byte[0]);

    private final byte[] array;

    private Bytes(byte[] array) {
        this.array = array;
    }

    /** Takes {@code array} over: the caller must not change it afterwards. */
    public static Bytes wrap(byte[] array) {
        return new Bytes(array);
    }

    /** The UTF-8 form of {@code text}. */
    public static Bytes utf8(String text) {
        return new Bytes(text.getBytes(StandardCharsets.UTF_8));
    }

    /** Number of bytes. */
    public int size() {
        return array.length;
    }

    /** The bytes themselves, not a copy: do not change them. */
    public byte[] array() {
        return array;
    }

    /** The bytes read as UTF-8; what is malformed becomes U+FFFD. */
    public String text() {
        return new String(array, StandardCharsets.UTF_8);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Bytes that && Arrays.equals(array, that.array);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(array);
    }

    @Override
    public String toString() {
        return array.length + " bytes";
    }
}
