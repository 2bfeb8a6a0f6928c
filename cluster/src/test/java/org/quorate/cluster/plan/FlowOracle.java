package org.quorate.cluster.plan;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The best that is possible, by minimum-cost flow: slow, obvious, for small cases with shards of
 * equal weight. Source → shard → shard in zone → shard in rack → node → sink.
 */
final class FlowOracle {
    private final List<int[]> edges = new ArrayList<>(); // from, to, capacity, cost
    private final List<List<Integer>> out = new ArrayList<>();
    private final int source = vertex();
    private final int sink = vertex();
    private int flow;
    private int cost;

    private FlowOracle() {}

    /** How many replicas can be placed if node {@code n} holds at most {@code most[n]}. */
    static int placeable(Topology nodes, Demand demand, int[] most) {
        return solve(nodes, demand, most, null).flow;
    }

    /** How many replicas must move at least so that as many as possible are placed. */
    static int movesNeeded(Topology nodes, Demand demand, int[] most, Placement now) {
        return solve(nodes, demand, most, now).cost;
    }

    /**
     * How many leaders that are alive must change at least if {@code lost} is, nobody leads what he
     * does not hold yet, and nobody leads more than {@code most}.
     */
    static int handOversNeeded(Placement now, int lost, int most) {
        FlowOracle oracle = new FlowOracle();
        Map<Integer, Integer> nodeVertex = new HashMap<>();
        for (int s = 0; s < now.shards(); s++) {
            int shard = oracle.vertex();
            oracle.edge(oracle.source, shard, 1, 0);
            for (int slot = 0; slot < now.slots(); slot++) {
                int n = now.node(s, slot);
                if (n == lost) {
                    continue;
                }
                if (!nodeVertex.containsKey(n)) {
                    nodeVertex.put(n, oracle.vertex());
                    oracle.edge(nodeVertex.get(n), oracle.sink, most, 0);
                }
                boolean changes = now.leader(s) != n && now.leader(s) != lost;
                oracle.edge(shard, nodeVertex.get(n), 1, changes ? 1 : 0);
            }
        }
        oracle.run();
        return oracle.cost;
    }

    private static FlowOracle solve(Topology nodes, Demand demand, int[] most, Placement now) {
        FlowOracle oracle = new FlowOracle();
        int[] nodeVertex = new int[nodes.nodes()];
        for (int n = 0; n < nodeVertex.length; n++) {
            nodeVertex[n] = oracle.vertex();
            oracle.edge(nodeVertex[n], oracle.sink, most[n], 0);
        }
        for (int t = 0; t < demand.tables().size(); t++) {
            Limits limits = new Limits(demand.tables().get(t), nodes);
            for (int s = demand.from[t]; s < demand.from[t + 1]; s++) {
                oracle.shard(nodes, limits, s, nodeVertex, now);
            }
        }
        oracle.run();
        return oracle;
    }

    private void shard(Topology nodes, Limits limits, int shard, int[] nodeVertex, Placement now) {
        int me = vertex();
        edge(source, me, limits.rules.replicas(), 0);
        int[] zones = new int[nodes.zones()];
        int[] racks = new int[nodes.racks()];
        for (int n = 0; n < nodeVertex.length; n++) {
            boolean there = now != null && now.slotOf(shard, n) >= 0;
            boolean usable = nodes.standing(n).receives() || there && nodes.standing(n).keeps();
            if (!usable || !limits.suits.get(n)) {
                continue;
            }
            int zone = limits.rules.spread().zones() ? nodes.zone[n] : 0;
            if (zones[zone] == 0) {
                zones[zone] = vertex();
                edge(me, zones[zone], limits.zoneMax[nodes.zone[n]], 0);
            }
            int rack = nodes.rack[n];
            if (racks[rack] == 0) {
                racks[rack] = vertex();
                edge(zones[zone], racks[rack], limits.rackMax[rack], 0);
            }
            edge(racks[rack], nodeVertex[n], 1, there ? 0 : 1);
        }
    }

    private int vertex() {
        out.add(new ArrayList<>());
        return out.size() - 1;
    }

    private void edge(int from, int to, int capacity, int price) {
        out.get(from).add(edges.size());
        edges.add(new int[] {from, to, capacity, price});
        out.get(to).add(edges.size());
        edges.add(new int[] {to, from, 0, -price});
    }

    private void run() {
        int[] distance = new int[out.size()];
        int[] via = new int[out.size()];
        while (shortest(distance, via)) {
            for (int v = sink; v != source; v = edges.get(via[v])[0]) {
                edges.get(via[v])[2]--;
                edges.get(via[v] ^ 1)[2]++;
            }
            flow++;
            cost += distance[sink];
        }
    }

    private boolean shortest(int[] distance, int[] via) {
        Arrays.fill(distance, Integer.MAX_VALUE);
        boolean[] queued = new boolean[distance.length];
        Deque<Integer> queue = new ArrayDeque<>(List.of(source));
        distance[source] = 0;
        while (!queue.isEmpty()) {
            int v = queue.poll();
            queued[v] = false;
            for (int e : out.get(v)) {
                int[] edge = edges.get(e);
                if (edge[2] > 0 && distance[v] + edge[3] < distance[edge[1]]) {
                    distance[edge[1]] = distance[v] + edge[3];
                    via[edge[1]] = e;
                    if (!queued[edge[1]]) {
                        queued[edge[1]] = true;
                        queue.add(edge[1]);
                    }
                }
            }
        }
        return distance[sink] != Integer.MAX_VALUE;
    }
}
