package org.quorate.cluster.work;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.quorate.cluster.coordinator.Bell;
import org.quorate.cluster.coordinator.Bytes;
import org.quorate.cluster.coordinator.CoordinationException;
import org.quorate.cluster.coordinator.CoordinationException.Fate;
import org.quorate.cluster.coordinator.Coordinator;
import org.quorate.cluster.coordinator.Outcome;
import org.quorate.cluster.coordinator.Paths;
import org.quorate.cluster.coordinator.Session;
import org.quorate.cluster.coordinator.SessionEndedException;
import org.quorate.cluster.coordinator.Sweeper;
import org.quorate.cluster.coordinator.Transaction;
import org.quorate.cluster.coordinator.Znode;
import org.quorate.cluster.coordinator.Znodes;
import org.quorate.cluster.fence.Epoch;
import org.quorate.cluster.fence.HeldLease;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A queue of work. Items are handed out roughly in the order in which they were added. Safe for
 * many threads.
 *
 * <pre>{@code
 * try (WorkQueue queue = WorkQueue.open(coordinator, "/orders-db/work/compactions")) {
 *     queue.add(Bytes.utf8("shard-17"));
 *     Optional<Work> work = queue.take(Duration.ofSeconds(30));
 *     …
 *     work.get().done();
 * }
 * }</pre>
 */
public final class WorkQueue implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(WorkQueue.class);

    /** Most items that wait or are worked on: their names fit into one answer of the service. */
    public static final int ITEMS_MAX = 10_000;

    /** Largest payload. */
    public static final int PAYLOAD_BYTES_MAX = 64 * 1024;

    /** Deliveries after which an item is set aside as dead, unless told otherwise. */
    public static final int DELIVERIES_MAX = 16;

    /** How many items from the front one worker chooses among, so that many seldom collide. */
    private static final int CHOICE_MAX = 8;

    private static final Comparator<String> BY_NUMBER = (a, b) -> number(a) - number(b);

    private final Coordinator coordinator;
    private final Znodes znodes;
    private final String items;
    private final String claims;
    private final String dead;
    private final int deliveriesMax;
    private final Bell bell;
    private final Sweeper sweeper;
    private final AtomicLong rings = new AtomicLong();
    // Guarded by this: items that were free when the service was last asked, oldest first.
    private final Deque<String> free = new ArrayDeque<>();

    private WorkQueue(Coordinator coordinator, String path, int deliveriesMax) {
        if (deliveriesMax < 1) {
            throw new IllegalArgumentException("at most " + deliveriesMax + " deliveries");
        }
        this.coordinator = coordinator;
        this.znodes = coordinator.znodes();
        this.items = Paths.join(Paths.check(path), "items");
        this.claims = Paths.join(path, "claims");
        this.dead = Paths.join(path, "dead");
        this.deliveriesMax = deliveriesMax;
        this.sweeper = Sweeper.start(coordinator, "work at " + path);
        this.bell =
                Bell.at(
                        coordinator,
                        path,
                        changed -> {
                            rings.incrementAndGet();
                            coordinator.host().signal();
                        });
    }

    /** The queue at {@code path}, with {@link #DELIVERIES_MAX}. */
    public static WorkQueue open(Coordinator coordinator, String path) {
        return open(coordinator, path, DELIVERIES_MAX);
    }

    /** The queue at {@code path}; whoever finds an item delivered that often sets it aside. */
    public static WorkQueue open(Coordinator coordinator, String path, int deliveriesMax) {
        return new WorkQueue(coordinator, path, deliveriesMax);
    }

    /**
     * Adds an item, once.
     *
     * @return its name
     * @throws IllegalArgumentException if the payload is too large
     * @throws IllegalStateException if the queue is full
     */
    public String add(Bytes payload) throws CoordinationException, InterruptedException {
        if (payload.size() > PAYLOAD_BYTES_MAX) {
            throw new IllegalArgumentException(
                    "a payload of " + payload.size() + " bytes; at most " + PAYLOAD_BYTES_MAX);
        }
        int waiting = znodes.read(items).map(Znode::childCount).orElse(0);
        if (waiting >= ITEMS_MAX) {
            throw new IllegalStateException(items + " is full: " + waiting + " items");
        }
        String prefix = Paths.join(items, coordinator.nonce() + "-");
        while (true) {
            Outcome outcome =
                    znodes.commit(
                            new Transaction().createSequential(prefix, payload).withReceipt());
            if (outcome instanceof Outcome.Done done) {
                return name(done.written().get(0).path());
            }
            ensure();
        }
    }

    /** How many items wait or are worked on. */
    public int size() throws CoordinationException, InterruptedException {
        return znodes.read(items).map(Znode::childCount).orElse(0);
    }

    /** Names of the items that were delivered too often, oldest first. */
    public List<String> dead() throws CoordinationException, InterruptedException {
        List<String> names = new ArrayList<>(znodes.children(dead).orElse(List.of()));
        names.sort(BY_NUMBER);
        return names;
    }

    /** Puts a dead item back into the queue, as if new; false if there is none of that name. */
    public boolean revive(String id) throws CoordinationException, InterruptedException {
        Optional<Znode> item = znodes.read(Paths.join(dead, Paths.checkName(id)));
        return item.isPresent()
                && znodes.commit(
                                new Transaction()
                                        .create(Paths.join(items, id), item.get().data())
                                        .delete(item.get().path(), item.get().version()))
                        .done();
    }

    /**
     * Takes an item, waiting for one for at most {@code atMost}.
     *
     * @return the item, in our hands while its lease holds; empty if there was none in time
     */
    public Optional<Work> take(Duration atMost) throws CoordinationException, InterruptedException {
        long deadlineNanos = coordinator.host().nanoTime() + atMost.toNanos();
        while (true) {
            long seen = rings.get();
            Optional<Work> work = tryTake();
            if (work.isPresent()) {
                return work;
            }
            long leftNanos = deadlineNanos - coordinator.host().nanoTime();
            if (!coordinator.host().await(() -> rings.get() != seen, leftNanos)) {
                return Optional.empty();
            }
        }
    }

    /** Takes an item if one is free now. */
    public Optional<Work> tryTake() throws CoordinationException, InterruptedException {
        Session session = coordinator.session();
        boolean asked = false;
        while (true) {
            String id = nextFree();
            if (id == null) {
                if (asked) {
                    return Optional.empty();
                }
                askWhatIsFree();
                asked = true;
                continue;
            }
            try {
                Optional<Work> work = claim(session, id);
                if (work.isPresent()) {
                    return work;
                }
            } catch (SessionEndedException ended) {
                session = coordinator.session();
            }
        }
    }

    /** Gives everything back. */
    @Override
    public void close() {
        bell.close();
        sweeper.close();
    }

    private synchronized @Nullable String nextFree() {
        if (free.isEmpty()) {
            return null;
        }
        List<String> front = new ArrayList<>();
        while (front.size() < CHOICE_MAX && !free.isEmpty()) {
            front.add(free.poll());
        }
        String chosen = front.remove(coordinator.host().random().nextInt(front.size()));
        for (int i = front.size() - 1; i >= 0; i--) {
            free.push(front.get(i));
        }
        return chosen;
    }

    /** Claims first: an item claimed in between is found out when it is claimed again. */
    private void askWhatIsFree() throws CoordinationException, InterruptedException {
        Set<String> taken = new HashSet<>(znodes.children(claims).orElse(List.of()));
        List<String> names = new ArrayList<>(znodes.children(items).orElse(List.of()));
        names.removeIf(taken::contains);
        names.sort(BY_NUMBER);
        synchronized (this) {
            free.clear();
            free.addAll(names);
        }
    }

    /** Empty if somebody else has it, has done it, or it is dead. */
    private Optional<Work> claim(Session session, String id)
            throws CoordinationException, InterruptedException {
        String item = Paths.join(items, id);
        String claim = Paths.join(claims, id);
        Optional<Znode> found = znodes.read(item);
        if (found.isEmpty()) {
            return Optional.empty();
        }
        int version = found.get().version();
        if (version >= deliveriesMax) {
            bury(found.get());
            return Optional.empty();
        }
        Bytes payload = found.get().data();
        Outcome outcome =
                znodes.commit(
                        Transaction.in(session)
                                .createEphemeral(claim, Bytes.NONE)
                                .put(item, payload, version));
        if (!(outcome instanceof Outcome.Done done)) {
            if (outcome.refusedFor(Outcome.Reason.MISSING)) {
                ensure(); // The item is gone, or somebody deleted the claims' parent by hand.
            }
            return Optional.empty();
        }
        long zxid = done.written().get(1).zxid();
        if (zxid == Outcome.Written.UNKNOWN) {
            Optional<Znode> ours = znodes.read(claim);
            if (ours.isEmpty() || ours.get().ownerSession() != session.id()) {
                return Optional.empty();
            }
            zxid = ours.get().createdZxid();
        }
        HeldLease lease = session.lease(new Epoch(zxid));
        Work work = new Work(this, session, id, payload, version + 1, lease);
        lease.onLost(() -> sweeper.discard(session, claim));
        return Optional.of(work);
    }

    private void bury(Znode item) throws CoordinationException, InterruptedException {
        Outcome outcome =
                znodes.commit(
                        new Transaction()
                                .create(Paths.join(dead, item.name()), item.data())
                                .delete(item.path(), item.version()));
        if (outcome.done()) {
            LOG.warn("set aside after {} deliveries item={}", item.version(), item.path());
        }
    }

    /** Removes the item together with whatever is in {@code transaction}, of that session. */
    boolean finish(Work work, Transaction transaction)
            throws CoordinationException, InterruptedException {
        // In the session: once it has ended this is refused for ever. The version: only the newest
        // delivery can be done.
        transaction
                .delete(Paths.join(claims, work.id()), Transaction.ANY_VERSION)
                .delete(Paths.join(items, work.id()), work.delivery())
                .withReceipt();
        try {
            boolean done = znodes.commit(transaction).done();
            work.held().revoke();
            return done;
        } catch (SessionEndedException ended) {
            if (ended.fate() == Fate.UNKNOWN) {
                throw ended;
            }
            return false;
        }
    }

    /** The items last: where they are, the rest is. */
    private void ensure() throws CoordinationException, InterruptedException {
        znodes.ensure(claims);
        znodes.ensure(dead);
        znodes.ensure(items);
    }

    private static String name(String path) {
        return path.substring(path.lastIndexOf('/') + 1);
    }

    /** The service's number at the end of a name; foreign names come first. */
    private static int number(String name) {
        int from = name.indexOf('-') + 1;
        try {
            return Integer.parseInt(name.substring(from));
        } catch (NumberFormatException foreign) {
            return Integer.MIN_VALUE;
        }
    }
}
