package org.quorate.log;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A stretch of whole, checked records of one log file. Filled by one thread and read by one, handed
 * over between them.
 */
final class LogBlock {
    static final int BYTES = 1 << 20;

    /** The file this comes from; its place in the replay. */
    int fileIndex;

    byte[] bytes;
    int count;

    /** Offset in the file of {@code bytes[0]}. */
    long fileOffset;

    /** Set on a file's last block, which may have no records. */
    @Nullable LogEnd end;

    private int[] bodies = new int[1024];
    private int[] lengths = new int[1024];

    LogBlock() {
        this(BYTES);
    }

    LogBlock(int capacityBytes) {
        bytes = new byte[capacityBytes];
    }

    void clear(long fileOffset) {
        this.fileOffset = fileOffset;
        count = 0;
        end = null;
    }

    void add(int body, int length) {
        if (count == bodies.length) {
            bodies = Arrays.copyOf(bodies, count * 2);
            lengths = Arrays.copyOf(lengths, count * 2);
        }
        bodies[count] = body;
        lengths[count] = length;
        count++;
    }

    /** Where the record's body begins in {@link #bytes}. */
    int body(int index) {
        return bodies[index];
    }

    int length(int index) {
        return lengths[index];
    }

    long zxid(int index) {
        return Bytes.int64(bytes, bodies[index] + LogFormat.ZXID_AT);
    }

    /** Offset in the file of the record's first byte, its checksum. */
    long offset(int index) {
        return fileOffset + bodies[index] - LogFormat.HEAD_BYTES;
    }

    long checksum(int index) {
        return Bytes.int64(bytes, bodies[index] - LogFormat.HEAD_BYTES);
    }

    /** Offset in the file behind the record's last byte. */
    long endOffset(int index) {
        return fileOffset + bodies[index] + lengths[index] + 1;
    }
}
