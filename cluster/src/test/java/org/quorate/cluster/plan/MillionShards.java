package org.quorate.cluster.plan;

import java.lang.management.ManagementFactory;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** A million shards three times on a thousand nodes, in a JVM of its own with a small heap. */
public final class MillionShards {
    private static final int SHARDS = 1_000_000;
    private static final int NODES = 1_000;

    private MillionShards() {}

    /** Prints for each of the three events: CPU milliseconds, missing replicas, evenness. */
    public static void main(String[] args) {
        Demand demand =
                Demand.builder(1)
                        .table(TableRules.of("t", SHARDS, 3, Spread.acrossZones()))
                        .build();
        Plan first = timed("bootstrap", topology(NODES, -1), demand, new Placement(SHARDS, 3));
        Plan add = timed("add", topology(NODES + 1, -1), demand, first.target());
        timed("lose", topology(NODES + 1, 500), demand, add.target());
    }

    static Topology topology(int nodes, int lost) {
        Topology.Builder topology = Topology.builder(Scenario.DIMENSIONS);
        for (int n = 0; n < nodes; n++) {
            topology.node(
                    "n" + n,
                    "z" + n % 3,
                    "r" + n / 3 % 4,
                    Set.of(),
                    Map.of("weight", 100L),
                    n == lost ? Standing.LOST : Standing.ACTIVE);
        }
        return topology.build();
    }

    private static Plan timed(String event, Topology nodes, Demand demand, Placement now) {
        long before = cpuNanos();
        Plan plan = Planner.plan(nodes, demand, now, Bands.DEFAULT);
        long millis = (cpuNanos() - before) / 1_000_000;
        System.out.printf(
                Locale.ROOT,
                "%s %d %d %.4f%n",
                event,
                millis,
                plan.shortfalls().size(),
                plan.balances().get(0).maxOverShare());
        return plan;
    }

    static long cpuNanos() {
        return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    }
}
