package org.quorate.cli.progress;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.quorate.node.host.StartProgress;

/** How far a server is before it serves, as a bar below its log. See there for threads. */
public final class TerminalProgress implements StartProgress {
    private final Progress.Begins begins;
    private final ReadingProgress reading;
    private @Nullable Progress takingIn;
    private int znodes;

    TerminalProgress(Progress.Begins begins) {
        this.begins = begins;
        this.reading = new ReadingProgress(begins);
    }

    /**
     * A bar if standard error is a terminal, which then goes through it; else lines in the server's
     * log.
     */
    public static StartProgress orLogged() {
        if (!StatusLine.isOnTerminal()) {
            return LOGGED;
        }
        StatusLine line = StatusLine.belowStandardError();
        return new TerminalProgress(
                (what, total, unit) -> new Progress(what, total, unit, line, System::nanoTime));
    }

    @Override
    public long everyNanos() {
        return 0;
    }

    @Override
    public void reading(String file, long bytesDone, long bytesAll) {
        reading.at(String.valueOf(Path.of(file).getFileName()), bytesDone, bytesAll);
    }

    @Override
    public void takingIn(int znodesNow) {
        Progress now = takingIn;
        if (now == null) {
            now = begins.begin("taking in the leader's state", 0, Progress.Unit.ZNODES);
            takingIn = now;
            znodes = 0;
        }
        now.add(znodesNow - znodes);
        znodes = znodesNow;
    }

    @Override
    public void over() {
        reading.close();
        if (takingIn != null) {
            takingIn.close();
            takingIn = null;
        }
    }
}
