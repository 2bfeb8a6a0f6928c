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
     * @param ifMuch only if they take more room than what is kept
     * @return names of the removed files
     */
    List<String> run(int retain, boolean ifMuch) throws IOException {
        if (retain < RETAIN_MIN) {
            throw new IllegalArgumentException(
                    "%d snapshots to retain; at least %d are needed".formatted(retain, RETAIN_MIN));
        }
        List<FileName> snapshots = directory.snapshotFiles();
        long oldest = oldestKept(snapshots, retain);
        if (oldest < 0) {
            return List.of();
        }
        List<FileName> oldSnapshots =
                snapshots.stream().filter(file -> file.zxid() < oldest).toList();
        List<FileName> logs = directory.logFiles();
        // Recovery could do without a log named exactly so; ZooKeeper keeps one more, so do we.
        List<FileName> kept = Replay.needed(logs, oldest - 1);
        List<FileName> oldLogs = logs.subList(0, logs.size() - kept.size());
        if (ifMuch && 2 * bytes(oldSnapshots, oldLogs) <= bytes(snapshots, logs)) {
            return List.of();
        }
        List<String> removed = new ArrayList<>();
        for (FileName file : oldSnapshots) {
            directory.deleteSnapshot(file);
            removed.add(file.name());
        }
        if (!oldSnapshots.isEmpty()) {
            // None of them may come back without the log behind it.
            directory.disk.syncDirectory(directory.snapshots);
        }
        directory.deleteLogs(oldLogs);
        oldLogs.forEach(file -> removed.add(file.name()));
        return removed;
    }

    private long bytes(List<FileName> snapshots, List<FileName> logs) throws IOException {
        long bytes = 0;
        for (FileName file : snapshots) {
            bytes += directory.size(directory.snapshot(file));
        }
        for (FileName file : logs) {
            bytes += directory.size(directory.log(file));
        }
        return bytes;
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
