package org.quorate.cluster.shard;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.quorate.cluster.coordinator.CoordinationException;
import org.quorate.cluster.coordinator.Coordinator;
import org.quorate.cluster.coordinator.Reconciler;
import org.quorate.cluster.coordinator.Step;
import org.quorate.cluster.leader.Candidate;
import org.quorate.cluster.leader.LeaderListener;
import org.quorate.cluster.leader.Leadership;
import org.quorate.cluster.map.MalformedMapException;
import org.quorate.cluster.map.MapImage;
import org.quorate.cluster.map.MapPaths;
import org.quorate.cluster.map.NodeDictionary;
import org.quorate.cluster.member.Member;
import org.quorate.cluster.member.Members;
import org.quorate.cluster.metric.Metric;
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

    /** How long reports are gathered before the next steps are decided. */
    static final Duration GATHER = Duration.ofMillis(100);

    /**
     * Up to so many shards a plan is made in a few milliseconds, and lost leaders are replaced by
     * it. With more of them they are replaced before it is made.
     */
    static final int PLAN_FIRST_SHARDS_MAX = 5_000;

    private static final int ALERTS_MAX = 50;

    /** How often it looks whether all is still as it should be, if nothing happens. */
    private static final Duration LOOK_AGAIN = Duration.ofSeconds(30);

    private static final List<Metric> NOT_LEADING =
            List.of(Metric.gauge("quorate_planner_leading", Map.of(), 0));

    private static final Duration LAG = Duration.ofMillis(200);

    private final Coordinator coordinator;
    private final MapPaths paths;
    private final Candidate candidate;
    private final Inputs inputs;
    private final Reconciler loop;
    private final Soon gathered;
    private final Standings standings = new Standings();
    private final Mover mover;
    private final Figures figures = new Figures();
    private final int planFirstShardsMax;
    private volatile PlannerStatus status = PlannerStatus.NONE;
    private volatile List<Metric> metrics = NOT_LEADING;
    private volatile boolean complete; // All its parts are there.
    private volatile boolean handingOver; // Leaders have been asked to stop: their word is urgent.
    // Below only the loop's step: what this reign knows, and the last plan with its question.
    private @Nullable Leadership reign;
    private @Nullable Atlas atlas;
    private @Nullable Plan plan;
    private @Nullable Question planned;
    private List<Table> tables = List.of();
    private Loads loads = Loads.NONE;
    private SortedMap<String, Member> membersBefore = new TreeMap<>();
    private long planNanos;
    private long checkedNanos;

    private ShardPlanner(Coordinator coordinator, String root, String id, int planFirstShardsMax) {
        this.coordinator = coordinator;
        this.planFirstShardsMax = planFirstShardsMax;
        this.paths = new MapPaths(root);
        this.mover = new Mover(coordinator.host());
        this.loop = coordinator.reconciler("planner " + id, this::step);
        this.gathered = new Soon(coordinator.host(), loop::wake);
        this.inputs = new Inputs(coordinator, paths, loop::wake, this::reported);
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
        return start(coordinator, root, id, PLAN_FIRST_SHARDS_MAX);
    }

    /** The same, planning first up to so many shards. */
    static ShardPlanner start(
            Coordinator coordinator, String root, String id, int planFirstShardsMax) {
        ShardPlanner planner = new ShardPlanner(coordinator, root, id, planFirstShardsMax);
        planner.complete = true;
        planner.loop.start();
        return planner;
    }

    /** How it stands. */
    public PlannerStatus status() {
        return status;
    }

    /** Figures as of its last look; only that it does not lead if it does not. */
    public List<Metric> metrics() {
        return metrics;
    }

    @Override
    public void close() {
        gathered.cancel();
        loop.close();
        candidate.close();
        inputs.close();
    }

    /** A report has changed. While leaders hand over somebody waits; otherwise more will come. */
    private void reported() {
        gathered.within(handingOver ? Duration.ZERO : GATHER);
    }

    private Step.Next step() throws CoordinationException, InterruptedException {
        if (!complete) {
            return Step.Next.WHEN_WOKEN; // What was joined to it has woken it already.
        }
        Leadership leads = candidate.leadership().orElse(null);
        if (leads == null) {
            reign = null;
            atlas = null;
            status = PlannerStatus.NONE;
            metrics = NOT_LEADING;
            return Step.Next.WHEN_WOKEN;
        }
        if (leads != reign) {
            reign = leads;
            atlas = null;
            plan = null;
            planned = null;
        }
        try {
            return decide(leads);
        } catch (CoordinationException failed) {
            atlas = null; // What was written is not known any more: read it again.
            throw failed;
        } catch (MalformedMapException unreadable) {
            atlas = null;
            LOG.error("the planner cannot go on: {}", unreadable.getMessage());
            status = PlannerStatus.stuck(String.valueOf(unreadable.getMessage()));
            coordinator.host().signal();
            return Step.Next.after(LOOK_AGAIN);
        }
    }

    private Step.Next decide(Leadership leads)
            throws CoordinationException, InterruptedException, MalformedMapException {
        Inputs.Heard heard = inputs.now();
        MapWriter writer = new MapWriter(coordinator, paths, leads, figures);
        Atlas known = atlas(leads);
        learnNodes(writer, known, heard.members());
        List<Table> before = tables;
        tables = usable(writer, known, heard);
        Loads told = new Loads(heard.loads());
        loads = told.equals(loads) ? loads : told;
        NodeFacts facts =
                new NodeFacts(known.dictionary(), heard.members(), heard.reports(), loads);
        boolean lags = confirmLosses(known, facts);
        long lookedNanos = coordinator.host().nanoTime();
        Map<String, MapImage> asFound = known.images();
        if (plan != null && tables.equals(before) && plan.demand().shards() > planFirstShardsMax) {
            mover.replaceLeaders(writer, known, tables, facts, plan.target());
        }
        if (!heard.members().equals(membersBefore)) {
            membersBefore = heard.members();
            figures.look(tables, asFound, facts, lookedNanos); // Who has no leader has none since.
        }
        List<NodeFacts.Failure> failures = noteFailures(known, facts, heard.alerts());
        Standing[] judged = judge(known, heard);
        Plan current = plan(known, heard, judged, failures);
        if (current != null) {
            mover.take(
                    writer,
                    known,
                    tables,
                    facts,
                    current.target(),
                    heard.wishes(),
                    heard.control().paused());
            mover.waits().stream().limit(ALERTS_MAX).forEach(heard.alerts()::add);
        }
        SplitAdvice.of(tables, known.images(), loads, heard.members().size()).stream()
                .filter(SplitAdvice::limit)
                .limit(ALERTS_MAX)
                .forEach(advice -> heard.alerts().add(advice.toString()));
        keep(writer, known);
        tell(known, facts, current, heard.alerts());
        if (mover.wrote()) {
            return Step.Next.after(GATHER); // What is finished has made room for more.
        }
        boolean soon = lags || mover.outOfBytes();
        long nanos = Math.min(standings.nextChangeNanos(), LOOK_AGAIN.toNanos());
        return new Step.Next(soon ? LAG.toNanos() : nanos);
    }

    private Atlas atlas(Leadership leads)
            throws CoordinationException, InterruptedException, MalformedMapException {
        Atlas known = atlas;
        if (known == null) {
            for (String path :
                    List.of(
                            paths.specs(),
                            paths.maps(),
                            paths.dictionary(),
                            paths.reports(),
                            paths.loads(),
                            paths.reshapes(),
                            paths.control())) {
                coordinator.znodes().ensure(path);
            }
            known = Atlas.read(coordinator.znodes(), paths);
            atlas = known;
            checkedNanos = coordinator.host().nanoTime();
            known.unreadable().forEach((table, why) -> LOG.error("map of {}: {}", table, why));
            LOG.info("planning epoch={} tables={}", leads.epoch(), known.charts().keySet());
        }
        return known;
    }

    /** Gives numbers to nodes that have none, and remembers where they are. */
    private static void learnNodes(MapWriter writer, Atlas known, SortedMap<String, Member> now)
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

    /** The tables that can be planned. What cannot is left as it is, and told. */
    private static List<Table> usable(MapWriter writer, Atlas known, Inputs.Heard heard)
            throws CoordinationException, InterruptedException {
        List<Table> usable = new ArrayList<>();
        for (Table table : heard.tables().values()) {
            String damage = known.unreadable().get(table.name());
            if (damage != null) {
                heard.alerts().add("the map of table " + table.name() + " stands still: " + damage);
                continue;
            }
            int wanted = table.rules().shards();
            if (!known.charts().containsKey(table.name())) {
                writer.createTable(table.name(), table.keys());
                known.charts().put(table.name(), new Atlas.Chart(MapImage.empty(table.keys())));
            }
            int there = known.image(table.name()).shards();
            if (there != wanted && known.image(table.name()).keys().pristine()) {
                heard.alerts()
                        .add(
                                String.format(
                                        "table %s has %d shards; %d cannot be had by changing its"
                                                + " settings",
                                        table.name(), there, wanted));
            }
            usable.add(table.shards(there));
        }
        for (String table : known.charts().keySet()) {
            if (!heard.tables().containsKey(table)) {
                heard.alerts()
                        .add(
                                "table "
                                        + table
                                        + " has a map and no settings: nothing is done to it");
            }
        }
        return List.copyOf(usable);
    }

    private List<NodeFacts.Failure> noteFailures(
            Atlas known, NodeFacts facts, List<String> alerts) {
        List<NodeFacts.Failure> failures = facts.failures();
        for (NodeFacts.Failure failure : failures) {
            String node = known.dictionary().name(failure.node());
            standings.failed(node, coordinator.host().nanoTime());
            if (alerts.size() < ALERTS_MAX) {
                alerts.add(
                        String.format(
                                "node %s failed at %s/%d: %s",
                                node, failure.table(), failure.shard(), failure.cause()));
            }
        }
        return failures;
    }

    /**
     * Asks the service about every node that the map knows and the members' copy does not: the copy
     * may lag behind the map, and a leader is replaced only after its session has ended. Returns
     * whether the copy lags.
     */
    private boolean confirmLosses(Atlas known, NodeFacts facts)
            throws CoordinationException, InterruptedException {
        boolean lags = false;
        for (int n = 0; n < known.dictionary().size(); n++) {
            boolean doubted = false;
            for (Atlas.Chart chart : known.charts().values()) {
                long mapped = chart.image.incarnation(n);
                doubted |= mapped != 0 && mapped != facts.incarnation(n);
            }
            if (!doubted) {
                continue;
            }
            long there = Members.incarnation(coordinator, paths.root(), known.dictionary().name(n));
            if (there != facts.incarnation(n)) {
                facts.correct(n, there);
                lags = true;
            }
        }
        return lags;
    }

    private Standing[] judge(Atlas known, Inputs.Heard heard) {
        long grace = 0;
        for (Table table : tables) {
            grace = Math.max(grace, table.replicaGrace().toNanos());
        }
        Standing[] judged =
                standings.judge(
                        known.dictionary(),
                        heard.members(),
                        heard.control(),
                        known.holding(),
                        grace,
                        coordinator.host().nanoTime(),
                        coordinator.host().wallMillis());
        if (standings.massLoss()) {
            heard.alerts()
                    .add(
                            "so many nodes are lost at once that nothing is copied: let it proceed, "
                                    + "or bring them back");
        }
        return judged;
    }

    /** The plan for what is asked now; the last one as long as the question is the same. */
    private @Nullable Plan plan(
            Atlas known, Inputs.Heard heard, Standing[] judged, List<NodeFacts.Failure> failures) {
        SortedMap<String, Member> now = heard.members();
        if (tables.isEmpty()) {
            plan = null;
            planned = null;
            return null;
        }
        Question question =
                Question.of(
                        tables, known.dictionary(), now, judged, failures, loads, heard.wishes());
        if (plan == null || !question.equals(planned)) {
            long startNanos = coordinator.host().nanoTime();
            plan =
                    new Problem(
                                    tables,
                                    known.images(),
                                    known.dictionary(),
                                    now,
                                    judged,
                                    loads,
                                    failures,
                                    heard.wishes())
                            .solve();
            planNanos = coordinator.host().nanoTime() - startNanos;
            planned = question;
            plan.shortfalls().forEach(shortfall -> LOG.info("{}", shortfall));
        }
        return plan;
    }

    /** Folds logs that have grown long, and now and then mends what somebody has deleted. */
    private void keep(MapWriter writer, Atlas known)
            throws CoordinationException, InterruptedException {
        for (Map.Entry<String, Atlas.Chart> entry : known.charts().entrySet()) {
            Atlas.Chart chart = entry.getValue();
            if (chart.image.version() - chart.folded >= FOLD_AT) {
                writer.fold(entry.getKey(), chart.image, chart.dirty, chart.log);
                chart.folded();
            }
        }
        long nowNanos = coordinator.host().nanoTime();
        if (nowNanos - checkedNanos < LOOK_AGAIN.toNanos()) {
            return;
        }
        checkedNanos = nowNanos;
        if (writer.repairDictionary(known.dictionary())) {
            LOG.warn("parts of the dictionary were missing and are written again");
        }
        for (Map.Entry<String, Atlas.Chart> entry : known.charts().entrySet()) {
            if (writer.repair(entry.getKey(), entry.getValue())) {
                LOG.warn(
                        "parts of a map were missing and are written again table={}",
                        entry.getKey());
            }
        }
    }

    private void tell(Atlas known, NodeFacts facts, @Nullable Plan current, List<String> alerts) {
        Figures.Count count =
                figures.look(tables, known.images(), facts, coordinator.host().nanoTime());
        handingOver = count.handOvers() > 0;
        metrics = figures.metrics(count, tables, known, facts, current, planNanos, alerts.size());
        status =
                new PlannerStatus(
                        true,
                        count.versions(),
                        count.leaderlessInAll(),
                        count.underReplicatedInAll(),
                        count.copies(),
                        count.handOvers(),
                        planNanos,
                        current == null ? List.of() : current.balances(),
                        current == null ? List.of() : current.shortfalls(),
                        alerts);
        coordinator.host().signal();
    }
}
