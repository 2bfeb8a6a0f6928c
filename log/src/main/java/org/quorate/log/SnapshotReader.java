package org.quorate.log;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.quorate.protocol.jute.JuteException;
import org.quorate.protocol.snapshot.SnapshotDecoder;
import org.quorate.protocol.snapshot.SnapshotSink;

/**
 * Streams one snapshot file of this server's or ZooKeeper's, plain or packed, into a sink. Reading,
 * unpacking and checksums run on a thread of their own beside the sink's work, if the disk allows.
 * Used once, by one thread.
 */
final class SnapshotReader {
    /** Longer strings and data are taken for damage; ZooKeeper's default limit is 1 MiB. */
    private static final int FIELD_BYTES_MAX = 64 << 20;

    private static final byte[] NONE = new byte[0];
    private static final byte[] LAST_BYTES = {0, 0, 0, 1, '/'};

    private final Disk disk;
    private final Path path;
    private final SnapshotDecoder decoder;
    private boolean headerRead;

    /** The beginning of a record that the last chunk did not hold whole. */
    private byte[] rest = NONE;

    SnapshotReader(Disk disk, Path path, SnapshotSink sink) {
        this.disk = disk;
        this.path = path;
        this.decoder = new SnapshotDecoder(sink, FIELD_BYTES_MAX);
    }

    /**
     * Returns what stands behind the nodes
     *
     * @throws SnapshotDamageException if it is not a whole, valid snapshot; the sink may have been
     *     given any part of it
     */
    SnapshotEnding read(Store.@Nullable Progress progress) throws IOException {
        try (SnapshotInput input = new SnapshotInput(disk, path);
                Ahead<SnapshotInput.Chunk> chunks =
                        new Ahead<>(disk.parallel(), SnapshotInput.Chunk::new, input::read)) {
            for (SnapshotInput.Chunk chunk = chunks.next(); chunk != null; chunk = chunks.next()) {
                int ending = decode(chunk);
                if (ending >= 0) {
                    return readEnding(chunk, ending, chunks);
                }
                if (progress != null) {
                    progress.at(path.toString(), chunk.fileBytes, input.size());
                }
            }
            throw endsEarly(input.plain());
        } catch (JuteException e) {
            throw new SnapshotDamageException(String.valueOf(e.getMessage()), false);
        }
    }

    /**
     * The quick look that ZooKeeper takes before it loads or counts a snapshot (disk formats §5.3).
     */
    static boolean looksWhole(Disk disk, Path path) throws IOException {
        try (Disk.File file = disk.open(path, Disk.Mode.READ)) {
            byte[] head = new byte[SnapshotFormat.HEADER_BYTES];
            int length = Bytes.read(file, head, 0, head.length, 0);
            return switch (Compression.ofFile(String.valueOf(path.getFileName()))) {
                case GZIP -> length > 2 && head[0] == 0x1f && head[1] == (byte) 0x8b;
                case SNAPPY -> length > 8 && head[0] == (byte) 0x82 && head[1] == 'S';
                case NONE -> length == head.length && endsWhole(file);
            };
        }
    }

    private static boolean endsWhole(Disk.File file) throws IOException {
        byte[] last = new byte[LAST_BYTES.length];
        Bytes.read(file, last, 0, last.length, file.size() - last.length);
        return Arrays.equals(last, LAST_BYTES);
    }

    /**
     * Reads the last zxid block without checking anything but that the file ends as this server's
     * and ZooKeeper 3.9's plain snapshots do.
     *
     * @return {@link SnapshotEnding#ABSENT} if it does not
     */
    static long peekLastZxid(Disk disk, Path path) throws IOException {
        int length = SnapshotFormat.FULL_ENDING_BYTES;
        byte[] ending = new byte[length];
        try (Disk.File file = disk.open(path, Disk.Mode.READ)) {
            if (file.size() < SnapshotFormat.HEADER_BYTES + length
                    || Compression.ofFile(String.valueOf(path.getFileName())) != Compression.NONE) {
                return SnapshotEnding.ABSENT;
            }
            Bytes.read(file, ending, 0, length, file.size() - length);
        }
        int lastZxidAt = length - SnapshotFormat.SEAL_BYTES - Long.BYTES;
        return isMark(ending, SnapshotFormat.SEAL_BYTES)
                        && isMark(ending, lastZxidAt)
                        && isMark(ending, length)
                ? Bytes.int64(ending, lastZxidAt)
                : SnapshotEnding.ABSENT;
    }

    private static boolean isMark(byte[] bytes, int to) {
        return Arrays.equals(bytes, to - LAST_BYTES.length, to, LAST_BYTES, 0, LAST_BYTES.length);
    }

    /** Returns where the chunk's bytes behind the end mark begin; −1 if it was not reached */
    private int decode(SnapshotInput.Chunk chunk) throws IOException {
        int from = chunk.prepend(rest);
        if (!headerRead && chunk.to - from >= SnapshotFormat.HEADER_BYTES) {
            checkHeader(chunk.bytes, from);
            headerRead = true;
            from += SnapshotFormat.HEADER_BYTES;
        }
        if (headerRead) {
            from += decoder.decode(chunk.bytes, from, chunk.to);
        }
        if (decoder.done()) {
            return from;
        }
        rest = from == chunk.to ? NONE : Arrays.copyOfRange(chunk.bytes, from, chunk.to);
        return -1;
    }

    private static void checkHeader(byte[] bytes, int from) throws IOException {
        int version = Bytes.int32(bytes, from + 4);
        if (Bytes.int32(bytes, from) != SnapshotFormat.MAGIC) {
            throw new SnapshotDamageException("it does not begin as a snapshot does", false);
        }
        if (version != SnapshotFormat.VERSION) {
            throw SnapshotDamageException.unknownVersion(version);
        }
    }

    private static SnapshotEnding readEnding(
            SnapshotInput.Chunk chunk, int from, Ahead<SnapshotInput.Chunk> chunks)
            throws IOException {
        long sealed = chunk.checksumAt(from);
        byte[] ending = Arrays.copyOfRange(chunk.bytes, from, chunk.to);
        for (SnapshotInput.Chunk more = chunks.next();
                more != null && ending.length <= SnapshotFormat.ENDING_BYTES_MAX;
                more = chunks.next()) {
            int had = ending.length;
            ending = Arrays.copyOf(ending, had + more.to - more.from);
            System.arraycopy(more.bytes, more.from, ending, had, more.to - more.from);
        }
        SnapshotEnding parsed = SnapshotEnding.parse(ending, 0, ending.length, sealed);
        if (parsed != null) {
            return parsed;
        }
        boolean cut = SnapshotEnding.isCut(ending, sealed);
        throw new SnapshotDamageException(cut ? "it ends early" : "its checksum is wrong", cut);
    }

    /** A wrong length somewhere also makes the bytes too few; then the ending is there. */
    private SnapshotDamageException endsEarly(boolean plain) throws IOException {
        boolean cut = plain && !looksWhole(disk, path);
        return new SnapshotDamageException(cut ? "it ends early" : "a length in it is wrong", cut);
    }
}
