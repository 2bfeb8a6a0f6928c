package org.quorate.node.host;

import java.util.List;
import java.util.concurrent.locks.StampedLock;
import org.quorate.net.Outbox;
import org.quorate.replica.Replica;

/**
 * Lets event loops read the tree beside the core thread, its one writer (decision 0001). The core
 * publishes what it has said to clients before it lets readers in again: whoever drains his outbox
 * inside the gate has the events of every change that he can see.
 */
final class ReadGate implements Replica.Gate {
    // Guards the tree: shared by event loops for a socket's worth of reads, exclusive for a batch
    // of commits.
    private final StampedLock lock = new StampedLock();

    // The core's.
    private long writeStamp;
    private long closedNanos;
    private List<Outbox> outboxes = List.of();

    /** What is published when the gate opens. Before the core runs. */
    void outboxes(List<Outbox> all) {
        outboxes = List.copyOf(all);
    }

    @Override
    public void close() {
        closedNanos -= System.nanoTime();
        writeStamp = lock.writeLock();
    }

    @Override
    public void open() {
        for (int i = 0; i < outboxes.size(); i++) {
            outboxes.get(i).publish();
        }
        lock.unlockWrite(writeStamp);
        closedNanos += System.nanoTime();
    }

    /** How long it was closed, or about to be, since the last call. The core, while it is open. */
    long takeClosedNanos() {
        long nanos = closedNanos;
        closedNanos = 0;
        return nanos;
    }

    /**
     * Lets a reader in. Not reentrant.
     *
     * @return to be given to {@link #leave}
     */
    long enter() {
        return lock.readLock();
    }

    void leave(long stamp) {
        lock.unlockRead(stamp);
    }
}
