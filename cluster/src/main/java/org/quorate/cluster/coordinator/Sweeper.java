package org.quorate.cluster.coordinator;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Deletes ephemeral znodes that nobody wants any more, in the background and for as long as it
 * takes. What belongs to a session that has ended is forgotten: it went with it. Safe for many
 * threads.
 */
public final class Sweeper implements AutoCloseable {
    private final Znodes znodes;
    private final Reconciler reconciler;
    private final Map<String, Session> unwanted = new ConcurrentHashMap<>();

    private Sweeper(Coordinator coordinator, String name) {
        this.znodes = coordinator.znodes();
        this.reconciler = coordinator.reconciler(name, this::sweep);
    }

    /** A sweeper, known in the log by {@code name}. */
    public static Sweeper start(Coordinator coordinator, String name) {
        Sweeper sweeper = new Sweeper(coordinator, name);
        sweeper.reconciler.start();
        return sweeper;
    }

    /** Lets {@code path} be deleted if it still belongs to {@code session}. Does not block. */
    public void discard(Session session, String path) {
        if (session.live()) {
            unwanted.put(path, session);
            reconciler.wake();
        }
    }

    /** Sweeps once more, if the service can be reached, and stops. */
    @Override
    public void close() {
        reconciler.close();
        try {
            sweep();
        } catch (CoordinationException unreachable) {
            // They go with the session.
        } catch (InterruptedException closing) {
            Thread.currentThread().interrupt();
        }
    }

    private Step.Next sweep() throws CoordinationException, InterruptedException {
        for (Map.Entry<String, Session> entry : List.copyOf(unwanted.entrySet())) {
            String path = entry.getKey();
            Session session = entry.getValue();
            try {
                Optional<Znode> there = znodes.read(path);
                // Another's znode may stand there by now, if ours was deleted by hand.
                if (there.isPresent() && there.get().ownerSession() == session.id()) {
                    znodes.commit(Transaction.in(session).delete(path, Transaction.ANY_VERSION));
                }
            } catch (SessionEndedException goneWithIt) {
                // Nothing left to do.
            }
            unwanted.remove(path);
        }
        return Step.Next.WHEN_WOKEN;
    }
}
