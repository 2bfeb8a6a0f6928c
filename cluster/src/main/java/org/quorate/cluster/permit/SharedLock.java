package org.quorate.cluster.permit;

import java.time.Duration;
import java.util.Optional;
import org.quorate.cluster.coordinator.CoordinationException;
import org.quorate.cluster.coordinator.Coordinator;

/**
 * A read-write lock for the whole cluster: many readers or one writer, nobody overtaken. Not
 * re-entrant: each grant is a {@link Permit} of its own. Safe for many threads.
 */
public final class SharedLock implements AutoCloseable {
    private final ClaimQueue queue;

    private SharedLock(Coordinator coordinator, String path) {
        this.queue =
                new ClaimQueue(
                        coordinator,
                        path,
                        new ClaimQueue.Owner() {
                            @Override
                            public Rule rule() {
                                return Rule.readersOrOneWriter();
                            }

                            @Override
                            public void create()
                                    throws CoordinationException, InterruptedException {
                                coordinator.znodes().ensure(path);
                            }
                        });
    }

    /** The lock at {@code path}. */
    public static SharedLock open(Coordinator coordinator, String path) {
        return new SharedLock(coordinator, path);
    }

    /** Takes the lock with other readers; empty if that was not possible in time. */
    public Optional<Permit> read(Duration atMost)
            throws CoordinationException, InterruptedException {
        return queue.acquire(Claim.Kind.READ, 1, atMost);
    }

    /** Takes the lock alone; empty if that was not possible in time. */
    public Optional<Permit> write(Duration atMost)
            throws CoordinationException, InterruptedException {
        return queue.acquire(Claim.Kind.WRITE, 1, atMost);
    }

    /** Gives back all grants of this object. */
    @Override
    public void close() {
        queue.close();
    }
}
