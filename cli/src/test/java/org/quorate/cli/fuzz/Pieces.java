package org.quorate.cli.fuzz;

import java.util.Arrays;

/** Cuts an input into pieces: two bytes of length in front of each, the last one may be cut off. */
final class Pieces {
    private final byte[] bytes;
    private int at;

    Pieces(byte[] bytes) {
        this.bytes = bytes;
    }

    boolean hasNext() {
        return bytes.length - at >= 2;
    }

    byte[] next() {
        int length = (bytes[at] & 0xff) << 8 | bytes[at + 1] & 0xff;
        int from = at + 2;
        at = Math.min(bytes.length, from + length);
        return Arrays.copyOfRange(bytes, from, at);
    }
}
