package org.quorate.cluster.plan;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * Prints what plans cost and what they are worth, on the scenario files: a table for the page. Not
 * run by the build, which asserts the same in {@link ScenarioTest}.
 *
 * <pre>./build -B -ntp -pl cluster -Dtest='PlannerBars,RouterBars,FailOverBars' test</pre>
 */
class PlannerBars {
    private static final int WARM_UPS = 2;

    @Test
    void printTheTable() {
        System.out.println(
                "| scenario | event | CPU s | max/mean ÷ floor | leaders' max/mean"
                        + " | copies ÷ least | needless hand-overs | missing, rule breaks |");
        System.out.println("| --- | --- | --- | --- | --- | --- | --- | --- |");
        for (String name : List.of("u-1k-30", "u-10k-99", "w-10k-99", "u-100k-300", "w-100k-300")) {
            scenario(Scenario.load(name));
        }
        million();
    }

    private static void scenario(Scenario scenario) {
        Demand demand = scenario.demand();
        Topology nodes = scenario.topology();
        Topology more = scenario.topology(Set.of(), List.of(scenario.added));
        Topology fewer = scenario.topology(Set.of(scenario.lost), List.of());
        Placement empty = new Placement(scenario.shards, scenario.replicas);
        Plan first = Planner.plan(nodes, demand, empty, Bands.DEFAULT);
        for (int i = 0; i < WARM_UPS; i++) {
            Planner.plan(more, demand, first.target(), Bands.DEFAULT);
            Planner.plan(fewer, demand, first.target(), Bands.DEFAULT);
        }
        Measure bootstrap = row(scenario.name, "bootstrap", nodes, demand, empty, 0);
        Placement now = first.target();
        Measure added = new Measure(Planner.plan(more, demand, now, Bands.DEFAULT));
        int newcomer = scenario.nodes.size();
        double least = added.load(newcomer) / added.filled(newcomer);
        row(scenario.name, "add", more, demand, now, least);
        row(
                scenario.name,
                "lose",
                fewer,
                demand,
                now,
                bootstrap.load(nodes.indexOf(scenario.lost)));
    }

    private static void million() {
        Demand demand =
                Demand.builder(1)
                        .table(TableRules.of("t", 1_000_000, 3, Spread.acrossZones()))
                        .build();
        String name = "1M × 3 on 1,000";
        Placement empty = new Placement(1_000_000, 3);
        Topology nodes = MillionShards.topology(1_000, -1);
        Measure first = row(name, "bootstrap", nodes, demand, empty, 0);
        Placement now = first.plan.target();
        row(name, "add", MillionShards.topology(1_001, -1), demand, now, 3_000_000 / 1_001.0);
        row(name, "lose", MillionShards.topology(1_000, 500), demand, now, first.load(500));
    }

    private static Measure row(
            String name,
            String event,
            Topology nodes,
            Demand demand,
            Placement now,
            double leastMoved) {
        long before = MillionShards.cpuNanos();
        Plan plan = Planner.plan(nodes, demand, now, Bands.DEFAULT);
        double seconds = (MillionShards.cpuNanos() - before) / 1e9;
        Measure measure = new Measure(plan);
        Map<String, String> cells =
                Map.of(
                        "copies",
                        leastMoved == 0
                                ? ""
                                : String.format(
                                        Locale.ROOT, "%.3f", measure.movedWeight / leastMoved),
                        "handOvers",
                        event.equals("bootstrap") ? "" : Integer.toString(measure.leaderChanges));
        System.out.printf(
                Locale.ROOT,
                "| %s | %s | %.2f | %.4f | %.3f | %s | %s | %d, %d |%n",
                name,
                event,
                seconds,
                Double.isNaN(measure.overFloor)
                        ? plan.balances().get(0).maxOverShare()
                        : measure.overFloor,
                measure.leadersOverMean,
                cells.get("copies"),
                cells.get("handOvers"),
                measure.missing,
                measure.ruleBreaks);
        return measure;
    }
}
