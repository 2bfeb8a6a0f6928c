package org.quorate.sim;

import java.util.ArrayDeque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What happened: always as a hash, which two runs of one seed must share; as text only if somebody
 * wants to read it, and then only the newest lines.
 */
final class Trace {
    private final int linesMax;
    private final ArrayDeque<String> lines = new ArrayDeque<>();
    private long nowNanos;
    private long hash = 0xcbf29ce484222325L;

    /**
     * @param linesMax so many lines are kept; 0 for a run that nobody reads
     */
    Trace(int linesMax) {
        this.linesMax = linesMax;
    }

    /** Time goes on. */
    void at(long nanos) {
        nowNanos = nanos;
    }

    void mix(long value) {
        hash = (hash ^ value) * 0x100000001b3L;
        hash ^= hash >>> 29;
    }

    boolean isRead() {
        return linesMax > 0;
    }

    /** Keeps a line; formatted only if somebody reads. */
    @SuppressWarnings("AnnotateFormatMethod") // the annotation would be a dependency of its own
    void tell(String what, @Nullable Object... values) {
        if (linesMax > 0) {
            if (lines.size() == linesMax) {
                lines.removeFirst();
            }
            lines.add(
                    "%9.3f ms  %s"
                            .formatted(nowNanos / (double) Timeline.MILLI, what.formatted(values)));
        }
    }

    long hash() {
        return hash;
    }

    List<String> lines() {
        return List.copyOf(lines);
    }
}
