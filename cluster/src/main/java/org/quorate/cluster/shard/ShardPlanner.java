package org.quorate.cluster.shard;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.quorate.cluster.coordinator.CoordinationException;
import org.quorate.cluster.coordinator.CoordinationException.Fate;
import org.quorate.cluster.coordinator.Coordinator;
import org.quorate.cluster.coordinator.Host;
import org.quorate.cluster.coordinator.Mirror;
import org.quorate.cluster.coordinator.Reconciler;
import org.quorate.cluster.coordinator.Step;
import org.quorate.cluster.coordinator.Znode;
import org.quorate.cluster.json.MalformedJsonException;
import org.quorate.cluster.leader.Candidate;
import org.quorate.cluster.leader.LeaderListener;
import org.quorate.cluster.leader.Leadership;
import org.quorate.cluster.map.Assignment;
import org.quorate.cluster.map.Decision;
import org.quorate.cluster.map.MalformedMapException;
import org.quorate.cluster.map.MapImage;
import org.quorate.cluster.map.MapPaths;
import org.quorate.cluster.map.NodeDictionary;
import org.quorate.cluster.map.Report;
import org.quorate.cluster.member.Member;
import org.quorate.cluster.member.Members;
import org.quorate.cluster.move.MoveLimits;
import org.quorate.cluster.move.Steps;
import org.quorate.cluster.plan.Plan;
import org.quorate.cluster.plan.Standing;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The planner of a cluster: one of those that run is elected, and decides. It can run in every node
 * or apart from them. It needs no history: a new one reads the maps and the reports and goes on.
 *
 * <p>Safe for many threads; decides on one.
 */
public final class ShardPlanner implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ShardPlanner.class);

    /** Decisions in the log before it is folded. */
    static final int FOLD_AT = 64;

    private static final int ALERTS_MAX = 50;

    private static final Duration LOOK_AGAIN = Duration.ofSeconds(30);

    private final Coordinator coordinator;
    private final MapPaths paths;
    private final Candidate candidate;
    private final Members members;
    private final Mirror specs;
    private final Mirror reports;
    private final Mirror control;
    private final Reconciler loop;
    private final Standings standings = new Standings();
    private final Loads loads = new Loads();
    private volatile PlannerStatus status = PlannerStatus.NONE;
    // Below only the loop's step: what this reign knows, and the last plan with its question.
    private @Nullable Leadership reign;
    private @Nullable Atlas atlas;
    private @Nullable Plan plan;
    private List<Table> tables = List.of();
    private String planned = "";
    private long planNanos;
    private long decisions;
    private long bytesLeft = Long.MAX_VALUE;
    private long refilledNanos;

    private ShardPlanner(Coordinator coordinator, String root, String id) {
        this.coordinator = coordinator;
        this.paths = new MapPaths(root);
        this.loop = coordinator.reconciler("planner " + id, this::step);
        this.members = Members.watch(coordinator, root, (now, changes) -> loop.wake());
        this.specs = Mirror.open(coordinator, paths.specs(), 1, (now, all) -> loop.wake());
        this.reports = Mirror.open(coordinator, paths.reports(), 1, (now, all) -> loop.wake());
        this.control = Mirror.open(coordinator, paths.control(), 0, (now, all) -> loop.wake());
        this.candidate =
                Candidate.enter(
                        coordinator,
                        paths.controller(),
                        id,
                        new LeaderListener() {
                            @Override
                            public void elected(Leadership leadership) {
                                loop.wake();
                            }

                            @Override
                            public void ended(Leadership leadership) {
                                loop.wake();
                            }
                        });
    }

    /** Stands for planner of the cluster at {@code root} under the name {@code id}. */
    public static ShardPlanner start(Coordinator coordinator, String root, String id) {
        ShardPlanner planner = new ShardPlanner(coordinator, root, id);
        planner.loop.start();
        return planner;
    }

    /** How it stands. */
    public PlannerStatus status() {
        return status;
    }

    @Override
    public void close() {
        loop.close();
        candidate.close();
        members.close();
        specs.close();
        reports.close();
        control.close();
    }

    private Step.Next step() throws CoordinationException, InterruptedException {
        Leadership leads = candidate.leadership().orElse(null);
        if (leads == null) {
            reign = null;
            atlas = null;
            status = PlannerStatus.NONE;
            return Step.Next.WHEN_WOKEN;
        }
        if (leads != reign) {
            reign = leads;
            atlas = null;
            plan = null;
            planned = "";
            decisions = 0;
        }
        try {
            return decide(leads);
        } catch (CoordinationException failed) {
            atlas = null; // What was written is not known any more: read it again.
            throw failed;
        } catch (MalformedMapException unreadable) {
            atlas = null;
            LOG.error("the planner cannot go on: {}", unreadable.getMessage());
            throw new CoordinationException(
                    Fate.DID_NOT_HAPPEN, String.valueOf(unreadable.getMessage()), unreadable);
        }
    }

    private Step.Next decide(Leadership leads)
            throws CoordinationException, InterruptedException, MalformedMapException {
        Host host = coordinator.host();
        if (!members.awaitComplete(coordinator.patience())
                || !specs.awaitComplete(coordinator.patience())
                || !reports.awaitComplete(coordinator.patience())
                || !control.awaitComplete(coordinator.patience())) {
            throw new CoordinationException(Fate.DID_NOT_HAPPEN, "not everything is read yet");
        }
        MapWriter writer = new MapWriter(coordinator.znodes(), paths, leads);
        Atlas known = atlas;
        if (known == null) {
            prepare();
            known = Atlas.read(coordinator.znodes(), paths);
            atlas = known;
            LOG.info("planning epoch={} tables={}", leads.epoch(), known.charts().keySet());
        }
        SortedMap<String, Member> now = members.now();
        List<String> alerts = new ArrayList<>();
        learnNodes(writer, known, now);
        readTables(writer, known, alerts);
        NodeFacts facts = new NodeFacts(known.dictionary(), now, readReports(alerts), loads);
        List<NodeFacts.Failure> failures = facts.failures();
        for (NodeFacts.Failure failure : failures) {
            String node = known.dictionary().name(failure.node());
            standings.failed(node, host.nanoTime());
            if (alerts.size() < ALERTS_MAX) {
                alerts.add(
                        "node "
                                + node
                                + " failed at "
                                + failure.table()
                                + "/"
                                + failure.shard()
                                + ": "
                                + failure.cause());
            }
        }
        boolean lags = confirmLosses(known, facts);
        Control told = control(alerts);
        Standing[] judged =
                standings.judge(
                        known.dictionary(),
                        now,
                        told,
                        known.holding(),
                        graceNanos(),
                        host.nanoTime(),
                        host.wallMillis());
        if (standings.massLoss()) {
            alerts.add(
                    "so many nodes are lost at once that nothing is copied: let it proceed, "
                            + "or bring them back");
        }
        Plan current = plan(known, now, judged, failures);
        int copies = takeSteps(writer, known, facts, current, told.paused());
        fold(writer, known);
        status = status(known, facts, current, copies, alerts);
        host.signal();
        long delayNanos = Math.min(standings.nextChangeNanos(), LOOK_AGAIN.toNanos());
        boolean soon = lags || bytesLeft <= 0;
        return new Step.Next(soon ? Duration.ofMillis(200).toNanos() : delayNanos);
    }

    /**
     * Asks the service about every node that the map knows and the members' copy does not: the copy
     * may lag behind the map, and a leader is replaced only after its session has ended. Returns
     * whether the copy lags.
     */
    private boolean confirmLosses(Atlas known, NodeFacts facts)
            throws CoordinationException, InterruptedException {
        boolean lags = false;
        for (Atlas.Chart chart : known.charts().values()) {
            for (int n = 0; n < known.dictionary().size(); n++) {
                long mapped = chart.image.incarnation(n);
                if (mapped == 0 || mapped == facts.incarnation(n)) {
                    continue;
                }
                long there =
                        Members.incarnation(coordinator, paths.root(), known.dictionary().name(n));
                if (there == mapped) {
                    facts.correct(n, there);
                    lags = true;
                }
            }
        }
        return lags;
    }

    private void prepare() throws CoordinationException, InterruptedException {
        for (String path :
                List.of(
                        paths.specs(),
                        paths.maps(),
                        paths.dictionary(),
                        paths.reports(),
                        paths.loads(),
                        paths.control())) {
            coordinator.znodes().ensure(path);
        }
    }

    /** Gives numbers to nodes that have none, and remembers where they are. */
    private void learnNodes(MapWriter writer, Atlas known, SortedMap<String, Member> now)
            throws CoordinationException, InterruptedException {
        NodeDictionary before = known.dictionary();
        NodeDictionary after = before;
        for (Member member : now.values()) {
            after =
                    after.with(
                            new NodeDictionary.Entry(
                                    member.id(), member.profile().zone(), member.profile().rack()));
        }
        if (after != before) {
            writer.writeDictionary(before, after);
            known.dictionary(after);
        }
    }

    private void readTables(MapWriter writer, Atlas known, List<String> alerts)
            throws CoordinationException, InterruptedException {
        SortedMap<String, Table> found = new TreeMap<>();
        for (Znode spec : specs.now().values()) {
            if (spec.path().equals(paths.specs())) {
                continue;
            }
            try {
                found.put(spec.name(), Table.decode(spec.name(), spec.data()));
            } catch (MalformedJsonException unreadable) {
                alerts.add("table " + spec.name() + ": " + unreadable.getMessage());
            }
        }
        List<Table> usable = new ArrayList<>();
        for (Table table : found.values()) {
            Atlas.Chart chart = known.charts().get(table.name());
            if (chart == null) {
                writer.createTable(table.name(), table.rules().shards());
                chart = new Atlas.Chart(MapImage.empty(table.rules().shards()));
                known.charts().put(table.name(), chart);
            }
            if (chart.image.shards() != table.rules().shards()) {
                alerts.add(
                        "table "
                                + table.name()
                                + " has "
                                + chart.image.shards()
                                + " shards; "
                                + table.rules().shards()
                                + " cannot be had by changing its settings");
                usable.add(table.shards(chart.image.shards()));
            } else {
                usable.add(table);
            }
        }
        tables = List.copyOf(usable);
    }

    private Map<String, Report> readReports(List<String> alerts) {
        Map<String, Report> read = new HashMap<>();
        NavigableMap<String, Znode> all = reports.now();
        for (Znode znode : all.values()) {
            if (!znode.path().equals(paths.reports())) {
                try {
                    read.put(znode.name(), Report.decode(znode.path(), znode.data()));
                } catch (MalformedMapException unreadable) {
                    alerts.add(String.valueOf(unreadable.getMessage()));
                }
            }
        }
        return read;
    }

    private Control control(List<String> alerts) {
        Optional<Znode> znode = control.get(paths.control());
        try {
            return znode.isPresent() ? Control.decode(znode.get().data()) : Control.NONE;
        } catch (MalformedJsonException unreadable) {
            alerts.add("control cannot be read: " + unreadable.getMessage());
            return new Control(true, 0, java.util.Set.of()); // Better to copy nothing.
        }
    }

    private long graceNanos() {
        long most = 0;
        for (Table table : tables) {
            most = Math.max(most, table.replicaGrace().toNanos());
        }
        return most;
    }

    /** The plan for what is asked now; the last one as long as the question is the same. */
    private @Nullable Plan plan(
            Atlas known,
            SortedMap<String, Member> now,
            Standing[] judged,
            List<NodeFacts.Failure> failures) {
        StringBuilder question = new StringBuilder();
        failures.forEach(
                f -> question.append(f.table()).append(f.shard()).append('@').append(f.node()));
        tables.forEach(table -> question.append(table).append('\n'));
        for (int n = 0; n < judged.length; n++) {
            Member member = now.get(known.dictionary().name(n));
            question.append(judged[n]).append(' ');
            if (member != null) {
                question.append(member.incarnation()).append(member.profile().capacity());
            }
            question.append(known.dictionary().entry(n)).append('\n');
        }
        if (plan == null || !question.toString().equals(planned)) {
            long startNanos = coordinator.host().nanoTime();
            plan =
                    new Problem(
                                    tables,
                                    known.images(),
                                    known.dictionary(),
                                    now,
                                    judged,
                                    loads,
                                    failures)
                            .solve();
            planNanos = coordinator.host().nanoTime() - startNanos;
            planned = question.toString();
            plan.shortfalls().forEach(shortfall -> LOG.info("{}", shortfall));
        }
        return plan;
    }

    /** Works out one round of steps and writes it. Returns the number of copies under way. */
    private int takeSteps(
            MapWriter writer, Atlas known, NodeFacts facts, @Nullable Plan current, boolean paused)
            throws CoordinationException, InterruptedException {
        if (current == null || tables.isEmpty()) {
            return 0;
        }
        refill();
        Steps steps =
                new Steps(
                        known.dictionary().size(),
                        limits(),
                        facts.of(tables.get(0).name()),
                        paused ? 0 : bytesLeft);
        for (Table table : tables) {
            steps.about(facts.of(table.name()));
            steps.count(image(known, table));
        }
        List<MapWriter.Step> writes = new ArrayList<>();
        int first = 0;
        for (Table table : tables) {
            MapImage image = image(known, table);
            steps.about(facts.of(table.name()));
            List<Decision.Change> changes =
                    steps.next(image, current.target(), first, table.rules());
            List<Decision.Incarnation> news = news(image, facts, known.dictionary().size());
            if (!changes.isEmpty() || !news.isEmpty()) {
                writes.add(new MapWriter.Step(table.name(), image, news, changes));
            }
            first += table.rules().shards();
        }
        if (!writes.isEmpty()) {
            Map<String, MapImage> written = writer.decide(writes, coordinator.host().wallMillis());
            for (MapWriter.Step write : writes) {
                Atlas.Chart chart = known.charts().get(write.table());
                MapImage after = written.get(write.table());
                if (chart != null && after != null) {
                    decisions += after.version() - chart.image.version();
                    chart.advance(after, write.changes());
                }
            }
        }
        if (!paused && bytesLeft != Long.MAX_VALUE) {
            bytesLeft = steps.bytesLeft();
        }
        return steps.copies();
    }

    private static MapImage image(Atlas known, Table table) {
        Atlas.Chart chart = known.charts().get(table.name());
        if (chart == null) {
            throw new IllegalStateException("no map of " + table.name());
        }
        return chart.image;
    }

    private static List<Decision.Incarnation> news(MapImage image, NodeFacts facts, int nodes) {
        List<Decision.Incarnation> news = new ArrayList<>();
        for (int n = 0; n < nodes; n++) {
            if (image.incarnation(n) != facts.incarnation(n)) {
                news.add(new Decision.Incarnation(n, facts.incarnation(n)));
            }
        }
        return news;
    }

    /** The strictest of all tables' limits. */
    private MoveLimits limits() {
        MoveLimits strict = tables.get(0).moves();
        for (Table table : tables) {
            MoveLimits other = table.moves();
            strict =
                    new MoveLimits(
                            Math.min(strict.perNode(), other.perNode()),
                            Math.min(strict.perZone(), other.perZone()),
                            Math.min(strict.perCluster(), other.perCluster()),
                            Math.min(strict.recoveriesPerNode(), other.recoveriesPerNode()),
                            Math.min(strict.recoveriesPerCluster(), other.recoveriesPerCluster()),
                            Math.min(strict.handOversPerNode(), other.handOversPerNode()),
                            Math.min(strict.maxAway(), other.maxAway()));
        }
        return strict;
    }

    /** Lets as many bytes be copied as the time since the last look allows; a second's at most. */
    private void refill() {
        long perSecond = Long.MAX_VALUE;
        for (Table table : tables) {
            perSecond =
                    table.bytesPerSecond() == 0
                            ? perSecond
                            : Math.min(perSecond, table.bytesPerSecond());
        }
        long nowNanos = coordinator.host().nanoTime();
        if (perSecond == Long.MAX_VALUE) {
            bytesLeft = Long.MAX_VALUE;
        } else {
            double seconds = bytesLeft == Long.MAX_VALUE ? 1 : (nowNanos - refilledNanos) / 1e9;
            long before = bytesLeft == Long.MAX_VALUE ? 0 : bytesLeft;
            bytesLeft = Math.min(perSecond, before + (long) (seconds * perSecond));
        }
        refilledNanos = nowNanos;
    }

    private static void fold(MapWriter writer, Atlas known)
            throws CoordinationException, InterruptedException {
        for (Map.Entry<String, Atlas.Chart> entry : known.charts().entrySet()) {
            Atlas.Chart chart = entry.getValue();
            if (chart.image.version() - chart.folded >= FOLD_AT) {
                writer.fold(entry.getKey(), chart.image, chart.dirty, chart.log);
                chart.folded = chart.image.version();
                chart.dirty.clear();
                chart.log.headSet(chart.image.version() - MapWriter.LOG_KEPT + 1, false).clear();
            }
        }
    }

    private PlannerStatus status(
            Atlas known, NodeFacts facts, @Nullable Plan current, int copies, List<String> alerts) {
        Map<String, Long> versions = new TreeMap<>();
        int leaderless = 0;
        int under = 0;
        for (Table table : tables) {
            MapImage image = image(known, table);
            versions.put(table.name(), image.version());
            for (int s = 0; s < image.shards(); s++) {
                Assignment assignment = image.get(s);
                int living = 0;
                for (int i = 0; i < assignment.count(); i++) {
                    int n = assignment.node(i);
                    living += assignment.counts(n) && facts.incarnation(n) != 0 ? 1 : 0;
                }
                int leader = assignment.leader();
                boolean led = leader >= 0 && facts.incarnation(leader) == image.incarnation(leader);
                leaderless += table.rules().led() && !led ? 1 : 0;
                under += living < table.rules().replicas() ? 1 : 0;
            }
        }
        return new PlannerStatus(
                true,
                versions,
                leaderless,
                under,
                copies,
                decisions,
                planNanos,
                current == null ? List.of() : current.balances(),
                current == null ? List.of() : current.shortfalls(),
                alerts);
    }
}
