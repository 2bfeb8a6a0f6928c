package org.quorate.cluster.config;

import java.time.Duration;
import java.util.Optional;
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
import org.quorate.cluster.json.MalformedJsonException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A member's view of a configuration, always at the version that is meant for it. Safe for many
 * threads.
 *
 * <pre>{@code
 * static final Setting<Long> BATCH = Setting.whole("batch", 100, 1, 10_000);
 * static final Schema SCHEMA = Schema.of(BATCH);
 *
 * LiveConfig config = LiveConfig.open(coordinator, "/orders-db/config/ingest", SCHEMA, "node-17",
 *         (before, after) -> pool.resize(after.get(BATCH)));
 * long batch = config.now().get(BATCH);
 * }</pre>
 *
 * <p>A version that this member's schema or its listener refuses is not taken: it goes on with what
 * it had and reports why, for whoever rolls out to see. Until the service has been read once, the
 * defaults count.
 */
public final class LiveConfig implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LiveConfig.class);

    /** Hears of a new version, on a thread of the toolkit, before it counts. */
    @FunctionalInterface
    public interface Listener {
        /**
         * Takes the new values, or throws to refuse them.
         *
         * @param before what counts until this returns
         * @param after what will count
         */
        void changed(Values before, Values after) throws Exception;
    }

    private record Current(long version, Values values) {}

    private final Coordinator coordinator;
    private final Znodes znodes;
    private final String path;
    private final Schema schema;
    private final String member;
    private final Listener listener;
    private final Reconciler reconciler;
    private final Mirror mirror;
    private volatile Current current;
    private volatile boolean complete;
    // Only the reconciler's step: the version refused last, and why.
    private long refused;
    private String error = "";

    private LiveConfig(
            Coordinator coordinator, String path, Schema schema, String member, Listener listener) {
        this.coordinator = coordinator;
        this.znodes = coordinator.znodes();
        this.path = Paths.check(path);
        this.schema = schema;
        this.member = Paths.checkName(member);
        this.listener = listener;
        this.current = new Current(0, schema.defaults());
        this.reconciler = coordinator.reconciler("configuration at " + path, this::step);
        this.mirror = Mirror.open(coordinator, path, 0, (now, all) -> reconciler.wake());
    }

    /**
     * Follows the configuration at {@code path} as {@code member}.
     *
     * @param schema what this member understands
     * @param member its name, by which versions are meant for it
     */
    public static LiveConfig open(
            Coordinator coordinator, String path, Schema schema, String member, Listener listener) {
        LiveConfig config = new LiveConfig(coordinator, path, schema, member, listener);
        config.reconciler.start();
        return config;
    }

    /** The values that count now. One volatile read. */
    public Values now() {
        return current.values();
    }

    /** The version of {@link #now}; 0 for the defaults. */
    public long version() {
        return current.version();
    }

    /**
     * Waits until the service has been read once.
     *
     * @return whether it has
     */
    public boolean awaitComplete(Duration atMost) throws InterruptedException {
        return coordinator.host().await(() -> complete, atMost.toNanos());
    }

    /** Ends following; the values stay as they are. */
    @Override
    public void close() {
        mirror.close();
        reconciler.close();
    }

    private Step.Next step() throws CoordinationException, InterruptedException {
        if (!mirror.awaitComplete(Duration.ZERO)) {
            return Step.Next.WHEN_WOKEN; // The copy wakes us when it is there.
        }
        Znode head = mirror.now().get(path);
        if (head != null) {
            follow(head);
            report();
        }
        complete = true;
        coordinator.host().signal();
        return Step.Next.WHEN_WOKEN;
    }

    private void follow(Znode head) throws CoordinationException, InterruptedException {
        long wanted;
        try {
            wanted = Rollout.read(head.data()).versionFor(member);
        } catch (MalformedJsonException unreadable) {
            LOG.warn("configuration at {} cannot be read: {}", path, unreadable.getMessage());
            return;
        }
        if (wanted == current.version()) {
            refused = 0;
            error = "";
            return;
        }
        if (wanted == refused) {
            return;
        }
        try {
            take(wanted);
            refused = 0;
            error = "";
        } catch (InvalidConfigException | MalformedJsonException | ListenerFailed failed) {
            refused = wanted;
            error = String.valueOf(failed.getMessage());
            LOG.warn("configuration refused version={} at {}: {}", wanted, path, error);
        }
    }

    private void take(long wanted)
            throws CoordinationException,
                    InterruptedException,
                    InvalidConfigException,
                    MalformedJsonException,
                    ListenerFailed {
        Values after = schema.defaults();
        if (wanted != 0) {
            Optional<Znode> znode = znodes.read(Revision.path(path, wanted));
            if (znode.isEmpty()) {
                throw new MalformedJsonException("version " + wanted + " is not there");
            }
            after = schema.read(Revision.read(znode.get()).values());
        }
        try {
            listener.changed(current.values(), after);
        } catch (InterruptedException closing) {
            throw closing;
        } catch (Exception failed) {
            throw new ListenerFailed(failed);
        }
        current = new Current(wanted, after);
        coordinator.host().signal();
        LOG.info("configuration version={} at {}", wanted, path);
    }

    private void report() throws CoordinationException, InterruptedException {
        Session session = coordinator.session();
        String mine = ConfigAdmin.applied(path, member);
        Bytes wanted = new Applied(current.version(), refused, error).write();
        Optional<Znode> there = znodes.read(mine);
        Transaction transaction = Transaction.in(session);
        if (there.isEmpty()) {
            transaction.createEphemeral(mine, wanted);
        } else if (there.get().ownerSession() != session.id()) {
            // Our earlier incarnation's, or a namesake's: ours must go with our session.
            transaction.delete(mine, there.get().version()).createEphemeral(mine, wanted);
        } else if (!there.get().data().equals(wanted)) {
            transaction.put(mine, wanted, there.get().version());
        }
        Outcome outcome = znodes.commit(transaction);
        if (!outcome.done()) {
            znodes.ensure(Paths.join(path, ConfigAdmin.APPLIED));
            throw new CoordinationException(
                    CoordinationException.Fate.DID_NOT_HAPPEN,
                    "report of " + member + ": " + outcome);
        }
    }

    private static final class ListenerFailed extends Exception {
        private static final long serialVersionUID = 1L;

        ListenerFailed(Exception cause) {
            super("the listener refused it: " + cause, cause);
        }
    }
}
