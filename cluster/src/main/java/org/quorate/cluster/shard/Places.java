package org.quorate.cluster.shard;

import java.util.ArrayDeque;
import java.util.Deque;
import org.quorate.cluster.coordinator.Host;

/**
 * Runs tasks on the host's threads, at most so many at once; the others wait in order. Those that
 * hang do not count.
 */
final class Places {
    private final Host host;
    private final int most;
    // Guarded by this.
    private final Deque<Runnable> waiting = new ArrayDeque<>();
    private int taken;
    private int lent;

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
            if (taken >= most + lent) {
                waiting.add(task); // At most one per local shard.
                return;
            }
            taken++;
        }
        host.execute(() -> runAndGoOn(task));
    }

    /** A task hangs: another may have its place. */
    void lend() {
        Runnable next;
        synchronized (this) {
            lent++;
            next = waiting.poll();
            taken += next == null ? 0 : 1;
        }
        if (next != null) {
            host.execute(() -> runAndGoOn(next));
        }
    }

    /** A task that hung is about to end. */
    synchronized void takeBack() {
        lent--;
    }

    private void runAndGoOn(Runnable first) {
        Runnable task = first;
        while (task != null) {
            try {
                task.run();
            } finally {
                synchronized (this) {
                    task = taken > most + lent ? null : waiting.poll();
                    taken -= task == null ? 1 : 0;
                }
            }
        }
    }
}
