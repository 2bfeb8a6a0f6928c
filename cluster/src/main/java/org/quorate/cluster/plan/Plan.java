package org.quorate.cluster.plan;

import java.util.List;

/**
 * Where everything should be, and why. Immutable as long as nobody changes the placements in it.
 * What is to be done about it is the difference between {@link #now} and {@link #target}.
 */
public final class Plan {
    private final Topology nodes;
    private final Demand demand;
    private final Placement now;
    private final Placement target;
    private final byte[] why;
    private final byte[] whyLeader;
    private final List<Shortfall> shortfalls;
    private final List<Balance> balances;

    Plan(Board board, Placement now, List<Shortfall> shortfalls, List<Balance> balances) {
        this.nodes = board.nodes;
        this.demand = board.demand;
        this.now = now;
        this.target = board.at;
        this.why = board.why;
        this.whyLeader = board.whyLeader;
        this.shortfalls = List.copyOf(shortfalls);
        this.balances = List.copyOf(balances);
    }

    private Plan(Plan first, Plan next) {
        this.nodes = first.nodes;
        this.demand = first.demand;
        this.now = first.now;
        this.target = next.target;
        this.why = next.why.clone();
        this.whyLeader = next.whyLeader.clone();
        this.shortfalls = next.shortfalls;
        this.balances = next.balances;
    }

    /** From where this one starts to where {@code next}, which starts at its end, leads. */
    Plan then(Plan next) {
        Plan both = new Plan(this, next);
        for (int s = 0; s < demand.shards(); s++) {
            for (int slot = 0; slot < target.slots(); slot++) {
                int i = s * target.slots() + slot;
                boolean asNow = nodeNow(s, slot) == both.target.node(s, slot);
                both.why[i] = asNow ? Reason.STAYS.code() : later(why[i], next.why[i]);
            }
            boolean sameLeader = now.leader(s) == both.target.leader(s);
            both.whyLeader[s] =
                    sameLeader ? Reason.STAYS.code() : later(whyLeader[s], next.whyLeader[s]);
        }
        return both;
    }

    private static byte later(byte first, byte next) {
        return next == Reason.STAYS.code() ? first : next;
    }

    /** The nodes it was made for. */
    public Topology nodes() {
        return nodes;
    }

    /** The shards it was made for. */
    public Demand demand() {
        return demand;
    }

    /** The placement it started from. */
    public Placement now() {
        return now;
    }

    /** The placement it wants. */
    public Placement target() {
        return target;
    }

    /** What could not be placed; empty if everything is. */
    public List<Shortfall> shortfalls() {
        return shortfalls;
    }

    /** How even the target is, one per dimension and, last, one for leaders. */
    public List<Balance> balances() {
        return balances;
    }

    /** Why a replica is in that slot of the target. */
    public Reason reason(int shard, int slot) {
        return Reason.of(why[shard * target.slots() + slot]);
    }

    /** Why a shard has the leader it has in the target. */
    public Reason leaderReason(int shard) {
        return Reason.of(whyLeader[shard]);
    }

    /** Whether anything of {@code shard} changes. */
    public boolean changes(int shard) {
        if (now.leader(shard) != target.leader(shard)) {
            return true;
        }
        for (int slot = 0; slot < target.slots(); slot++) {
            if (nodeNow(shard, slot) != target.node(shard, slot)) {
                return true;
            }
        }
        return false;
    }

    /** Tells {@code visitor} of every replica that comes or goes, and every new leader. */
    public void forEachChange(Visitor visitor) {
        for (int s = 0; s < demand.shards(); s++) {
            for (int slot = 0; slot < target.slots(); slot++) {
                int from = nodeNow(s, slot);
                int to = target.node(s, slot);
                if (from != to) {
                    visitor.replica(s, from, to, reason(s, slot));
                }
            }
            int from = now.leader(s);
            int to = target.leader(s);
            if (from != to) {
                visitor.leader(s, from, to, leaderReason(s));
            }
        }
    }

    private int nodeNow(int shard, int slot) {
        return slot < now.slots() ? now.node(shard, slot) : Placement.NONE;
    }

    /** Hears what a plan changes. */
    public interface Visitor {
        /**
         * A replica of {@code shard} moves.
         *
         * @param from the node it leaves, {@link Placement#NONE} if it is additional
         * @param to the node it goes to, {@link Placement#NONE} if it is given up
         */
        void replica(int shard, int from, int to, Reason reason);

        /** The leader of {@code shard} changes; {@link Placement#NONE} for nobody. */
        void leader(int shard, int from, int to, Reason reason);
    }

    /**
     * How even one kind of load is over the nodes.
     *
     * @param what name of the dimension, or {@code leaders}
     * @param maxOverMean the fullest node's load ÷ capacity against the mean
     * @param maxOverShare the fullest node's load against what the rules make its fair share
     */
    public record Balance(String what, double maxOverMean, double maxOverShare) {}
}
