package org.quorate.tree;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import org.quorate.protocol.jute.Slice;

/**
 * A hash of names and paths keyed by a secret seed, so that nobody can choose names that collide:
 * 64-bit blocks are folded in by multiplying to 128 bits. The seed changes only while nothing is
 * kept by it; owned by the tree's writer, read by all.
 */
public final class NameHash {
    private static final VarHandle LONG =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    // Odd numbers without a pattern: the fractions of the square roots of 2, 3 and 5.
    private static final long ROOT_2 = 0x6a09e667f3bcc909L;
    private static final long ROOT_3 = 0xbb67ae8584caa73bL;
    private static final long ROOT_5 = 0x3c6ef372fe94f82bL;

    private long seed;
    private long start;
    private long key;

    /**
     * @param seed a secret
     */
    public NameHash(long seed) {
        seed(seed);
    }

    long seed() {
        return seed;
    }

    /** Another seed, for a tree that is empty. */
    void seed(long newSeed) {
        seed = newSeed;
        start = fold(seed ^ ROOT_2, ROOT_5);
        key = fold(seed + ROOT_3, ROOT_2) | 1;
    }

    /** Of a name or a path. */
    public int of(Slice text) {
        return of(text.array(), text.from(), text.length());
    }

    int of(byte[] bytes, int from, int length) {
        long hash = start ^ length * ROOT_3;
        int at = from;
        int left = length;
        for (; left >= 8; left -= 8, at += 8) {
            hash = fold(hash ^ (long) LONG.get(bytes, at), key);
        }
        long tail = 0;
        for (int i = 0; i < left; i++) {
            tail |= (bytes[at + i] & 0xffL) << (i << 3);
        }
        hash = fold(hash ^ tail, key);
        return (int) fold(hash, ROOT_3);
    }

    int of(long value) {
        return (int) fold(fold(start ^ value, key), ROOT_3);
    }

    private static long fold(long a, long b) {
        return Math.unsignedMultiplyHigh(a, b) ^ a * b;
    }
}
