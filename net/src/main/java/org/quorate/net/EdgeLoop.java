package org.quorate.net;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;

/**
 * One event loop as the host sees it: an {@link Outbox} into it, and the links to flush. Methods
 * are called on the loop itself unless they say otherwise.
 */
public final class EdgeLoop {
    /** Buffers kept for the next writes; as many links are seldom written to between flushes. */
    private static final int BUFFERS_KEPT_MAX = 256;

    /** A buffer that has grown beyond is not kept. */
    private static final int BUFFER_BYTES_KEPT_MAX = 16 << 10;

    private final EventLoop eventLoop;
    private final Outbox outbox;
    private final ArrayDeque<ByteBuf> buffers = new ArrayDeque<>();
    private final List<Link> dirty = new ArrayList<>();
    private final Runnable deliver = this::deliver;

    EdgeLoop(EventLoop eventLoop) {
        this.eventLoop = eventLoop;
        this.outbox = new Outbox(this);
    }

    /** What another thread, always the same, has to say to the links of this loop. */
    public Outbox outbox() {
        return outbox;
    }

    /** Runs something on the loop, soon. Any thread; ignored once the loop has ended. */
    public void execute(Runnable task) {
        try {
            eventLoop.execute(task);
        } catch (RejectedExecutionException e) {
            // The edge has been closed: its links are gone and nobody is left to hear of it.
            return;
        }
    }

    /** Runs something on the loop after a while. */
    void later(Runnable task, long millis) {
        Future<?> _ = eventLoop.schedule(task, millis, TimeUnit.MILLISECONDS);
    }

    public boolean inLoop() {
        return eventLoop.inEventLoop();
    }

    /** Takes what the outbox holds and flushes. */
    void deliver() {
        outbox.drain();
        flush();
    }

    /** Any thread. */
    void wakeToDeliver() {
        execute(deliver);
    }

    EventLoop eventLoop() {
        return eventLoop;
    }

    /** An empty buffer for what is written to a link until its flush. */
    ByteBuf takeBuffer(Channel channel, int bytes) {
        ByteBuf kept = buffers.pollLast();
        return kept != null ? kept : channel.alloc().directBuffer(bytes);
    }

    /** Takes back a buffer whose bytes are sent. */
    void giveBack(ByteBuf buffer) {
        if (buffers.size() < BUFFERS_KEPT_MAX && buffer.capacity() <= BUFFER_BYTES_KEPT_MAX) {
            buffers.addLast(buffer.clear());
        } else {
            buffer.release();
        }
    }

    /** Lets go of the buffers that are kept. Once the loop has ended. */
    void release() {
        buffers.forEach(ByteBuf::release);
        buffers.clear();
    }

    void dirty(Link link) {
        dirty.add(link);
    }

    /** Writes out what was appended to links. Done by the edge itself at the end of its calls. */
    public void flush() {
        // By index: flushing may make further links dirty.
        for (int i = 0; i < dirty.size(); i++) {
            dirty.get(i).flush();
        }
        dirty.clear();
    }
}
