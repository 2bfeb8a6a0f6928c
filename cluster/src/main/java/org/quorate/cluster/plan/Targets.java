package org.quorate.cluster.plan;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * What each node should carry: every table poured over the nodes it suits, the most restricted
 * first, within what its zones and racks can take at all.
 */
final class Targets {
    private final Board board;
    private final int[] byRack;

    private Targets(Board board) {
        this.board = board;
        this.byRack = byRack(board.nodes);
    }

    /** Fills the board's targets. */
    static void set(Board board) {
        Targets targets = new Targets(board);
        for (int d = 0; d < board.dimensions; d++) {
            targets.set(d);
        }
    }

    private static int[] byRack(Topology nodes) {
        List<Integer> order = new ArrayList<>();
        for (int n = 0; n < nodes.nodes(); n++) {
            if (nodes.standing(n).keeps()) {
                order.add(n);
            }
        }
        order.sort(
                Comparator.<Integer>comparingInt(n -> nodes.zone[n])
                        .thenComparingInt(n -> nodes.rack[n])
                        .thenComparingInt(n -> n));
        return order.stream().mapToInt(n -> n).toArray();
    }

    private void set(int d) {
        List<Integer> order = new ArrayList<>();
        for (int i = 0; i < board.allLimits().size(); i++) {
            order.add(i);
        }
        order.sort(Comparator.comparingInt(i -> board.allLimits().get(i).suits.cardinality()));
        double[] onceEach = onceEach(d);
        Arrays.fill(board.target[d], 0);
        for (int index : order) {
            pour(d, board.allLimits().get(index), onceEach[index]);
        }
    }

    /** Weight of all shards, each counted once, by limits. */
    private double[] onceEach(int d) {
        double[] sums = new double[board.allLimits().size()];
        Demand demand = board.demand;
        for (int t = 0; t < demand.tables().size(); t++) {
            long sum = 0;
            for (int s = demand.from[t]; s < demand.from[t + 1]; s++) {
                sum += demand.retired(s) ? 0 : demand.weight(d, s);
            }
            sums[board.limitsIndex(t)] += sum;
        }
        return sums;
    }

    private void pour(int d, Limits limits, double once) {
        double[] target = board.target[d];
        double[] capacity = new double[target.length];
        double[] most = new double[target.length];
        int taking = 0;
        int[] order = new int[byRack.length];
        for (int n : byRack) {
            if (limits.suits.get(n)) {
                order[taking++] = n;
                capacity[n] = board.nodes.capacity(d, n);
                most[n] =
                        board.standing[n].receives()
                                ? once
                                : Math.max(0, board.load[d][n] - target[n]);
            }
        }
        new Water(
                        Arrays.copyOf(order, taking),
                        board.nodes.zone,
                        board.nodes.rack,
                        capacity,
                        target.clone(),
                        most,
                        times(limits.zoneMax, once),
                        times(limits.rackMax, once))
                .pour(once * limits.rules.replicas(), target);
    }

    private static double[] times(int[] counts, double once) {
        double[] products = new double[counts.length];
        for (int i = 0; i < counts.length; i++) {
            products[i] = counts[i] * once;
        }
        return products;
    }
}
