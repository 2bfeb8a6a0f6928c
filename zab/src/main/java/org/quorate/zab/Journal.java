package org.quorate.zab;

import org.quorate.protocol.snapshot.SnapshotSource;

/**
 * What Zab asks of the disk, as effects in order: the host may batch them and do them on another
 * thread, but never reorders them, on disk either: nothing survives a crash that something asked
 * for before it does not. Answered by {@link Zab#journaled}.
 */
public interface Journal {
    /** Appends a transaction: header, record, digest. The bytes are valid during the call. */
    void append(long zxid, byte[] bytes, int from, int length);

    /** Writes the file {@code acceptedEpoch}. */
    void acceptedEpoch(long epoch);

    /** Writes the file {@code currentEpoch}. */
    void currentEpoch(long epoch);

    /**
     * The same where nothing waits for it, and a recovery takes the epoch from its first
     * transaction as well: it alone may come to disk behind transactions that are appended later,
     * but before anything else that is asked for later.
     */
    default void currentEpochSoon(long epoch) {
        currentEpoch(epoch);
    }

    /**
     * Makes the view a snapshot on disk and everything logged before irrelevant, whatever its zxid:
     * what a learner does behind SNAP, before it acknowledges NEWLEADER. Closes the view.
     */
    void snapshot(SnapshotSource view);

    /**
     * Asks to hear, by {@link Zab#journaled} with this token, when all that was asked before is on
     * disk to stay. Tokens rise.
     */
    void mark(long token);

    /**
     * Cuts the log behind {@code zxid}, removes snapshots that reach beyond it, and syncs, behind
     * all that was asked before. The state is not touched: see {@link #reload}. Returns when it is
     * done.
     *
     * @return false if the log does not hold {@code zxid}: nothing was changed
     */
    boolean truncate(long zxid);

    /**
     * Rebuilds the state from snapshot and log, through {@link StateMachine#install} and {@link
     * StateMachine#replay}, behind all that was asked before: when the state is ahead of a log that
     * was cut, or a leader broke off while it sent its state. Returns when it is done.
     */
    void reload();

    /**
     * Reads committed transactions from the log for a learner that is far behind.
     *
     * @param afterZxid the learner's last
     * @param bytesMax more than this is not worth it
     * @return null if the log does not reach back to a record ≤ {@code afterZxid} or it is too much
     */
    @org.jspecify.annotations.Nullable
    History history(long afterZxid, long bytesMax);

    /** Transactions in order, read once, closed by whoever asked for it. */
    interface History extends AutoCloseable {
        /**
         * Steps to the next transaction.
         *
         * @param into pointed at header, record and digest; valid until the next call
         * @return the zxid, or −1 at the end
         */
        long next(org.quorate.protocol.jute.Slice into);

        @Override
        void close();
    }
}
