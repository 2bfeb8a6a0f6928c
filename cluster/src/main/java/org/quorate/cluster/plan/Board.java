package org.quorate.cluster.plan;

import java.util.ArrayList;
import java.util.List;

/**
 * The plan while it is being made: the placement, what each node carries, and what the rules allow.
 * One thread; flat arrays throughout.
 */
final class Board {
    static final int NONE = Placement.NONE;

    final Topology nodes;
    final Demand demand;
    final Bands bands;
    final Placement at;
    final int slots;
    final int[] node; // of the placement: node[shard * slots + slot]
    final byte[] why; // per slot, a Reason
    final byte[] whyLeader; // per shard, a Reason
    final int dimensions;
    final long[][] load; // [dimension][node]
    final double[] share; // of each dimension in the balance; they add up to 1
    final double[][] target; // [dimension][node], what a node should carry
    final Standing[] standing;
    final Holdings holdings = new Holdings(this);
    private final Placement now;
    private final long[][] room; // [dimension][node], most that a node may carry
    private final List<Limits> limits = new ArrayList<>();
    private final int[] limitsOf; // per table
    private final double refugeRoom; // the band, and what shares rise by when one node is lost

    Board(Topology nodes, Demand demand, Placement now, Bands bands) {
        this.nodes = nodes;
        this.demand = demand;
        this.bands = bands;
        this.now = now;
        this.at = now.copy(demand.replicasMost());
        this.slots = at.slots();
        this.node = at.node;
        this.why = new byte[node.length];
        this.whyLeader = new byte[demand.shards()];
        this.dimensions = nodes.dimensions().size();
        this.load = new long[dimensions][nodes.nodes()];
        this.share = shares(nodes.dimensions());
        this.room = rooms();
        this.standing = new Standing[nodes.nodes()];
        int leading = 0;
        for (int n = 0; n < standing.length; n++) {
            standing[n] = nodes.standing(n);
            leading += standing[n].mayBeGivenLeaders() ? 1 : 0;
        }
        this.refugeRoom = bands.leaderEpsilon() + 1.0 / Math.max(1, leading);
        this.limitsOf = new int[demand.tables().size()];
        for (int t = 0; t < limitsOf.length; t++) {
            limitsOf[t] = limitsFor(demand.tables().get(t));
        }
        addUp();
        this.target = new double[dimensions][nodes.nodes()];
    }

    private static double[] shares(List<Dimension> dimensions) {
        double[] share = new double[dimensions.size()];
        double sum = 0;
        for (Dimension dimension : dimensions) {
            sum += dimension.balance();
        }
        for (int d = 0; d < share.length; d++) {
            share[d] = sum == 0 ? 1.0 / share.length : dimensions.get(d).balance() / sum;
        }
        return share;
    }

    private long[][] rooms() {
        long[][] most = new long[dimensions][nodes.nodes()];
        for (int d = 0; d < dimensions; d++) {
            Dimension dimension = nodes.dimensions().get(d);
            for (int n = 0; n < nodes.nodes(); n++) {
                most[d][n] =
                        dimension.limits()
                                ? (long) (nodes.capacity(d, n) * dimension.headroom())
                                : Long.MAX_VALUE;
            }
        }
        return most;
    }

    private int limitsFor(TableRules table) {
        for (int i = 0; i < limits.size(); i++) {
            if (limits.get(i).rules.sameDemands(table)) {
                return i;
            }
        }
        limits.add(new Limits(table, nodes));
        return limits.size() - 1;
    }

    private void addUp() {
        for (int d = 0; d < dimensions; d++) {
            for (int s = 0, i = 0; s < at.shards(); s++) {
                long weight = demand.weight(d, s);
                for (int end = i + slots; i < end; i++) {
                    if (node[i] >= 0) {
                        load[d][node[i]] += weight;
                    }
                }
            }
        }
    }

    /** Who led {@code shard} before this plan. */
    int leaderBefore(int shard) {
        return now.leader(shard);
    }

    List<Limits> allLimits() {
        return limits;
    }

    int limitsIndex(int table) {
        return limitsOf[table];
    }

    Limits limits(int table) {
        return limits.get(limitsOf[table]);
    }

    Limits limitsOfShard(int shard) {
        return limits.size() == 1 ? limits.get(0) : limits(demand.tableOf(shard));
    }

    /** Weighted mean over the dimensions of load ÷ target: 1 is a fair share. */
    double fullness(int n) {
        double sum = 0;
        for (int d = 0; d < dimensions; d++) {
            sum += share[d] * ratio((double) load[d][n], target[d][n]);
        }
        return sum;
    }

    /** {@link #fullness} after {@code shard} has come ({@code times} 1) or gone (−1). */
    double fullnessWith(int n, int shard, int times) {
        double sum = 0;
        for (int d = 0; d < dimensions; d++) {
            double after = load[d][n] + (double) times * demand.weight(d, shard);
            sum += share[d] * ratio(after, target[d][n]);
        }
        return sum;
    }

    /**
     * Whether {@code n}, leading its share, could lead {@code shard} as well within its band, if
     * the node that leads it were lost. A heavy shard among small nodes only has none, and whoever
     * takes it over must hand others on.
     */
    boolean isRefuge(int shard, int n) {
        double part = 0;
        for (int d = 0; d < dimensions; d++) {
            part += share[d] * ratio((double) demand.weight(d, shard), target[d][n]);
        }
        return part * limitsOfShard(shard).rules.replicas() <= refugeRoom;
    }

    static double ratio(double load, double target) {
        return target > 0 ? load / target : load > 0 ? 1e9 : 1;
    }

    /** Whether the rules would allow a replica of {@code shard} on {@code n}, given the others. */
    boolean spreads(Limits of, int shard, int n, int exceptSlot) {
        int zone = nodes.zone[n];
        int rack = nodes.rack[n];
        int inZone = 0;
        int inRack = 0;
        int base = shard * slots;
        boolean racksAlone = !of.rules.spread().zones();
        for (int slot = 0; slot < slots; slot++) {
            int other = node[base + slot];
            if (other < 0 || slot == exceptSlot) {
                continue;
            }
            if (other == n) {
                return false;
            }
            if (nodes.zone[other] == zone || racksAlone) {
                inZone++;
                inRack += nodes.rack[other] == rack ? 1 : 0;
            }
        }
        return inZone < of.zoneMax[zone] && inRack < of.rackMax[rack];
    }

    /** Whether {@code n} has room for {@code shard}. */
    boolean fits(int shard, int n) {
        return fitsInstead(shard, n, NONE);
    }

    /** Whether {@code n} has room for {@code coming} once {@code leaving} is gone from it. */
    boolean fitsInstead(int coming, int n, int leaving) {
        for (int d = 0; d < dimensions; d++) {
            long freed = leaving < 0 ? 0 : demand.weight(d, leaving);
            if (room[d][n] - load[d][n] + freed < demand.weight(d, coming)) {
                return false;
            }
        }
        return true;
    }

    /** What is left on {@code n} in a dimension; at least 0. */
    long roomLeft(int d, int n) {
        return Math.max(0, room[d][n] - load[d][n]);
    }

    /** Whether {@code shard} may come to {@code n} when its replica in {@code exceptSlot} goes. */
    boolean mayTake(Limits of, int shard, int n, int exceptSlot) {
        return standing[n].receives()
                && of.suits.get(n)
                && spreads(of, shard, n, exceptSlot)
                && fits(shard, n);
    }

    /** Takes the replica in {@code slot} away; remembers why for whatever takes its place. */
    void remove(int shard, int slot, Reason reason) {
        int index = shard * slots + slot;
        shift(shard, node[index], -1);
        node[index] = NONE;
        why[index] = reason.code();
        if (at.leader[shard] == slot) {
            at.leader[shard] = NONE;
        }
    }

    /** Puts a replica on {@code n} into the empty {@code slot}. */
    void place(int shard, int slot, int n, Reason reason) {
        int index = shard * slots + slot;
        if (node[index] >= 0) {
            throw new IllegalStateException(
                    "slot " + slot + " of " + demand.name(shard) + " holds " + node[index]);
        }
        node[index] = n;
        why[index] = reason.code();
        shift(shard, n, 1);
        holdings.gain(n, index);
    }

    /**
     * Moves the replica in {@code slot} to {@code n}; if it leads, it goes on leading there. One
     * that this plan has placed keeps its first reason.
     */
    void move(int shard, int slot, int n, Reason reason) {
        int index = shard * slots + slot;
        shift(shard, node[index], -1);
        shift(shard, n, 1);
        node[index] = n;
        holdings.gain(n, index);
        if (why[index] == Reason.STAYS.code()) {
            why[index] = reason.code();
        }
        if (at.leader[shard] == slot) {
            whyLeader[shard] = Reason.LEADER_MOVED.code();
        }
    }

    private void shift(int shard, int n, int sign) {
        for (int d = 0; d < dimensions; d++) {
            load[d][n] += sign * demand.weight(d, shard);
        }
    }

    /** Whether a replica in this slot has its data already. */
    boolean stays(int shard, int slot) {
        int index = shard * slots + slot;
        return node[index] >= 0 && why[index] == Reason.STAYS.code();
    }
}
