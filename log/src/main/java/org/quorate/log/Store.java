package org.quorate.log;

import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.quorate.protocol.jute.Slice;
import org.quorate.protocol.snapshot.SnapshotSink;
import org.quorate.protocol.snapshot.SnapshotSource;

/**
 * One server's data directory: transaction log, snapshots, epochs (disk formats). Without threads:
 * the host decides who calls what. Everything but {@link #writeSnapshot}, {@link #purge} and {@link
 * #prepare} belongs to one thread at a time.
 *
 * <p>An {@link IOException} of {@link #sync} leaves the log in an unknown state: the host stops the
 * process and never tries again. {@link DiskFullException} says that nothing was written.
 */
public final class Store implements AutoCloseable {
    /** Makes the place a snapshot is loaded into; called again if the first candidate is bad. */
    public interface SinkFactory {
        SnapshotSink sink(long lastZxid);
    }

    /** Takes the records behind the snapshot, in order. */
    public interface TxnConsumer {
        /**
         * @param txn header, record, digest; valid during the call
         */
        void txn(long zxid, Slice txn);
    }

    /** Hears how far a recovery is, for people. Called now and then on the recovering thread. */
    public interface Progress {
        void at(String what, long bytesDone, long bytesAll);
    }

    /**
     * What a recovery found.
     *
     * @param lastZxid last transaction on disk, or the snapshot's
     * @param snapshotZxid the snapshot it began with; −1 if none
     * @param mayVote false if the disk is suspiciously empty (disk formats §8)
     * @param findings what a person should know: torn tails cut, bad snapshots passed over
     */
    public record Recovery(
            long lastZxid, long snapshotZxid, boolean mayVote, java.util.List<String> findings) {}

    /** Committed transactions from the log, in order; closed by whoever asked. */
    public interface Cursor extends AutoCloseable {
        /** Points {@code into} at the next record, valid until the next call; −1 at the end. */
        long next(Slice into) throws IOException;

        @Override
        void close();
    }

    private Store() {}

    /**
     * Opens, creates and locks the directories.
     *
     * @throws StoreException with one clear line: locked by another server, not writable, of a
     *     newer format
     */
    public static Store open(Disk disk, StoreOptions options) throws StoreException {
        throw new IllegalStateException("not built yet: " + disk + options);
    }

    /**
     * Loads the newest valid snapshot and replays the log behind it, cuts a torn tail.
     *
     * @throws StoreException if damage would make a hole: says which file, offset and zxid
     */
    public Recovery recover(SinkFactory sinks, TxnConsumer replay, @Nullable Progress progress)
            throws StoreException {
        throw new IllegalStateException("not built yet");
    }

    // ---- the log

    /** Puts a record into the batch. Copies the bytes. */
    public void append(long zxid, byte[] bytes, int from, int length) {
        throw new IllegalStateException("not built yet");
    }

    /** Bytes in the batch. */
    public long pendingBytes() {
        throw new IllegalStateException("not built yet");
    }

    /** Writes the batch with one gathering write and makes it last with one fdatasync. */
    public void sync() throws IOException {
        throw new IllegalStateException("not built yet");
    }

    /** Is it time for a snapshot, by the log's count or bytes since the last one? */
    public boolean snapshotDue() {
        throw new IllegalStateException("not built yet");
    }

    /** The next append begins a new file; the count towards {@link #snapshotDue} starts anew. */
    public void roll() throws IOException {
        throw new IllegalStateException("not built yet");
    }

    /** Lays down blocks of zeros ahead of the log's end. Background thread. */
    public void prepare() throws IOException {
        throw new IllegalStateException("not built yet");
    }

    /**
     * Cuts the log behind {@code zxid}, syncs, and removes snapshots that reach beyond.
     *
     * @return false if the log does not hold {@code zxid}; nothing was changed
     */
    public boolean truncate(long zxid) throws IOException {
        throw new IllegalStateException("not built yet");
    }

    /**
     * Records behind {@code afterZxid}.
     *
     * @return null if the log does not reach back to a record ≤ it, or holds more than {@code
     *     bytesMax}
     */
    public @Nullable Cursor history(long afterZxid, long bytesMax) throws IOException {
        throw new IllegalStateException("not built yet");
    }

    // ---- snapshots and epochs

    /** Writes a snapshot by way of a temporary file, fsynced and renamed. Closes the view. */
    public void writeSnapshot(SnapshotSource view) throws IOException {
        throw new IllegalStateException("not built yet");
    }

    /** A learner took in a whole state: the log behind it starts anew. */
    public void installed(long lastZxid) throws IOException {
        throw new IllegalStateException("not built yet");
    }

    /** Removes what {@code retain} (≥ 3) newest snapshots do not need; says what was removed. */
    public java.util.List<String> purge(int retain) throws IOException {
        throw new IllegalStateException("not built yet");
    }

    public long acceptedEpoch() {
        throw new IllegalStateException("not built yet");
    }

    public void acceptedEpoch(long epoch) throws IOException {
        throw new IllegalStateException("not built yet");
    }

    public long currentEpoch() {
        throw new IllegalStateException("not built yet");
    }

    public void currentEpoch(long epoch) throws IOException {
        throw new IllegalStateException("not built yet");
    }

    /** Syncs what is pending, gives the lock back. */
    @Override
    public void close() throws IOException {
        throw new IllegalStateException("not built yet");
    }
}
