package org.quorate.cluster.coordinator;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs a {@link Step} whenever something may have changed: when woken, when a session begins or the
 * connection is back, when the step asked for it, and after a back-off when it failed. Wake-ups
 * during a run lead to exactly one more. Safe for many threads; runs never overlap.
 */
public final class Reconciler implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Reconciler.class);

    private enum State {
        IDLE,
        QUEUED,
        RUNNING,
        RUNNING_AND_WOKEN
    }

    private final Coordinator coordinator;
    private final Host host;
    private final String name;
    private final Step step;
    // All below guarded by this.
    private State state = State.IDLE;
    private boolean closed;
    private int failures;
    private Host.@Nullable Timer timer;
    private @Nullable Thread runner;

    Reconciler(Coordinator coordinator, Host host, String name, Step step) {
        this.coordinator = coordinator;
        this.host = host;
        this.name = name;
        this.step = step;
    }

    /** Begins: the step runs soon for the first time. Called once. */
    public void start() {
        coordinator.remember(this);
        wake();
    }

    /** Lets the step run soon, once. Never blocks. */
    public synchronized void wake() {
        if (closed) {
            return;
        }
        if (state == State.IDLE) {
            state = State.QUEUED;
            cancelTimer();
            host.execute(this::run);
        } else if (state == State.RUNNING) {
            state = State.RUNNING_AND_WOKEN;
        }
    }

    /**
     * No step starts after this, and none runs any more when it returns, except the one that calls
     * it.
     */
    @Override
    public void close() {
        synchronized (this) {
            closed = true;
            cancelTimer();
            if (runner == null || runner == Thread.currentThread()) {
                coordinator.forget(this);
                return;
            }
        }
        coordinator.forget(this);
        try {
            host.await(this::quiet, Long.MAX_VALUE);
        } catch (InterruptedException closing) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized boolean quiet() {
        return runner == null;
    }

    private void run() {
        synchronized (this) {
            if (closed) {
                return;
            }
            state = State.RUNNING;
            runner = Thread.currentThread();
        }
        Step.Next next;
        try {
            next = step.run();
            failures(0);
        } catch (CoordinationException | RuntimeException failed) {
            next = afterFailure(failed);
        } catch (InterruptedException closing) {
            Thread.currentThread().interrupt();
            next = Step.Next.WHEN_WOKEN;
        }
        finished(next);
    }

    private Step.Next afterFailure(Exception failed) {
        int inARow;
        synchronized (this) {
            inARow = ++failures;
        }
        long delayNanos = Backoff.DEFAULT.delayNanos(inARow, host.random());
        if (failed instanceof CoordinationException) {
            LOG.debug("{} will be tried again: {}", name, failed.getMessage());
        } else {
            LOG.error("{} failed and will be tried again", name, failed);
        }
        return new Step.Next(delayNanos);
    }

    private synchronized void failures(int inARow) {
        failures = inARow;
    }

    private void finished(Step.Next next) {
        synchronized (this) {
            runner = null;
            boolean woken = state == State.RUNNING_AND_WOKEN && failures == 0;
            state = State.IDLE;
            if (closed) {
                // Nobody runs it again.
            } else if (woken) {
                wake();
            } else if (next.delayNanos() >= 0) {
                timer = host.schedule(next.delayNanos(), this::wake);
            }
        }
        host.signal();
    }

    private void cancelTimer() {
        if (timer != null) {
            timer.cancel();
            timer = null;
        }
    }

    @Override
    public String toString() {
        return name;
    }
}
