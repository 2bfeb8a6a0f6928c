package org.quorate.zab;

import org.jspecify.annotations.Nullable;
import org.quorate.protocol.OpCode;
import org.quorate.protocol.Zxid;
import org.quorate.protocol.jute.Slice;
import org.quorate.protocol.peer.EnsembleConfig;
import org.quorate.protocol.snapshot.SnapshotSink;

/**
 * A learner on its way from its own history to the leader's: what comes between DIFF, TRUNC or SNAP
 * and UPTODATE (peer protocol §5.5). The order that {@link #store} keeps is the sum of the bugs of
 * §11: committed transactions into the log, sync, then the epoch, then the acknowledgement. What is
 * not committed when NEWLEADER comes waits here.
 */
final class CatchUp {
    private enum Base {
        OWN_HISTORY,
        SNAPSHOT_COMING,
        SNAPSHOT_HERE
    }

    private final Server server;
    private final Ledger ledger;
    private final Txns txns;
    private final TxnWindow pending;
    private final Slice txn = new Slice();

    private Base base = Base.OWN_HISTORY;

    /** Behind the last pending place that is committed. */
    private long committedTo;

    /** The last transaction, pending or in the history that those pending extend. */
    private long last;

    /** The last transaction in the state that came as a snapshot. */
    private long snapshotZxid;

    /** Stored is what was committed until NEWLEADER; what comes later is logged when serving. */
    private boolean stored;

    private @Nullable EnsembleConfig leaderConfig;

    CatchUp(Server server, Txns txns) {
        this.server = server;
        this.ledger = server.ledger;
        this.txns = txns;
        this.pending = server.pending;
        pending.clear();
        this.committedTo = pending.end();
    }

    // ---- where it begins

    void diff() {
        last = ledger.lastRecord();
    }

    void truncate(long zxid) {
        if (zxid < ledger.committedZxid()) {
            throw new PeerFault(
                    "it wants the log cut at 0x%s, but 0x%s is committed"
                            .formatted(Zxid.hex(zxid), Zxid.hex(ledger.committedZxid())));
        }
        if (!ledger.truncate(zxid)) {
            server.mayVote = false;
            throw new PeerFault(
                    ("it wants the log cut at 0x%s, which the log does not hold; this server's history"
                                    + " does not count until it has another")
                            .formatted(Zxid.hex(zxid)));
        }
        forgetConfigsCut();
        last = zxid;
    }

    /** A snapshot is to come. */
    SnapshotSink snapshot(long zxid) {
        base = Base.SNAPSHOT_COMING;
        snapshotZxid = zxid;
        last = zxid;
        return server.state.install(zxid);
    }

    /** All of the snapshot has come. */
    void snapshotCame() {
        base = Base.SNAPSHOT_HERE;
    }

    private void forgetConfigsCut() {
        server.forgetProposedConfig();
        ledger.forEachReconfig(place -> {
            ledger.window().txn(place, txn);
            server.propose(Txns.configIn(txn));
        });
    }

    // ---- what comes

    void proposal(long zxid, Slice data) {
        if (zxid <= last && pending.isEmpty()) {
            return; // the history or the snapshot has it
        }
        if (zxid != last + 1 && Zxid.epoch(zxid) <= Zxid.epoch(last)) {
            throw new PeerFault(
                    "it sends 0x%s behind 0x%s".formatted(Zxid.hex(zxid), Zxid.hex(last)));
        }
        if (txns.check(zxid, data) == OpCode.RECONFIG) {
            server.propose(Txns.configIn(data));
        }
        pending.append(zxid, data.array(), data.from(), data.length());
        last = zxid;
    }

    /**
     * The oldest pending transaction that is not committed is.
     *
     * @return the configuration that it brings, if it is a reconfig
     */
    @Nullable EnsembleConfig commit(long zxid) {
        if (committedTo == pending.end() || pending.zxid(committedTo) != zxid) {
            if (committedTo == pending.end() ? zxid <= last : zxid < pending.zxid(committedTo)) {
                return null; // the history or the snapshot has it
            }
            throw new PeerFault("it commits 0x%s, which is not next".formatted(Zxid.hex(zxid)));
        }
        pending.txn(committedTo, txn);
        EnsembleConfig config =
                pending.type(committedTo) == OpCode.RECONFIG ? Txns.configIn(txn) : null;
        committedTo++;
        if (base == Base.SNAPSHOT_HERE && !stored) {
            server.state.replay(zxid, txn);
            snapshotZxid = zxid;
            pending.removeFirst();
        }
        return config;
    }

    // ---- NEWLEADER

    /** Is what the leader begins with what this server has? */
    boolean bringsNothing() {
        return base == Base.OWN_HISTORY && pending.isEmpty() && last == ledger.lastRecord();
    }

    /** There is nothing to put to disk. */
    void storeNothing(@Nullable EnsembleConfig config) {
        leaderConfig = config;
        stored(config);
    }

    /**
     * Puts what is committed on its way to disk. When it is there, the epoch may be entered.
     *
     * @param config the leader's; null if it did not tell one that can be read
     */
    void store(@Nullable EnsembleConfig config, Standing by, Runnable then) {
        leaderConfig = config;
        if (base == Base.SNAPSHOT_HERE) {
            if (snapshotZxid < ledger.committedZxid()) {
                throw new PeerFault(
                        "its history ends at 0x%s, but 0x%s is committed"
                                .formatted(
                                        Zxid.hex(snapshotZxid), Zxid.hex(ledger.committedZxid())));
            }
            server.journal.snapshot(server.state.freeze());
            ledger.installed(snapshotZxid);
            forgetConfigsCut();
        }
        while (pending.first() < committedTo) {
            pending.txn(pending.first(), txn);
            ledger.append(pending.zxid(pending.first()), txn);
            pending.removeFirst();
        }
        stored(config);
        server.whenDurable(by, then);
    }

    private void stored(@Nullable EnsembleConfig config) {
        stored = true;
        if (config != null) {
            server.propose(config);
        }
    }

    // ---- UPTODATE

    /** Everything stored is committed, by the word of a quorum: applies it. */
    void applyStored() {
        while (ledger.nextToApply() >= 0) {
            ledger.applyNext();
        }
        ledger.trim();
    }

    /** The leader's configuration, if it is not one that still waits for its commit. */
    @Nullable EnsembleConfig committedConfig() {
        if (leaderConfig != null) {
            for (long place = committedTo; place < pending.end(); place++) {
                if (pending.zxid(place) == leaderConfig.version()) {
                    return null;
                }
            }
        }
        return leaderConfig;
    }

    /** Passes on what came since NEWLEADER: into the log, and committed what was committed. */
    void passOn() {
        for (long place = pending.first(); place < pending.end(); place++) {
            pending.txn(place, txn);
            ledger.append(pending.zxid(place), txn);
        }
        for (long place = pending.first(); place < committedTo; place++) {
            ledger.applyNext();
        }
        pending.clear();
        ledger.trim();
    }

    // ---- breaking off

    /** The leader is left: a state that did not come whole, or is nowhere on disk, must go. */
    void breakOff() {
        pending.clear();
        if (base != Base.OWN_HISTORY && !stored) {
            ledger.reload();
        }
    }
}
