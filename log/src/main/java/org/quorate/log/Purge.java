package org.quorate.log;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Removes what the newest snapshots do not need (disk formats §10). */
final class Purge {
    static final int RETAIN_MIN = 3;

    private final Directory directory;

    Purge(Directory directory) {
        this.directory = directory;
    }

    /**
     * Removes snapshots and logs.
     *
     * @param retain so many of the newest snapshots are kept, and the log behind the oldest of them
     * @return names of the removed files
     */
    List<String> run(int retain) throws IOException {
        if (retain < RETAIN_MIN) {
            throw new IllegalArgumentException(
                    "%d snapshots to retain; at least %d are needed".formatted(retain, RETAIN_MIN));
        }
        List<FileName> snapshots = directory.snapshotFiles();
        long oldest = oldestKept(snapshots, retain);
        if (oldest < 0) {
            return List.of();
        }
        List<String> removed = new ArrayList<>();
        for (FileName file : snapshots) {
            if (file.zxid() < oldest) {
                directory.deleteSnapshot(file);
                removed.add(file.name());
            }
        }
        List<FileName> logs = directory.logFiles();
        // Recovery could do without a log named exactly so; ZooKeeper keeps one more, so do we.
        List<FileName> kept = Replay.needed(logs, oldest - 1);
        for (FileName file : logs.subList(0, logs.size() - kept.size())) {
            directory.disk.delete(directory.log(file));
            removed.add(file.name());
        }
        return removed;
    }

    /** −1 if there are not more than are to be kept. */
    private long oldestKept(List<FileName> snapshots, int retain) throws IOException {
        int whole = 0;
        for (FileName file : snapshots.reversed()) {
            if (SnapshotReader.looksWhole(directory.disk, directory.snapshot(file))
                    && ++whole == retain) {
                return file.zxid();
            }
        }
        return -1;
    }
}
