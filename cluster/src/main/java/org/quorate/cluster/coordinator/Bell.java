package org.quorate.cluster.coordinator;

import java.util.Optional;
import java.util.function.Consumer;
import org.apache.zookeeper.KeeperException;

/**
 * Rings when something at or below a path may have changed, and keeps no copy: for places that are
 * large, or that are read fresh anyway. Safe for many threads.
 */
public final class Bell implements AutoCloseable {
    private final Coordinator coordinator;
    private final Link link;
    private final String path;
    private final Consumer<Optional<String>> listener;
    private final Consumer<String> onEvent;
    private final Runnable onGap;
    private final Reconciler reconciler;
    private volatile boolean gap = true;
    // Only the reconciler's step: the session that our watch belongs to.
    private long watchedBy;

    private Bell(Coordinator coordinator, String path, Consumer<Optional<String>> listener) {
        this.coordinator = coordinator;
        this.link = coordinator.host().link();
        this.path = Paths.check(path);
        this.listener = listener;
        this.reconciler = coordinator.reconciler("bell at " + path, this::follow);
        this.onEvent = changed -> listener.accept(Optional.of(changed));
        this.onGap =
                () -> {
                    gap = true;
                    reconciler.wake();
                };
    }

    /**
     * Begins to listen at {@code path}, which need not exist.
     *
     * @param listener gets the path that was created, written or deleted, or nothing when anything
     *     may have changed: at first, and after a lost connection. It must not block
     */
    public static Bell at(
            Coordinator coordinator, String path, Consumer<Optional<String>> listener) {
        Bell bell = new Bell(coordinator, path, listener);
        coordinator.onGap(bell.onGap);
        bell.reconciler.start();
        return bell;
    }

    /** Ends listening. */
    @Override
    public void close() {
        coordinator.forgetGap(onGap);
        reconciler.close();
        link.unwatch(path, onEvent);
    }

    private Step.Next follow() throws CoordinationException, InterruptedException {
        if (!gap) {
            return Step.Next.WHEN_WOKEN;
        }
        gap = false;
        try {
            if (watchedBy == 0 || watchedBy != link.sessionId()) {
                watchedBy = link.watch(path, onEvent);
            }
        } catch (KeeperException failed) {
            gap = true;
            throw new CoordinationException(
                    CoordinationException.Fate.DID_NOT_HAPPEN,
                    "bell at " + path + ": " + failed.getMessage(),
                    failed);
        }
        listener.accept(Optional.empty());
        return Step.Next.WHEN_WOKEN;
    }
}
