package org.quorate.tree;

/**
 * A set of positive ints: open addressing, no tombstones. Its order depends on nothing but the
 * calls before. Empty, it holds no array.
 */
final class IntSet {
    private static final int[] NONE = new int[0];
    private static final int CAPACITY_MIN = 4;

    private int[] slots = NONE; // A power of two or none; 0 is a free slot.
    private int size;

    int size() {
        return size;
    }

    /** True if it was not there. */
    boolean add(int value) {
        if (size * 4 >= slots.length * 3) {
            grow();
        }
        int at = slotOf(value);
        if (slots[at] == value) {
            return false;
        }
        slots[at] = value;
        size++;
        return true;
    }

    boolean contains(int value) {
        return size > 0 && slots[slotOf(value)] == value;
    }

    /** True if it was there. */
    boolean remove(int value) {
        if (size == 0) {
            return false;
        }
        int at = slotOf(value);
        if (slots[at] != value) {
            return false;
        }
        size--;
        if (size == 0) {
            slots = NONE;
            return true;
        }
        closeGap(at);
        return true;
    }

    void clear() {
        slots = NONE;
        size = 0;
    }

    /** Number of slots, for walking: {@link #at} is 0 where nothing is. */
    int slotCount() {
        return slots.length;
    }

    int at(int slot) {
        return slots[slot];
    }

    private int slotOf(int value) {
        int mask = slots.length - 1;
        int at = home(value, mask);
        while (slots[at] != 0 && slots[at] != value) {
            at = at + 1 & mask;
        }
        return at;
    }

    /** Moves those behind the gap up that would no longer be found across it. */
    private void closeGap(int gap) {
        int mask = slots.length - 1;
        int hole = gap;
        for (int at = gap + 1 & mask; slots[at] != 0; at = at + 1 & mask) {
            int home = home(slots[at], mask);
            if ((at - home & mask) >= (at - hole & mask)) {
                slots[hole] = slots[at];
                hole = at;
            }
        }
        slots[hole] = 0;
    }

    private void grow() {
        int[] old = slots;
        slots = new int[Math.max(CAPACITY_MIN, old.length * 2)];
        for (int value : old) {
            if (value != 0) {
                slots[slotOf(value)] = value;
            }
        }
    }

    private static int home(int value, int mask) {
        return (value * 0x9e3779b9 >>> 7) & mask;
    }
}
