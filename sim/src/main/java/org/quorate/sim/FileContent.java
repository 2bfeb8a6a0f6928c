package org.quorate.sim;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What a file holds, whatever its name: the bytes as they are read, and the changes since the last
 * sync, of which a power loss leaves any part.
 */
final class FileContent {
    private static final int SECTOR = 512;
    private static final byte[] NOTHING = {};

    /** A write, or a cut if nothing was written. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Change(int at, byte[] before, int sizeBefore, byte[] after, int sizeAfter) {}

    private byte[] bytes = NOTHING;
    private int size;
    private final List<Change> unsynced = new ArrayList<>();

    int size() {
        return size;
    }

    int read(java.nio.ByteBuffer into, long at) {
        if (at >= size) {
            return -1;
        }
        int length = Math.min(into.remaining(), size - (int) at);
        into.put(bytes, (int) at, length);
        return length;
    }

    void write(byte[] from, int length, int at) {
        int sizeBefore = size;
        int overlap = Math.clamp((long) size - at, 0, length);
        byte[] before = overlap == 0 ? NOTHING : Arrays.copyOfRange(bytes, at, at + overlap);
        byte[] after = length == from.length ? from : Arrays.copyOf(from, length);
        put(at, after);
        unsynced.add(new Change(at, before, sizeBefore, after, size));
    }

    void truncate(int to) {
        if (to < size) {
            unsynced.add(new Change(to, Arrays.copyOfRange(bytes, to, size), size, NOTHING, to));
            Arrays.fill(bytes, to, size, (byte) 0);
            size = to;
        }
    }

    void sync() {
        unsynced.clear();
    }

    /** What the disk holds when the power comes back. */
    void losePower(Chance chance) {
        if (unsynced.isEmpty()) {
            return;
        }
        List<Change> changes = List.copyOf(unsynced);
        unsynced.clear();
        int mode = chance.below(4);
        if (mode == 0) {
            return; // all has arrived
        }
        for (int i = changes.size() - 1; i >= 0; i--) {
            undo(changes.get(i));
        }
        switch (mode) {
            case 1 -> {} // nothing has
            case 2 -> { // in order, up to some byte
                int whole = chance.below(changes.size());
                changes.subList(0, whole).forEach(this::redo);
                redoInPart(changes.get(whole), chance);
            }
            default -> { // in any order, sector by sector
                for (Change change : changes) {
                    redoSectors(change, chance);
                }
            }
        }
    }

    private void undo(Change change) {
        if (change.before.length > 0) {
            grow(Math.max(change.sizeBefore, change.at + change.before.length));
            System.arraycopy(change.before, 0, bytes, change.at, change.before.length);
        }
        if (size > change.sizeBefore) {
            Arrays.fill(bytes, change.sizeBefore, size, (byte) 0);
        }
        grow(change.sizeBefore);
        size = change.sizeBefore;
    }

    private void redo(Change change) {
        if (change.after.length > 0) {
            put(change.at, change.after);
        } else if (change.sizeAfter < size) {
            Arrays.fill(bytes, change.sizeAfter, size, (byte) 0);
            size = change.sizeAfter;
        }
    }

    private void redoInPart(Change change, Chance chance) {
        if (change.after.length == 0) {
            if (chance.oneIn(2)) {
                redo(change);
            }
            return;
        }
        int length = chance.below(change.after.length + 1);
        if (length > 0) {
            put(change.at, Arrays.copyOf(change.after, length));
        }
        if (chance.oneIn(2) && size < change.sizeAfter) {
            grow(change.sizeAfter);
            size = change.sizeAfter;
        }
    }

    private void redoSectors(Change change, Chance chance) {
        if (change.after.length == 0) {
            if (chance.oneIn(2)) {
                redo(change);
            }
            return;
        }
        int at = 0;
        while (at < change.after.length) {
            int toBoundary = SECTOR - (change.at + at) % SECTOR;
            int length = Math.min(toBoundary, change.after.length - at);
            if (chance.oneIn(2)) {
                put(change.at + at, Arrays.copyOfRange(change.after, at, at + length));
            }
            at += length;
        }
        if (size < change.sizeAfter) {
            grow(change.sizeAfter);
            size = change.sizeAfter;
        }
    }

    private void put(int at, byte[] from) {
        int to = at + from.length;
        grow(to);
        System.arraycopy(from, 0, bytes, at, from.length);
        size = Math.max(size, to);
    }

    private void grow(int to) {
        if (to > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(to, 2 * bytes.length));
        }
    }

    /** The medium has gone bad in one place. */
    boolean flipBit(Chance chance) {
        if (size == 0) {
            return false;
        }
        bytes[chance.below(size)] ^= (byte) (1 << chance.below(8));
        return true;
    }
}
