package org.quorate.node.host;

import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.quorate.log.Store;
import org.quorate.log.StoreException;
import org.quorate.node.metrics.ServerMetrics;
import org.quorate.protocol.Zxid;
import org.quorate.protocol.jute.JuteIn;
import org.quorate.protocol.jute.Slice;
import org.quorate.protocol.snapshot.ImageSink;
import org.quorate.protocol.snapshot.SnapshotSink;
import org.quorate.protocol.txn.TxnDigest;
import org.quorate.protocol.txn.TxnRecord;
import org.quorate.tree.DataTree;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Brings the tree back from the disk, and tells how far it is. Used once, by one thread. */
final class Recovering implements Store.SinkFactory, Store.TxnConsumer, Store.Progress {
    private static final Logger LOG = LoggerFactory.getLogger(Recovering.class);

    /** Nothing has been told with which a digest could be compared. */
    private static final long NEVER = Long.MAX_VALUE;

    private final Store store;
    private final DataTree tree;
    private final JuteIn in = new JuteIn(Integer.MAX_VALUE);
    private final TxnRecord record = new TxnRecord();
    private final ServerMetrics metrics;
    private final StartProgress progress;
    private long reportedNanos = System.nanoTime();
    private long txns;
    private long firstTxnNanos;
    private long lastMadeMillis;

    /**
     * A snapshot of ZooKeeper's has znodes of several times; from this transaction on the tree is
     * one that there was (disk formats §7.1).
     */
    private long wholeFromZxid = NEVER;

    private long snapshotDigest;
    private boolean differs;
    private Store.@Nullable SetAside damaged;

    Recovering(Store store, DataTree tree, ServerMetrics metrics, StartProgress progress) {
        this.store = store;
        this.tree = tree;
        this.metrics = metrics;
        this.progress = progress;
    }

    /**
     * Loads and replays.
     *
     * @param mayRejoin damage is no reason to stop: there are peers to take the state from
     */
    Store.Recovery run(boolean mayRejoin) throws StoreException {
        long begin = System.nanoTime();
        Store.Recovery recovery;
        try {
            recovery = store.recover(this, this, this);
        } catch (StoreException e) {
            // A disk that is full, or cannot be read just now, may hold all that it held.
            if (!mayRejoin || e.reason() != StoreException.Cause.DAMAGE) {
                throw e;
            }
            recovery = rejoin(e);
        } finally {
            progress.over();
        }
        long end = System.nanoTime();
        measure(begin, end);
        recovery.findings().forEach(finding -> LOG.warn("{}", finding));
        if (!recovery.mayVote() && damaged == null) {
            damaged = said();
        }
        LOG.info(
                "recovered {} znodes at 0x{} in {} ms, of which {} ms for {} transactions of the log",
                tree.nodeCount(),
                Zxid.hex(recovery.lastZxid()),
                TimeUnit.NANOSECONDS.toMillis(end - begin),
                TimeUnit.NANOSECONDS.toMillis(txns == 0 ? 0 : end - firstTxnNanos),
                txns);
        return recovery;
    }

    private void measure(long beginNanos, long endNanos) {
        long snapshotEnd = txns == 0 ? endNanos : firstTxnNanos;
        metrics.databaseInitTime.add(TimeUnit.NANOSECONDS.toMillis(endNanos - beginNanos));
        metrics.snapshotLoadTime.add(TimeUnit.NANOSECONDS.toMillis(snapshotEnd - beginNanos));
        metrics.txnsLoaded.add(txns);
        metrics.txnsLoadTime.add(TimeUnit.NANOSECONDS.toMillis(endNanos - snapshotEnd));
    }

    /** A start before this one has put the files aside, and no state has come since. */
    private Store.@Nullable SetAside said() throws StoreException {
        Store.SetAside aside = lastSetAside();
        if (aside != null) {
            LOG.error(
                    "this server does not vote before it has the state from a leader: {} holds what"
                            + " was damaged: {} (docs/findings/damaged.md)",
                    aside.where(),
                    aside.why());
        }
        return aside;
    }

    private Store.@Nullable SetAside lastSetAside() throws StoreException {
        try {
            return store.lastSetAside();
        } catch (java.io.IOException e) {
            throw new StoreException("the damaged files cannot be seen: " + e.getMessage(), e);
        }
    }

    /** When the last transaction in the log was made, by its leader's clock; 0 if there is none. */
    long lastMadeMillis() {
        return lastMadeMillis;
    }

    /** What was damaged, so that the state must come from a leader; null if nothing was. */
    Store.@Nullable SetAside damaged() {
        return damaged;
    }

    private Store.Recovery rejoin(StoreException damage) throws StoreException {
        String why = String.valueOf(damage.getMessage());
        progress.over();
        LOG.error("{}", why);
        try {
            LOG.error(
                    "the damaged files are now in {}; this server does not vote before it has the"
                            + " state from a leader (docs/findings/damaged.md)",
                    store.setAside(why));
        } catch (java.io.IOException e) {
            throw new StoreException("the damaged files cannot be set aside: " + e.getMessage(), e);
        }
        damaged = lastSetAside();
        return store.recover(this, this, this);
    }

    @Override
    public SnapshotSink sink(long lastZxid) {
        wholeFromZxid = NEVER;
        return tree.install(lastZxid);
    }

    @Override
    public @Nullable ImageSink image(Slice head) {
        wholeFromZxid = NEVER;
        return tree.installImage(head);
    }

    @Override
    public void txn(long zxid, Slice txn) {
        if (txns++ == 0) {
            firstTxnNanos = System.nanoTime();
        }
        record.read(in.wrap(txn));
        lastMadeMillis = record.header.timeMillis;
        tree.apply(record, null);
        if (zxid == wholeFromZxid) {
            compare(snapshotDigest, "the snapshot");
        } else if (zxid > wholeFromZxid
                && record.hasDigest()
                && record.digest.version == TxnDigest.VERSION) {
            compare(record.digest.treeDigest, "the log");
        }
    }

    @Override
    public void digest(long zxid, int version, long treeDigest) {
        // Before the first transaction a snapshot has no word on its digest.
        if (version == TxnDigest.VERSION && zxid > 0 && tree.keepsDigest()) {
            wholeFromZxid = zxid;
            snapshotDigest = treeDigest;
            if (tree.lastZxid() == zxid) {
                compare(treeDigest, "the snapshot");
            }
        }
    }

    /** Everything behind a difference differs, too: it is said once. */
    private void compare(long said, String who) {
        if (tree.digest() == said) {
            return;
        }
        metrics.digestMismatches.increment();
        if (!differs) {
            differs = true;
            LOG.error(
                    "the tree's digest at 0x{} is {}, {} says {}: this state differs from the one"
                            + " that was written (docs/findings/digest-differs.md)",
                    Zxid.hex(tree.lastZxid()),
                    tree.digest(),
                    who,
                    said);
        }
    }

    @Override
    public void at(String what, long bytesDone, long bytesAll) {
        long nowNanos = System.nanoTime();
        if (nowNanos - reportedNanos >= progress.everyNanos()) {
            reportedNanos = nowNanos;
            progress.reading(what, bytesDone, bytesAll);
        }
    }
}
