package org.quorate.log;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.Adler32;
import org.jspecify.annotations.Nullable;
import org.quorate.protocol.txn.TxnHeader;

/**
 * Reads one log file from the front, block by block, checks every record and tells how it ends.
 * Owned by one thread.
 */
final class LogScan implements AutoCloseable {
    private final Disk.File file;
    private final long size;
    private final Adler32 adler = new Adler32();
    private long offset = LogFormat.FILE_HEADER_BYTES;
    private long lastZxid;
    private @Nullable LogEnd end;

    LogScan(Disk disk, Path path) throws IOException {
        this(disk, path, Long.MAX_VALUE);
    }

    /**
     * @param limit nothing at or behind this offset is looked at: a file that is still written to
     */
    LogScan(Disk disk, Path path, long limit) throws IOException {
        FileName name = FileName.parse(String.valueOf(path.getFileName()), FileName.LOG);
        lastZxid = name == null ? -1 : name.zxid() - 1;
        file = disk.open(path, Disk.Mode.READ);
        try {
            size = Math.min(file.size(), limit);
            end = checkHeader();
        } catch (IOException e) {
            file.close();
            throw e;
        }
    }

    long size() {
        return size;
    }

    /** Begins again with the first record. */
    void rewind() throws IOException {
        offset = LogFormat.FILE_HEADER_BYTES;
        end = checkHeader();
    }

    /**
     * Fills the block with the next records. At the end of the file its {@link LogBlock#end} is
     * set.
     *
     * @return false if there was nothing more, not even the end
     */
    boolean read(LogBlock into) throws IOException {
        into.clear(offset);
        if (end == null) {
            fill(into);
        }
        if (end == null) {
            return true;
        }
        boolean told = offset == Long.MAX_VALUE;
        offset = Long.MAX_VALUE;
        into.end = told ? null : end;
        return !told;
    }

    private void fill(LogBlock block) throws IOException {
        while (end == null && block.count == 0) {
            int wanted = (int) Math.min(block.bytes.length, size - offset);
            int available = Bytes.read(file, block.bytes, 0, wanted, offset);
            int used = takeRecords(block, available);
            offset += used;
            if (block.count == 0 && end == null) {
                grow(block, available);
            }
        }
    }

    /** Takes whole records until the bytes end or one is not good; returns how far it came. */
    private int takeRecords(LogBlock block, int available) throws IOException {
        byte[] bytes = block.bytes;
        int at = 0;
        while (available - at >= LogFormat.HEAD_BYTES) {
            int length = Bytes.int32(bytes, at + LogFormat.LENGTH_AT);
            long behind = (long) at + LogFormat.FRAME_BYTES + length;
            boolean fits =
                    length > 0 && length <= LogFormat.RECORD_BYTES_MAX && offset + behind <= size;
            if (fits && behind > available) {
                return at;
            }
            if (!fits || !isGood(bytes, at, length)) {
                judge(at);
                return at;
            }
            block.add(at + LogFormat.HEAD_BYTES, length);
            lastZxid = block.zxid(block.count - 1);
            at = (int) behind;
        }
        if (offset + available == size) {
            judge(at);
        }
        return at;
    }

    private boolean isGood(byte[] bytes, int at, int length) {
        int body = at + LogFormat.HEAD_BYTES;
        if (length < TxnHeader.BYTES || bytes[body + length] != LogFormat.END_OF_RECORD) {
            return false;
        }
        adler.reset();
        adler.update(bytes, body, length);
        return adler.getValue() == Bytes.int64(bytes, at);
    }

    private void judge(int at) throws IOException {
        end = new TailJudge(file, size).judge(offset + at, lastZxid);
    }

    /** A record is longer than the block: makes the block long enough. */
    private void grow(LogBlock block, int available) {
        long wanted = LogFormat.FRAME_BYTES;
        if (available >= LogFormat.HEAD_BYTES) {
            wanted += Bytes.int32(block.bytes, LogFormat.LENGTH_AT);
        }
        if (wanted <= block.bytes.length) {
            throw new IllegalStateException(
                    "no record in %d bytes at offset %d".formatted(available, offset));
        }
        block.bytes = Arrays.copyOf(block.bytes, Math.toIntExact(wanted));
    }

    private @Nullable LogEnd checkHeader() throws IOException {
        byte[] header = new byte[LogFormat.FILE_HEADER_BYTES];
        int length = (int) Math.min(header.length, size);
        Bytes.read(file, header, 0, length, 0);
        int magic = Bytes.int32(header, 0);
        int version = Bytes.int32(header, 4);
        if (length == header.length && magic == LogFormat.MAGIC) {
            return version <= LogFormat.VERSION && version >= 0
                    ? null
                    : new LogEnd(
                            LogEnd.Kind.UNKNOWN,
                            0,
                            "is of format version %d; this server knows %d"
                                    .formatted(version, LogFormat.VERSION));
        }
        return new TailJudge(file, size).judgeHeader(header, length);
    }

    @Override
    public void close() {
        try {
            file.close();
        } catch (IOException e) {
            // A file that was only read loses nothing when closing it fails.
        }
    }
}
