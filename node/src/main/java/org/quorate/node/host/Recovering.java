package org.quorate.node.host;

import java.util.concurrent.TimeUnit;
import org.quorate.log.Store;
import org.quorate.log.StoreException;
import org.quorate.node.metrics.ServerMetrics;
import org.quorate.protocol.Zxid;
import org.quorate.protocol.jute.JuteIn;
import org.quorate.protocol.jute.Slice;
import org.quorate.protocol.txn.TxnRecord;
import org.quorate.tree.DataTree;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Brings the tree back from the disk, and tells how far it is. Used once, by one thread. */
final class Recovering implements Store.TxnConsumer, Store.Progress {
    private static final Logger LOG = LoggerFactory.getLogger(Recovering.class);
    private static final long REPORT_EVERY_NANOS = TimeUnit.SECONDS.toNanos(2);
    private static final int DIGEST_VERSION = 2;

    private final Store store;
    private final DataTree tree;
    private final JuteIn in = new JuteIn(Integer.MAX_VALUE);
    private final TxnRecord record = new TxnRecord();
    private final ServerMetrics metrics;
    private long reportedNanos = System.nanoTime();
    private long txns;
    private long firstTxnNanos;

    Recovering(Store store, DataTree tree, ServerMetrics metrics) {
        this.store = store;
        this.tree = tree;
        this.metrics = metrics;
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
            recovery = store.recover(tree::install, this, this);
        } catch (StoreException e) {
            // A disk that is full, or cannot be read just now, may hold all that it held.
            if (!mayRejoin || e.reason() != StoreException.Cause.DAMAGE) {
                throw e;
            }
            recovery = rejoin(e);
        }
        measure(begin, System.nanoTime());
        recovery.findings().forEach(finding -> LOG.warn("{}", finding));
        LOG.info(
                "recovered {} znodes at 0x{} in {} ms",
                tree.nodeCount(),
                Zxid.hex(recovery.lastZxid()),
                TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begin));
        return recovery;
    }

    private void measure(long beginNanos, long endNanos) {
        long snapshotEnd = txns == 0 ? endNanos : firstTxnNanos;
        metrics.databaseInitTime.add(TimeUnit.NANOSECONDS.toMillis(endNanos - beginNanos));
        metrics.snapshotLoadTime.add(TimeUnit.NANOSECONDS.toMillis(snapshotEnd - beginNanos));
        metrics.txnsLoaded.add(txns);
        metrics.txnsLoadTime.add(TimeUnit.NANOSECONDS.toMillis(endNanos - snapshotEnd));
    }

    private Store.Recovery rejoin(StoreException damage) throws StoreException {
        LOG.error("{}", damage.getMessage());
        try {
            LOG.error(
                    "the damaged files are now in {}; taking the state from a peer",
                    store.setAside());
        } catch (java.io.IOException e) {
            throw new StoreException("the damaged files cannot be set aside: " + e.getMessage(), e);
        }
        return store.recover(tree::install, this, this);
    }

    @Override
    public void txn(long zxid, Slice txn) {
        if (txns++ == 0) {
            firstTxnNanos = System.nanoTime();
        }
        record.read(in.wrap(txn));
        tree.apply(record, null);
    }

    @Override
    public void digest(long zxid, int version, long treeDigest) {
        // Before the first transaction a snapshot has no word on its digest.
        boolean comparable = version == DIGEST_VERSION && zxid > 0 && tree.lastZxid() == zxid;
        if (comparable && tree.digest() != treeDigest) {
            LOG.error(
                    "the tree's digest at 0x{} is {}, the snapshot says {}: this state differs from"
                            + " the one that was written",
                    Zxid.hex(zxid),
                    tree.digest(),
                    treeDigest);
        }
    }

    @Override
    public void at(String what, long bytesDone, long bytesAll) {
        long nowNanos = System.nanoTime();
        if (nowNanos - reportedNanos >= REPORT_EVERY_NANOS) {
            reportedNanos = nowNanos;
            LOG.info("{}: {} of {} MiB", what, bytesDone >> 20, bytesAll >> 20);
        }
    }
}
