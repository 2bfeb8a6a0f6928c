package org.quorate.log;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.zip.Adler32;

/**
 * A snapshot file's bytes, unpacked, in chunks with their running checksum. Opened by one thread,
 * then read by one.
 */
final class SnapshotInput implements AutoCloseable {
    /** Free bytes in front of a chunk, for the beginning of a record that spans two. */
    static final int HEADROOM_BYTES = 64 << 10;

    private static final int CHUNK_BYTES = 1 << 20;

    /** A stretch of the stream: {@code bytes[from .. to)}. */
    static final class Chunk {
        byte[] bytes = new byte[HEADROOM_BYTES + CHUNK_BYTES];
        int from;
        int to;

        /** Adler-32 of everything before {@link #from}. */
        private long checksumBefore;

        /** Adler-32 of everything before {@code at}. */
        long checksumAt(int at) {
            Adler32 adler = new Adler32();
            adler.update(bytes, from, at - from);
            return Checksum.joined(checksumBefore, adler.getValue(), at - from);
        }

        /**
         * Puts bytes in front: into the free space, or into a longer array.
         *
         * @return where they begin
         */
        int prepend(byte[] before) {
            if (before.length > from) {
                int room = before.length + HEADROOM_BYTES;
                byte[] longer = new byte[room + to - from];
                System.arraycopy(bytes, from, longer, room, to - from);
                to += room - from;
                bytes = longer;
                from = room;
            }
            System.arraycopy(before, 0, bytes, from - before.length, before.length);
            return from - before.length;
        }

        /** How much of the file was read, packed. */
        long fileBytes;
    }

    private final Disk.File file;
    private final FileStream packed;
    private final InputStream in;
    private final boolean plain;
    private final long size;
    private final Adler32 adler = new Adler32();
    private long offset;

    SnapshotInput(Disk disk, Path path) throws IOException {
        Compression compression = Compression.ofFile(String.valueOf(path.getFileName()));
        plain = compression == Compression.NONE;
        file = disk.open(path, Disk.Mode.READ);
        try {
            size = file.size();
            packed = new FileStream(file);
            in = unpacking(compression);
        } catch (IOException e) {
            file.close();
            throw e;
        }
    }

    private InputStream unpacking(Compression compression) throws IOException {
        try {
            return compression.unpacking(packed);
        } catch (IOException e) {
            throw packed.explained(e);
        }
    }

    long size() {
        return size;
    }

    boolean plain() {
        return plain;
    }

    /** Returns false at the end */
    boolean read(Chunk into) throws IOException {
        into.from = HEADROOM_BYTES;
        into.checksumBefore = adler.getValue();
        int length = plain ? readPlain(into.bytes) : readPacked(into.bytes);
        into.to = into.from + length;
        adler.update(into.bytes, into.from, length);
        into.fileBytes = plain ? offset : packed.offset;
        return length > 0;
    }

    private int readPlain(byte[] bytes) throws IOException {
        int length = Bytes.read(file, bytes, HEADROOM_BYTES, bytes.length - HEADROOM_BYTES, offset);
        offset += length;
        return length;
    }

    private int readPacked(byte[] bytes) throws IOException {
        try {
            return in.readNBytes(bytes, HEADROOM_BYTES, bytes.length - HEADROOM_BYTES);
        } catch (IOException e) {
            throw packed.explained(e);
        }
    }

    @Override
    public void close() throws IOException {
        file.close();
    }

    /** The file as a stream, for the unpackers. */
    private static final class FileStream extends InputStream {
        private final Disk.File file;
        private final byte[] one = new byte[1];
        private long offset;
        private boolean failed;

        FileStream(Disk.File file) {
            this.file = file;
        }

        /** Tells what the disk failed to do from what the unpacker found in the bytes. */
        IOException explained(IOException e) {
            return failed
                    ? e
                    : new SnapshotDamageException(
                            "it cannot be unpacked: " + e.getMessage(), e instanceof EOFException);
        }

        @Override
        public int read() throws IOException {
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] into, int from, int length) throws IOException {
            if (length == 0) {
                return 0;
            }
            failed = true;
            int read = file.read(ByteBuffer.wrap(into, from, length), offset);
            failed = false;
            offset += Math.max(read, 0);
            return read;
        }

        /** GZIPInputStream asks whether another member follows. */
        @Override
        public int available() throws IOException {
            return (int) Math.min(file.size() - offset, Integer.MAX_VALUE);
        }
    }
}
