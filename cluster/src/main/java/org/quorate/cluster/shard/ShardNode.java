package org.quorate.cluster.shard;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.quorate.cluster.coordinator.Bytes;
import org.quorate.cluster.coordinator.CoordinationException;
import org.quorate.cluster.coordinator.CoordinationException.Fate;
import org.quorate.cluster.coordinator.Coordinator;
import org.quorate.cluster.coordinator.Host;
import org.quorate.cluster.coordinator.Mirror;
import org.quorate.cluster.coordinator.Outcome;
import org.quorate.cluster.coordinator.Reconciler;
import org.quorate.cluster.coordinator.Session;
import org.quorate.cluster.coordinator.Step;
import org.quorate.cluster.coordinator.Transaction;
import org.quorate.cluster.coordinator.Znode;
import org.quorate.cluster.fence.Epoch;
import org.quorate.cluster.fence.HeldLease;
import org.quorate.cluster.fence.LeaderLease;
import org.quorate.cluster.fence.ShardId;
import org.quorate.cluster.map.MapPaths;
import org.quorate.cluster.map.Report;
import org.quorate.cluster.member.Membership;
import org.quorate.cluster.member.Profile;

/**
 * This process's part in holding shards: it is a member, does for each shard what the map asks, and
 * reports how far it has come. Safe for many threads.
 */
public final class ShardNode implements AutoCloseable {
    /** Calls into the database at once unless told otherwise. */
    public static final int CONCURRENCY = 16;

    /** How long changes are gathered before they are reported, unless somebody waits for one. */
    static final Duration REPORT_DELAY = Duration.ofMillis(50);

    private final Coordinator coordinator;
    private final MapPaths paths;
    private final String id;
    private final ShardHost database;
    private final Membership membership;
    private final Names names;
    private final Places places;
    private final Mirror specs;
    private final Reconciler reporter;
    private final Reconciler joiner;
    private final NavigableMap<String, LocalTable> tables = new ConcurrentSkipListMap<>();
    private final AtomicBoolean reportDue = new AtomicBoolean();
    private volatile int self = -1;
    private volatile boolean closed;
    // Only the joiner's step.
    private long lastIncarnation;

    ShardNode(
            Coordinator coordinator,
            String root,
            String id,
            Profile profile,
            ShardHost database,
            int concurrency) {
        this.coordinator = coordinator;
        this.paths = new MapPaths(root);
        this.id = id;
        this.database = database;
        this.names = new Names(coordinator, paths);
        this.places = new Places(coordinator.host(), concurrency);
        this.reporter = coordinator.reconciler("report of " + id, this::writeReport);
        this.joiner = coordinator.reconciler("joining of " + id, this::join);
        this.membership = Membership.join(coordinator, root, id, profile);
        this.specs = Mirror.open(coordinator, paths.specs(), 1, (now, all) -> openTables(now));
        reporter.start();
        joiner.start();
    }

    /** Its name. */
    public String id() {
        return id;
    }

    /** Waits until it is a member. */
    public boolean awaitJoined(Duration atMost) throws InterruptedException {
        return membership.awaitJoined(atMost);
    }

    /** Publishes another profile, soon. */
    public void update(Profile profile) {
        membership.update(profile);
    }

    /** The lease under which this process leads {@code shard} now, if it does. */
    public Optional<LeaderLease> lease(ShardId shard) {
        LocalTable table = tables.get(shard.table());
        LocalShard local = table == null ? null : table.shards().get(shard.index());
        return local == null ? Optional.empty() : local.lease().map(lease -> lease);
    }

    /** The version of a table's map that this process has reached; 0 if it has none yet. */
    public long version(String table) {
        LocalTable local = tables.get(table);
        return local == null ? 0 : local.image().version();
    }

    /**
     * Asks to be relieved of everything and waits until nothing is here any more.
     *
     * @return whether that came true in time
     */
    public boolean drain(Duration atMost) throws InterruptedException {
        membership.drain(true);
        return coordinator.host().await(this::empty, atMost.toNanos());
    }

    private boolean empty() {
        return tables.values().stream().allMatch(table -> table.shards().isEmpty());
    }

    /**
     * Leaves: every lease ends first, then the membership. Call {@link #drain} before, so that
     * nobody notices.
     */
    @Override
    public void close() {
        closed = true;
        tables.values().forEach(LocalTable::revokeAll);
        specs.close();
        joiner.close();
        tables.values().forEach(LocalTable::close);
        reporter.close();
        membership.close();
    }

    private void openTables(NavigableMap<String, Znode> now) {
        for (Znode spec : now.values()) {
            if (!spec.path().equals(paths.specs()) && !closed) {
                tables.computeIfAbsent(
                        spec.name(), name -> new LocalTable(coordinator, paths, name, this));
            }
        }
    }

    /** Waits for each incarnation, and lets everything begin anew with it. */
    private Step.Next join() throws CoordinationException, InterruptedException {
        coordinator.session();
        OptionalLong incarnation = membership.incarnation();
        if (incarnation.isEmpty()) {
            return Step.Next.after(Duration.ofMillis(20));
        }
        if (incarnation.getAsLong() != lastIncarnation) {
            boolean again = lastIncarnation != 0;
            lastIncarnation = incarnation.getAsLong();
            if (again) {
                tables.values().forEach(LocalTable::beginAnew);
            }
            tables.values().forEach(LocalTable::wake);
            report(false);
        }
        if (self < 0 && learnSelf() < 0) {
            return Step.Next.after(Duration.ofMillis(200)); // The planner has not seen us yet.
        }
        return Step.Next.WHEN_WOKEN;
    }

    ShardHost database() {
        return database;
    }

    Host host() {
        return coordinator.host();
    }

    int self() {
        return self;
    }

    /** The own number, looked up if it is not known; −1 if the planner has not given one yet. */
    int learnSelf() throws CoordinationException, InterruptedException {
        if (self < 0) {
            int found = names.indexOf(id);
            if (found >= 0) {
                self = found;
                tables.values().forEach(LocalTable::look);
            }
        }
        return self;
    }

    void report(boolean urgent) {
        if (urgent) {
            reporter.wake();
        } else if (reportDue.compareAndSet(false, true)) {
            coordinator.host().schedule(REPORT_DELAY.toNanos(), reporter::wake);
        }
        coordinator.host().signal();
    }

    LocalShard.Surroundings surroundings(LocalTable table) {
        return new LocalShard.Surroundings() {
            @Override
            public void run(Runnable task) {
                places.run(task);
            }

            @Override
            public void report(boolean urgent) {
                ShardNode.this.report(urgent);
            }

            @Override
            public int self() {
                return self;
            }

            @Override
            public boolean current() {
                return !closed && isCurrent(table);
            }

            @Override
            public HeldLease lease(Epoch epoch) throws CoordinationException, InterruptedException {
                Session session = coordinator.session();
                HeldLease lease = session.lease(epoch);
                if (closed || !isCurrent(table) || !session.live()) {
                    lease.revoke();
                    throw new CoordinationException(
                            Fate.DID_NOT_HAPPEN, "not the incarnation that was named");
                }
                return lease;
            }

            @Override
            public List<NodeRef> refs(List<Integer> nodes)
                    throws CoordinationException, InterruptedException {
                List<NodeRef> refs = new ArrayList<>();
                for (int node : nodes) {
                    refs.add(names.ref(table.image(), node));
                }
                return refs;
            }
        };
    }

    private boolean isCurrent(LocalTable table) {
        OptionalLong incarnation = membership.incarnation();
        int me = self;
        return incarnation.isPresent()
                && me >= 0
                && table.image().incarnation(me) == incarnation.getAsLong();
    }

    private Step.Next writeReport() throws CoordinationException, InterruptedException {
        reportDue.set(false);
        Session session = coordinator.session();
        OptionalLong incarnation = membership.incarnation();
        if (incarnation.isEmpty() || closed) {
            return Step.Next.WHEN_WOKEN; // The joiner wakes us.
        }
        SortedMap<String, Report.OfTable> said = new TreeMap<>();
        for (Map.Entry<String, LocalTable> table : tables.entrySet()) {
            Report.OfTable ofTable = table.getValue().said();
            if (ofTable.version() > 0) {
                said.put(table.getKey(), ofTable);
            }
        }
        Bytes bytes = new Report(incarnation.getAsLong(), said).encode();
        Optional<Znode> there = coordinator.znodes().read(paths.report(id));
        Transaction transaction = Transaction.in(session);
        if (there.isEmpty()) {
            transaction.createEphemeral(paths.report(id), bytes);
        } else if (there.get().ownerSession() != session.id()) {
            return Step.Next.after(Duration.ofMillis(200)); // Of the session before; it goes soon.
        } else if (there.get().data().equals(bytes)) {
            return Step.Next.WHEN_WOKEN;
        } else {
            transaction.put(paths.report(id), bytes, there.get().version());
        }
        Outcome outcome = coordinator.znodes().commit(transaction);
        if (outcome.refusedFor(Outcome.Reason.MISSING) && there.isEmpty()) {
            coordinator.znodes().ensure(paths.reports());
        }
        return outcome.done() ? Step.Next.WHEN_WOKEN : Step.Next.after(Duration.ZERO);
    }
}
