package org.quorate.node.host;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Arrays;
import org.quorate.protocol.snapshot.SnapshotSource;

/**
 * What one turn of the core has for the disk, in order. Filled by the core, carried out by the
 * journal thread, given back: never two owners at once.
 */
final class JournalBatch {
    /** Grown beyond, its bytes are not kept. */
    private static final int BYTES_KEPT_MAX = 4 << 20;

    private static final int BYTES_MIN = 16 << 10;

    /** The kinds of entries; {@link #value} says more. */
    enum Kind {
        /** A record; the value is its zxid. */
        APPEND,
        ACCEPTED_EPOCH,
        CURRENT_EPOCH,
        /** The same, but records that come later need not wait for it. */
        CURRENT_EPOCH_SOON,
        /** The value is the token. */
        MARK,
        /** The log begins a new file. */
        ROLL,
        /** The next of {@link #nextView()} becomes the whole state on disk. */
        INSTALL,
        /** The core wants the store to itself: see {@link #nextPause()}. */
        PAUSE,
        /** Files of somebody else are written: see {@link #nextWork()}. */
        WORK
    }

    /** Something done to the disk. */
    interface Work {
        void run() throws IOException;
    }

    private Kind[] kinds = new Kind[64];
    private long[] values = new long[64];

    // An entry's bytes begin where those of the entry before it end.
    private int[] ends = new int[64];
    private byte[] bytes = new byte[BYTES_MIN];
    private int count;
    private int size;
    private final ArrayDeque<SnapshotSource> views = new ArrayDeque<>(1);
    private final ArrayDeque<StorePause> pauses = new ArrayDeque<>(1);
    private final ArrayDeque<Work> works = new ArrayDeque<>(1);

    void append(long zxid, byte[] from, int at, int length) {
        if (bytes.length - size < length) {
            bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, size + length));
        }
        System.arraycopy(from, at, bytes, size, length);
        size += length;
        add(Kind.APPEND, zxid);
    }

    void add(Kind kind, long value) {
        if (count == ends.length) {
            kinds = Arrays.copyOf(kinds, 2 * count);
            values = Arrays.copyOf(values, 2 * count);
            ends = Arrays.copyOf(ends, 2 * count);
        }
        kinds[count] = kind;
        values[count] = value;
        ends[count] = size;
        count++;
    }

    void install(SnapshotSource view) {
        views.add(view);
        add(Kind.INSTALL, 0);
    }

    void pause(StorePause pause) {
        pauses.add(pause);
        add(Kind.PAUSE, 0);
    }

    void work(Work work) {
        works.add(work);
        add(Kind.WORK, 0);
    }

    int count() {
        return count;
    }

    int bytesSize() {
        return size;
    }

    Kind kind(int index) {
        return kinds[index];
    }

    long value(int index) {
        return values[index];
    }

    byte[] bytes() {
        return bytes;
    }

    int from(int index) {
        return index == 0 ? 0 : ends[index - 1];
    }

    int length(int index) {
        return ends[index] - from(index);
    }

    SnapshotSource nextView() {
        return views.remove();
    }

    StorePause nextPause() {
        return pauses.remove();
    }

    Work nextWork() {
        return works.remove();
    }

    void clear() {
        count = 0;
        size = 0;
        views.forEach(SnapshotSource::close);
        views.clear();
        pauses.clear();
        works.clear();
        if (bytes.length > BYTES_KEPT_MAX) {
            bytes = new byte[BYTES_MIN];
        }
    }
}
