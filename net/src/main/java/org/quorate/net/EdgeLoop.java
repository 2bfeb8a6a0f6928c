package org.quorate.net;

import io.netty.channel.EventLoop;
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
    private final EventLoop eventLoop;
    private final Outbox outbox;
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
