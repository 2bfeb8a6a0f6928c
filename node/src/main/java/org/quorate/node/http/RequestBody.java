package org.quorate.node.http;

import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The body of a request as a stream: one piece at a time is asked of the socket when the reader has
 * used up the last one. The reader is one thread; pieces come on the event loop.
 */
final class RequestBody extends InputStream {
    private final Runnable wantMore;
    private final int readMillisMax;

    // Guards the fields below.
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition arrived = lock.newCondition();
    private byte @Nullable [] piece;
    private int position;
    private boolean ended;
    private boolean cut;

    /**
     * @param wantMore asks for the next piece; any thread
     */
    RequestBody(Runnable wantMore, int readMillisMax) {
        this.wantMore = wantMore;
        this.readMillisMax = readMillisMax;
    }

    /** On the event loop: there is no body. */
    void end() {
        lock.lock();
        try {
            ended = true;
        } finally {
            lock.unlock();
        }
    }

    /** On the event loop: a piece has come. */
    void piece(ByteBuf content, boolean last) {
        lock.lock();
        try {
            if (ended) {
                return;
            }
            byte[] bytes = new byte[content.readableBytes()];
            content.readBytes(bytes);
            piece = bytes;
            position = 0;
            ended = last;
            arrived.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** On the event loop: the connection is gone. */
    void cut() {
        lock.lock();
        try {
            cut = true;
            arrived.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Has everything arrived, and nothing is left that was not read? */
    boolean isExhausted() {
        lock.lock();
        try {
            return ended && left() == 0;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        lock.lock();
        try {
            while (left() == 0) {
                if (ended) {
                    return -1;
                }
                next();
            }
            int count = Math.min(length, left());
            System.arraycopy(bytes(), position, into, offset, count);
            position += count;
            return count;
        } finally {
            lock.unlock();
        }
    }

    private void next() throws IOException {
        piece = null;
        wantMore.run();
        long nanos = TimeUnit.MILLISECONDS.toNanos(readMillisMax);
        try {
            while (piece == null && !cut) {
                if (nanos <= 0) {
                    throw new IOException("the client does not send");
                }
                nanos = arrived.awaitNanos(nanos);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while reading");
        }
        if (piece == null) {
            throw new IOException("the client is gone");
        }
    }

    private int left() {
        return piece == null ? 0 : piece.length - position;
    }

    private byte[] bytes() {
        if (piece == null) {
            throw new IllegalStateException("there is no piece");
        }
        return piece;
    }
}
