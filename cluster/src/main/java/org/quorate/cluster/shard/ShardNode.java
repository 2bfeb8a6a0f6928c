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
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
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
import org.quorate.cluster.json.MalformedJsonException;
import org.quorate.cluster.map.Assignment;
import org.quorate.cluster.map.KeySpace;
import org.quorate.cluster.map.MapImage;
import org.quorate.cluster.map.MapPaths;
import org.quorate.cluster.map.Report;
import org.quorate.cluster.member.Membership;
import org.quorate.cluster.member.Profile;
import org.quorate.cluster.metric.Metric;

/**
 * This process's part in holding shards: it is a member, does for each shard what the map asks, and
 * reports how far it has come. Safe for many threads.
 */
public final class ShardNode implements AutoCloseable {
    /** Calls into the database at once unless told otherwise. */
    public static final int CONCURRENCY = 16;

    /** Label of a node whose database can split and merge shards. */
    static final String RESHAPES = "quorate.reshapes";

    /** How long finished copies and the like are gathered before they are reported. */
    static final Duration REPORT_SOON = Duration.ofMillis(50);

    /** The same while more of them are under way: one report is cheaper than many. */
    static final Duration REPORT_GATHERED = Duration.ofMillis(200);

    /** The same for what nobody waits for: a node leads before anybody reads that it does. */
    static final Duration REPORT_LATER = Duration.ofMillis(500);

    /** How often a node looks whether its report is still there. */
    private static final Duration LOOK_AGAIN = Duration.ofSeconds(30);

    private static final long NOT_GATHERING = Long.MIN_VALUE;

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
    private final LoadTeller loads;
    private final NavigableMap<String, LocalTable> tables = new ConcurrentSkipListMap<>();
    private final Soon reportDue;
    private final LongAdder failed = new LongAdder(); // calls into the database
    private volatile int self = -1;
    private volatile boolean closed;
    private volatile long gatheringSinceNanos = NOT_GATHERING;
    private volatile long lastIncarnation; // Written by the joiner's step only.

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
        this.reportDue = new Soon(coordinator.host(), this::reportOrGather);
        this.joiner = coordinator.reconciler("joining of " + id, this::join);
        this.membership = Membership.join(coordinator, root, id, able(profile));
        this.specs = Mirror.open(coordinator, paths.specs(), 1, (now, all) -> openTables(now));
        this.loads =
                new LoadTeller(
                        coordinator,
                        paths.loads(),
                        paths.load(id),
                        database,
                        tables.values(),
                        splitter());
        reporter.start();
        joiner.start();
        loads.start();
    }

    /** Its name. */
    public String id() {
        return id;
    }

    /** The profile, with what the planner must know of the database. */
    private Profile able(Profile profile) {
        return database instanceof ReshapingHost ? profile.label(RESHAPES, "true") : profile;
    }

    /** Offers shards that are too heavy to the database, if it can split them. */
    private @Nullable Splitter splitter() {
        return database instanceof ReshapingHost reshaping
                ? new Splitter(
                        reshaping, tables.values(), new WishBook(coordinator.znodes(), paths))
                : null;
    }

    /** Above which load a table's settings want its shards split; nothing if they are not known. */
    Map<String, Long> splitAbove(String table) {
        Optional<Znode> spec = specs.get(paths.spec(table));
        try {
            return spec.isEmpty() ? Map.of() : Table.decode(table, spec.get().data()).splitAbove();
        } catch (MalformedJsonException unreadable) {
            return Map.of(); // The planner tells people.
        }
    }

    /** Waits until it is a member. */
    public boolean awaitJoined(Duration atMost) throws InterruptedException {
        return membership.awaitJoined(atMost);
    }

    /** Whether the planner has seen it and has given it a number in the map. */
    public boolean numbered() {
        return self >= 0;
    }

    /** Publishes another profile, soon. */
    public void update(Profile profile) {
        membership.update(able(profile));
    }

    /** The lease under which this process leads {@code shard} now, if it does. */
    public Optional<LeaderLease> lease(ShardId shard) {
        LocalTable table = tables.get(shard.table());
        LocalShard local = table == null ? null : table.shards().get(shard.index());
        return local == null ? Optional.empty() : local.lease().map(lease -> lease);
    }

    /**
     * The other replicas of a shard that may be its next leader, as far as this process knows the
     * map: those that count, on nodes that are there. A leader that lets all of them have a write
     * before it acknowledges it loses none.
     */
    public List<NodeRef> peers(ShardId shard) throws CoordinationException, InterruptedException {
        LocalTable table = tables.get(shard.table());
        List<NodeRef> peers = new ArrayList<>();
        if (table != null && shard.index() < table.image().shards()) {
            MapImage image = table.image();
            Assignment assignment = image.get(shard.index());
            for (int i = 0; i < assignment.count(); i++) {
                int node = assignment.node(i);
                if (node != self && assignment.counts(node) && image.incarnation(node) != 0) {
                    peers.add(names.ref(image, node));
                }
            }
        }
        return peers;
    }

    /**
     * Which key of a table belongs to which shard, as far as this process knows the map. A server
     * that is asked for a key refuses if it is not of a shard that it leads.
     */
    public KeySpace keys(String table) {
        LocalTable local = tables.get(table);
        return local == null ? KeySpace.hashed(0) : local.image().keys();
    }

    /** The version of a table's map that this process has reached; 0 if it has none yet. */
    public long version(String table) {
        LocalTable local = tables.get(table);
        return local == null ? 0 : local.image().version();
    }

    /** Replicas that are being made here now, and how far they have come. */
    public List<Opening> openings() {
        return tables.values().stream().flatMap(table -> table.openings().stream()).toList();
    }

    /** Figures of this process's shards, now. */
    public List<Metric> metrics() {
        List<Metric> metrics = new ArrayList<>();
        double leaseLeftNanos = Double.POSITIVE_INFINITY;
        for (LocalTable table : tables.values()) {
            int open = 0;
            int leading = 0;
            for (LocalShard shard : table.shards().values()) {
                open += shard.opened() ? 1 : 0;
                Optional<HeldLease> lease = shard.lease();
                leading += lease.isPresent() ? 1 : 0;
                if (lease.isPresent()) {
                    leaseLeftNanos =
                            Math.min(leaseLeftNanos, (double) lease.get().remainingNanos());
                }
            }
            Map<String, String> of = Map.of("table", table.name());
            metrics.add(Metric.gauge("quorate_node_map_version", of, table.image().version()));
            metrics.add(Metric.gauge("quorate_node_replicas", of, open));
            metrics.add(Metric.gauge("quorate_node_leading", of, leading));
            metrics.add(Metric.gauge("quorate_node_openings", of, table.openings().size()));
        }
        if (leaseLeftNanos != Double.POSITIVE_INFINITY) {
            metrics.add(
                    Metric.gauge(
                            "quorate_node_lease_left_seconds", Map.of(), leaseLeftNanos / 1e9));
        }
        metrics.add(Metric.counter("quorate_node_failed_calls_total", Map.of(), failed.sum()));
        return metrics;
    }

    /** A call into the database has thrown, or hangs. */
    void callFailed() {
        failed.increment();
    }

    /**
     * Asks to be relieved of everything and waits until nothing is here any more.
     *
     * @return whether that came true in time
     */
    public boolean drain(Duration atMost) throws InterruptedException {
        long endNanos = coordinator.host().nanoTime() + atMost.toNanos();
        membership.drain(true);
        if (!membership.awaitPublished(atMost)) {
            return false; // Nobody knows: having nothing yet would prove nothing.
        }
        return coordinator.host().await(this::empty, endNanos - coordinator.host().nanoTime());
    }

    private boolean empty() {
        return tables.values().stream().allMatch(LocalTable::empty);
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
        loads.close();
        joiner.close();
        tables.values().forEach(LocalTable::close);
        reportDue.cancel();
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
            if (again) {
                tables.values().forEach(LocalTable::beginAnew);
            }
            lastIncarnation = incarnation.getAsLong(); // From here on reports speak of this one.
            tables.values().forEach(LocalTable::wake);
            report(REPORT_SOON);
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

    /** Something has changed that is to be reported within that time. */
    void report(Duration within) {
        if (within.isZero()) {
            reporter.wake();
        } else {
            reportDue.within(within);
        }
        coordinator.host().signal();
    }

    /** A report is due; it waits a little longer for calls that run. */
    private void reportOrGather() {
        long nowNanos = coordinator.host().nanoTime();
        if (gatheringSinceNanos == NOT_GATHERING) {
            gatheringSinceNanos = nowNanos;
        }
        boolean enough = nowNanos - gatheringSinceNanos >= REPORT_GATHERED.toNanos();
        if (enough || places.idle()) {
            reporter.wake();
        } else {
            reportDue.within(REPORT_SOON);
        }
    }

    LocalShard.Surroundings surroundings(LocalTable table) {
        return new LocalShard.Surroundings() {
            @Override
            public void run(Runnable task) {
                places.run(task);
            }

            @Override
            public void report(Duration within) {
                ShardNode.this.report(within);
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
            public void overdue() {
                callFailed();
                places.lend();
            }

            @Override
            public void failed() {
                callFailed();
            }

            @Override
            public void back() {
                places.takeBack();
            }

            @Override
            public LocalShard.@Nullable Derivation derivation(int shard) {
                return table.derivation(shard);
            }

            @Override
            public void opened(int shard) {
                table.opened(shard);
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
        reportDue.cancel();
        gatheringSinceNanos = NOT_GATHERING;
        Session session = coordinator.session();
        OptionalLong incarnation = membership.incarnation();
        boolean begun = incarnation.isPresent() && incarnation.getAsLong() == lastIncarnation;
        if (!begun || self < 0 || closed) {
            return Step.Next.WHEN_WOKEN; // The joiner wakes us.
        }
        Optional<Bytes> said = said(incarnation.getAsLong());
        if (said.isEmpty()) {
            return Step.Next.after(REPORT_LATER);
        }
        Bytes bytes = said.get();
        Optional<Znode> there = coordinator.znodes().read(paths.report(id));
        Transaction transaction = Transaction.in(session);
        if (there.isEmpty()) {
            transaction.createEphemeral(paths.report(id), bytes);
        } else if (there.get().ownerSession() != session.id()) {
            return Step.Next.after(Duration.ofMillis(200)); // Of the session before; it goes soon.
        } else if (there.get().data().equals(bytes)) {
            return Step.Next.after(LOOK_AGAIN);
        } else {
            transaction.put(paths.report(id), bytes, there.get().version());
        }
        Outcome outcome = coordinator.znodes().commit(transaction);
        if (outcome.refusedFor(Outcome.Reason.MISSING) && there.isEmpty()) {
            coordinator.znodes().ensure(paths.reports());
        }
        return Step.Next.after(outcome.done() ? LOOK_AGAIN : Duration.ZERO);
    }

    /** The report; nothing if so much is under way that it is too large to be written now. */
    private Optional<Bytes> said(long incarnation) {
        SortedMap<String, Report.OfTable> said = new TreeMap<>();
        for (Map.Entry<String, LocalTable> table : tables.entrySet()) {
            Report.OfTable ofTable = table.getValue().said();
            if (ofTable.version() > 0) {
                said.put(table.getKey(), ofTable);
            }
        }
        Bytes bytes = new Report(incarnation, said).encode();
        return bytes.size() > Report.BYTES_MAX ? Optional.empty() : Optional.of(bytes);
    }
}
