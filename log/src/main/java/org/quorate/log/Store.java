package org.quorate.log;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.quorate.protocol.jute.Slice;
import org.quorate.protocol.snapshot.ImageSink;
import org.quorate.protocol.snapshot.ImageSource;
import org.quorate.protocol.snapshot.SnapshotSink;
import org.quorate.protocol.snapshot.SnapshotSource;

/**
 * One server's data directory: transaction log, snapshots, epochs (disk formats). Without threads
 * of its own but for reading ahead during {@link #recover}: the host decides who calls what.
 * Everything but {@link #writeSnapshot}, {@link #purge} and {@link #prepare} belongs to one thread
 * at a time; those three may run beside it, on another thread. Threads that call are not to be
 * interrupted: that closes files.
 *
 * <p>An {@link IOException} of {@link #sync} leaves the log in an unknown state: the host stops the
 * process and never tries again; the store refuses everything from then on. {@link
 * DiskFullException} says that nothing was written and the batch is still there.
 */
public final class Store implements AutoCloseable {
    /**
     * Makes the place a snapshot is loaded into; called again if the first candidate is bad. Where
     * there is no snapshot it is given the state before the first transaction.
     */
    public interface SinkFactory {
        SnapshotSink sink(long lastZxid);

        /**
         * Makes the place an image is loaded into ({@link SnapshotSource#image}); if that fails,
         * {@link #sink} is called for the snapshot beside it.
         *
         * @return null if this image is of no use
         * @throws org.quorate.protocol.jute.JuteException if the head is nonsense
         */
        default @Nullable ImageSink image(Slice head) {
            return null;
        }
    }

    /** Makes the place an image is loaded into: {@link SinkFactory#image}. */
    interface ImageSinkFactory {
        @Nullable ImageSink sink(Slice head);
    }

    /** Hears why there is no image beside a new snapshot. */
    public interface ImageTrouble {
        void noImage(IOException why);
    }

    /** Takes the records behind the snapshot, in order. */
    public interface TxnConsumer {
        /**
         * One transaction.
         *
         * @param txn header, record, digest; valid during the call
         */
        void txn(long zxid, Slice txn);

        /**
         * The snapshot just loaded says that its tree has this digest once transaction {@code zxid}
         * was applied; now, if that is the snapshot's own. Of an old snapshot there is no such
         * word.
         *
         * @param version the digest's; only 2 can be compared
         */
        default void digest(long zxid, int version, long treeDigest) {}
    }

    /** Hears how far a recovery is, for people. Called now and then on the recovering thread. */
    public interface Progress {
        void at(String what, long bytesDone, long bytesAll);
    }

    /**
     * What a recovery found.
     *
     * @param lastZxid last transaction on disk, or the snapshot's
     * @param snapshotZxid the snapshot it began with; −1 if none: then the first thing to do is
     *     {@link #writeSnapshot}, because ZooKeeper refuses a log without a snapshot, and so does
     *     {@link #sync}
     * @param mayVote false if the disk is suspiciously empty (disk formats §8)
     * @param promiseKnown false if the epoch that was accepted is lost: somebody may count on it
     * @param findings what a person should know: torn tails cut, bad snapshots passed over
     */
    public record Recovery(
            long lastZxid,
            long snapshotZxid,
            boolean mayVote,
            boolean promiseKnown,
            List<String> findings) {}

    /**
     * What {@link #setAside} has put aside.
     *
     * @param where the files are
     * @param why as was told then; empty if that is not known
     */
    public record SetAside(Path where, String why) {}

    /** Transactions from the log, in order; closed by whoever asked, used by one thread. */
    public interface Cursor extends AutoCloseable {
        /** Instead of a zxid, when there are no more. */
        long END = -1;

        /** Points {@code into} at the next record, valid until the next call; −1 at the end. */
        long next(Slice into) throws IOException;

        /**
         * The last record in the log that is not behind the one asked for. If it is not that one,
         * this log never held it.
         */
        long previous();

        @Override
        void close();
    }

    /** How fast {@link #writeSnapshot} writes unless told otherwise. */
    public static final long SNAPSHOT_BYTES_PER_SECOND = 48L << 20;

    private final Disk disk;
    private final StoreOptions options;
    private final Directory directory;
    private final Locks locks;
    private final Epochs epochs;
    private final LogWriter log;
    private final SnapshotPace pace;
    private final Compression compression;
    private volatile long snapshotBytesPerSecond = SNAPSHOT_BYTES_PER_SECOND;
    private boolean recovered;

    /** Guards the set of snapshots and log files against being changed from two threads. */
    private final Object files = new Object();

    /** Counts truncations and installations; changed under {@link #files}. */
    private volatile long history;

    private volatile boolean hasSnapshot;

    /** A state was installed, and its snapshot is not written yet. */
    private boolean logsReplaced;

    private Store(Disk disk, StoreOptions options, Directory directory, Locks locks) {
        this.disk = disk;
        this.options = options;
        this.directory = directory;
        this.locks = locks;
        this.epochs = new Epochs(directory);
        this.log =
                new LogWriter(disk, directory.logs, options.forceSync(), options.preallocBytes());
        this.pace = new SnapshotPace(options.snapCount(), options.snapBytes(), options.seed());
        this.compression = Compression.ofMethod(options.compression());
    }

    /**
     * Opens, creates and locks the directories.
     *
     * @throws StoreException with one clear line: locked by another server, not writable, of a
     *     newer format
     */
    public static Store open(Disk disk, StoreOptions options) throws StoreException {
        try {
            Compression.ofMethod(options.compression());
        } catch (IllegalArgumentException e) {
            throw new StoreException(String.valueOf(e.getMessage()), e);
        }
        Directory directory = new Directory(disk, options.dataDir(), options.logDir());
        Locks locks = Opening.take(directory, options.dirAutocreate());
        return new Store(disk, options, directory, locks);
    }

    /**
     * Loads the newest valid snapshot and replays the log behind it, cuts a torn tail. May be
     * called again, after {@link #truncate} for instance; what was appended but not synced is
     * dropped.
     *
     * @throws StoreException if damage would make a hole: says which file, offset and zxid
     */
    public Recovery recover(SinkFactory sinks, TxnConsumer replay, @Nullable Progress progress)
            throws StoreException {
        try {
            synchronized (files) {
                return recoverFiles(sinks, replay, progress);
            }
        } catch (IOException e) {
            throw new StoreException(
                    "%s cannot be read: %s".formatted(options.dataDir(), Opening.words(e)), e);
        }
    }

    private Recovery recoverFiles(
            SinkFactory sinks, TxnConsumer replay, @Nullable Progress progress)
            throws StoreException, IOException {
        log.closeFile();
        Path marker = options.logDir().resolve("initialize");
        boolean marked = disk.exists(marker);
        boolean emptyMayVote =
                (marked || options.dbAutocreate()) && !DamagedFiles.wereSetAside(directory);
        Loading loading =
                new Loading(directory, options.trustEmpty(), emptyMayVote, sinks, replay, progress);
        Recovery recovery = loading.run();
        List<String> findings = new ArrayList<>(recovery.findings());
        boolean promiseKnown = epochs.load(recovery.lastZxid(), findings);
        if (!recovery.mayVote() && DamagedFiles.holdPromise(directory)) {
            promiseKnown = false;
        }
        if (marked) {
            disk.delete(marker);
            disk.syncDirectory(options.logDir());
        }
        log.startAfter(recovery.lastZxid());
        pace.start(loading.replayedCount(), loading.replayedBytes());
        pace.snapshotSize(newestSnapshotBytes());
        hasSnapshot = recovery.snapshotZxid() >= 0;
        logsReplaced = false;
        recovered = true;
        return new Recovery(
                recovery.lastZxid(),
                recovery.snapshotZxid(),
                recovery.mayVote(),
                promiseKnown,
                List.copyOf(findings));
    }

    /** With the image beside it. */
    private long newestSnapshotBytes() throws IOException {
        List<FileName> snapshots = directory.snapshotFiles();
        if (snapshots.isEmpty()) {
            return 0;
        }
        FileName newest = snapshots.getLast();
        Path image = directory.imageBeside(newest);
        return directory.size(directory.snapshot(newest))
                + (disk.exists(image) ? directory.size(image) : 0);
    }

    /**
     * Puts everything that this server has lost faith in aside, after a {@link StoreException}
     * because of damage, so that it can take the state from its peers. The epochs stay if they can
     * be read: promises hold. From then on it may not vote, also after a restart, until a snapshot
     * was written.
     *
     * @param why kept with the files
     * @return where the files are now
     */
    public Path setAside(String why) throws IOException {
        synchronized (files) {
            log.closeFile();
            recovered = false;
            return DamagedFiles.setAside(directory, why);
        }
    }

    /** What was put aside last and is still there; null if there is nothing. */
    public @Nullable SetAside lastSetAside() throws IOException {
        return DamagedFiles.last(directory);
    }

    // ---- the log

    /**
     * Puts a record into the batch. Copies the bytes.
     *
     * @throws IllegalStateException if the zxid is not above the last one
     */
    public void append(long zxid, byte[] bytes, int from, int length) {
        checkRecovered();
        log.append(zxid, bytes, from, length);
        pace.appended(length + LogFormat.FRAME_BYTES);
    }

    /** The last record appended, recovered or installed. */
    public long lastZxid() {
        return log.lastZxid();
    }

    /** Bytes in the batch. */
    public long pendingBytes() {
        return log.pendingBytes();
    }

    /**
     * Writes the batch with one gathering write and makes it last with one fdatasync. (A batch of
     * more than 1 MiB takes several.)
     *
     * @throws DiskFullException there was no room; what was not written is still in the batch
     * @throws IOException the state of the log is unknown: stop
     */
    public void sync() throws IOException {
        if (log.pendingBytes() == 0) {
            return;
        }
        checkRecovered();
        if (!hasSnapshot) {
            throw new IllegalStateException(
                    "a log without a snapshot could not be opened again: write a snapshot first");
        }
        log.sync();
    }

    /**
     * Is it time for a snapshot? By the number of transactions or the bytes of log since the last
     * one, but not before the log has grown by as much as a snapshot takes: so that writing
     * snapshots never costs more than writing the log; or, where that takes long, before they cost
     * {@value SnapshotPace#CALM_BYTES_PER_SECOND} bytes per second.
     *
     * @param elapsedNanos since the last {@link #roll} or {@link #recover}
     */
    public boolean snapshotDue(long elapsedNanos) {
        return pace.due(elapsedNanos);
    }

    /** The same by the log alone. */
    public boolean snapshotDue() {
        return snapshotDue(0);
    }

    /** The next append begins a new file; the count towards {@link #snapshotDue} starts anew. */
    public void roll() throws IOException {
        sync();
        log.closeFile();
        pace.start(0, 0);
    }

    /** True if {@link #prepare} has something to do. Cheap; any thread. */
    public boolean prepareWanted() {
        return log.prepareWanted();
    }

    /**
     * Lays down blocks of zeros ahead of the log's end. Background thread.
     *
     * @throws DiskFullException there is no room: appending will fail once what is laid is used up,
     *     so it is time to refuse writes
     * @throws IOException the log is not to be used any more: stop
     */
    public void prepare() throws IOException {
        log.prepare();
    }

    /**
     * Cuts the log behind {@code zxid}, syncs, and removes snapshots that reach beyond. Then {@link
     * #recover} is to be called.
     *
     * @return false if the disk does not lead to {@code zxid}; nothing was changed
     */
    public boolean truncate(long zxid) throws IOException {
        checkRecovered();
        sync();
        synchronized (files) {
            log.closeFile();
            boolean cut = new Truncation(directory).to(zxid);
            if (cut) {
                history++;
                log.startAfter(zxid);
            }
            return cut;
        }
    }

    /**
     * Records behind {@code afterZxid}, up to the last synced one.
     *
     * @return null if the log does not reach back to a record ≤ it, or the files behind the one
     *     that should hold it are together longer than {@code bytesMax} (peer protocol §5.3, 5)
     */
    public @Nullable Cursor history(long afterZxid, long bytesMax) throws IOException {
        return new History(directory)
                .behind(afterZxid, bytesMax, log.openFile(), log.openFileBytes());
    }

    // ---- snapshots and epochs

    /** How fast {@link #writeSnapshot} may write; 0 for no limit. Any thread. */
    public void snapshotBytesPerSecond(long bytesPerSecond) {
        snapshotBytesPerSecond = bytesPerSecond;
    }

    /**
     * Which history is on disk: another with each truncation and installation. Whoever freezes a
     * view to have it written later asks for this together with it. Any thread.
     */
    public long history() {
        return history;
    }

    /** Writes a snapshot of a view that was frozen just now; else as the other. */
    public boolean writeSnapshot(SnapshotSource view) throws IOException {
        return writeSnapshot(view, history);
    }

    /**
     * Writes a snapshot by way of a temporary file, fsynced and renamed. Closes the view. If the
     * log was truncated or a state installed since the view was frozen, its state is no longer this
     * server's and nothing is left of it.
     *
     * @param frozenIn {@link #history()} when the view was frozen
     * @return whether the snapshot is there
     * @throws IOException (or {@link DiskFullException}) there is no new snapshot; nothing else is
     *     harmed
     */
    public boolean writeSnapshot(SnapshotSource view, long frozenIn) throws IOException {
        try (view) {
            return write(view, frozenIn, 0);
        }
    }

    /**
     * The same, and then, of a large state, an image of its memory beside it, from which a start is
     * quicker. Without room for it there is none.
     */
    public boolean writeSnapshot(SnapshotSource view, long frozenIn, ImageTrouble trouble)
            throws IOException {
        try (view) {
            ImageSource image = compression == Compression.NONE ? view.image() : null;
            if (image == null || image.bytes() < options.imageBytesMin()) {
                return write(view, frozenIn, 0);
            }
            boolean there = write(view, frozenIn, image.bytes());
            if (there) {
                try {
                    writeImage(view, image, frozenIn);
                } catch (IOException e) {
                    trouble.noImage(e);
                }
            }
            return there;
        }
    }

    private boolean write(SnapshotSource view, long frozenIn, long imageBytes) throws IOException {
        FileName name = FileName.snapshot(view.lastZxid(), compression);
        Path temporary = directory.snapshots.resolve(Opening.TEMPORARY_PREFIX + name.name());
        boolean there = false;
        try {
            long bytes =
                    new SnapshotWriter(disk, compression, snapshotBytesPerSecond)
                            .write(view, temporary);
            synchronized (files) {
                if (history == frozenIn) {
                    disk.rename(temporary, directory.snapshot(name));
                    disk.syncDirectory(directory.snapshots);
                    there = true;
                    hasSnapshot = true;
                    pace.snapshotSize(bytes + imageBytes);
                    dropReplaced(name);
                }
            }
        } finally {
            if (!there) {
                disk.delete(temporary);
            }
        }
        return there;
    }

    private void writeImage(SnapshotSource view, ImageSource image, long frozenIn)
            throws IOException {
        FileName name = FileName.image(view.lastZxid());
        Path snapshot = directory.snapshot(FileName.snapshot(view.lastZxid(), compression));
        Path temporary = directory.snapshots.resolve(Opening.TEMPORARY_PREFIX + name.name());
        boolean there = false;
        try {
            ImageFile.write(
                    disk,
                    image,
                    snapshot,
                    SnapshotWriter.ending(view),
                    temporary,
                    snapshotBytesPerSecond);
            synchronized (files) {
                if (history == frozenIn && disk.exists(snapshot)) {
                    disk.rename(temporary, directory.snapshots.resolve(name.name()));
                    there = true;
                    for (FileName older : directory.imageFiles()) {
                        if (!older.equals(name)) {
                            disk.delete(directory.snapshots.resolve(older.name()));
                        }
                    }
                    disk.syncDirectory(directory.snapshots);
                }
            }
        } finally {
            if (!there) {
                disk.delete(temporary);
            }
        }
    }

    /**
     * A learner took in a whole state: whatever the disk holds behind it goes, and the log begins
     * anew. Call it before {@link #writeSnapshot} of that state and before anything is appended; a
     * crash in between leaves the old state, cut off at {@code lastZxid}.
     */
    public void installed(long lastZxid) throws IOException {
        synchronized (files) {
            log.closeFile();
            new Truncation(directory).dropBehind(lastZxid);
            log.startAfter(lastZxid);
            pace.start(0, 0);
            history++;
            hasSnapshot = false;
            logsReplaced = true;
            recovered = true;
        }
    }

    /**
     * What was here before another state was installed may be another history: nobody must be given
     * it as this one. Nor must this server ever fall back on it: an older snapshot and the new log
     * would make a state with a hole between them.
     */
    private void dropReplaced(FileName installed) throws IOException {
        if (logsReplaced) {
            for (FileName file : directory.snapshotFiles()) {
                if (file.zxid() < installed.zxid()) {
                    directory.deleteSnapshot(file);
                }
            }
            disk.syncDirectory(directory.snapshots);
            directory.deleteLogs(directory.logFiles());
            logsReplaced = false;
        }
    }

    /** Removes what {@code retain} (≥ 3) newest snapshots do not need; says what was removed. */
    public List<String> purge(int retain) throws IOException {
        synchronized (files) {
            return new Purge(directory).run(retain, false);
        }
    }

    /** The same, if that takes more room than what stays. */
    public List<String> purgeIfMuch(int retain) throws IOException {
        synchronized (files) {
            return new Purge(directory).run(retain, true);
        }
    }

    /** The epoch promised; known after {@link #recover}. */
    public long acceptedEpoch() {
        return epochs.accepted();
    }

    /** Promises an epoch; durable on return. Never a lower one than before. */
    public void acceptedEpoch(long epoch) throws IOException {
        epochs.accept(epoch);
    }

    /** The epoch whose history this server has; known after {@link #recover}. */
    public long currentEpoch() {
        return epochs.current();
    }

    /** Enters an epoch that was accepted before; durable on return. */
    public void currentEpoch(long epoch) throws IOException {
        epochs.enter(epoch);
    }

    private void checkRecovered() {
        if (!recovered) {
            throw new IllegalStateException("recover first");
        }
    }

    /** Room left in the file system of the log. */
    public long freeBytes() throws IOException {
        return disk.freeBytes(directory.logs);
    }

    /** Syncs what is pending, gives the lock back. */
    @Override
    public void close() throws IOException {
        try (locks;
                log) {
            sync();
        }
    }
}
