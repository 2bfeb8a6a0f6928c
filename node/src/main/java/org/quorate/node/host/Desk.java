package org.quorate.node.host;

import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * A few threads on which clients' proofs of who they are are looked at, never on an event loop or
 * the core. Any thread.
 */
final class Desk implements AutoCloseable {
    /** Proofs looked at once. */
    static final int THREADS_MAX = 4;

    /** Proofs that wait for a thread; past it connections are closed. */
    static final int WAITING_MAX = 1_000;

    private static final long IDLE_SECONDS = 30;

    private final ThreadPoolExecutor threads;

    Desk(String threadName) {
        this.threads =
                new ThreadPoolExecutor(
                        THREADS_MAX,
                        THREADS_MAX,
                        IDLE_SECONDS,
                        TimeUnit.SECONDS,
                        new LinkedBlockingQueue<>(WAITING_MAX),
                        Thread.ofPlatform().daemon().name(threadName, 0).factory());
        threads.allowCoreThreadTimeOut(true);
    }

    /** False if too many wait. */
    boolean take(Runnable proof) {
        try {
            threads.execute(proof);
            return true;
        } catch (RejectedExecutionException e) {
            return false;
        }
    }

    /** Ends the threads; what is being looked at is not waited for. */
    @Override
    public void close() {
        threads.shutdownNow();
    }
}
