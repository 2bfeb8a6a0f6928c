package org.quorate.node.host;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.quorate.net.LatencyHistogram;
import org.quorate.node.metrics.ServerMetrics;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Passes on what the disk has done: to the core, to the metrics, to people. */
final class DiskNews implements JournalListener {
    private static final Logger LOG = LoggerFactory.getLogger(DiskNews.class);

    private final int slowMillis;
    private final ServerMetrics metrics;
    private final LongAdder slowSyncs = new LongAdder();

    // Of the journal thread.
    private final LatencyHistogram syncTimes = new LatencyHistogram();
    private final LongAdder bytes = new LongAdder();

    // Set before the journal thread starts.
    private @Nullable CoreLoop core;
    private @Nullable HostTurn turn;
    private @Nullable Maintenance maintenance;

    /**
     * @param slowMillis a sync that takes longer is told
     */
    DiskNews(int slowMillis, ServerMetrics metrics) {
        this.slowMillis = slowMillis;
        this.metrics = metrics;
    }

    /** Syncs that took longer than they should. Any thread. */
    long slowSyncs() {
        return slowSyncs.sum();
    }

    /** How long the syncs took since the start. Any thread. */
    LatencyHistogram.Counts syncTimes() {
        return syncTimes.counts();
    }

    /** Bytes of transaction log since the start. Any thread. */
    long bytes() {
        return bytes.sum();
    }

    void tell(CoreLoop theCore, HostTurn theTurn, Maintenance theMaintenance) {
        core = theCore;
        turn = theTurn;
        maintenance = theMaintenance;
    }

    @Override
    public void durable() {
        CoreLoop told = core;
        if (told != null) {
            told.signalVisitor();
        }
    }

    @Override
    public void diskFull(boolean full, String what) {
        if (full) {
            LOG.error("the disk is full, writes wait and new ones are refused: {}", what);
        } else {
            LOG.warn("{}: writing goes on", what);
        }
        HostTurn told = turn;
        if (told != null) {
            told.diskFull(full);
            signal();
        }
    }

    @Override
    public void snapshotDue() {
        HostTurn told = turn;
        if (told != null) {
            told.wantSnapshot();
            signal();
        }
    }

    @Override
    public void synced(long nanos, int syncedBytes, int records) {
        syncTimes.add(nanos, 1);
        bytes.add(syncedBytes);
        long millis = TimeUnit.NANOSECONDS.toMillis(nanos);
        metrics.fsyncTime.add(millis);
        metrics.syncBatchSize.add(records);
        metrics.syncQueued.add(records);
        metrics.syncQueueSize.add(records);
        metrics.syncFlushTime.add(millis, records);
        if (millis >= slowMillis) {
            slowSyncs.increment();
            LOG.warn(
                    "a sync of {} bytes of transaction log took {} ms: the disk is slow, and all"
                            + " writes with it",
                    syncedBytes,
                    millis);
        }
        Maintenance told = maintenance;
        if (told != null) {
            told.prepareIfWanted();
        }
    }

    private void signal() {
        CoreLoop told = core;
        if (told != null) {
            told.signal();
        }
    }
}
