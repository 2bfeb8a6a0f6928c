package org.quorate.cluster.map;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.quorate.cluster.coordinator.Bytes;

/** Reads what an {@link Encoder} wrote, and refuses everything else. For one thread. */
final class Decoder {
    private final String what;
    private final byte[] array;
    private int at;

    /**
     * @param what it is, for messages
     * @throws NewerFormatException if the format is above {@code format}
     */
    Decoder(String what, Bytes bytes, int kind, int format) throws MalformedMapException {
        this.what = what;
        this.array = bytes.array();
        if (array.length < 2 || array[0] != (byte) kind) {
            throw new MalformedMapException(
                    what + " is not what should be there: " + array.length + " bytes");
        }
        at = 1;
        int found = single();
        if (found > format) {
            throw new NewerFormatException(what, found, format);
        }
        if (found < 1) {
            throw wrong("format " + found);
        }
    }

    int single() throws MalformedMapException {
        if (at == array.length) {
            throw wrong("cut off");
        }
        return array[at++] & 0xFF;
    }

    long number() throws MalformedMapException {
        long value = 0;
        for (int shift = 0; shift < 63; shift += 7) {
            int next = single();
            value |= (long) (next & 0x7F) << shift;
            if (next < 0x80) {
                return value;
            }
        }
        throw wrong("a number without an end");
    }

    /** A number from 0 to {@code most}. */
    int number(int most) throws MalformedMapException {
        long value = number();
        if (value > most) {
            throw wrong("number " + value + " above " + most);
        }
        return (int) value;
    }

    Bytes bytes(int most) throws MalformedMapException {
        int length = number(most);
        if (length > array.length - at) {
            throw wrong("cut off");
        }
        at += length;
        return Bytes.wrap(Arrays.copyOfRange(array, at - length, at));
    }

    String text(int bytesMost) throws MalformedMapException {
        return new String(bytes(bytesMost).array(), StandardCharsets.UTF_8);
    }

    void end() throws MalformedMapException {
        if (at != array.length) {
            throw wrong(array.length - at + " bytes too many");
        }
    }

    MalformedMapException wrong(String how) {
        return new MalformedMapException(what + " is damaged at byte " + at + ": " + how);
    }
}
