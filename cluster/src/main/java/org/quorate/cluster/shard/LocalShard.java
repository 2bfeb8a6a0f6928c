package org.quorate.cluster.shard;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.quorate.cluster.coordinator.Backoff;
import org.quorate.cluster.coordinator.CoordinationException;
import org.quorate.cluster.coordinator.Host;
import org.quorate.cluster.fence.Epoch;
import org.quorate.cluster.fence.HeldLease;
import org.quorate.cluster.fence.Role;
import org.quorate.cluster.fence.ShardId;
import org.quorate.cluster.map.Assignment;
import org.quorate.cluster.map.KeySpace;
import org.quorate.cluster.map.Report;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One shard in this process: brings what the database does with it to what the map asks, one call
 * at a time. Safe for many threads.
 *
 * <p>An epoch that has been given up here, because another is to lead, a promotion failed or a
 * demotion took too long, is never taken up again: the planner counts on that when it reads the
 * report.
 */
final class LocalShard {
    private static final Logger LOG = LoggerFactory.getLogger(LocalShard.class);

    /** Attempts before a failure is reported. */
    static final int ATTEMPTS = 3;

    /** How long a promotion may take before the lease is revoked and the failure reported. */
    static final Duration PROMOTION_MOST = Duration.ofSeconds(30);

    private static final Backoff RETRY = Backoff.of(Duration.ofMillis(20), Duration.ofSeconds(10));

    /** What the shard needs of its process. */
    interface Surroundings {
        /** Runs a task when there is a free place for one. */
        void run(Runnable task);

        /** Something has changed that is to be reported within that time. */
        void report(Duration within);

        /** This process's number in the map. */
        int self();

        /** Whether the map knows this process in its present incarnation. */
        boolean current();

        /** A lease in the session of the present incarnation. */
        HeldLease lease(Epoch epoch) throws CoordinationException, InterruptedException;

        /** A call into the database has thrown. */
        void failed();

        /** A call hangs: others need not wait for its place. */
        void overdue();

        /** A call that hung has returned. */
        void back();

        /** What a shard is made from here; null if it is not made from local replicas. */
        @Nullable Derivation derivation(int shard);

        /** A local replica has been opened: others may be made from it. */
        void opened(int shard);

        /** Other nodes that have the data. */
        List<NodeRef> refs(List<Integer> nodes) throws CoordinationException, InterruptedException;
    }

    /**
     * What a shard is made from.
     *
     * @param ready whether those local replicas are open
     */
    record Derivation(List<ReshapingHost.Origin> origins, KeySpace keys, boolean ready) {}

    private enum Kind {
        OPEN,
        PROMOTE,
        DEMOTE,
        CLOSE
    }

    /** One call to be made. {@code planned}: the lease holds until a demotion is done. */
    private static final class Call { // Not a record: one call is never the same as another.
        private final Kind kind;
        private final long epoch;
        private final boolean planned;
        private long done; // Of an opening; both guarded by the shard.
        private long total;
        private long advancedNanos;

        Call(Kind kind, long epoch, boolean planned) {
            this.kind = kind;
            this.epoch = epoch;
            this.planned = planned;
        }

        Kind kind() {
            return kind;
        }

        long epoch() {
            return epoch;
        }

        boolean planned() {
            return planned;
        }
    }

    private final ShardId id;
    private final ShardHost database;
    private final Host host;
    private final Surroundings around;
    // All below guarded by this.
    private Assignment wanted = Assignment.EMPTY;
    private Handoff handoff = Handoff.NONE;
    private boolean opened;
    private boolean everOpened;
    private boolean touched; // the database may have something of it that is to be closed one day
    private @Nullable HeldLease lease;
    private long leading; // epoch under which the database was promoted, 0 if it was not
    private long givenUp; // no epoch up to this one is taken up here any more
    private @Nullable Call running;
    private volatile @Nullable Call overdue; // the last call that took longer than it may
    private boolean scheduled;
    private int attempts; // in a row that came to nothing, whosever fault it was
    private int failures; // of the database among them
    private Report.@Nullable Item word; // what the report should say instead of "under way"

    LocalShard(ShardId id, ShardHost database, Host host, Surroundings around) {
        this.id = id;
        this.database = database;
        this.host = host;
        this.around = around;
    }

    /** The map asks for {@code assignment} from now on. */
    void want(Assignment assignment, Handoff left) {
        synchronized (this) {
            if (assignment.epoch().value() != wanted.epoch().value() || !stillFailed(assignment)) {
                word = null;
                attempts = 0;
                failures = 0;
            }
            wanted = assignment;
            handoff = left;
        }
        wake();
    }

    private boolean stillFailed(Assignment assignment) {
        return assignment.leader() == around.self()
                && word instanceof Report.Failed
                && assignment.epoch().value() <= givenUp;
    }

    /** A new incarnation begins: the data may have gaps, and nothing is led. */
    void beginAnew() {
        synchronized (this) {
            opened = false;
            word = null;
            attempts = 0;
            failures = 0;
        }
        wake();
    }

    /** Looks again at what is to be done. */
    void wake() {
        synchronized (this) {
            if (scheduled || running != null) {
                return;
            }
            Call next = next();
            if (next == null) {
                return;
            }
            scheduled = true;
        }
        around.run(this::work);
    }

    /** What the report should say: nothing when everything asked for is done. */
    synchronized Optional<Report.Item> item() {
        if (word != null) {
            return Optional.of(word);
        }
        boolean stopped = running != null && running.kind() == Kind.DEMOTE && stoppedAlready();
        boolean busy =
                running != null && !stopped || running == null && (next() != null || waits());
        return busy ? Optional.of(new Report.UnderWay()) : Optional.empty();
    }

    /** What it is to be made from is not open yet. */
    private boolean waits() {
        LocalShard.Derivation made =
                opened || !wanted.holds(around.self()) ? null : around.derivation(id.index());
        return made != null && !made.ready();
    }

    /** A demotion still runs, but its lease is gone: others need not wait for it. */
    private boolean stoppedAlready() {
        return lease == null && wanted.epoch().value() <= givenUp;
    }

    /** Whether it can be forgotten: nothing is here and nothing is asked for. */
    synchronized boolean idle() {
        return !touched
                && leading == 0
                && running == null
                && !scheduled
                && !wanted.holds(around.self());
    }

    ShardId id() {
        return id;
    }

    synchronized Assignment wanted() {
        return wanted;
    }

    synchronized boolean opened() {
        return opened;
    }

    /** The lease under which it leads, if it does. */
    synchronized Optional<HeldLease> lease() {
        return Optional.ofNullable(lease);
    }

    /** Ends the lease at once; the database is told by a demotion. */
    void revoke() {
        HeldLease held;
        synchronized (this) {
            held = lease;
            givenUp = Math.max(givenUp, leading);
        }
        if (held != null) {
            held.revoke();
        }
    }

    private @Nullable Call next() {
        boolean holds = wanted.holds(around.self());
        boolean named = holds && wanted.leader() == around.self();
        long epoch = wanted.epoch().value();
        boolean handingOver = named && wanted.successor() != Assignment.NONE;
        boolean leads = named && !handingOver && epoch > givenUp && around.current();
        if (leading != 0) {
            boolean goesOn = leads && leading == epoch && lease != null && lease.valid();
            if (!goesOn) {
                boolean planned = handingOver && leading == epoch;
                return new Call(Kind.DEMOTE, leading, planned);
            }
        } else if (handingOver) {
            givenUp = Math.max(givenUp, epoch); // It had not begun yet and will not any more.
        }
        if (!holds) {
            return touched ? new Call(Kind.CLOSE, epoch, false) : null;
        }
        if (!opened) {
            return waits() ? null : new Call(Kind.OPEN, epoch, false);
        }
        return leads && leading == 0 ? new Call(Kind.PROMOTE, epoch, false) : null;
    }

    /** Whether something is being done or to be done. */
    synchronized boolean busy() {
        return running != null || scheduled || next() != null || waits();
    }

    private void work() {
        Duration within = ShardNode.REPORT_LATER;
        while (true) {
            Call call;
            synchronized (this) {
                call = next();
                running = call;
                touched |= call != null && call.kind() == Kind.OPEN;
                if (call == null) {
                    scheduled = false;
                    break;
                }
            }
            Host.Timer watchdog = watch(call);
            Exception failure = null;
            try {
                make(call);
            } catch (Exception failed) { // The database's own code: anything may come.
                failure = failed;
            }
            watchdog.cancel();
            within = call.kind() == Kind.PROMOTE ? within : ShardNode.REPORT_SOON;
            if (!after(call, failure)) {
                break;
            }
        }
        around.report(within);
    }

    private void make(Call call) throws Exception {
        switch (call.kind()) {
            case OPEN:
                open(call);
                break;
            case PROMOTE:
                promote(call);
                break;
            case DEMOTE:
                demote(call);
                break;
            case CLOSE:
                drain(new Epoch(call.epoch()));
                database.close(id, true);
                break;
        }
    }

    private void drain(Epoch epoch) throws InterruptedException {
        if (!opened()) {
            return;
        }
        try {
            long until = host.wallMillis() + database.drainMost().toMillis();
            database.drain(id, epoch, Instant.ofEpochMilli(until));
        } catch (InterruptedException closing) {
            throw closing;
        } catch (Exception failed) { // The database's own code: anything may come.
            LOG.warn("not drained in order shard={}", id, failed);
        }
    }

    /** How far the opening that runs has come, if one does. */
    synchronized Optional<Opening> opening() {
        Call call = running;
        return call == null || call.kind() != Kind.OPEN
                ? Optional.empty()
                : Optional.of(new Opening(id, call.done, call.total));
    }

    private synchronized void advanced(Call call, long done, long total) {
        if (done > call.done) {
            call.advancedNanos = host.nanoTime();
        }
        call.done = done;
        call.total = total;
    }

    private void open(Call call) throws Exception {
        Epoch epoch = new Epoch(call.epoch());
        Derivation made = around.derivation(id.index());
        if (made != null && database instanceof ReshapingHost reshaping) {
            reshaping.derive(id, epoch, made.origins(), made.keys());
        } else {
            database.open(id, epoch, sources(), (done, total) -> advanced(call, done, total));
        }
    }

    private List<NodeRef> sources() throws CoordinationException, InterruptedException {
        List<Integer> nodes = new ArrayList<>();
        synchronized (this) {
            boolean fresh =
                    wanted.epoch().value() == 1 && !everOpened && wanted.counts(around.self());
            for (int i = 0; i < wanted.count() && !fresh; i++) {
                boolean other = wanted.node(i) != around.self();
                if (other && wanted.role(i) != Role.LEARNER) {
                    nodes.add(wanted.role(i) == Role.LEADER ? 0 : nodes.size(), wanted.node(i));
                }
            }
        }
        return around.refs(nodes);
    }

    private void promote(Call call) throws Exception {
        HeldLease fresh = around.lease(new Epoch(call.epoch()));
        Handoff left;
        synchronized (this) {
            lease = fresh;
            leading = call.epoch();
            left = handoff;
        }
        fresh.onLost(() -> host.execute(this::wake));
        database.promote(id, fresh, left);
    }

    private void demote(Call call) throws Exception {
        HeldLease held;
        synchronized (this) {
            held = lease;
            if (call.planned()) {
                // From now on this epoch cannot be led again here, whatever becomes of the call.
                givenUp = Math.max(givenUp, call.epoch());
            }
        }
        Handoff left = Handoff.NONE;
        try {
            if (!call.planned() && held != null) {
                held.revoke();
            }
            left = database.demote(id, new Epoch(call.epoch()));
        } finally {
            if (held != null) {
                held.revoke();
            }
            synchronized (this) {
                lease = null;
                leading = 0;
                if (call.planned() && left.bytes().size() > 0) {
                    word = new Report.HandedOff(left.bytes());
                }
            }
        }
    }

    /** A call that hangs must not keep others waiting for a lease that nobody uses. */
    private Host.Timer watch(Call call) {
        Duration most;
        if (call.kind() == Kind.PROMOTE) {
            most = PROMOTION_MOST;
        } else if (call.kind() == Kind.OPEN) {
            most = database.openingMost();
        } else if (call.kind() == Kind.DEMOTE) {
            most = database.demotionMost();
        } else {
            return () -> {};
        }
        synchronized (this) {
            call.advancedNanos = host.nanoTime();
        }
        return host.schedule(most.toNanos(), () -> tooLong(call));
    }

    private void tooLong(Call call) {
        HeldLease held;
        synchronized (this) {
            if (running != call) {
                return;
            }
            long since = host.nanoTime() - call.advancedNanos;
            long left = database.openingMost().toNanos() - since;
            if (call.kind() == Kind.OPEN && left > 0) {
                host.schedule(left, () -> tooLong(call)); // It has got on meanwhile.
                return;
            }
            held = lease;
            overdue = call;
        }
        around.overdue();
        LOG.warn("a call hangs shard={} call={} epoch={}", id, call.kind(), call.epoch());
        if (held != null) {
            held.revoke(); // Before anybody can read in a report that it is over.
        }
        synchronized (this) {
            if (running != call) {
                return;
            }
            lease = null;
            if (call.kind() != Kind.OPEN || wanted.leader() == around.self()) {
                givenUp = Math.max(givenUp, call.epoch());
            }
            if (call.kind() == Kind.PROMOTE) {
                word = new Report.Failed("promotion takes longer than " + PROMOTION_MOST);
            } else if (call.kind() == Kind.OPEN) {
                word = new Report.Failed("opening takes longer than " + database.openingMost());
            }
        }
        around.report(Duration.ZERO);
    }

    /** Whether to go on at once. */
    private boolean after(Call call, @Nullable Exception failure) {
        long delayNanos = 0;
        if (overdue == call) { // Set by the watchdog while it ran; it has been called off.
            around.back();
        }
        synchronized (this) {
            running = null;
            if (failure == null) {
                attempts = 0;
                failures = 0;
                if (call.kind() == Kind.OPEN) {
                    opened = true;
                    everOpened = true;
                    word = word instanceof Report.Failed ? null : word;
                } else if (call.kind() == Kind.CLOSE) {
                    opened = false;
                    everOpened = false;
                    touched = false;
                }
            } else {
                delayNanos = noteFailure(call, failure);
            }
        }
        if (delayNanos > 0) {
            host.schedule(
                    delayNanos,
                    () -> {
                        synchronized (this) {
                            scheduled = false;
                        }
                        wake();
                    });
            return false;
        }
        if (call.kind() == Kind.DEMOTE) {
            around.report(Duration.ZERO);
        } else if (call.kind() == Kind.OPEN) {
            around.opened(id.index());
        }
        return true;
    }

    private long noteFailure(Call call, Exception failure) {
        attempts++;
        if (call.kind() == Kind.PROMOTE) {
            undoPromotion();
        }
        if (failure instanceof InterruptedException) {
            Thread.currentThread().interrupt(); // The process is closing.
        } else if (failure instanceof CoordinationException) {
            // Not the database's fault, and nothing to be reported: the service is out of reach.
            LOG.debug("put off shard={} call={}: {}", id, call.kind(), failure.getMessage());
        } else {
            noteFailureOfDatabase(call, failure);
        }
        return RETRY.delayNanos(Math.min(attempts, 20), host.random());
    }

    private void noteFailureOfDatabase(Call call, Exception failure) {
        failures++;
        around.failed();
        LOG.warn(
                "a call failed shard={} call={} epoch={} attempt={}",
                id,
                call.kind(),
                call.epoch(),
                failures,
                failure);
        boolean mustBeTold = call.kind() == Kind.OPEN || call.kind() == Kind.PROMOTE;
        if (failures >= ATTEMPTS && mustBeTold) {
            giveUp(call, failure);
        }
    }

    private void giveUp(Call call, Exception failure) {
        word = new Report.Failed(call.kind() + ": " + failure);
        if (wanted.leader() == around.self()) {
            givenUp = Math.max(givenUp, wanted.epoch().value());
        }
        around.report(Duration.ZERO);
    }

    private void undoPromotion() {
        if (lease != null) {
            lease.revoke();
            lease = null;
        }
        leading = 0;
    }
}
