package org.quorate.cluster.map;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.quorate.cluster.coordinator.Bytes;

/** Writes numbers, small ones in few bytes. For one thread. */
final class Encoder {
    private byte[] array = new byte[256];
    private int size;

    /** Begins with the kind and the format. */
    Encoder(int kind, int format) {
        single(kind);
        single(format);
    }

    int size() {
        return size;
    }

    Encoder single(int value) {
        if (size == array.length) {
            array = Arrays.copyOf(array, 2 * size);
        }
        array[size++] = (byte) value;
        return this;
    }

    /** A number that is not negative: seven bits a byte, the lowest first. */
    Encoder number(long value) {
        if (value < 0) {
            throw new IllegalArgumentException("a negative number: " + value);
        }
        long left = value;
        while (left > 0x7F) {
            single((int) (left & 0x7F | 0x80));
            left >>>= 7;
        }
        return single((int) left);
    }

    Encoder bytes(Bytes bytes) {
        number(bytes.size());
        byte[] from = bytes.array();
        while (size + from.length > array.length) {
            array = Arrays.copyOf(array, 2 * array.length);
        }
        System.arraycopy(from, 0, array, size, from.length);
        size += from.length;
        return this;
    }

    Encoder text(String text) {
        return bytes(Bytes.wrap(text.getBytes(StandardCharsets.UTF_8)));
    }

    Bytes done() {
        return Bytes.wrap(Arrays.copyOf(array, size));
    }
}
