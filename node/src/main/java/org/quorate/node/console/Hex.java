package org.quorate.node.console;

/** Zxids and session ids as text: a browser's numbers end at 53 bits. Stateless. */
final class Hex {
    private Hex() {}

    static String of(long value) {
        return "0x" + Long.toHexString(value);
    }

    /**
     * The way back.
     *
     * @throws NumberFormatException if it is no such text
     */
    static long parse(String text) {
        return Long.parseUnsignedLong(text.startsWith("0x") ? text.substring(2) : text, 16);
    }
}
