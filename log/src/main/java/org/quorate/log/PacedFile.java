package org.quorate.log;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * A large file's way to the disk beside the log: in small pieces, each synced, at a limited rate,
 * so that the log's syncs, which wait for what the disk has taken before, stay short (decision
 * 240). Used by one thread.
 */
final class PacedFile {
    /** So much is written between two syncs. */
    static final int SYNC_BYTES = 512 << 10;

    private final Disk disk;
    private final Disk.File file;
    private final long bytesPerSecond;
    private final ByteBuffer[] piece = new ByteBuffer[64];
    private long offset;
    private long syncedTo;

    /**
     * @param bytesPerSecond upper bound of the rate; 0 for none
     */
    PacedFile(Disk disk, Disk.File file, long bytesPerSecond) {
        this.disk = disk;
        this.file = file;
        this.bytesPerSecond = bytesPerSecond;
    }

    /** Where the next bytes go: all before it are written. */
    long offset() {
        return offset;
    }

    /** Leaves a hole up to {@code offset}. */
    void skipTo(long to) {
        offset = to;
    }

    void write(ByteBuffer... buffers) throws IOException {
        int count = 0;
        int bytes = 0;
        for (ByteBuffer buffer : buffers) {
            piece[count++] = buffer;
            bytes += buffer.remaining();
            if (count == piece.length || bytes >= SYNC_BYTES) {
                writePiece(count, bytes);
                count = 0;
                bytes = 0;
            }
        }
        if (count > 0) {
            writePiece(count, bytes);
        }
    }

    /** After the last byte: everything is on the disk. */
    void sync() throws IOException {
        file.sync();
        syncedTo = offset;
    }

    private void writePiece(int count, int bytes) throws IOException {
        file.write(piece, count, offset);
        offset += bytes;
        if (bytesPerSecond > 0) {
            disk.pause((long) (bytes * 1e9 / bytesPerSecond));
        }
        if (offset - syncedTo >= SYNC_BYTES) {
            sync();
        }
    }
}
