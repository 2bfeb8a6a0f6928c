package org.quorate.cluster.shard;

import java.util.ArrayDeque;
import java.util.Deque;
import org.quorate.cluster.coordinator.Host;

/** Runs tasks on the host's threads, at most so many at once; the others wait in order. */
final class Places {
    private final Host host;
    private final int most;
    // Guarded by this.
    private final Deque<Runnable> waiting = new ArrayDeque<>();
    private int taken;

    Places(Host host, int most) {
        this.host = host;
        this.most = most;
    }

    /** Whether nothing runs. */
    synchronized boolean idle() {
        return taken == 0;
    }

    void run(Runnable task) {
        synchronized (this) {
            if (taken == most) {
                waiting.add(task); // At most one per local shard.
                return;
            }
            taken++;
        }
        host.execute(() -> runAndGoOn(task));
    }

    private void runAndGoOn(Runnable first) {
        Runnable task = first;
        while (task != null) {
            try {
                task.run();
            } finally {
                synchronized (this) {
                    task = waiting.poll();
                    taken -= task == null ? 1 : 0;
                }
            }
        }
    }
}
