package org.quorate.node.host;

import java.io.IOException;
import java.lang.invoke.VarHandle;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jctools.queues.atomic.SpscAtomicArrayQueue;
import org.jspecify.annotations.Nullable;
import org.quorate.log.DiskFullException;
import org.quorate.log.Store;
import org.quorate.protocol.snapshot.SnapshotSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The journal thread: carries out what the core has for the disk. Everything that gathered while
 * one sync ran becomes one batch, with one gathering write and one sync, and the core's next turns
 * run beside it. An empty disk queue answers one write at once.
 *
 * <p>The core calls the methods of the upper half; the store belongs to the journal thread except
 * while it is lent ({@link #exclusively}).
 */
final class Journaling {
    private static final Logger LOG = LoggerFactory.getLogger(Journaling.class);

    /** Turns that may wait for the disk before they are joined into one. */
    private static final int BATCHES_MAX = 64;

    /** Batches kept for the next turns: their arrays stay as long as they ever were. */
    private static final int FREE_MAX = 16;

    /**
     * A turn that has more is handed over in pieces, so that the arrays of all batches stay short.
     */
    private static final int BATCH_BYTES = 512 << 10;

    /** A batch for one sync is not made longer than this by what has come meanwhile. */
    private static final int SYNC_BYTES_MAX = 4 << 20;

    /** So long an epoch that nothing waits for lets records pass. */
    private static final long EPOCH_SOON_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    /** Between two tries while the disk is full. */
    private static final long FULL_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    /** What the core may ask of the store while it is lent. */
    interface Borrower<T> {
        T with(Store store) throws IOException;
    }

    private final Store store;
    private final JournalListener listener;
    private final Fatal fatal;
    private final Thread thread;
    private final SpscAtomicArrayQueue<JournalBatch> full = new SpscAtomicArrayQueue<>(BATCHES_MAX);
    private final SpscAtomicArrayQueue<JournalBatch> free = new SpscAtomicArrayQueue<>(FREE_MAX);
    private final AtomicLong durable = new AtomicLong(-1);
    private final AtomicLong pendingBytes = new AtomicLong();
    private final CountDownLatch ended = new CountDownLatch(1);
    private volatile boolean sleeping;
    private volatile boolean stopping;

    // The core's.
    private JournalBatch current = new JournalBatch();

    // The journal thread's.
    private long marked = -1;
    private boolean snapshotAsked;
    private long rolledNanos = System.nanoTime();
    private int unsynced;

    /** To be written behind the records that come first; −1 if none is. */
    private long epochSoon = -1;

    private long epochDueNanos;

    Journaling(String threadName, Store store, JournalListener listener, Fatal fatal) {
        this.store = store;
        this.listener = listener;
        this.fatal = fatal;
        this.thread = Thread.ofPlatform().name(threadName).daemon().unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    // ---- the core

    void append(long zxid, byte[] bytes, int from, int length) {
        if (current.bytesSize() + length > BATCH_BYTES) {
            endTurn();
        }
        current.append(zxid, bytes, from, length);
    }

    void add(JournalBatch.Kind kind, long value) {
        current.add(kind, value);
    }

    void install(SnapshotSource view) {
        current.install(view);
    }

    /** Does something else to the disk, behind all that was asked for before. */
    void work(JournalBatch.Work work) {
        current.work(work);
    }

    /** Hands over what the turn has gathered so far. */
    void endTurn() {
        JournalBatch batch = current;
        if (batch.count() == 0) {
            return;
        }
        int bytes = batch.bytesSize();
        if (!full.offer(batch)) {
            return; // the disk is slow: the next turn joins this one
        }
        pendingBytes.addAndGet(bytes);
        JournalBatch next = free.poll();
        current = next == null ? new JournalBatch() : next;
        // The queue's store is a lazy one: it must be seen before `sleeping` is looked at.
        VarHandle.fullFence();
        if (sleeping) {
            LockSupport.unpark(thread);
        }
    }

    /** The greatest token whose mark is on disk; −1 if none. Any thread. */
    long durable() {
        return durable.get();
    }

    /** Bytes handed over and not on disk. Any thread. */
    long pendingBytes() {
        return pendingBytes.get();
    }

    /**
     * Waits until all that was asked for before is on disk and uses the store meanwhile.
     *
     * @throws IOException as the borrower does; the log's state is unknown then
     */
    <T extends @Nullable Object> T exclusively(Borrower<T> borrower) throws IOException {
        StorePause pause = new StorePause();
        current.pause(pause);
        while (current.count() > 0) {
            endTurn();
            if (ended.getCount() == 0) {
                throw new IllegalStateException("the journal has ended");
            }
            if (current.count() > 0) {
                LockSupport.parkNanos(FULL_PAUSE_NANOS / 100);
            }
        }
        pause.await();
        try {
            return borrower.with(store);
        } finally {
            pause.giveBack();
        }
    }

    /** Carries out what was handed over and ends the thread. */
    void stop() {
        stopping = true;
        LockSupport.unpark(thread);
        boolean interrupted = false;
        while (thread.getState() != Thread.State.NEW) {
            try {
                ended.await();
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    // ---- the journal thread

    private void run() {
        try {
            while (true) {
                JournalBatch batch = full.poll();
                if (batch != null) {
                    carryOut(batch);
                } else if (stopping) {
                    writeEpoch();
                    break;
                } else {
                    sleep();
                }
                if (epochSoon >= 0 && System.nanoTime() - epochDueNanos >= 0) {
                    writeEpoch();
                }
            }
        } catch (Throwable e) {
            fatal.dies("the transaction log cannot be written", e);
        } finally {
            ended.countDown();
            failPauses();
        }
    }

    private void sleep() {
        sleeping = true;
        // Whoever hands over between the check and the sleep finds `sleeping` and wakes the thread.
        if (full.isEmpty() && !stopping) {
            if (epochSoon < 0) {
                LockSupport.park(this);
            } else {
                LockSupport.parkNanos(this, epochDueNanos - System.nanoTime());
            }
        }
        sleeping = false;
    }

    private void carryOut(JournalBatch first) throws IOException {
        JournalBatch batch = first;
        int bytes = 0;
        while (batch != null) {
            for (int i = 0; i < batch.count(); i++) {
                carryOut(batch, i);
            }
            bytes += batch.bytesSize();
            batch.clear();
            free.offer(batch);
            batch = bytes < SYNC_BYTES_MAX ? full.poll() : null;
        }
        sync();
        pendingBytes.addAndGet(-bytes);
        if (marked > durable.get()) {
            durable.set(marked);
            listener.durable();
        }
        if (!snapshotAsked && store.snapshotDue(System.nanoTime() - rolledNanos)) {
            snapshotAsked = true;
            listener.snapshotDue();
        }
    }

    private void carryOut(JournalBatch batch, int index) throws IOException {
        long value = batch.value(index);
        JournalBatch.Kind kind = batch.kind(index);
        if (kind != JournalBatch.Kind.APPEND && kind != JournalBatch.Kind.MARK) {
            writeEpoch();
        }
        switch (kind) {
            case APPEND -> {
                store.append(value, batch.bytes(), batch.from(index), batch.length(index));
                unsynced++;
            }
            case MARK -> marked = value;
            case ACCEPTED_EPOCH -> {
                sync();
                retryWhileFull(() -> store.acceptedEpoch(value));
            }
            case CURRENT_EPOCH -> {
                sync();
                retryWhileFull(() -> store.currentEpoch(value));
            }
            case CURRENT_EPOCH_SOON -> {
                epochSoon = value;
                epochDueNanos = System.nanoTime() + EPOCH_SOON_NANOS;
            }
            case ROLL -> {
                retryWhileFull(store::roll);
                rolledNanos = System.nanoTime();
                snapshotAsked = false;
            }
            case INSTALL -> {
                SnapshotSource view = batch.nextView();
                sync();
                store.installed(view.lastZxid());
                store.snapshotBytesPerSecond(0); // the leader waits for it
                try {
                    store.writeSnapshot(view);
                } finally {
                    store.snapshotBytesPerSecond(Store.SNAPSHOT_BYTES_PER_SECOND);
                }
            }
            case PAUSE -> {
                sync();
                batch.nextPause().lend();
            }
            case WORK -> {
                sync();
                retryWhileFull(batch.nextWork());
            }
        }
    }

    /** Writes the epoch that has let records pass, if there is one. */
    private void writeEpoch() throws IOException {
        if (epochSoon >= 0) {
            sync();
            long epoch = epochSoon;
            retryWhileFull(() -> store.currentEpoch(epoch));
            epochSoon = -1;
        }
    }

    private void sync() throws IOException {
        long bytes = store.pendingBytes();
        if (bytes == 0) {
            return;
        }
        long begin = System.nanoTime();
        retryWhileFull(store::sync);
        listener.synced(System.nanoTime() - begin, (int) bytes, unsynced);
        unsynced = 0;
    }

    /** Nothing was written and nothing is lost: the work waits until there is room. */
    private void retryWhileFull(JournalBatch.Work work) throws IOException {
        boolean told = false;
        while (true) {
            try {
                work.run();
                break;
            } catch (DiskFullException e) {
                if (!told) {
                    told = true;
                    listener.diskFull(true, String.valueOf(e.getMessage()));
                }
                if (stopping) {
                    throw e;
                }
                LockSupport.parkNanos(FULL_PAUSE_NANOS);
            }
        }
        if (told) {
            listener.diskFull(false, "there is room again");
        }
    }

    private void failPauses() {
        for (JournalBatch batch = full.poll(); batch != null; batch = full.poll()) {
            for (int i = 0; i < batch.count(); i++) {
                if (batch.kind(i) == JournalBatch.Kind.PAUSE) {
                    batch.nextPause().fail();
                }
            }
            batch.clear();
        }
        LOG.debug("the journal thread has ended");
    }
}
