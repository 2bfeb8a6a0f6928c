package org.quorate.zab;

import org.quorate.protocol.OpCode;
import org.quorate.protocol.Zxid;
import org.quorate.protocol.jute.Slice;

/**
 * This server's transactions: what is on disk or on its way there, and how much of it the state
 * machine has applied. What is logged but not known to be committed waits in memory, so the state
 * never shows it; it still counts in votes, because it is in the log. (ZooKeeper applies it when a
 * leader is lost, which comes to the same for votes, and shows it to readers.)
 *
 * <p>{@code first ≤ applied ≤ end}, in places of the {@link TxnWindow}. Survives changes of role.
 */
final class Ledger {
    private final Server server;
    private final TxnWindow window;
    private final Slice slice = new Slice();
    private final int appliedCountMin;
    private final long appliedBytesMax;

    private long applied;
    private long durable;

    /** The last transaction in the log. */
    private long lastRecord;

    /** The last transaction applied; a record, unlike the state machine's own idea of it. */
    private long lastAppliedRecord;

    /** The last transaction before the window; what is before is on disk alone. */
    private long beforeWindow;

    /** Where the history ends for votes: {@link #lastRecord}, or the epoch begun behind it. */
    private long lastZxid;

    /** Greatest zxid that this process has known to be committed. */
    private long committedZxid;

    Ledger(Server server, long lastZxid) {
        this.server = server;
        this.window = new TxnWindow(server.chunks);
        boolean alone = server.options.standalone();
        this.appliedCountMin = alone ? 0 : server.options.committedCountMin();
        this.appliedBytesMax = alone ? 0 : server.options.committedBytesMax();
        this.lastRecord = lastZxid;
        this.lastAppliedRecord = lastZxid;
        this.beforeWindow = lastZxid;
        this.lastZxid = lastZxid;
    }

    TxnWindow window() {
        return window;
    }

    long lastZxid() {
        return lastZxid;
    }

    long lastRecord() {
        return lastRecord;
    }

    long lastAppliedRecord() {
        return lastAppliedRecord;
    }

    long beforeWindow() {
        return beforeWindow;
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
        server.journal.append(zxid, bytes, from, length);
        window.append(zxid, bytes, from, length);
        lastRecord = zxid;
        lastZxid = zxid;
    }

    /** Ends a turn: asks to hear when what was appended in it is on disk. */
    void mark() {
        if (window.end() > server.marks.markedTo()) {
            server.marks.mark(window.end());
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
        lastAppliedRecord = zxid;
        committedZxid = Math.max(committedZxid, zxid);
        server.state.apply(zxid, slice);
    }

    /** Lets go of applied transactions beyond what is kept for learners, once they are on disk. */
    void trim() {
        while (window.first() < durable
                && applied - window.first() > appliedCountMin
                && window.bytes() > appliedBytesMax) {
            beforeWindow = window.zxid(window.first());
            window.removeFirst();
        }
    }

    /** An epoch begins here, as its leader sees it; no transaction has this zxid. */
    void beginEpoch(long epochZxid) {
        lastZxid = epochZxid;
        server.state.lastZxid(epochZxid);
    }

    /**
     * Cuts the log behind {@code zxid}; the state is rebuilt if it was ahead.
     *
     * @return false if the log does not hold {@code zxid}
     */
    boolean truncate(long zxid) {
        if (zxid == lastRecord) {
            lastZxid = zxid;
            return true;
        }
        if (zxid > lastRecord || !server.journal.truncate(zxid)) {
            return false;
        }
        long place = window.placeBehind(zxid);
        boolean stateIsAhead = zxid < lastAppliedRecord;
        if (stateIsAhead) {
            window.clear();
            applied = window.end();
            lastAppliedRecord = zxid;
            beforeWindow = zxid;
            server.journal.reload();
        } else {
            window.removeFrom(place);
        }
        durable = window.end();
        server.marks.cut(window.end());
        lastRecord = zxid;
        lastZxid = zxid;
        return true;
    }

    /** The state was taken in whole from a leader and is the history now. */
    void installed(long zxid) {
        window.clear();
        applied = window.end();
        durable = window.end();
        server.marks.cut(window.end());
        lastRecord = zxid;
        lastAppliedRecord = zxid;
        beforeWindow = zxid;
        lastZxid = zxid;
    }

    /** A state that was being taken in did not come whole: back to what is on disk. */
    void reload() {
        server.journal.reload();
        applied = window.end();
        lastAppliedRecord = lastRecord;
        lastZxid = lastRecord;
        trim();
    }

    /** Sees the configurations that are proposed in what is not applied. */
    void forEachReconfig(java.util.function.LongConsumer place) {
        for (long at = applied; at < window.end(); at++) {
            if (window.type(at) == OpCode.RECONFIG) {
                place.accept(at);
            }
        }
    }
}
