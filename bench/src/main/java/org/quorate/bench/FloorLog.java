package org.quorate.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A log with group commit that is never read. All but the writing belongs to the thread that adds;
 * a thread of its own writes and syncs.
 */
final class FloorLog {
    /**
     * What a transaction has in ZooKeeper's log beside the fields of the request: checksum, length,
     * header, digest, end mark.
     */
    private static final int OVERHEAD_BYTES = 12 + 32 + 12 + 1;

    /**
     * The log is written from its beginning again and again, over blocks that are there, as those
     * of Quorate's log are.
     */
    private static final int FILE_BYTES = 64 << 20;

    private static final int BATCH_BYTES = 8 << 20;

    private final FileChannel channel;
    private final Runnable durable;
    private final Thread thread;
    private ByteBuffer filling = ByteBuffer.allocateDirect(BATCH_BYTES);
    private ByteBuffer spare = ByteBuffer.allocateDirect(BATCH_BYTES);

    /** What is to be written; null when it is durable. */
    private volatile @Nullable ByteBuffer batch;

    /**
     * @param durable called by the log's thread when a batch is
     */
    FloorLog(Path file, Runnable durable) throws IOException {
        this.durable = durable;
        channel = FileChannel.open(file, StandardOpenOption.WRITE);
        ByteBuffer zeros = ByteBuffer.allocateDirect(1 << 20);
        for (int at = 0; at < FILE_BYTES; at += zeros.capacity()) {
            channel.write(zeros.clear(), at);
        }
        channel.force(true);
        thread = Thread.ofPlatform().name("log").daemon().start(this::writeBatches);
    }

    /** Adds a transaction of as many bytes as this request makes. */
    void add(ByteBuffer from, int at, int length) throws IOException {
        if (filling.remaining() < length + OVERHEAD_BYTES) {
            throw new IOException("more than " + BATCH_BYTES + " bytes wait for a sync");
        }
        filling.put(filling.position(), from, at, length);
        filling.position(filling.position() + length + OVERHEAD_BYTES);
    }

    /** Begins to make durable what was added; not before the last batch is. */
    void sync() {
        ByteBuffer full = filling.flip();
        filling = spare.clear();
        spare = full;
        batch = full;
        LockSupport.unpark(thread);
    }

    boolean isDurable() {
        return batch == null;
    }

    private void writeBatches() {
        try {
            long position = 0;
            while (true) {
                ByteBuffer next = batch;
                if (next == null) {
                    LockSupport.park(this);
                    continue;
                }
                position = position + next.limit() > FILE_BYTES ? 0 : position;
                while (next.hasRemaining()) {
                    position += channel.write(next, position);
                }
                channel.force(false);
                batch = null;
                durable.run();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
