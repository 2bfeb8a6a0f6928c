package org.quorate.node.host;

import org.jspecify.annotations.Nullable;
import org.quorate.node.insight.Stage;
import org.quorate.node.insight.StageTimes;

/**
 * When transactions went to the log, came to disk and were committed, those of one turn of the core
 * together. A ring of the last turns that have some under way. Owned by the core.
 */
final class TxnStages {
    /** Turns whose transactions are under way; past it the oldest are not measured. */
    static final int TURNS_MAX = 4096;

    /** What is known of one transaction; 0 for what is not. */
    record Times(long loggedNanos, long syncedNanos) {}

    private final StageTimes stages;
    private final long[] firstZxids = new long[TURNS_MAX];
    private final long[] lastZxids = new long[TURNS_MAX];
    private final long[] tokens = new long[TURNS_MAX];
    private final long[] loggedNanos = new long[TURNS_MAX];
    private final long[] syncedNanos = new long[TURNS_MAX];
    private final int[] counts = new int[TURNS_MAX];
    private int head;
    private int size;

    // Entries from the head that are on disk, and that are committed.
    private int synced;
    private int committed;

    // The turn's.
    private int logged;
    private long firstZxid;
    private long lastZxid;
    private long token = -1;

    TxnStages(StageTimes stages) {
        this.stages = stages;
    }

    /** A transaction goes to the log in this turn. */
    void logged(long zxid) {
        if (logged++ == 0) {
            firstZxid = zxid;
        }
        lastZxid = zxid;
    }

    /** The journal was asked to tell when all this is on disk. */
    void marked(long newToken) {
        token = newToken;
    }

    /** A turn begins; everything up to the token is on disk. */
    void durable(long durableToken, long nowNanos) {
        while (synced < size) {
            int at = (head + synced) % TURNS_MAX;
            if (tokens[at] > durableToken) {
                return;
            }
            syncedNanos[at] = nowNanos;
            stages.of(Stage.SYNC).add(nowNanos - loggedNanos[at], counts[at]);
            synced++;
        }
    }

    /** A turn ends: the log gets what it logged; everything up to the zxid is committed. */
    void endTurn(long appliedZxid, long nowNanos) {
        for (; committed < size; committed++) {
            int at = (head + committed) % TURNS_MAX;
            if (lastZxids[at] > appliedZxid) {
                break;
            }
            stages.of(Stage.QUORUM).add(nowNanos - loggedNanos[at], counts[at]);
        }
        while (synced > 0 && committed > 0) {
            dropOldest();
        }
        if (logged > 0) {
            if (size == TURNS_MAX) {
                dropOldest();
            }
            int at = (head + size) % TURNS_MAX;
            firstZxids[at] = firstZxid;
            lastZxids[at] = lastZxid;
            tokens[at] = token;
            loggedNanos[at] = nowNanos;
            syncedNanos[at] = 0;
            counts[at] = logged;
            size++;
            logged = 0;
        }
    }

    private void dropOldest() {
        head = (head + 1) % TURNS_MAX;
        size--;
        synced = Math.max(0, synced - 1);
        committed = Math.max(0, committed - 1);
    }

    /** Forgets what is under way. */
    void clear() {
        size = 0;
        synced = 0;
        committed = 0;
        logged = 0;
    }

    /** What is known of a transaction; null if it is not one of those under way. */
    @Nullable Times find(long zxid) {
        int low = 0;
        int high = size;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (lastZxids[(head + middle) % TURNS_MAX] < zxid) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        if (low == size) {
            return null;
        }
        int at = (head + low) % TURNS_MAX;
        if (zxid < firstZxids[at]) {
            return null;
        }
        return new Times(loggedNanos[at], syncedNanos[at]);
    }
}
