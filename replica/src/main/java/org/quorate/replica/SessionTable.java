package org.quorate.replica;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Sessions by id, without boxing. What {@link #at} lists is in an order that depends on nothing but
 * the calls before. Owned by the core thread.
 */
final class SessionTable {
    private static final int CAPACITY_MIN = 16;

    // Open addressing with linear probing; never more than half full.
    private @Nullable Session[] slots = new @Nullable Session[CAPACITY_MIN];
    private @Nullable Session[] all = new @Nullable Session[CAPACITY_MIN];
    private int size;

    int size() {
        return size;
    }

    /** The sessions in a row; removing one moves the last to its place. */
    Session at(int index) {
        Session session = all[index];
        if (index >= size || session == null) {
            throw new IndexOutOfBoundsException(index + " of " + size);
        }
        return session;
    }

    @Nullable Session find(long id) {
        int mask = slots.length - 1;
        for (int i = slot(id); ; i = i + 1 & mask) {
            Session session = slots[i];
            if (session == null || session.id == id) {
                return session;
            }
        }
    }

    void add(Session session) {
        if (2 * (size + 1) > slots.length) {
            grow();
        }
        put(session);
        session.tableIndex = size;
        all[size++] = session;
    }

    void remove(Session session) {
        int index = session.tableIndex;
        if (index < 0 || all[index] != session) {
            throw new IllegalStateException(session + " is not in the table");
        }
        size--;
        Session last = all[size];
        all[index] = last;
        if (last != null) {
            last.tableIndex = index;
        }
        all[size] = null;
        session.tableIndex = -1;
        removeSlot(session);
    }

    private void removeSlot(Session session) {
        int mask = slots.length - 1;
        int hole = slot(session.id);
        while (slots[hole] != session) {
            hole = hole + 1 & mask;
        }
        // Moves up whoever would not be found over the hole.
        int i = hole;
        while (true) {
            i = i + 1 & mask;
            Session other = slots[i];
            if (other == null) {
                break;
            }
            int home = slot(other.id);
            if ((i - home & mask) >= (i - hole & mask)) {
                slots[hole] = other;
                hole = i;
            }
        }
        slots[hole] = null;
    }

    private void put(Session session) {
        int mask = slots.length - 1;
        int i = slot(session.id);
        for (Session other = slots[i]; other != null; other = slots[i]) {
            if (other.id == session.id) {
                throw new IllegalStateException(session + " is in the table already");
            }
            i = i + 1 & mask;
        }
        slots[i] = session;
    }

    private void grow() {
        slots = new @Nullable Session[slots.length * 2];
        all = Arrays.copyOf(all, slots.length);
        for (int i = 0; i < size; i++) {
            put(at(i));
        }
    }

    private int slot(long id) {
        long mixed = id * 0x9E3779B97F4A7C15L;
        return (int) (mixed >>> 40) & slots.length - 1;
    }
}
