package org.quorate.cluster.rate;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import org.quorate.cluster.coordinator.CoordinationException;
import org.quorate.cluster.coordinator.CoordinationException.Fate;
import org.quorate.cluster.coordinator.Coordinator;
import org.quorate.cluster.coordinator.Host;
import org.quorate.cluster.coordinator.Outcome;
import org.quorate.cluster.coordinator.Paths;
import org.quorate.cluster.coordinator.Reconciler;
import org.quorate.cluster.coordinator.Step;
import org.quorate.cluster.coordinator.Transaction;
import org.quorate.cluster.coordinator.Znode;
import org.quorate.cluster.coordinator.Znodes;
import org.quorate.cluster.json.MalformedJsonException;

/**
 * This process's part in a limit on the rate of something in the whole cluster. Safe for many
 * threads.
 *
 * <pre>{@code
 * RateLimit moves = RateLimit.open(coordinator, "/orders-db/rate/moves", 20, 40);
 * if (moves.tryAcquire(1)) { … }                 // no I/O
 * moves.acquire(1, Duration.ofSeconds(5));       // waits
 * }</pre>
 *
 * <p>It takes ahead what it spends in a quarter of a second or so. If the service cannot be reached
 * it has nothing once that is spent.
 */
public final class RateLimit implements AutoCloseable {
    /** How long tokens taken ahead can be spent. */
    public static final Duration LEASE = Duration.ofMillis(500);

    private static final long AHEAD_NANOS = Duration.ofMillis(250).toNanos();
    private static final long SHORTEST_WAIT_NANOS = Duration.ofMillis(2).toNanos();

    /** Tokens that lapse together. */
    private static final class Chunk {
        private long tokens;
        private final long untilNanos;

        Chunk(long tokens, long untilNanos) {
            this.tokens = tokens;
            this.untilNanos = untilNanos;
        }
    }

    private final Host host;
    private final Znodes znodes;
    private final String path;
    private final Ledger ifNew;
    private final Reconciler reconciler;
    // All below guarded by this: tokens in hand, oldest first; what is asked for and not there; how
    // much was asked for since that was last looked at, and at what pace.
    private final Deque<Chunk> chunks = new ArrayDeque<>();
    private long wanting;
    private long asked;
    private long askedSinceNanos;
    private double askedPerNano;
    // Only the reconciler's step: the newest stamp of the service and when it was seen.
    private long stampMillis;
    private long stampSeenNanos;

    private RateLimit(Coordinator coordinator, String path, double perSecond, long burst) {
        this.host = coordinator.host();
        this.znodes = coordinator.znodes();
        this.path = Paths.check(path);
        this.ifNew = new Ledger(perSecond, (double) burst, (double) burst, 0);
        this.askedSinceNanos = host.nanoTime();
        this.reconciler = coordinator.reconciler("rate limit at " + path, this::refill);
    }

    /**
     * The limit at {@code path}.
     *
     * @param perSecond how many per second, if nobody has said so before; positive
     * @param burst how many at once after a quiet time, if nobody has said so before; at least 1
     */
    public static RateLimit open(
            Coordinator coordinator, String path, double perSecond, long burst) {
        RateLimit limit = new RateLimit(coordinator, path, perSecond, burst);
        limit.reconciler.start();
        return limit;
    }

    /** Spends {@code count} if they are in hand; if not, sees to it that they will be. No I/O. */
    public synchronized boolean tryAcquire(int count) {
        if (count < 1) {
            throw new IllegalArgumentException("acquire " + count);
        }
        long inHand = inHand();
        asked += count;
        if (inHand < count) {
            wanting = Math.max(wanting, count - inHand);
            reconciler.wake();
            return false;
        }
        spend(count);
        if (inHand - count < askedPerNano * AHEAD_NANOS / 2) {
            reconciler.wake();
        }
        return true;
    }

    /**
     * Spends {@code count}, waiting for them for at most {@code atMost}. Not fair between waiters.
     *
     * @return whether they were spent
     */
    public boolean acquire(int count, Duration atMost) throws InterruptedException {
        long deadlineNanos = host.nanoTime() + atMost.toNanos();
        while (!tryAcquire(count)) {
            long leftNanos = deadlineNanos - host.nanoTime();
            if (!host.await(() -> has(count), leftNanos)) {
                return false;
            }
        }
        return true;
    }

    private synchronized boolean has(int count) {
        return inHand() >= count;
    }

    /** Sets the rate for everybody. */
    public void set(double perSecond, long burst)
            throws CoordinationException, InterruptedException {
        new Ledger(perSecond, (double) burst, 0, 0); // Refuses what makes no sense.
        while (true) {
            Optional<Znode> znode = znodes.read(path);
            if (znode.isEmpty()) {
                create();
                continue;
            }
            Ledger changed = ledger(znode.get()).rates(perSecond, (double) burst);
            Transaction put = new Transaction().put(path, changed.write(), znode.get().version());
            if (znodes.commit(put).done()) {
                return;
            }
        }
    }

    /** Takes nothing more. */
    @Override
    public void close() {
        reconciler.close();
    }

    private Step.Next refill() throws CoordinationException, InterruptedException {
        long wish = wish();
        if (wish == 0) {
            return Step.Next.WHEN_WOKEN;
        }
        Optional<Znode> znode = znodes.read(path);
        if (znode.isEmpty()) {
            create();
            return Step.Next.after(Duration.ZERO);
        }
        Ledger ledger = ledger(znode.get()).at(serviceMillis(znode.get()));
        wish = Math.min(wish, (long) ledger.burst());
        long granted = ledger.available(wish);
        if (granted == 0) {
            return soon(ledger.nanosUntilOne());
        }
        long takenNanos = host.nanoTime();
        Transaction put =
                new Transaction()
                        .put(path, ledger.take(granted).write(), znode.get().version())
                        .withReceipt();
        if (!znodes.commit(put).done()) {
            return soon(0); // Somebody else took some.
        }
        received(granted, takenNanos);
        return wish() == 0 ? Step.Next.WHEN_WOKEN : soon(0);
    }

    private Step.Next soon(long nanos) {
        long spread = host.random().nextLong(4 * SHORTEST_WAIT_NANOS);
        return new Step.Next(SHORTEST_WAIT_NANOS + nanos + spread);
    }

    private void received(long granted, long takenNanos) {
        synchronized (this) {
            chunks.add(new Chunk(granted, takenNanos + LEASE.toNanos()));
            wanting = Math.max(0, wanting - granted);
        }
        host.signal();
    }

    /** What to take: what is asked for, and what the recent pace needs ahead. */
    private synchronized long wish() {
        long now = host.nanoTime();
        long span = now - askedSinceNanos;
        if (span >= AHEAD_NANOS) {
            double latest = (double) asked / span;
            askedPerNano = Math.max(latest, (askedPerNano + latest) / 2);
            asked = 0;
            askedSinceNanos = now;
        }
        long inHand = inHand();
        long ahead = (long) (askedPerNano * AHEAD_NANOS);
        // Not before half of it is gone, so that small amounts are not fetched one by one.
        return Math.max(wanting, inHand < ahead / 2 ? ahead - inHand : 0);
    }

    private long inHand() {
        long now = host.nanoTime();
        long sum = 0;
        while (!chunks.isEmpty() && chunks.peek().untilNanos - now <= 0) {
            chunks.poll();
        }
        for (Chunk chunk : chunks) {
            sum += chunk.tokens;
        }
        return sum;
    }

    private void spend(long count) {
        long left = count;
        while (left > 0) {
            Chunk oldest = chunks.element();
            long used = Math.min(left, oldest.tokens);
            oldest.tokens -= used;
            left -= used;
            if (oldest.tokens == 0) {
                chunks.remove();
            }
        }
    }

    /** The service's time is at least its newest stamp and what has passed here since. */
    private long serviceMillis(Znode znode) {
        long now = host.nanoTime();
        if (znode.modifiedMillis() != stampMillis) {
            stampMillis = znode.modifiedMillis();
            stampSeenNanos = now;
        }
        return stampMillis + (now - stampSeenNanos) / 1_000_000;
    }

    private Ledger ledger(Znode znode) throws CoordinationException {
        try {
            return Ledger.read(znode);
        } catch (MalformedJsonException unreadable) {
            throw new CoordinationException(
                    Fate.DID_NOT_HAPPEN,
                    "rate limit at " + path + ": " + unreadable.getMessage(),
                    unreadable);
        }
    }

    private void create() throws CoordinationException, InterruptedException {
        znodes.ensure(Paths.parent(path));
        Outcome outcome = znodes.commit(new Transaction().create(path, startingNow().write()));
        if (!outcome.done() && !outcome.refusedFor(Outcome.Reason.EXISTS)) {
            throw new CoordinationException(
                    Fate.DID_NOT_HAPPEN, "rate limit at " + path + ": " + outcome);
        }
    }

    /** Its stamp counts if that is earlier, and this process's clock may be wrong. */
    private Ledger startingNow() {
        return new Ledger(ifNew.perSecond(), ifNew.burst(), ifNew.tokens(), Long.MAX_VALUE);
    }
}
