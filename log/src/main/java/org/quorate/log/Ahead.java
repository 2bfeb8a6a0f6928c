package org.quorate.log;

import java.io.IOException;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Fills boxes one after the other, ahead of the one who takes them: on a thread of its own, or,
 * where the disk wants one order of events, on the taker's when it asks. A box is taken, used and
 * given back with the next {@link #next}. Owned by the taker's thread.
 *
 * @param <T> a box
 */
final class Ahead<T> implements AutoCloseable {
    /** Fills a box. */
    interface Filler<T> {
        /** Returns false if there was nothing more to fill it with */
        boolean fill(T box) throws IOException;
    }

    private static final int BOXES = 3;

    /** What the reader thread hands over: a box, an error, or neither at the end. */
    private record Filled<T>(@Nullable T box, @Nullable Throwable error) {}

    private final Filler<T> filler;
    private final BlockingQueue<T> empty = new ArrayBlockingQueue<>(BOXES);
    private final BlockingQueue<Filled<T>> full = new ArrayBlockingQueue<>(BOXES + 1);
    private final @Nullable Thread reader;
    private final T first;
    private @Nullable T inUse;
    private volatile boolean closed;
    private boolean atEnd;

    Ahead(boolean parallel, Supplier<T> boxes, Filler<T> filler) {
        this.filler = filler;
        this.first = boxes.get();
        if (parallel) {
            empty.add(first);
            for (int i = 1; i < BOXES; i++) {
                empty.add(boxes.get());
            }
            reader = Thread.ofPlatform().daemon().name("quorate-read-ahead").start(this::read);
        } else {
            reader = null;
        }
    }

    /** The next box; null at the end. */
    @Nullable T next() throws IOException {
        if (atEnd) {
            return null;
        }
        if (reader == null) {
            atEnd = !filler.fill(first);
            return atEnd ? null : first;
        }
        giveBack();
        Filled<T> filled = take(full);
        inUse = filled.box;
        atEnd = inUse == null;
        if (filled.error instanceof IOException e) {
            throw e;
        }
        if (filled.error != null) {
            throw new IllegalStateException("reading ahead failed", filled.error);
        }
        return inUse;
    }

    private void giveBack() {
        if (inUse != null) {
            empty.add(inUse);
            inUse = null;
        }
    }

    private void read() {
        Throwable error = null;
        try {
            while (!closed) {
                T box = take(empty);
                if (closed || !filler.fill(box)) {
                    break;
                }
                full.add(new Filled<>(box, null));
            }
        } catch (Throwable e) {
            // Handed over: the taker throws it.
            error = e;
        }
        full.add(new Filled<>(null, error));
    }

    /** Nobody interrupts these threads on purpose; if it happens it is put off, not lost. */
    private static <E> E take(BlockingQueue<E> queue) {
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return queue.take();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Stops the reader thread and waits for it, so that nobody uses the file any more. */
    @Override
    public void close() {
        closed = true;
        if (reader == null) {
            return;
        }
        boolean stopped = atEnd;
        while (!stopped) {
            giveBack();
            Filled<T> filled = take(full);
            inUse = filled.box;
            stopped = inUse == null;
        }
        atEnd = true;
    }
}
