package org.quorate.log;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.Adler32;
import org.jspecify.annotations.Nullable;
import org.quorate.protocol.jute.JuteException;
import org.quorate.protocol.jute.JuteIn;
import org.quorate.protocol.jute.Slice;
import org.quorate.protocol.txn.TxnHeader;
import org.quorate.protocol.txn.TxnRecord;

/**
 * Reads one transaction log file of this server or of ZooKeeper for people and tools: record by
 * record, also over damaged ones as long as their length can be believed. Changes nothing; the
 * server may be running. Owned by one thread; what the accessors show is valid until the next call
 * of {@link #next}.
 */
public final class LogReader implements AutoCloseable {
    /** What is wrong with a record. */
    public enum State {
        GOOD,
        /** The bytes are not those that were written. */
        BAD_CHECKSUM,
        /** The bytes are right, but not those of a transaction. */
        UNREADABLE
    }

    /**
     * How the file ends.
     *
     * @param offset end of the last record
     * @param clean nothing, or only zeros, behind it
     * @param words for people
     */
    public record End(long offset, boolean clean, String words) {}

    private static final int BUFFER_BYTES = 1 << 20;

    private final Disk.File file;
    private final long size;
    private final int formatVersion;
    private final Adler32 adler = new Adler32();
    private final JuteIn in = new JuteIn(LogFormat.RECORD_BYTES_MAX);
    private final TxnRecord txn = new TxnRecord();
    private final Slice body = new Slice();
    private byte[] buffer = new byte[BUFFER_BYTES];
    private long bufferAt;
    private int buffered;
    private long nextOffset = LogFormat.FILE_HEADER_BYTES;
    private long offset;
    private long checksum;
    private long lastZxid = -1;
    private State state = State.GOOD;
    private String problem = "";
    private @Nullable End end;

    /**
     * Opens a file.
     *
     * @throws IOException if it cannot be read or does not begin as a log does
     */
    public LogReader(Disk disk, Path path) throws IOException {
        file = disk.open(path, Disk.Mode.READ);
        size = file.size();
        byte[] header = new byte[LogFormat.FILE_HEADER_BYTES];
        int length = Bytes.read(file, header, 0, header.length, 0);
        if (length < header.length || Bytes.int32(header, 0) != LogFormat.MAGIC) {
            file.close();
            throw new IOException(path + " does not begin as a transaction log does");
        }
        formatVersion = Bytes.int32(header, 4);
    }

    /** As the file header says; 2 is what there is. */
    public int formatVersion() {
        return formatVersion;
    }

    /** Steps to the next record; false at the end of the file. */
    public boolean next() throws IOException {
        if (end != null) {
            return false;
        }
        offset = nextOffset;
        int at = load(LogFormat.HEAD_BYTES);
        int length = at < 0 ? 0 : Bytes.int32(buffer, at + LogFormat.LENGTH_AT);
        boolean fits =
                length > 0
                        && length <= LogFormat.RECORD_BYTES_MAX
                        && offset + LogFormat.FRAME_BYTES + length <= size;
        at = fits ? load(LogFormat.FRAME_BYTES + length) : -1;
        if (at < 0 || buffer[at + LogFormat.HEAD_BYTES + length] != LogFormat.END_OF_RECORD) {
            finish();
            return false;
        }
        checksum = Bytes.int64(buffer, at);
        body.set(buffer, at + LogFormat.HEAD_BYTES, length);
        nextOffset = offset + LogFormat.FRAME_BYTES + length;
        decode();
        return true;
    }

    private void decode() {
        adler.reset();
        adler.update(body.array(), body.from(), body.length());
        state = State.GOOD;
        problem = "";
        if (adler.getValue() != checksum) {
            state = State.BAD_CHECKSUM;
            problem =
                    "checksum %08x, but the bytes give %08x".formatted(checksum, adler.getValue());
        }
        try {
            txn.read(in.wrap(body));
            lastZxid = txn.header.zxid;
        } catch (JuteException e) {
            state = state == State.GOOD ? State.UNREADABLE : state;
            problem += (problem.isEmpty() ? "" : "; ") + e.getMessage();
        }
    }

    private void finish() throws IOException {
        LogEnd judged = new TailJudge(file, size).judge(offset, lastZxid);
        String words =
                switch (judged.kind()) {
                    case CLEAN -> offset == size ? "end of file" : "zeros to the end of the file";
                    case TORN, EMPTY -> "torn by a crash: " + judged.reason();
                    case DAMAGED, UNKNOWN -> "damaged: " + judged.reason();
                };
        end = new End(offset, judged.kind() == LogEnd.Kind.CLEAN, words);
    }

    /** Has the next bytes in the buffer; their index, or −1 if the file has not so many. */
    private int load(int bytes) throws IOException {
        if (nextOffset + bytes > size) {
            return -1;
        }
        long index = nextOffset - bufferAt;
        if (index + bytes > buffered) {
            if (bytes > buffer.length) {
                buffer = Arrays.copyOf(buffer, bytes);
            }
            bufferAt = nextOffset;
            buffered = Bytes.read(file, buffer, 0, buffer.length, bufferAt);
            index = 0;
        }
        return index + bytes > buffered ? -1 : (int) index;
    }

    /** Offset of the record in the file. */
    public long offset() {
        return offset;
    }

    public State state() {
        return state;
    }

    /** What is wrong, in words; empty if nothing is. */
    public String problem() {
        return problem;
    }

    /** Adler-32 of the body, as the record says. */
    public long checksum() {
        return checksum;
    }

    /** The transaction's bytes. */
    public Slice body() {
        return body;
    }

    /**
     * The decoded transaction; means something unless the {@link #problem} says it cannot be read.
     */
    public TxnRecord txn() {
        return txn;
    }

    /** Whether there is at least a transaction header to show. */
    public boolean hasHeader() {
        return body.length() >= TxnHeader.BYTES;
    }

    /** How the file ends; null before {@link #next} has returned false. */
    public @Nullable End end() {
        return end;
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
