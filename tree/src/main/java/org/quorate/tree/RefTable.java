package org.quorate.tree;

import java.util.Arrays;

/**
 * Finds numbers by the hash of what they stand for; whoever asks compares. Kept in parts of at most
 * {@value #PART_SLOTS_MAX} slots that are split one at a time, so no single insertion stops to move
 * a large table. Owned by one writer; any number of threads may read while nobody writes.
 *
 * <p>To look something up: {@code for (long at = table.first(hash); at >= 0; at = table.next(at,
 * hash))} and look at {@link #value}.
 */
final class RefTable {
    private static final int PART_SLOTS_MIN = 16;
    private static final int PART_SLOTS_MAX = 1024;

    /** Parts grow instead of being split beyond. */
    private static final int DIRECTORY_BITS_MAX = 20;

    private static final int MISSING = -1;

    /** A part: slots with the hash in the upper half and the number in the lower; 0 is free. */
    private static final class Part {
        long[] slots = new long[PART_SLOTS_MIN];
        int size;

        /** How many first bits of the hash all of it share. */
        int bits;
    }

    /** By the first bits of the hash. */
    private Part[] directory = {new Part()};

    private int directoryBits;
    private int size;

    int size() {
        return size;
    }

    /** Where the first number with this hash is, or a negative number. */
    long first(int hash) {
        int part = partIndex(hash);
        return find(part, hash & directory[part].slots.length - 1, hash);
    }

    /** Where the next number with this hash is, or a negative number. */
    long next(long at, int hash) {
        int part = (int) (at >>> 32);
        return find(part, (int) at + 1 & directory[part].slots.length - 1, hash);
    }

    int value(long at) {
        return (int) directory[(int) (at >>> 32)].slots[(int) at];
    }

    /**
     * Adds a number.
     *
     * @param value not 0
     */
    void add(int hash, int value) {
        Part part = directory[partIndex(hash)];
        while (8 * (part.size + 1) > 7 * part.slots.length) {
            if (part.slots.length < PART_SLOTS_MAX || part.bits == DIRECTORY_BITS_MAX) {
                resize(part, 2 * part.slots.length);
            } else {
                split(part, hash);
                part = directory[partIndex(hash)];
            }
        }
        insert(part, (long) hash << 32 | value & 0xffffffffL);
        size++;
    }

    /** Takes out a number that is there. */
    void remove(int hash, int value) {
        Part part = directory[partIndex(hash)];
        long[] slots = part.slots;
        int mask = slots.length - 1;
        long entry = (long) hash << 32 | value & 0xffffffffL;
        int i = hash & mask;
        while (slots[i] != entry) {
            if (slots[i] == 0) {
                throw new IllegalStateException("number %d is not in the table".formatted(value));
            }
            i = i + 1 & mask;
        }
        close(slots, mask, i);
        part.size--;
        size--;
        if (slots.length > PART_SLOTS_MIN && 8 * part.size < slots.length) {
            resize(part, slots.length >>> 1);
        }
    }

    void clear() {
        directory = new Part[] {new Part()};
        directoryBits = 0;
        size = 0;
    }

    private int partIndex(int hash) {
        return (int) ((hash & 0xffffffffL) >>> 32 - directoryBits);
    }

    private long find(int part, int from, int hash) {
        long[] slots = directory[part].slots;
        int mask = slots.length - 1;
        for (int i = from; slots[i] != 0; i = i + 1 & mask) {
            if ((int) (slots[i] >>> 32) == hash) {
                return (long) part << 32 | i;
            }
        }
        return MISSING;
    }

    private static void insert(Part part, long entry) {
        int mask = part.slots.length - 1;
        int i = (int) (entry >>> 32) & mask;
        while (part.slots[i] != 0) {
            i = i + 1 & mask;
        }
        part.slots[i] = entry;
        part.size++;
    }

    /** Frees a slot and moves those behind it up that would not be found otherwise. */
    private static void close(long[] slots, int mask, int free) {
        int hole = free;
        for (int i = hole + 1 & mask; slots[i] != 0; i = i + 1 & mask) {
            int home = (int) (slots[i] >>> 32) & mask;
            if ((i - home & mask) >= (i - hole & mask)) {
                slots[hole] = slots[i];
                hole = i;
            }
        }
        slots[hole] = 0;
    }

    private static void resize(Part part, int capacity) {
        long[] old = part.slots;
        part.slots = new long[capacity];
        part.size = 0;
        for (long entry : old) {
            if (entry != 0) {
                insert(part, entry);
            }
        }
    }

    private void split(Part part, int hash) {
        if (part.bits == directoryBits) {
            Part[] doubled = new Part[2 * directory.length];
            for (int i = 0; i < doubled.length; i++) {
                doubled[i] = directory[i >>> 1];
            }
            directory = doubled;
            directoryBits++;
        }
        Part upper = new Part();
        upper.slots = new long[part.slots.length];
        part.bits++;
        upper.bits = part.bits;
        long[] old = part.slots;
        part.slots = new long[old.length];
        part.size = 0;
        for (long entry : old) {
            if (entry != 0) {
                boolean isUpper = (entry >>> 64 - part.bits & 1) != 0;
                insert(isUpper ? upper : part, entry);
            }
        }
        int slots = 1 << directoryBits - part.bits;
        int from = partIndex(hash) & -2 * slots;
        Arrays.fill(directory, from + slots, from + 2 * slots, upper);
    }
}
