package org.quorate.net;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelOutboundBuffer;
import org.jspecify.annotations.Nullable;

/**
 * One socket. Owned by its event loop: everything here is called there, and only an {@link Outbox}
 * lets another thread speak to it.
 */
public abstract sealed class Link permits ClientLink, QuorumLink {
    private static final int PENDING_BYTES_MIN = 256;

    private final Channel channel;
    private final EdgeLoop loop;
    private final long outboundBytesMax;

    // What is to be written at the next flush; null if nothing is.
    private @Nullable ByteBuf pending;
    private int longestFrameBytes;
    private boolean dirty;
    private boolean closing;

    // Takes bytes without the pipeline; null where TLS stands between.
    private final @Nullable DirectSocket socket;

    /**
     * @param plain nothing in the channel's pipeline changes what is written
     */
    Link(Channel channel, EdgeLoop loop, long outboundBytesMax, boolean plain) {
        this.channel = channel;
        this.loop = loop;
        this.outboundBytesMax = outboundBytesMax;
        this.socket = plain ? DirectSocket.of(channel) : null;
    }

    /** The loop that owns this link. */
    public final EdgeLoop loop() {
        return loop;
    }

    /** Was it this side that closed it, or gave it up? */
    final boolean isGivenUp() {
        return closing;
    }

    /** True once it was asked to close, or the other side has. */
    public final boolean isClosing() {
        return closing || !channel.isActive();
    }

    /** Bytes written here that the socket has not taken yet. */
    public final long outboundBytes() {
        ByteBuf unflushed = pending;
        long bytes = unflushed == null ? 0 : unflushed.readableBytes();
        ChannelOutboundBuffer flushed = channel.unsafe().outboundBuffer();
        return flushed == null ? bytes : bytes + flushed.totalPendingWriteBytes();
    }

    /**
     * Appends to what the next flush writes. Past the limit for a reader that does not read the
     * link is closed: the limit leaves the longest piece out, so one answer of any length passes.
     */
    public void write(byte[] bytes, int from, int to) {
        if (closing) {
            return;
        }
        int length = to - from;
        longestFrameBytes = Math.max(longestFrameBytes, length);
        if (outboundBytes() + length - longestFrameBytes > outboundBytesMax) {
            overflowed();
            closeNow();
            return;
        }
        ByteBuf buffer = pending;
        if (buffer == null) {
            buffer = loop.takeBuffer(channel, Math.max(length, PENDING_BYTES_MIN));
            pending = buffer;
            markDirty();
        }
        buffer.writeBytes(bytes, from, length);
    }

    /** What is written is part of something of this length, for the limit of {@link #write}. */
    final void expect(int length) {
        longestFrameBytes = Math.max(longestFrameBytes, length);
    }

    /** Closes once what was written before is out. */
    public final void close() {
        if (!closing) {
            closing = true;
            closeRequested();
            markDirty();
        }
    }

    /** Closes at once; what was not flushed is lost. */
    final void closeNow() {
        closing = true;
        dropPending();
        Transport.close(channel);
    }

    /** What an {@link Outbox} brought: {@code count} frames that answer as many requests. */
    abstract void replies(byte[] bytes, int from, int to, int count, long nowNanos);

    /** What an {@link Outbox} brought is about to be written: frames that answer nothing. */
    abstract void pushed(int count, int bytes);

    /** What an {@link Outbox} brought besides replies and closing. */
    abstract void told(Object message);

    /** Writes and flushes what was collected. */
    void toPipeline(ByteBuf buffer) {
        Transport.write(channel, buffer);
    }

    /** Something was just flushed. */
    abstract void flushed();

    /** {@link #close} was called for the first time. */
    void closeRequested() {}

    /** Too much is waiting for a reader that does not read; the link is closed next. */
    abstract void overflowed();

    final Channel channel() {
        return channel;
    }

    final void dropPending() {
        ByteBuf buffer = pending;
        pending = null;
        if (buffer != null) {
            buffer.release();
        }
    }

    /** One write for all that was appended. Called by the loop for each dirty link. */
    final void flush() {
        dirty = false;
        ByteBuf buffer = pending;
        pending = null;
        if (closing) {
            if (buffer != null) {
                toPipeline(buffer);
            }
            channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
            return;
        }
        if (buffer != null) {
            if (socket != null && socket.takesAll(buffer)) {
                loop.giveBack(buffer);
            } else {
                toPipeline(buffer);
            }
            if (outboundBytes() == 0) {
                longestFrameBytes = 0;
            }
        }
        flushed();
    }

    final void markDirty() {
        if (!dirty) {
            dirty = true;
            loop.dirty(this);
        }
    }
}
