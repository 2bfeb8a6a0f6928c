package org.quorate.log;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.zip.Adler32;
import org.quorate.protocol.jute.JuteOut;
import org.quorate.protocol.snapshot.SnapshotEncoder;
import org.quorate.protocol.snapshot.SnapshotSource;

/**
 * Writes a snapshot file in ZooKeeper 3.9's form, with digest and last-zxid blocks, at a limited
 * rate and synced piece by piece, so that the log's syncs beside it stay short. Used once, by one
 * thread.
 */
final class SnapshotWriter {
    private static final int CHUNK_BYTES = 256 << 10;
    private static final int DIGEST_VERSION = 2;

    private final Disk disk;
    private final Compression compression;
    private final long bytesPerSecond;
    private final Adler32 adler = new Adler32();
    private final JuteOut out = new JuteOut(CHUNK_BYTES + (64 << 10));

    /**
     * @param bytesPerSecond upper bound of the rate; 0 for none
     */
    SnapshotWriter(Disk disk, Compression compression, long bytesPerSecond) {
        this.disk = disk;
        this.compression = compression;
        this.bytesPerSecond = bytesPerSecond;
    }

    /** What stands at the end of a view's snapshot. */
    static SnapshotEnding ending(SnapshotSource view) {
        return new SnapshotEnding(
                view.digestZxid(), DIGEST_VERSION, view.treeDigest(), view.lastZxid());
    }

    /**
     * Writes everything to {@code path} and makes it last, but for the directory.
     *
     * @return the file's bytes
     */
    long write(SnapshotSource view, Path path) throws IOException {
        try (Disk.File file = disk.open(path, Disk.Mode.WRITE)) {
            file.truncate(0);
            PacedFile paced = new PacedFile(disk, file, bytesPerSecond);
            try (OutputStream stream = compression.packing(new FileStream(paced))) {
                writeAll(view, stream);
            }
            paced.sync();
            return paced.offset();
        }
    }

    private void writeAll(SnapshotSource view, OutputStream stream) throws IOException {
        out.writeInt(SnapshotFormat.MAGIC).writeInt(SnapshotFormat.VERSION);
        out.writeLong(SnapshotFormat.DATABASE_ID);
        SnapshotEncoder encoder = new SnapshotEncoder(view);
        boolean more = true;
        while (more) {
            more = encoder.encode(out, CHUNK_BYTES);
            flush(stream);
        }
        seal();
        SnapshotEnding ending = ending(view);
        out.writeLong(ending.digestZxid()).writeInt(ending.digestVersion());
        out.writeLong(ending.digest());
        flush(stream);
        seal();
        out.writeLong(ending.lastZxid());
        flush(stream);
        seal();
        flush(stream);
    }

    /** All bytes before it must have been flushed, that is: counted. */
    private void seal() {
        long sealed = adler.getValue();
        out.writeLong(sealed).writeString(SnapshotEncoder.END_MARK);
    }

    private void flush(OutputStream stream) throws IOException {
        adler.update(out.array(), 0, out.size());
        stream.write(out.array(), 0, out.size());
        out.clear();
    }

    /** The packed bytes' way to the file. */
    private static final class FileStream extends OutputStream {
        private final PacedFile file;

        FileStream(PacedFile file) {
            this.file = file;
        }

        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int from, int length) throws IOException {
            file.write(ByteBuffer.wrap(bytes, from, length));
        }
    }
}
