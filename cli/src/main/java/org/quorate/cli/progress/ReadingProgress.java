package org.quorate.cli.progress;

import org.jspecify.annotations.Nullable;
import org.quorate.log.Store;

/**
 * {@link Progress} of reading snapshots and logs, file by file. Owned by the thread that reads;
 * closed by it, well or not.
 */
public final class ReadingProgress implements Store.Progress, AutoCloseable {
    private final Progress.Begins begins;
    private String file = "";
    private long told;
    private @Nullable Progress progress;

    /** On standard error. */
    public ReadingProgress() {
        this(Progress::begin);
    }

    ReadingProgress(Progress.Begins begins) {
        this.begins = begins;
    }

    @Override
    public void at(String what, long bytesDone, long bytesAll) {
        Progress now = progress;
        if (now == null || !what.equals(file)) {
            close();
            file = what;
            told = 0;
            now = begins.begin("reading " + what, bytesAll, Progress.Unit.BYTES);
            progress = now;
        }
        now.add(bytesDone - told);
        told = bytesDone;
    }

    @Override
    public void close() {
        if (progress != null) {
            progress.close();
            progress = null;
        }
    }
}
