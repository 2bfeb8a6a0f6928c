package org.quorate.protocol.jute;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Arrays for frames that are too long to be garbage: of some hundred kilobytes each, a few under
 * way fill a small young generation, and whatever is collected meanwhile copies them. Short ones
 * are cheaper made anew. Owned by one thread.
 */
public final class BytePool {
    /** Shorter arrays are neither made longer than asked for nor kept. */
    public static final int BYTES_MIN = 2 << 10;

    private static final int CLASS_BITS_MIN = Integer.numberOfTrailingZeros(BYTES_MIN);

    private final int keptBytesMax;

    // By the power of two that is their length.
    private final byte[] @Nullable [][] kept = new byte[Integer.SIZE - CLASS_BITS_MIN][][];
    private final int[] counts = new int[kept.length];
    private int keptBytes;

    /**
     * @param keptBytesMax of arrays that nobody uses
     */
    public BytePool(int keptBytesMax) {
        this.keptBytesMax = keptBytesMax;
    }

    /**
     * An array with undefined content.
     *
     * @param length at least
     */
    public byte[] take(int length) {
        if (length < BYTES_MIN || length > 1 << Integer.SIZE - 2) {
            return new byte[length];
        }
        int bits = Integer.SIZE - Integer.numberOfLeadingZeros(length - 1);
        int at = bits - CLASS_BITS_MIN;
        byte[][] same = kept[at];
        if (same == null || counts[at] == 0) {
            return new byte[1 << bits];
        }
        byte[] taken = same[--counts[at]];
        keptBytes -= taken.length;
        return taken;
    }

    /** Nobody uses this array any more, wherever it was made. */
    public void give(byte[] array) {
        int length = array.length;
        if (length < BYTES_MIN
                || Integer.bitCount(length) != 1
                || length > keptBytesMax - keptBytes) {
            return;
        }
        int at = Integer.numberOfTrailingZeros(length) - CLASS_BITS_MIN;
        byte[][] same = kept[at];
        if (same == null) {
            same = new byte[4][];
        } else if (counts[at] == same.length) {
            same = Arrays.copyOf(same, 2 * same.length);
        }
        kept[at] = same;
        same[counts[at]++] = array;
        keptBytes += length;
    }

    /** Bytes of arrays that nobody uses. */
    public int keptBytes() {
        return keptBytes;
    }
}
