package org.quorate.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/**
 * Copies a log file without its bad records, when nothing better is left: what was in them is lost,
 * and the tree will not be what it was. ZooKeeper's TxnLogToolkit does the same. Stateless.
 */
public final class LogFixer {
    /**
     * What became of the records.
     *
     * @param end how the old file ended
     */
    public record Result(long kept, long dropped, LogReader.End end) {}

    private LogFixer() {}

    /**
     * Copies the good records; synced on return.
     *
     * @param to is made, or replaced
     */
    public static Result copyGood(Disk disk, Path from, Path to) throws IOException {
        if (to.equals(from)) {
            throw new IOException("the fixed log must be another file than " + from);
        }
        long kept = 0;
        long dropped = 0;
        try (LogReader reader = new LogReader(disk, from);
                Disk.File out = disk.open(to, Disk.Mode.WRITE)) {
            out.truncate(0);
            long at = write(out, 0, header());
            while (reader.next()) {
                if (reader.state() == LogReader.State.GOOD) {
                    at += write(out, at, record(reader));
                    kept++;
                } else {
                    dropped++;
                }
            }
            out.sync();
            LogReader.End end = reader.end();
            if (end == null) {
                throw new IllegalStateException("reading stopped before the end");
            }
            return new Result(kept, dropped, end);
        }
    }

    private static ByteBuffer header() {
        return ByteBuffer.allocate(LogFormat.FILE_HEADER_BYTES)
                .putInt(LogFormat.MAGIC)
                .putInt(LogFormat.VERSION)
                .putLong(0)
                .flip();
    }

    private static ByteBuffer record(LogReader reader) {
        int length = reader.body().length();
        return ByteBuffer.allocate(LogFormat.FRAME_BYTES + length)
                .putLong(reader.checksum())
                .putInt(length)
                .put(reader.body().array(), reader.body().from(), length)
                .put(LogFormat.END_OF_RECORD)
                .flip();
    }

    private static int write(Disk.File out, long at, ByteBuffer bytes) throws IOException {
        int length = bytes.remaining();
        out.write(new ByteBuffer[] {bytes}, 1, at);
        return length;
    }
}
