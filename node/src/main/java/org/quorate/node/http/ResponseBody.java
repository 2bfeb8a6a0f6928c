package org.quorate.node.http;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.LastHttpContent;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.util.Arrays;

/** The body of an answer of any length: each write waits until the socket took it. */
final class ResponseBody extends OutputStream {
    private static final int CHUNK_BYTES = 64 << 10;

    private final Channel channel;
    private final int writeMillisMax;
    private final byte[] chunk = new byte[CHUNK_BYTES];
    private int filled;
    private boolean closed;

    ResponseBody(Channel channel, int writeMillisMax) {
        this.channel = channel;
        this.writeMillisMax = writeMillisMax;
    }

    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        int from = offset;
        int left = length;
        while (left > 0) {
            int count = Math.min(left, CHUNK_BYTES - filled);
            System.arraycopy(bytes, from, chunk, filled, count);
            filled += count;
            from += count;
            left -= count;
            if (filled == CHUNK_BYTES) {
                flush();
            }
        }
    }

    @Override
    public void flush() throws IOException {
        if (filled > 0) {
            byte[] bytes = Arrays.copyOf(chunk, filled);
            filled = 0;
            DefaultHttpContent content = new DefaultHttpContent(Unpooled.wrappedBuffer(bytes));
            settle(channel.writeAndFlush(content), writeMillisMax);
        }
    }

    @Override
    public void close() throws IOException {
        if (!closed) {
            closed = true;
            flush();
            settle(channel.writeAndFlush(LastHttpContent.EMPTY_LAST_CONTENT), writeMillisMax);
        }
    }

    /** Waits for a write; a client that does not read for too long is cut off. */
    static void settle(ChannelFuture written, int millisMax) throws IOException {
        try {
            if (!written.await(millisMax)) {
                var _ = written.channel().close();
                throw new IOException("the client does not read");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while answering");
        }
        if (!written.isSuccess()) {
            throw new IOException("the client is gone", written.cause());
        }
    }
}
