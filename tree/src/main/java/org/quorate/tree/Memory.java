package org.quorate.tree;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Memory off the heap in pages of {@value #PAGE_BYTES} bytes, reached through a page table: the
 * reading side, the same for the live tree ({@link Heap}) and for a frozen one. An address is page
 * number times page size plus offset; nothing that is read in one go crosses the end of a page. A
 * reference is an address in units of {@value #UNIT_BYTES} bytes and fits an int (32 GiB); 0 is no
 * reference.
 *
 * <p>Any number of threads may read while nobody writes.
 */
class Memory {
    static final int PAGE_BITS = 15;
    static final int PAGE_BYTES = 1 << PAGE_BITS;
    static final int UNIT_BITS = 3;
    static final int UNIT_BYTES = 1 << UNIT_BITS;

    static final ValueLayout.OfByte BYTE = ValueLayout.JAVA_BYTE;
    static final ValueLayout.OfShort SHORT =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    static final ValueLayout.OfInt INT =
            ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    static final ValueLayout.OfLong LONG =
            ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private static final VarHandle ARRAY_LONG =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private static final long OFFSET_MASK = PAGE_BYTES - 1;

    /** Index is page number; page 0 is never used. */
    MemorySegment[] table;

    Memory(MemorySegment[] table) {
        this.table = table;
    }

    static long address(int ref) {
        return (ref & 0xffffffffL) << UNIT_BITS;
    }

    static int page(long at) {
        return (int) (at >>> PAGE_BITS);
    }

    static long offset(long at) {
        return at & OFFSET_MASK;
    }

    /** Unsigned. */
    final int getByte(long at) {
        return table[page(at)].get(BYTE, offset(at)) & 0xff;
    }

    /** Unsigned. */
    final int getShort(long at) {
        return table[page(at)].get(SHORT, offset(at)) & 0xffff;
    }

    final int getInt(long at) {
        return table[page(at)].get(INT, offset(at));
    }

    final long getLong(long at) {
        return table[page(at)].get(LONG, offset(at));
    }

    /** Six bytes, unsigned. */
    final long getSix(long at) {
        MemorySegment page = table[page(at)];
        long offset = offset(at);
        return page.get(INT, offset) & 0xffffffffL | (page.get(SHORT, offset + 4) & 0xffffL) << 32;
    }

    final void copy(long at, byte[] into, int to, int length) {
        if (length > 0) { // an empty range may lie behind the end of its page
            MemorySegment.copy(table[page(at)], BYTE, offset(at), into, to, length);
        }
    }

    final boolean isEqual(long at, byte[] bytes, int from, int length) {
        if (length == 0) {
            return true;
        }
        MemorySegment page = table[page(at)];
        long offset = offset(at);
        int i = 0;
        for (; i <= length - 8; i += 8) {
            if (page.get(LONG, offset + i) != (long) ARRAY_LONG.get(bytes, from + i)) {
                return false;
            }
        }
        for (; i < length; i++) {
            if (page.get(BYTE, offset + i) != bytes[from + i]) {
                return false;
            }
        }
        return true;
    }
}
