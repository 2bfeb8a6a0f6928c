package org.quorate.cluster.discovery;

import java.time.Duration;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.quorate.cluster.coordinator.Bytes;
import org.quorate.cluster.coordinator.CoordinationException;
import org.quorate.cluster.coordinator.Coordinator;
import org.quorate.cluster.coordinator.Mirror;
import org.quorate.cluster.coordinator.Outcome;
import org.quorate.cluster.coordinator.Paths;
import org.quorate.cluster.coordinator.Reconciler;
import org.quorate.cluster.coordinator.Session;
import org.quorate.cluster.coordinator.Step;
import org.quorate.cluster.coordinator.Transaction;
import org.quorate.cluster.coordinator.Znode;
import org.quorate.cluster.coordinator.Znodes;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps one instance registered, across sessions, until closed. Safe for many threads. An instance
 * of the same name that belongs to another session is waited for: it is an earlier incarnation, or
 * a mistake.
 */
public final class Registration implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Registration.class);
    private static final Duration LOOK_AGAIN = Duration.ofMillis(500);

    private final Coordinator coordinator;
    private final Znodes znodes;
    private final String path;
    private final BooleanSupplier health;
    private final Duration checkEvery;
    private final Reconciler reconciler;
    private final Mirror self;
    private volatile Instance instance;

    private Registration(
            Coordinator coordinator,
            String base,
            Instance instance,
            BooleanSupplier health,
            Duration checkEvery) {
        this.coordinator = coordinator;
        this.znodes = coordinator.znodes();
        this.instance = instance.registered(coordinator.host().wallMillis());
        this.path = Paths.join(Paths.join(Paths.check(base), instance.service()), instance.id());
        this.health = health;
        this.checkEvery = checkEvery;
        this.reconciler = coordinator.reconciler("registration at " + path, this::step);
        this.self = Mirror.open(coordinator, path, 0, (now, all) -> reconciler.wake());
    }

    /**
     * Registers {@code instance} under {@code base}, soon; it is healthy as long as it is there.
     */
    public static Registration open(Coordinator coordinator, String base, Instance instance) {
        return open(coordinator, base, instance, () -> true, Duration.ofDays(1));
    }

    /**
     * Registers {@code instance} under {@code base}, soon, and enables it only while {@code health}
     * says so.
     *
     * @param health asked every {@code checkEvery} on a thread of the toolkit; one that throws says
     *     no. It must not block for long
     */
    public static Registration open(
            Coordinator coordinator,
            String base,
            Instance instance,
            BooleanSupplier health,
            Duration checkEvery) {
        Registration registration =
                new Registration(coordinator, base, instance, health, checkEvery);
        registration.reconciler.start();
        return registration;
    }

    /** Publishes something else about the instance, soon; its names stay. */
    public void update(Instance changed) {
        if (!changed.id().equals(instance.id()) || !changed.service().equals(instance.service())) {
            throw new IllegalArgumentException("another instance: " + changed);
        }
        instance = changed.registered(instance.registeredMillis());
        reconciler.wake();
    }

    /** Takes the instance out. */
    @Override
    public void close() {
        self.close();
        reconciler.close();
        try {
            Optional<Session> session = coordinator.currentSession();
            Optional<Znode> there = znodes.read(path);
            if (session.isPresent()
                    && there.isPresent()
                    && there.get().ownerSession() == session.get().id()) {
                znodes.commit(Transaction.in(session.get()).delete(path, Transaction.ANY_VERSION));
            }
        } catch (CoordinationException unreachable) {
            LOG.warn("left to its session: {}: {}", path, unreachable.getMessage());
        } catch (InterruptedException closing) {
            Thread.currentThread().interrupt();
        }
    }

    private Step.Next step() throws CoordinationException, InterruptedException {
        Instance wanted = instance;
        Bytes data = Bytes.utf8(wanted.enabled(wanted.enabled() && healthy()).toJson().toString());
        Session session = coordinator.session();
        Optional<Znode> there = znodes.read(path);
        Transaction transaction = Transaction.in(session);
        if (there.isEmpty()) {
            transaction.createEphemeral(path, data);
        } else if (there.get().ownerSession() != session.id()) {
            LOG.info("waiting for the name of {}", path);
            return Step.Next.after(LOOK_AGAIN);
        } else if (!there.get().data().equals(data)) {
            transaction.put(path, data, there.get().version());
        }
        Outcome outcome = znodes.commit(transaction);
        if (outcome.refusedFor(Outcome.Reason.MISSING)) {
            znodes.ensure(Paths.parent(path));
        }
        return Step.Next.after(outcome.done() ? checkEvery : Duration.ofMillis(10));
    }

    private boolean healthy() {
        try {
            return health.getAsBoolean();
        } catch (RuntimeException failed) {
            LOG.warn("the health of {} cannot be told: taken for ill", path, failed);
            return false;
        }
    }
}
