package org.quorate.log;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Opens the log for a peer that lacks the newest records (peer protocol §5.3, rule 5). */
final class History {
    private final Directory directory;

    History(Directory directory) {
        this.directory = directory;
    }

    /**
     * Opens all files needed.
     *
     * @param openFile the file being written, null if none
     * @param openFileBytes how much of it is synced
     * @return null if the log does not reach back to a record ≤ {@code afterZxid}, or the files
     *     behind the one that holds it are together longer than {@code bytesMax}, or something in
     *     it is missing or damaged
     */
    @Nullable HistoryCursor behind(
            long afterZxid, long bytesMax, @Nullable Path openFile, long openFileBytes)
            throws IOException {
        List<FileName> logs = directory.logFiles();
        int first = -1;
        for (int i = 0; i < logs.size(); i++) {
            first = logs.get(i).zxid() <= afterZxid ? i : first;
        }
        if (first < 0) {
            return null;
        }
        List<LogScan> scans = new ArrayList<>();
        HistoryCursor cursor = new HistoryCursor(scans, directory.snapshotFiles(), afterZxid);
        boolean usable = false;
        try {
            long bytes = 0;
            for (FileName file : logs.subList(first, logs.size())) {
                Path path = directory.log(file);
                long limit = path.equals(openFile) ? openFileBytes : Long.MAX_VALUE;
                LogScan scan = new LogScan(directory.disk, path, limit);
                scans.add(scan);
                bytes += scans.size() > 1 ? scan.size() : 0;
            }
            usable = bytes <= bytesMax && cursor.check();
            return usable ? cursor : null;
        } finally {
            if (!usable) {
                cursor.close();
            }
        }
    }
}
