package org.quorate.tree;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Memory off the heap in pages of {@value #PAGE_BYTES} bytes, reached through a page table: the
 * reading side, the same for the live tree ({@link Heap}) and for a frozen one. A block lies within
 * one page; its reference is an int, page number and then offset in units of {@value #UNIT_BYTES}
 * bytes (32 GiB in all). 0 is no reference.
 *
 * <p>To read a block: {@link #page} once, and then its fields at {@link #offset} and on. Any number
 * of threads may read while nobody writes.
 */
class Memory {
    static final int PAGE_BITS = 15;
    static final int PAGE_BYTES = 1 << PAGE_BITS;
    static final int UNIT_BITS = 3;
    static final int UNIT_BYTES = 1 << UNIT_BITS;

    /** Bits of a reference that are not page number. */
    static final int REF_OFFSET_BITS = PAGE_BITS - UNIT_BITS;

    private static final int REF_OFFSET_MASK = (1 << REF_OFFSET_BITS) - 1;

    private static final ValueLayout.OfByte BYTE = ValueLayout.JAVA_BYTE;
    private static final ValueLayout.OfShort SHORT =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfInt INT =
            ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfLong LONG =
            ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle ARRAY_LONG =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private static final long SIX_BYTES = (1L << 48) - 1;

    /** Index is page number; page 0 is never used. */
    MemorySegment[] table;

    Memory(MemorySegment[] table) {
        this.table = table;
    }

    /** The page in which a block lies, for reading. */
    final MemorySegment page(int ref) {
        return table[ref >>> REF_OFFSET_BITS];
    }

    /** Where in its page a block begins. */
    static long offset(int ref) {
        return (long) (ref & REF_OFFSET_MASK) << UNIT_BITS;
    }

    // ---- fields; unsigned below four bytes

    static int getByte(MemorySegment page, long at) {
        return page.get(BYTE, at) & 0xff;
    }

    static int getShort(MemorySegment page, long at) {
        return page.get(SHORT, at) & 0xffff;
    }

    static int getInt(MemorySegment page, long at) {
        return page.get(INT, at);
    }

    static long getLong(MemorySegment page, long at) {
        return page.get(LONG, at);
    }

    /** Six bytes, unsigned; two more bytes must follow in the page. */
    static long getSix(MemorySegment page, long at) {
        return page.get(LONG, at) & SIX_BYTES;
    }

    static void putByte(MemorySegment page, long at, int value) {
        page.set(BYTE, at, (byte) value);
    }

    static void putShort(MemorySegment page, long at, int value) {
        page.set(SHORT, at, (short) value);
    }

    static void putInt(MemorySegment page, long at, int value) {
        page.set(INT, at, value);
    }

    static void putLong(MemorySegment page, long at, long value) {
        page.set(LONG, at, value);
    }

    /** The lower six bytes. */
    static void putSix(MemorySegment page, long at, long value) {
        page.set(INT, at, (int) value);
        page.set(SHORT, at + 4, (short) (value >>> 32));
    }

    static void copy(MemorySegment page, long at, byte[] into, int to, int length) {
        MemorySegment.copy(page, BYTE, at, into, to, length);
    }

    static void put(MemorySegment page, long at, byte[] bytes, int from, int length) {
        MemorySegment.copy(bytes, from, page, BYTE, at, length);
    }

    static boolean isEqual(MemorySegment page, long at, byte[] bytes, int from, int length) {
        int i = 0;
        for (; i <= length - 8; i += 8) {
            if (page.get(LONG, at + i) != (long) ARRAY_LONG.get(bytes, from + i)) {
                return false;
            }
        }
        for (; i < length; i++) {
            if (page.get(BYTE, at + i) != bytes[from + i]) {
                return false;
            }
        }
        return true;
    }
}
