package org.quorate.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.zip.Adler32;
import org.jspecify.annotations.Nullable;

/**
 * Appends records to the log in batches: one write and one sync for all that came together. A file
 * is made at its first record, named after it, and never appended to again once closed.
 *
 * <p>Owned by one thread, but for {@link #prepare} and {@link #prepareWanted}, which another may
 * call at any time.
 *
 * <p>Blocks that were written with zeros ahead cost a sync nothing but the data: no allocation, no
 * change of size, no journal. But each byte is then written twice, so zeros are laid only while
 * batches are small, where the sync is dear and the bytes are not.
 */
final class LogWriter implements AutoCloseable {
    /** Zeros are laid in steps of this size: an append waits for one step's writing. */
    private static final int STEP_BYTES = 64 << 10;

    /** Zeros are synced in pieces of this size: the log's own sync waits for them. */
    private static final int SYNC_BYTES = 512 << 10;

    /** Fewer zeros ahead than this, and more are wanted. */
    private static final long AHEAD_BYTES_MIN = 1 << 20;

    private static final long AHEAD_BYTES_MAX = 4 << 20;

    /** Above this mean size of a batch no zeros are laid. */
    private static final long SMALL_BATCH_BYTES_MAX = 12 << 10;

    private static final int MEAN_OVER_BATCHES = 8;

    private static final int BATCH_CAPACITY_MIN = 256 << 10;

    /** A buffer that grew beyond this is given back after the batch. */
    private static final int BATCH_CAPACITY_KEPT = 8 << 20;

    private final Disk disk;
    private final Path dir;
    private final boolean forceSync;
    private final long aheadBytesMax;
    private final Adler32 adler = new Adler32();
    private final ByteBuffer[] one = new ByteBuffer[1];

    /** Room for a file's header, then the records to be written. */
    private ByteBuffer batch = newBatch(BATCH_CAPACITY_MIN);

    /** The same bytes with a position of their own. */
    private ByteBuffer view = batch.duplicate();

    private long lastZxid;
    private volatile @Nullable IOException failure;

    /**
     * Guards the file's layout, {@link #file}, {@link #end} and {@link #writtenTo}, between the
     * appending and the preparing thread. Held during a write, never during a sync.
     */
    private final Object layout = new Object();

    private volatile Disk.@Nullable File file;
    private volatile @Nullable Path path;

    /** Where the next record goes. */
    private volatile long end;

    /** Blocks before this were written, with records or zeros. {@code end <= writtenTo}. */
    private volatile long writtenTo;

    private volatile long meanBatchBytes;

    /**
     * @param aheadBytesMax most zeros ahead; 0 for none
     */
    LogWriter(Disk disk, Path dir, boolean forceSync, long aheadBytesMax) {
        this.disk = disk;
        this.dir = dir;
        this.forceSync = forceSync;
        this.aheadBytesMax = Math.min(aheadBytesMax, AHEAD_BYTES_MAX);
    }

    private static ByteBuffer newBatch(int capacity) {
        return ByteBuffer.allocateDirect(capacity).position(LogFormat.FILE_HEADER_BYTES);
    }

    /** Says what the last record on disk is; what was in the batch is dropped. */
    void startAfter(long lastZxid) {
        this.lastZxid = lastZxid;
        batch.position(LogFormat.FILE_HEADER_BYTES);
    }

    /** The last record appended. */
    long lastZxid() {
        return lastZxid;
    }

    long pendingBytes() {
        return (long) batch.position() - LogFormat.FILE_HEADER_BYTES;
    }

    /** The file being written, as far as it is synced; null if there is none. */
    @Nullable Path openFile() {
        return path;
    }

    long openFileBytes() {
        return end;
    }

    void append(long zxid, byte[] bytes, int from, int length) {
        if (zxid <= lastZxid) {
            throw new IllegalStateException(
                    "record 0x%x appended behind 0x%x".formatted(zxid, lastZxid));
        }
        if (length <= 0 || length > LogFormat.RECORD_BYTES_MAX) {
            throw new IllegalStateException(
                    "record 0x%x of %d bytes; 1 to %d are allowed"
                            .formatted(zxid, length, LogFormat.RECORD_BYTES_MAX));
        }
        room(length + LogFormat.FRAME_BYTES);
        batch.putLong(0).putInt(length).put(bytes, from, length).put(LogFormat.END_OF_RECORD);
        lastZxid = zxid;
    }

    private void room(int bytes) {
        if (batch.remaining() < bytes) {
            long wanted = Math.max((long) batch.capacity() * 2, (long) batch.position() + bytes);
            if ((long) batch.position() + bytes > Integer.MAX_VALUE - 8) {
                throw new IllegalStateException("a batch of more than 2 GiB was never synced");
            }
            ByteBuffer longer =
                    ByteBuffer.allocateDirect((int) Math.min(wanted, Integer.MAX_VALUE - 8));
            longer.put(batch.flip());
            batch = longer;
            view = batch.duplicate();
        }
    }

    /**
     * Writes and syncs the batch.
     *
     * @throws DiskFullException what was not written stays in the batch
     */
    void sync() throws IOException {
        checkUsable();
        int to = batch.position();
        int from = LogFormat.FILE_HEADER_BYTES;
        while (from < to) {
            int pieceTo = sealPiece(from, to);
            try {
                writePiece(from, pieceTo);
            } catch (DiskFullException e) {
                keep(from, to);
                throw e;
            }
            from = pieceTo;
        }
        batch.position(LogFormat.FILE_HEADER_BYTES);
        if (batch.capacity() > BATCH_CAPACITY_KEPT) {
            batch = newBatch(BATCH_CAPACITY_MIN);
            view = batch.duplicate();
        }
    }

    /** Fills in the checksums of as many records as one write may hold. */
    private int sealPiece(int from, int to) {
        int at = from;
        while (at < to) {
            int length = batch.getInt(at + LogFormat.LENGTH_AT);
            int behind = at + LogFormat.FRAME_BYTES + length;
            if (at > from && behind - from > LogFormat.WRITE_BYTES_MAX) {
                break;
            }
            int body = at + LogFormat.HEAD_BYTES;
            adler.reset();
            adler.update(view.clear().limit(body + length).position(body));
            batch.putLong(at, adler.getValue());
            at = behind;
        }
        return at;
    }

    private void writePiece(int from, int to) throws IOException {
        boolean isNew = file == null;
        try {
            if (isNew) {
                create(zxidAt(from));
                putHeader(from);
                write(from - LogFormat.FILE_HEADER_BYTES, to);
            } else {
                write(from, to);
            }
            if (forceSync) {
                usableFile().sync();
                if (isNew) {
                    disk.syncDirectory(dir);
                }
            }
        } catch (DiskFullException e) {
            takeBack(e);
            throw e;
        } catch (IOException e) {
            failure = e;
            throw e;
        }
        long mean = meanBatchBytes;
        meanBatchBytes = mean + (to - from - mean) / MEAN_OVER_BATCHES;
    }

    private long zxidAt(int record) {
        return batch.getLong(record + LogFormat.HEAD_BYTES + LogFormat.ZXID_AT);
    }

    private void create(long firstZxid) throws IOException {
        Path created = dir.resolve(FileName.log(firstZxid).name());
        Disk.File opened = disk.open(created, Disk.Mode.WRITE);
        // Only a file without a single record can have this name.
        opened.truncate(0);
        synchronized (layout) {
            path = created;
            file = opened;
            end = 0;
            writtenTo = 0;
        }
    }

    /** In front of the first piece: over what was written before, or the room left for it. */
    private void putHeader(int from) {
        batch.putInt(from - LogFormat.FILE_HEADER_BYTES, LogFormat.MAGIC);
        batch.putInt(from - LogFormat.FILE_HEADER_BYTES + 4, LogFormat.VERSION);
        batch.putLong(from - LogFormat.FILE_HEADER_BYTES + 8, 0);
    }

    private void write(int from, int to) throws IOException {
        one[0] = view.clear().limit(to).position(from);
        synchronized (layout) {
            long newEnd = end + to - from;
            usableFile().write(one, 1, end);
            end = newEnd;
            writtenTo = Math.max(writtenTo, newEnd);
        }
    }

    /** Cuts off what a full disk took of a piece. */
    private void takeBack(DiskFullException full) throws IOException {
        try {
            synchronized (layout) {
                Disk.File torn = file;
                if (torn != null && end > 0) {
                    torn.truncate(end);
                    // Now: the file may be left for another that holds the same again.
                    torn.sync();
                    writtenTo = end;
                } else if (torn != null) {
                    torn.close();
                    disk.delete(usablePath());
                    file = null;
                    path = null;
                }
            }
        } catch (IOException e) {
            e.addSuppressed(full);
            failure = e;
            throw e;
        }
    }

    /** Moves what was not written to the front of the batch. */
    private void keep(int from, int to) {
        ByteBuffer rest = view.clear().limit(to).position(from).slice();
        batch.position(LogFormat.FILE_HEADER_BYTES);
        if (from > LogFormat.FILE_HEADER_BYTES) {
            byte[] copy = new byte[to - from];
            rest.get(copy);
            batch.put(copy);
        } else {
            batch.position(to);
        }
    }

    /** True if {@link #prepare} has something to do. */
    boolean prepareWanted() {
        return file != null
                && aheadBytesMax > 0
                && meanBatchBytes <= SMALL_BATCH_BYTES_MAX
                && writtenTo - end < Math.min(AHEAD_BYTES_MIN, aheadBytesMax);
    }

    /**
     * Lays zeros ahead of the log's end if there are few. Uses a file handle of its own: the
     * operating system reports a failed write once per handle, and the log's own sync must not miss
     * it.
     */
    void prepare() throws IOException {
        Path prepared = path;
        if (prepared == null || !prepareWanted()) {
            return;
        }
        try (Disk.File own = openAgain(prepared)) {
            if (own != null) {
                lay(own, prepared);
            }
        } catch (DiskFullException e) {
            throw e;
        } catch (IOException e) {
            failure = e;
            throw e;
        }
    }

    /** Null if the file is closed by now: then it may be gone, and must not be made again. */
    private Disk.@Nullable File openAgain(Path prepared) throws IOException {
        synchronized (layout) {
            return prepared.equals(path) ? disk.open(prepared, Disk.Mode.WRITE) : null;
        }
    }

    private void lay(Disk.File own, Path prepared) throws IOException {
        int unsynced = 0;
        for (int laid = layStep(own, prepared); laid > 0; laid = layStep(own, prepared)) {
            unsynced += laid;
            if (unsynced >= SYNC_BYTES) {
                own.sync();
                unsynced = 0;
            }
        }
        if (unsynced > 0) {
            own.sync();
        }
    }

    /** One step; 0 if enough is laid, or the log went on to another file. */
    private int layStep(Disk.File own, Path prepared) throws IOException {
        synchronized (layout) {
            long from = writtenTo;
            int length = (int) Math.min(STEP_BYTES, aheadBytesMax - (from - end));
            if (!prepared.equals(path) || length <= 0) {
                return 0;
            }
            own.writeZeros(from, length);
            writtenTo = from + length;
            return length;
        }
    }

    /** Closes the file without writing what is pending; cuts off unused zeros. */
    void closeFile() throws IOException {
        synchronized (layout) {
            Disk.File closing = file;
            file = null;
            path = null;
            if (closing != null) {
                try (closing) {
                    if (writtenTo > end && failure == null) {
                        closing.truncate(end);
                    }
                }
            }
        }
    }

    @Override
    public void close() throws IOException {
        closeFile();
    }

    private void checkUsable() throws IOException {
        IOException earlier = failure;
        if (earlier != null) {
            throw new IOException("the log failed before and is not to be used", earlier);
        }
    }

    private Disk.File usableFile() {
        Disk.File usable = file;
        if (usable == null) {
            throw new IllegalStateException("no log file is open");
        }
        return usable;
    }

    private Path usablePath() {
        Path usable = path;
        if (usable == null) {
            throw new IllegalStateException("no log file is open");
        }
        return usable;
    }
}
