package org.quorate.log;

import java.io.IOException;
import java.util.List;
import org.quorate.protocol.jute.Slice;

/** Walks log files from a record on. The files stay open, so a purge beside it does no harm. */
final class HistoryCursor implements Store.Cursor {
    private final List<LogScan> scans;
    private final List<FileName> snapshots;
    private final LogBlock block = new LogBlock(128 << 10);
    private final long afterZxid;
    private long previous = END;
    private long last;
    private int file;
    private int record;

    /**
     * Takes files over.
     *
     * @param scans open files, oldest first
     * @param snapshots of the same server
     */
    HistoryCursor(List<LogScan> scans, List<FileName> snapshots, long afterZxid) {
        this.scans = scans;
        this.snapshots = snapshots;
        this.afterZxid = afterZxid;
        this.last = afterZxid;
    }

    /**
     * Walks once to the end before anything is handed out: a peer that was given the first half of
     * a history with a hole could not be told.
     *
     * @return false if the log does not reach back far enough, or something is missing or damaged
     */
    boolean check() throws IOException {
        long before = END;
        while (fetch()) {
            long zxid = block.zxid(record++);
            if (zxid <= afterZxid) {
                previous = Math.max(previous, zxid);
            } else if (zxid > before && before != END && mayMissSome(before, zxid)) {
                return false;
            }
            before = Math.max(before, zxid);
            if (previous == END) {
                return false;
            }
        }
        boolean whole = file == scans.size();
        file = 0;
        record = 0;
        block.clear(0);
        for (LogScan scan : scans) {
            scan.rewind();
        }
        return whole && previous != END;
    }

    /**
     * Where an epoch begins the zxids alone do not tell. A snapshot of a state between the two may
     * have been sent to this server because it lacked what led there, and what was in its log
     * before may have come back when the power went.
     */
    private boolean mayMissSome(long before, long zxid) {
        return !ZxidOrder.follows(before, zxid)
                || snapshots.stream()
                        .anyMatch(snapshot -> snapshot.zxid() > before && snapshot.zxid() < zxid);
    }

    @Override
    public long previous() {
        return previous;
    }

    @Override
    public long next(Slice into) throws IOException {
        while (fetch()) {
            int index = record++;
            long zxid = block.zxid(index);
            if (zxid > last) {
                last = zxid;
                into.set(block.bytes, block.body(index), block.length(index));
                return zxid;
            }
        }
        return END;
    }

    /** Makes sure that {@link #record} is there; false behind the last one, or at damage. */
    private boolean fetch() throws IOException {
        while (record >= block.count) {
            if (file == scans.size() || isDamaged(block.end)) {
                return false;
            }
            record = 0;
            if (!scans.get(file).read(block)) {
                file++;
            }
        }
        return true;
    }

    private static boolean isDamaged(@org.jspecify.annotations.Nullable LogEnd end) {
        return end != null
                && (end.kind() == LogEnd.Kind.DAMAGED || end.kind() == LogEnd.Kind.UNKNOWN);
    }

    @Override
    public void close() {
        for (LogScan scan : scans) {
            scan.close();
        }
    }
}
