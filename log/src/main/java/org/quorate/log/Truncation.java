package org.quorate.log;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Takes everything behind a zxid off the disk: records, and snapshots that saw any of them. Done in
 * an order in which a crash leaves either what was there, or a state from which the same can be
 * done again.
 */
final class Truncation {
    /** Where to cut: behind the last record ≤ the zxid. */
    private record Cut(int file, long offset) {}

    private final Directory directory;

    Truncation(Directory directory) {
        this.directory = directory;
    }

    /**
     * Cuts to exactly {@code zxid}.
     *
     * @return false if no snapshot and log on this disk lead to it; nothing was changed
     */
    boolean to(long zxid) throws IOException {
        List<FileName> snapshots = directory.snapshotFiles();
        FileName base = newestWithin(snapshots, zxid);
        if (base == null || !leadsTo(base.zxid(), zxid)) {
            return false;
        }
        dropBehind(zxid);
        return true;
    }

    /** Cuts whatever is behind {@code zxid}, whether or not the disk leads to it. */
    void dropBehind(long zxid) throws IOException {
        dropSnapshots(directory.snapshotFiles(), zxid);
        dropRecords(directory.logFiles(), zxid);
    }

    /** The newest snapshot that can be loaded and saw nothing behind {@code zxid}. */
    private @Nullable FileName newestWithin(List<FileName> snapshots, long zxid)
            throws IOException {
        for (FileName file : snapshots.reversed()) {
            if (file.zxid() <= zxid && reach(file) <= zxid) {
                return file;
            }
        }
        return null;
    }

    /** The last transaction a snapshot saw any of; {@link Long#MAX_VALUE} if it is unreadable. */
    private long reach(FileName file) throws IOException {
        SnapshotTally tally = new SnapshotTally();
        try {
            SnapshotEnding ending =
                    new SnapshotReader(directory.disk, directory.snapshot(file), tally).read(null);
            long walked = Math.max(ending.lastZxid(), ending.digestZxid());
            // Old snapshots do not say how far the walk came; then the nodes have to.
            return Math.max(file.zxid(), walked >= 0 ? walked : tally.greatestZxid());
        } catch (SnapshotDamageException e) {
            return Long.MAX_VALUE;
        }
    }

    private boolean leadsTo(long snapshotZxid, long zxid) throws IOException {
        long last = snapshotZxid;
        LogBlock block = new LogBlock();
        for (FileName file : Replay.needed(directory.logFiles(), snapshotZxid)) {
            try (LogScan scan = new LogScan(directory.disk, directory.log(file))) {
                while (last < zxid && scan.read(block)) {
                    for (int i = 0; i < block.count && last < zxid; i++) {
                        long next = block.zxid(i);
                        if (next > last && !ZxidOrder.follows(last, next)) {
                            return false;
                        }
                        last = Math.max(last, next);
                    }
                }
            }
        }
        return last == zxid;
    }

    private void dropSnapshots(List<FileName> snapshots, long zxid) throws IOException {
        boolean dropped = false;
        for (FileName file : snapshots.reversed()) {
            if (file.zxid() > zxid || sawBehind(file, zxid)) {
                directory.deleteSnapshot(file);
                dropped = true;
            }
        }
        if (dropped) {
            directory.disk.syncDirectory(directory.snapshots);
        }
    }

    private boolean sawBehind(FileName file, long zxid) throws IOException {
        long peeked = SnapshotReader.peekLastZxid(directory.disk, directory.snapshot(file));
        long reach = peeked == file.zxid() ? peeked : reach(file);
        return reach > zxid && reach != Long.MAX_VALUE;
    }

    private void dropRecords(List<FileName> logs, long zxid) throws IOException {
        Cut cut = cut(logs, zxid);
        for (int i = logs.size() - 1; i > cut.file; i--) {
            directory.disk.delete(directory.log(logs.get(i)));
            // One by one: a crash must not leave a later file without the one before it.
            directory.disk.syncDirectory(directory.logs);
        }
        if (cut.file >= 0) {
            Path path = directory.log(logs.get(cut.file));
            try (Disk.File file = directory.disk.open(path, Disk.Mode.WRITE)) {
                if (file.size() > cut.offset) {
                    file.truncate(cut.offset);
                    file.sync();
                }
            }
        }
    }

    /** The newest log file with a record ≤ {@code zxid}, and the end of its last such record. */
    private Cut cut(List<FileName> logs, long zxid) throws IOException {
        LogBlock block = new LogBlock();
        for (int i = logs.size() - 1; i >= 0; i--) {
            if (logs.get(i).zxid() > zxid) {
                continue;
            }
            long offset = 0;
            try (LogScan scan = new LogScan(directory.disk, directory.log(logs.get(i)))) {
                while (scan.read(block)) {
                    for (int record = 0; record < block.count; record++) {
                        if (block.zxid(record) > zxid) {
                            return new Cut(i, block.offset(record));
                        }
                        offset = block.endOffset(record);
                    }
                }
            }
            if (offset > 0) {
                return new Cut(i, offset);
            }
        }
        return new Cut(-1, 0);
    }
}
