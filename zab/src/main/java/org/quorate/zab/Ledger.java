package org.quorate.zab;

import org.quorate.protocol.Zxid;
import org.quorate.protocol.jute.Slice;

/**
 * This server's transactions: what is on disk or on its way there, and how much of it the state
 * machine has applied. What is logged but not known to be committed waits in memory, so the state
 * never shows it; it still counts in votes, because it is in the log.
 *
 * <p>{@code first ≤ applied ≤ end}, in places of the {@link TxnWindow}. Survives changes of role.
 */
final class Ledger {
    private final Journal journal;
    private final StateMachine state;
    private final int appliedCountMin;
    private final long appliedBytesMax;
    private final TxnWindow window = new TxnWindow();
    private final Slice slice = new Slice();
    private final Marks marks;

    private long applied;
    private long durable;
    private long lastRecord;
    private long lastZxid;

    /** Greatest zxid that this process has known to be committed. */
    private long committedZxid;

    Ledger(
            Journal journal,
            StateMachine state,
            Marks marks,
            int appliedCountMin,
            long appliedBytesMax,
            long lastZxid) {
        this.journal = journal;
        this.state = state;
        this.marks = marks;
        this.appliedCountMin = appliedCountMin;
        this.appliedBytesMax = appliedBytesMax;
        this.lastRecord = lastZxid;
        this.lastZxid = lastZxid;
    }

    TxnWindow window() {
        return window;
    }

    /** Where this server's history ends, as its votes say: a record, or the start of an epoch. */
    long lastZxid() {
        return lastZxid;
    }

    /** The last transaction in the log. */
    long lastRecord() {
        return lastRecord;
    }

    /** Behind the last place that the state machine has applied. */
    long applied() {
        return applied;
    }

    /** Behind the last place in the log. */
    long end() {
        return window.end();
    }

    /** Behind the last place that is on disk to stay. */
    long durable() {
        return durable;
    }

    long committedZxid() {
        return committedZxid;
    }

    void append(long zxid, Slice txn) {
        append(zxid, txn.array(), txn.from(), txn.length());
    }

    /** Puts a transaction into the log; {@link #mark} asks when it is there to stay. */
    void append(long zxid, byte[] bytes, int from, int length) {
        if (zxid <= lastRecord) {
            throw new IllegalStateException(
                    "append 0x%s behind 0x%s".formatted(Zxid.hex(zxid), Zxid.hex(lastRecord)));
        }
        journal.append(zxid, bytes, from, length);
        window.append(zxid, bytes, from, length);
        lastRecord = zxid;
        lastZxid = zxid;
    }

    /** Ends a turn: asks to hear when what was appended in it is on disk. */
    void mark() {
        if (window.end() > marks.markedTo()) {
            marks.mark(window.end());
        }
    }

    /** The log is on disk up to a place. */
    void durable(long place) {
        durable = Math.max(durable, place);
    }

    /** The zxid of the oldest transaction that is not applied; −1 if there is none. */
    long nextToApply() {
        return applied < window.end() ? window.zxid(applied) : -1;
    }

    /** Applies the oldest transaction that is not applied: it is committed. */
    void applyNext() {
        long zxid = window.zxid(applied);
        window.txn(applied, slice);
        applied++;
        committedZxid = Math.max(committedZxid, zxid);
        state.apply(zxid, slice);
        while (applied - window.first() > appliedCountMin && window.bytes() > appliedBytesMax) {
            window.removeFirst();
        }
    }

    /** An epoch begins here, as its leader sees it; no transaction has this zxid. */
    void beginEpoch(long epochZxid) {
        lastZxid = epochZxid;
        state.lastZxid(epochZxid);
    }
}
