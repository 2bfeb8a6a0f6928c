package org.quorate.cluster.work;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.quorate.cluster.coordinator.Backoff;
import org.quorate.cluster.coordinator.Bell;
import org.quorate.cluster.coordinator.CoordinationException;
import org.quorate.cluster.coordinator.Coordinator;
import org.quorate.cluster.coordinator.Reconciler;
import org.quorate.cluster.coordinator.Step;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A number of threads that take items from a queue and hand them to a handler. */
public final class Workers implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Workers.class);
    private static final Backoff AFTER_FAILURE =
            Backoff.of(Duration.ofMillis(100), Duration.ofSeconds(10));

    /** What is done with an item. It is done when this returns, and tried again if it throws. */
    @FunctionalInterface
    public interface Handler {
        /** Does the work; called by several threads at once for different items. */
        void handle(Work work) throws Exception;
    }

    private final Coordinator coordinator;
    private final WorkQueue queue;
    private final Handler handler;
    private final List<Reconciler> loops = new ArrayList<>();
    private final Bell bell;

    private Workers(
            Coordinator coordinator, String path, WorkQueue queue, int threads, Handler handler) {
        this.coordinator = coordinator;
        this.queue = queue;
        this.handler = handler;
        for (int i = 0; i < threads; i++) {
            loops.add(coordinator.reconciler("worker " + i + " at " + path, this::workOnce));
        }
        this.bell = Bell.at(coordinator, path, changed -> loops.forEach(Reconciler::wake));
    }

    /** Starts {@code threads} workers on the queue at {@code path}. */
    public static Workers start(
            Coordinator coordinator, String path, int threads, Handler handler) {
        WorkQueue queue = WorkQueue.open(coordinator, path);
        Workers workers = new Workers(coordinator, path, queue, threads, handler);
        workers.loops.forEach(Reconciler::start);
        return workers;
    }

    /** Waits for the items in hand and takes no more. */
    @Override
    public void close() {
        bell.close();
        loops.forEach(Reconciler::close);
        queue.close();
    }

    private Step.Next workOnce() throws CoordinationException, InterruptedException {
        Optional<Work> taken = queue.tryTake();
        if (taken.isEmpty()) {
            return Step.Next.WHEN_WOKEN;
        }
        Work work = taken.get();
        try {
            handler.handle(work);
        } catch (InterruptedException closing) {
            work.giveBack();
            throw closing;
        } catch (Exception failed) {
            LOG.warn("a handler failed and the item will be tried again: {}", work, failed);
            // Kept in hand meanwhile, so that it does not come back at once.
            coordinator
                    .host()
                    .sleep(AFTER_FAILURE.delayNanos(work.delivery(), coordinator.host().random()));
            work.giveBack();
            return Step.Next.after(Duration.ZERO);
        }
        if (!work.done()) {
            LOG.info("{} was done by us and will be done again by another", work);
        }
        return Step.Next.after(Duration.ZERO);
    }
}
