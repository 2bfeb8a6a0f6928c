package org.quorate.cluster.coordinator;

import java.util.concurrent.atomic.AtomicBoolean;

/**
 * One of several claims on what a process needs once. Safe for many threads.
 *
 * @param <T> what it is
 */
public final class Shared<T> implements AutoCloseable {
    private final T part;
    private final Runnable release;
    private final AtomicBoolean closed = new AtomicBoolean();

    Shared(T part, Runnable release) {
        this.part = part;
        this.release = release;
    }

    /** What is shared. Not to be used after {@link #close}. */
    public T part() {
        return part;
    }

    /** Gives the claim up; the last of them ends what was shared. */
    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            release.run();
        }
    }
}
