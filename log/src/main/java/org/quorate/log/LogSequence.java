package org.quorate.log;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The blocks of several log files, one file behind the other. */
final class LogSequence implements AutoCloseable {
    private final Disk disk;
    private final List<Path> files;
    private int index;
    private @Nullable LogScan scan;

    LogSequence(Disk disk, List<Path> files) {
        this.disk = disk;
        this.files = files;
    }

    /** Returns false if there are no more */
    boolean fill(LogBlock block) throws IOException {
        while (index < files.size()) {
            LogScan current = scan;
            if (current == null) {
                current = new LogScan(disk, files.get(index));
                scan = current;
            }
            if (current.read(block)) {
                block.fileIndex = index;
                return true;
            }
            current.close();
            scan = null;
            index++;
        }
        return false;
    }

    @Override
    public void close() {
        if (scan != null) {
            scan.close();
        }
    }
}
