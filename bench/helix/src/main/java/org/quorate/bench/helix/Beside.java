package org.quorate.bench.helix;

import org.apache.helix.controller.dataproviders.ResourceControllerDataProvider;
import org.apache.helix.controller.rebalancer.strategy.CrushEdRebalanceStrategy;
import org.apache.helix.model.ClusterConfig;
import org.apache.helix.model.InstanceConfig;
import org.quorate.cluster.plan.Bands;
import org.quorate.cluster.plan.Demand;
import org.quorate.cluster.plan.Dimension;
import org.quorate.cluster.plan.Placement;
import org.quorate.cluster.plan.Plan;
import org.quorate.cluster.plan.Planner;
import org.quorate.cluster.plan.Spread;
import org.quorate.cluster.plan.Standing;
import org.quorate.cluster.plan.TableRules;
import org.quorate.cluster.plan.Topology;

import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * The toolkit's planner and those of Apache Helix, CRUSHED and WAGED, on the same clusters, turn by
 * turn in one process: equal shards, three replicas in three zones; first placed, then a node
 * comes, or one goes.
 */
public final class Beside {
    private static final int REPLICAS = 3;
    private static final int WARM_UPS = 2;

    /** Its time grows with shards times nodes: beyond, an event takes a minute and more. */
    private static final int WAGED_SHARDS_MAX =
            Integer.getInteger("quorate.bench.wagedShardsMax", 1_000);

    /** Where each shard's replicas are, the leader first. */
    private interface Side {
        int[][] place(int shards, List<Integer> live, int[][] now);
    }

    private Beside() {}

    /** Prints a table. */
    public static void main(String[] args) {
        System.out.println(
                "| shards, nodes | event | planner | CPU s | max/mean | leaders' max/mean | copied ÷"
                        + " least | other leaders |");
        System.out.println("| --- | --- | --- | --- | --- | --- | --- | --- |");
        for (int[] size : new int[][] {{1_000, 30}, {10_000, 99}, {100_000, 300}}) {
            measure("CRUSHED", Beside::helix, size[0], size[1]);
            if (size[0] <= WAGED_SHARDS_MAX) {
                measure(
                        "WAGED",
                        (shards, live, now) -> Waged.place(shards, REPLICAS, live, now),
                        size[0],
                        size[1]);
            }
            measure("toolkit", Beside::toolkit, size[0], size[1]);
        }
    }

    private static void measure(String name, Side side, int shards, int nodes) {
        List<Integer> all = range(nodes);
        List<Integer> more = range(nodes + 1);
        List<Integer> fewer = new ArrayList<>(all);
        fewer.remove(Integer.valueOf(nodes / 2));
        int[][] first = side.place(shards, all, null);
        for (int i = 0; i < WARM_UPS && shards <= 10_000; i++) {
            side.place(shards, more, first);
        }
        row(name, side, shards, nodes, "bootstrap", all, null);
        row(name, side, shards, nodes, "add", more, first);
        row(name, side, shards, nodes, "lose", fewer, first);
    }

    private static List<Integer> range(int nodes) {
        List<Integer> all = new ArrayList<>();
        for (int n = 0; n < nodes; n++) {
            all.add(n);
        }
        return all;
    }

    private static void row(
            String name,
            Side side,
            int shards,
            int nodes,
            String event,
            List<Integer> live,
            int[][] now) {
        com.sun.management.OperatingSystemMXBean process =
                (com.sun.management.OperatingSystemMXBean)
                        ManagementFactory.getOperatingSystemMXBean();
        long cpu = process.getProcessCpuTime();
        int[][] then = side.place(shards, live, now);
        double seconds = (process.getProcessCpuTime() - cpu) / 1e9;
        int[] held = new int[nodes + 1];
        int[] led = new int[nodes + 1];
        int copied = 0;
        int others = 0;
        int lostHeld = 0;
        for (int s = 0; s < shards; s++) {
            led[then[s][0]]++;
            for (int n : then[s]) {
                held[n]++;
                copied += now != null && !contains(now[s], n) ? 1 : 0;
            }
            if (now != null) {
                others += now[s][0] != then[s][0] && live.contains(now[s][0]) ? 1 : 0;
                for (int n : now[s]) {
                    lostHeld += live.contains(n) ? 0 : 1;
                }
            }
        }
        double least = event.equals("lose") ? lostHeld : held[nodes];
        System.out.printf(
                Locale.ROOT,
                "| %,d, %d | %s | %s | %.2f | %.3f | %.3f | %s | %s |%n",
                shards,
                nodes,
                event,
                name,
                seconds,
                maxOverMean(held, live),
                maxOverMean(led, live),
                now == null ? "" : String.format(Locale.ROOT, "%.2f", copied / least),
                now == null ? "" : String.format(Locale.ROOT, "%,d", others));
    }

    private static boolean contains(int[] nodes, int wanted) {
        for (int n : nodes) {
            if (n == wanted) {
                return true;
            }
        }
        return false;
    }

    private static double maxOverMean(int[] counts, List<Integer> live) {
        double sum = 0;
        double most = 0;
        for (int n : live) {
            sum += counts[n];
            most = Math.max(most, counts[n]);
        }
        return most * live.size() / sum;
    }

    // ---- Helix

    private static int[][] helix(int shards, List<Integer> live, int[][] now) {
        Map<String, InstanceConfig> configs = new LinkedHashMap<>();
        List<String> names = new ArrayList<>();
        for (int n : live) {
            InstanceConfig config = new InstanceConfig("n" + n);
            config.setDomain("zone=z" + n % 3 + ",instance=n" + n);
            config.setInstanceEnabled(true);
            configs.put("n" + n, config);
            names.add("n" + n);
        }
        ClusterConfig cluster = new ClusterConfig("c");
        cluster.setTopology("/zone/instance");
        cluster.setFaultZoneType("zone");
        cluster.setTopologyAwareEnabled(true);
        ResourceControllerDataProvider data = new ResourceControllerDataProvider("c");
        data.setClusterConfig(cluster);
        data.setInstanceConfigMap(configs);
        List<String> partitions = new ArrayList<>();
        Map<String, Map<String, String>> current = new LinkedHashMap<>();
        for (int s = 0; s < shards; s++) {
            partitions.add("t_" + s);
            if (now != null) {
                Map<String, String> states = new LinkedHashMap<>();
                for (int n : now[s]) {
                    states.put("n" + n, states.isEmpty() ? "MASTER" : "SLAVE");
                }
                current.put("t_" + s, states);
            }
        }
        LinkedHashMap<String, Integer> states = new LinkedHashMap<>();
        states.put("MASTER", 1);
        states.put("SLAVE", REPLICAS - 1);
        CrushEdRebalanceStrategy strategy = new CrushEdRebalanceStrategy();
        strategy.init("t", partitions, states, Integer.MAX_VALUE);
        Map<String, List<String>> lists =
                strategy.computePartitionAssignment(names, names, current, data).getListFields();
        int[][] placed = new int[shards][];
        for (int s = 0; s < shards; s++) {
            placed[s] =
                    lists.get("t_" + s).stream()
                            .mapToInt(name -> Integer.parseInt(name.substring(1)))
                            .toArray();
        }
        return placed;
    }

    // ---- the toolkit

    private static int[][] toolkit(int shards, List<Integer> live, int[][] now) {
        Topology.Builder topology = Topology.builder(List.of(new Dimension("shards", 1, 0)));
        int last = live.get(live.size() - 1);
        for (int n = 0; n <= last; n++) {
            topology.node(
                    "n" + n,
                    "z" + n % 3,
                    "",
                    Set.of(),
                    Map.of("shards", 1_000L),
                    live.contains(n) ? Standing.ACTIVE : Standing.LOST);
        }
        Demand demand =
                Demand.builder(1)
                        .table(TableRules.of("t", shards, REPLICAS, Spread.acrossZones()))
                        .build();
        Placement before = new Placement(shards, REPLICAS);
        for (int s = 0; s < shards && now != null; s++) {
            for (int slot = 0; slot < REPLICAS; slot++) {
                before.add(s, now[s][slot]);
            }
            before.lead(s, now[s][0]);
        }
        Plan plan = Planner.plan(topology.build(), demand, before, Bands.DEFAULT);
        int[][] placed = new int[shards][REPLICAS];
        for (int s = 0; s < shards; s++) {
            int at = 1;
            int leader = plan.target().leader(s);
            for (int slot = 0; slot < REPLICAS; slot++) {
                int n = plan.target().node(s, slot);
                placed[s][n == leader ? 0 : at++] = n;
            }
        }
        return placed;
    }
}
