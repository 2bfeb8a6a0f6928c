package org.quorate.log;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.quorate.protocol.jute.Slice;

/** Walks log files from a record on. The files stay open, so a purge beside it does no harm. */
final class HistoryCursor implements Store.Cursor {
    private final List<LogScan> scans;
    private final List<Path> paths;
    private final LogBlock block = new LogBlock(128 << 10);
    private final long afterZxid;
    private int file;
    private int record;
    private long previous;
    private long last;

    /**
     * @param scans open files, oldest first; the first begins with a record ≤ {@code afterZxid}
     */
    HistoryCursor(List<LogScan> scans, List<Path> paths, long afterZxid) {
        this.scans = scans;
        this.paths = paths;
        this.afterZxid = afterZxid;
        this.previous = Store.Cursor.END;
        this.last = afterZxid;
    }

    /** Passes over what is not behind {@code afterZxid}, so that {@link #previous} is known. */
    void begin() throws IOException {
        while (fetch() && block.zxid(record) <= afterZxid) {
            previous = Math.max(previous, block.zxid(record));
            record++;
        }
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
                if (last != afterZxid && !ZxidOrder.follows(last, zxid)) {
                    throw new IOException(
                            "%s: transaction 0x%x follows 0x%x"
                                    .formatted(paths.get(file), zxid, last));
                }
                last = zxid;
                into.set(block.bytes, block.body(index), block.length(index));
                return zxid;
            }
        }
        return END;
    }

    /** Makes sure that {@link #record} is there; false at the end of the last file. */
    private boolean fetch() throws IOException {
        while (record >= block.count) {
            if (file >= scans.size()) {
                return false;
            }
            record = 0;
            if (!scans.get(file).read(block)) {
                file++;
            } else if (block.end != null) {
                refuseDamage(block.end);
            }
        }
        return true;
    }

    private void refuseDamage(@Nullable LogEnd end) throws IOException {
        if (end != null && end.kind() == LogEnd.Kind.DAMAGED) {
            throw new IOException(
                    "%s at offset %d is damaged: %s"
                            .formatted(paths.get(file), end.offset(), end.reason()));
        }
    }

    @Override
    public void close() {
        for (LogScan scan : scans) {
            scan.close();
        }
    }
}
