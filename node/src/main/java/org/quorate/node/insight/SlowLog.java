package org.quorate.node.insight;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.quorate.protocol.Zxid;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The last operations that took longer than {@code slowOperation.thresholdMs}. Also a line each in
 * the log, on the logger {@code org.quorate.slow}, but not more than one a second. Any thread.
 */
public final class SlowLog {
    /** Operations remembered. */
    static final int OPERATIONS_MAX = 512;

    /** Remembered of one second; the others are only counted. */
    static final int PER_SECOND_MAX = 100;

    private static final Logger LOG = LoggerFactory.getLogger("org.quorate.slow");

    /**
     * An operation that took long.
     *
     * @param wallMillis when it was answered
     * @param operation in words, as {@code create}
     * @param path empty if it has none, or more than one
     * @param address of the client
     * @param principal who it authenticated as
     * @param zxid of the reply
     * @param err of the reply; 0 if all was well
     * @param totalNanos from receipt until the answer was ready
     * @param stagesNanos those that are known
     */
    public record SlowOperation(
            long wallMillis,
            String operation,
            String path,
            long sessionId,
            String address,
            String principal,
            int xid,
            long zxid,
            int err,
            long totalNanos,
            Map<Stage, Long> stagesNanos) {
        public SlowOperation {
            stagesNanos = Map.copyOf(stagesNanos);
        }
    }

    private final long thresholdNanos;

    // Guarded by this.
    private final ArrayDeque<SlowOperation> last = new ArrayDeque<>();
    private long count;
    private long second;
    private int inSecond;

    /**
     * @param thresholdMillis 0 to remember nothing
     */
    SlowLog(int thresholdMillis) {
        this.thresholdNanos = thresholdMillis == 0 ? Long.MAX_VALUE : thresholdMillis * 1_000_000L;
    }

    /** From here on an operation is slow. */
    public long thresholdNanos() {
        return thresholdNanos;
    }

    /**
     * Shall a slow operation be told with all it is? If not it is counted, as enough were told in
     * this second.
     */
    public synchronized boolean wants(long wallMillis) {
        count++;
        if (wallMillis / 1000 != second) {
            second = wallMillis / 1000;
            inSecond = 0;
        }
        return ++inSecond <= PER_SECOND_MAX;
    }

    /** Remembers one. */
    public void add(SlowOperation operation) {
        boolean told;
        synchronized (this) {
            if (last.size() == OPERATIONS_MAX) {
                last.removeFirst();
            }
            last.addLast(operation);
            told = inSecond == 1;
        }
        if (told) {
            LOG.info(
                    "{} {} of session 0x{} took {} ms, zxid 0x{}",
                    operation.operation(),
                    operation.path(),
                    Long.toHexString(operation.sessionId()),
                    operation.totalNanos() / 1_000_000,
                    Zxid.hex(operation.zxid()));
        }
    }

    /** How many there were since the start, the forgotten included. */
    public synchronized long count() {
        return count;
    }

    /** The last of them, newest first. */
    public synchronized List<SlowOperation> last() {
        return new ArrayList<>(last).reversed();
    }
}
