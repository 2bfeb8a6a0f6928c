package org.quorate.node.host;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.quorate.log.DiskFullException;
import org.quorate.log.Store;
import org.quorate.node.metrics.ServerMetrics;
import org.quorate.protocol.Zxid;
import org.quorate.protocol.snapshot.SnapshotSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is done to the data directory beside the log: snapshots are written, old files go, zeros are
 * laid ahead of the log's end. Two threads that exist only while there is something to do: a
 * snapshot may take minutes, and the log must not run out of zeros meanwhile.
 */
final class Maintenance {
    private static final Logger LOG = LoggerFactory.getLogger(Maintenance.class);
    private static final int TASKS_MAX = 16;
    private static final long STOP_SECONDS_MAX = 5;

    private final Store store;
    private final int retainCount;
    private final long purgeNanos;
    private final ServerMetrics metrics;
    private final Fatal fatal;
    private final ThreadPoolExecutor snapshots;
    private final ThreadPoolExecutor zeros;
    private final AtomicBoolean preparing = new AtomicBoolean();
    private final Runnable trim;

    // The core's.
    private boolean purged;
    private long purgedNanos;

    /**
     * @param trim gives memory back that only the snapshot needed; run behind each
     * @param retainCount snapshots that are kept
     * @param purgeHours between two purges of older ones; 0 for never
     */
    Maintenance(
            String threadName,
            Store store,
            Runnable trim,
            int retainCount,
            int purgeHours,
            ServerMetrics metrics,
            Fatal fatal) {
        this.store = store;
        this.trim = trim;
        this.retainCount = retainCount;
        this.purgeNanos = TimeUnit.HOURS.toNanos(purgeHours);
        this.metrics = metrics;
        this.fatal = fatal;
        this.snapshots = lane(threadName + "-snapshots");
        this.zeros = lane(threadName + "-zeros");
    }

    private static ThreadPoolExecutor lane(String name) {
        ThreadPoolExecutor lane =
                new ThreadPoolExecutor(
                        1,
                        1,
                        1,
                        TimeUnit.SECONDS,
                        new LinkedBlockingQueue<>(TASKS_MAX),
                        Thread.ofPlatform().daemon().name(name).factory());
        lane.allowCoreThreadTimeOut(true);
        return lane;
    }

    /**
     * What the journal is to do to have a snapshot of this view written, which is closed, also if
     * it comes too late. The core thread, right behind the freeze: what is cut off the log from now
     * on must not come back in it. And a snapshot must not say more than log and epochs on disk,
     * which may be behind the tree; so it is begun behind all that was asked of the journal before.
     */
    JournalBatch.Work snapshot(SnapshotSource view) {
        return snapshot(view, new CompletableFuture<>());
    }

    /** The same; says whether there is a new snapshot. */
    JournalBatch.Work snapshot(SnapshotSource view, CompletableFuture<Boolean> written) {
        long frozenIn = store.history();
        return () -> begin(view, frozenIn, written);
    }

    private void begin(SnapshotSource view, long frozenIn, CompletableFuture<Boolean> written) {
        try {
            snapshots.execute(() -> written.complete(writeSnapshot(view, frozenIn)));
        } catch (RejectedExecutionException e) {
            LOG.debug("no snapshot: stopping, or too many are waiting");
            view.close();
            written.complete(false);
        }
    }

    /** Lays zeros ahead if they are wanted. Any thread, often. */
    void prepareIfWanted() {
        if (store.prepareWanted() && preparing.compareAndSet(false, true)) {
            try {
                zeros.execute(this::prepare);
            } catch (RejectedExecutionException e) {
                preparing.set(false);
            }
        }
    }

    /**
     * Removes files that the newest snapshots do not need, the first time and whenever the interval
     * is over, if that is configured. Behind a snapshot it is done, too, if they take more room
     * than what stays: many writes make many files within an hour. The core thread, each turn.
     */
    void purgeIfDue(long nowNanos) {
        if (purgeNanos == 0 || purged && nowNanos - purgedNanos < purgeNanos) {
            return;
        }
        purged = true;
        purgedNanos = nowNanos;
        try {
            snapshots.execute(() -> purge(false));
        } catch (RejectedExecutionException e) {
            LOG.debug("no purge: stopping, or too much is waiting");
        }
    }

    void stop() {
        stop(zeros);
        stop(snapshots);
    }

    private static void stop(ExecutorService lane) {
        lane.shutdown();
        try {
            if (!lane.awaitTermination(STOP_SECONDS_MAX, TimeUnit.SECONDS)) {
                LOG.info("a snapshot is left unfinished");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean writeSnapshot(SnapshotSource view, long frozenIn) {
        long zxid = view.lastZxid();
        long begin = System.nanoTime();
        boolean there = false;
        try {
            there =
                    store.writeSnapshot(
                            view,
                            frozenIn,
                            why ->
                                    LOG.warn(
                                            "no image beside the snapshot at 0x{}, starts take longer: {}",
                                            Zxid.hex(zxid),
                                            why.toString()));
            if (there) {
                long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begin);
                metrics.snapshotTime.add(millis);
                LOG.info("snapshot at 0x{} written in {} ms", Zxid.hex(zxid), millis);
            }
        } catch (IOException e) {
            // The log has everything: the next snapshot is tried as usual.
            LOG.error("no snapshot at 0x{}: {}", Zxid.hex(zxid), e.toString());
        } catch (RuntimeException e) {
            LOG.error("no snapshot at 0x{}", Zxid.hex(zxid), e);
        }
        trim.run();
        if (there && purgeNanos > 0) {
            purge(true);
        }
        return there;
    }

    private void purge(boolean ifMuch) {
        try {
            List<String> removed =
                    ifMuch ? store.purgeIfMuch(retainCount) : store.purge(retainCount);
            if (!removed.isEmpty()) {
                LOG.info("removed {} old files: {}", removed.size(), removed);
            }
        } catch (IOException e) {
            LOG.error("old files cannot be removed: {}", e.toString());
        }
    }

    private void prepare() {
        try {
            store.prepare();
        } catch (DiskFullException e) {
            LOG.warn("{}", e.getMessage());
        } catch (IOException e) {
            fatal.dies("the transaction log cannot be prepared", e);
        } finally {
            preparing.set(false);
        }
    }
}
