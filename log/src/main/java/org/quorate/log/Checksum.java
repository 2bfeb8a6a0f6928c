package org.quorate.log;

/** Arithmetic on Adler-32 values. Stateless. */
final class Checksum {
    /** Of no bytes. */
    static final long ADLER_OF_NOTHING = 1;

    private static final long BASE = 65521;

    private Checksum() {}

    /**
     * Adler-32 of two stretches of bytes from the values of each.
     *
     * @param secondBytes length of the second stretch
     */
    static long joined(long first, long second, long secondBytes) {
        long rest = secondBytes % BASE;
        long lowFirst = first & 0xffff;
        long low = (lowFirst + (second & 0xffff) + BASE - 1) % BASE;
        long high = (rest * lowFirst + (first >> 16) + (second >> 16) + BASE - rest) % BASE;
        return high << 16 | low;
    }
}
