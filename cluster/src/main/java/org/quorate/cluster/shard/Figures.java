package org.quorate.cluster.shard;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.quorate.cluster.fence.Role;
import org.quorate.cluster.map.Assignment;
import org.quorate.cluster.map.MapImage;
import org.quorate.cluster.metric.Histogram;
import org.quorate.cluster.metric.Metric;
import org.quorate.cluster.plan.Plan;

/**
 * What the planner counts: how shards stand, how long they were without a leader, what was written.
 * Only the planner's thread.
 */
final class Figures {
    private final Histogram leaderlessSeconds = new Histogram("quorate_shards_leaderless_seconds");
    private Map<String, Map<Integer, Long>> leaderlessSince = new HashMap<>(); // nanoseconds
    private long decisions;
    private long transactions;
    private long bytes;

    /** How all shards stand at one moment. */
    record Count(
            Map<String, Long> versions,
            Map<String, Integer> leaderless,
            Map<String, Map<Integer, Integer>> underReplicated, // by table, by living copies
            int copies,
            int handOvers) {
        int leaderlessInAll() {
            return leaderless.values().stream().mapToInt(n -> n).sum();
        }

        int underReplicatedInAll() {
            return underReplicated.values().stream()
                    .flatMap(ofTable -> ofTable.values().stream())
                    .mapToInt(n -> n)
                    .sum();
        }
    }

    /** A transaction with so many decisions in it was written. */
    void wrote(int moreDecisions, long moreBytes) {
        decisions += moreDecisions;
        transactions++;
        bytes += moreBytes;
    }

    /** Counts, and remembers since when shards have no leader. */
    Count look(List<Table> tables, Map<String, MapImage> images, NodeFacts facts, long nowNanos) {
        Map<String, Long> versions = new TreeMap<>();
        Map<String, Integer> leaderless = new TreeMap<>();
        Map<String, Map<Integer, Integer>> under = new TreeMap<>();
        Map<String, Map<Integer, Long>> since = new HashMap<>();
        int copies = 0;
        int handOvers = 0;
        for (Table table : tables) {
            MapImage image = images.get(table.name());
            if (image == null) {
                continue; // It has just been made.
            }
            versions.put(table.name(), image.version());
            Map<Integer, Integer> ofTable = new TreeMap<>();
            Map<Integer, Long> before = leaderlessSince.getOrDefault(table.name(), Map.of());
            Map<Integer, Long> now = new HashMap<>();
            for (int s = 0; s < image.shards(); s++) {
                if (!image.keys().live(s)) {
                    continue;
                }
                Assignment assignment = image.get(s);
                int living = 0;
                for (int i = 0; i < assignment.count(); i++) {
                    int n = assignment.node(i);
                    boolean counts = assignment.role(i) != Role.LEARNER;
                    living += counts && facts.incarnation(n) != 0 ? 1 : 0;
                    copies += counts ? 0 : 1;
                }
                int leader = assignment.leader();
                boolean led = leader >= 0 && facts.incarnation(leader) == image.incarnation(leader);
                if (table.rules().led() && !led) {
                    now.put(s, before.getOrDefault(s, nowNanos));
                }
                if (living < table.rules().replicas()) {
                    ofTable.merge(living, 1, Integer::sum);
                }
                handOvers += assignment.successor() >= 0 ? 1 : 0;
            }
            before.forEach((shard, sinceNanos) -> {
                if (!now.containsKey(shard)) {
                    leaderlessSeconds.observe((nowNanos - sinceNanos) / 1e9);
                }
            });
            since.put(table.name(), now);
            leaderless.put(table.name(), now.size());
            under.put(table.name(), ofTable);
        }
        leaderlessSince = since;
        return new Count(versions, leaderless, under, copies, handOvers);
    }

    /** Replicas that are planned where the map has none yet. */
    private static int waiting(List<Table> tables, Atlas known, Plan plan) {
        int waiting = 0;
        int row = 0;
        for (Table table : tables) {
            MapImage image = known.image(table.name());
            for (int s = 0; s < table.rules().shards() && s < image.shards(); s++) {
                for (int slot = 0; slot < plan.target().slots(); slot++) {
                    int n = plan.target().node(row + s, slot);
                    waiting += n >= 0 && !image.get(s).holds(n) ? 1 : 0;
                }
            }
            row += table.rules().shards();
        }
        return waiting;
    }

    /** All of it for whoever watches. */
    List<Metric> metrics(
            Count count,
            List<Table> tables,
            Atlas known,
            NodeFacts facts,
            @Nullable Plan plan,
            long planNanos,
            int alerts) {
        List<Metric> metrics = new ArrayList<>();
        metrics.add(Metric.gauge("quorate_planner_leading", Map.of(), 1));
        metrics.add(Metric.gauge("quorate_planner_alerts", Map.of(), alerts));
        metrics.add(Metric.gauge("quorate_planner_plan_seconds", Map.of(), planNanos / 1e9));
        metrics.add(Metric.counter("quorate_planner_decisions_total", Map.of(), decisions));
        metrics.add(Metric.counter("quorate_planner_transactions_total", Map.of(), transactions));
        metrics.add(Metric.counter("quorate_planner_written_bytes_total", Map.of(), bytes));
        metrics.add(Metric.gauge("quorate_shards_copies_running", Map.of(), count.copies()));
        metrics.add(Metric.gauge("quorate_shards_hand_overs_running", Map.of(), count.handOvers()));
        for (Table table : tables) {
            Map<String, String> of = Map.of("table", table.name());
            MapImage image = known.image(table.name());
            metrics.add(Metric.gauge("quorate_map_version", of, image.version()));
            metrics.add(
                    Metric.gauge(
                            "quorate_shards_leaderless",
                            of,
                            count.leaderless().getOrDefault(table.name(), 0)));
            count.underReplicated()
                    .getOrDefault(table.name(), Map.of())
                    .forEach((living, shards) ->
                            metrics.add(
                                    Metric.gauge(
                                            "quorate_shards_under_replicated",
                                            Map.of(
                                                    "table",
                                                    table.name(),
                                                    "live",
                                                    living.toString()),
                                            shards)));
            for (int n = 0; n < known.dictionary().size(); n++) {
                long reported = facts.reported(n, table.name());
                if (reported >= 0) {
                    metrics.add(
                            Metric.gauge(
                                    "quorate_map_lag_versions",
                                    Map.of(
                                            "table",
                                            table.name(),
                                            "node",
                                            known.dictionary().name(n)),
                                    Math.max(0, image.version() - reported)));
                }
            }
        }
        if (plan != null) {
            metrics.add(
                    Metric.gauge(
                            "quorate_shards_copies_waiting",
                            Map.of(),
                            waiting(tables, known, plan)));
            plan.balances()
                    .forEach(balance ->
                            metrics.add(
                                    Metric.gauge(
                                            "quorate_balance_max_over_mean",
                                            Map.of("dimension", balance.what()),
                                            balance.maxOverMean())));
        }
        metrics.addAll(leaderlessSeconds.metrics(Map.of()));
        return List.copyOf(metrics);
    }
}
