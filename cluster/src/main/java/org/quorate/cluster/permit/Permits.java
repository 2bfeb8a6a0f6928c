package org.quorate.cluster.permit;

import java.time.Duration;
import java.util.Optional;
import org.quorate.cluster.coordinator.Bytes;
import org.quorate.cluster.coordinator.CoordinationException;
import org.quorate.cluster.coordinator.Coordinator;
import org.quorate.cluster.coordinator.Outcome;
import org.quorate.cluster.coordinator.Paths;
import org.quorate.cluster.coordinator.Transaction;
import org.quorate.cluster.coordinator.Znode;
import org.quorate.cluster.coordinator.Znodes;
import org.quorate.cluster.json.Json;
import org.quorate.cluster.json.MalformedJsonException;

/**
 * A number of permits for the whole cluster, first come first served. Safe for many threads.
 *
 * <pre>{@code
 * try (Permits backups = Permits.open(coordinator, "/orders-db/permits/backup", 4)) {
 *     Optional<Permit> permit = backups.acquire(1, Duration.ofMinutes(5));
 *     …
 * }
 * }</pre>
 */
public final class Permits implements AutoCloseable {
    private final Znodes znodes;
    private final String path;
    private final long limitIfNew;
    private final ClaimQueue queue;

    private Permits(Coordinator coordinator, String path, long limitIfNew) {
        this.znodes = coordinator.znodes();
        this.path = Paths.check(path);
        this.limitIfNew = checked(limitIfNew);
        this.queue =
                new ClaimQueue(
                        coordinator,
                        path,
                        new ClaimQueue.Owner() {
                            @Override
                            public Rule rule() throws CoordinationException, InterruptedException {
                                return Rule.fitting(limit());
                            }

                            @Override
                            public void create()
                                    throws CoordinationException, InterruptedException {
                                define();
                            }
                        });
    }

    /**
     * The permits at {@code path}.
     *
     * @param limitIfNew how many there are if nobody has said so before, positive
     */
    public static Permits open(Coordinator coordinator, String path, long limitIfNew) {
        return new Permits(coordinator, path, limitIfNew);
    }

    /**
     * Takes {@code weight} permits, waiting in line for at most {@code atMost}.
     *
     * @return the grant, or empty if it did not come in time
     * @throws IllegalArgumentException if there are never that many
     */
    public Optional<Permit> acquire(int weight, Duration atMost)
            throws CoordinationException, InterruptedException {
        long limit = limit();
        if (weight < 1 || weight > limit) {
            throw new IllegalArgumentException(weight + " permits of " + limit);
        }
        return queue.acquire(Claim.Kind.PERMIT, weight, atMost);
    }

    /** How many there are in all, as the service says. */
    public long limit() throws CoordinationException, InterruptedException {
        Optional<Znode> znode = znodes.read(path);
        if (znode.isEmpty() || znode.get().data().size() == 0) {
            return limitIfNew;
        }
        try {
            return Json.parseObject(znode.get().data().text()).number("limit", limitIfNew);
        } catch (MalformedJsonException unreadable) {
            throw new CoordinationException(
                    CoordinationException.Fate.DID_NOT_HAPPEN,
                    "permits at " + path + ": " + unreadable.getMessage(),
                    unreadable);
        }
    }

    /**
     * Sets how many there are in all, for everybody. What is held stays held: after a reduction
     * nobody new is let in until enough have been given back.
     */
    public void limit(long permits) throws CoordinationException, InterruptedException {
        znodes.ensure(path);
        Bytes data = data(checked(permits));
        znodes.commit(new Transaction().put(path, data, Transaction.ANY_VERSION));
    }

    /** Gives back all grants of this object. */
    @Override
    public void close() {
        queue.close();
    }

    private void define() throws CoordinationException, InterruptedException {
        znodes.ensure(Paths.parent(path));
        Outcome outcome = znodes.commit(new Transaction().create(path, data(limitIfNew)));
        if (!outcome.done() && !outcome.refusedFor(Outcome.Reason.EXISTS)) {
            throw new CoordinationException(
                    CoordinationException.Fate.DID_NOT_HAPPEN,
                    "permits at " + path + ": " + outcome);
        }
    }

    private static Bytes data(long limit) {
        return Bytes.utf8(Json.Obj.EMPTY.with("limit", Json.of(limit)).toString());
    }

    private static long checked(long limit) {
        if (limit < 1) {
            throw new IllegalArgumentException("a limit of " + limit + " permits");
        }
        return limit;
    }
}
