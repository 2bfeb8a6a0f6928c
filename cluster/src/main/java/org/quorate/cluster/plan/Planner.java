package org.quorate.cluster.plan;

import java.util.ArrayList;
import java.util.List;

/**
 * Makes plans. A pure function: the same input gives the same plan, and a placement that satisfies
 * the rules and lies in the band is left alone. Safe for many threads, as long as nobody changes
 * the input meanwhile.
 */
public final class Planner {
    /** How often moves and leaders take turns at most; one turn is the rule. */
    private static final int ROUNDS_MAX = 12;

    /**
     * Up to so many shards it is looked at again whether a plan, once carried out, would be left
     * alone. One of some thousand is not, in several dimensions; then it goes on from there.
     */
    private static final int LOOKED_AT_AGAIN_MAX = 20_000;

    private static final int LOOKS_MAX = 4;

    private Planner() {}

    /**
     * Where everything should be.
     *
     * @param nodes what there is to place shards on
     * @param demand what is to be placed
     * @param now where it is, with copies that are under way and without those that are to go; it
     *     is not changed
     * @throws IllegalArgumentException if the three do not belong together
     */
    public static Plan plan(Topology nodes, Demand demand, Placement now, Bands bands) {
        check(nodes, demand, now);
        Plan plan = once(nodes, demand, now, bands);
        boolean settles =
                demand.shards() <= LOOKED_AT_AGAIN_MAX
                        && bands.balanceMovesMax() == Integer.MAX_VALUE;
        for (int look = 0; look < LOOKS_MAX && settles; look++) {
            Plan next = once(nodes, demand, plan.target(), bands);
            if (next.target().equals(plan.target())) {
                break;
            }
            plan = plan.then(next);
        }
        return plan;
    }

    private static Plan once(Topology nodes, Demand demand, Placement now, Bands bands) {
        Board board = new Board(nodes, demand, now, bands);
        Tidy.run(board);
        Targets.set(board);
        new Filler(board).run();
        Leads leads = new Leads(board);
        Balancer balancer = new Balancer(board, leads);
        Leaders leaders = new Leaders(board, leads);
        boolean changed = true;
        for (int round = 0; round < ROUNDS_MAX && changed; round++) {
            leads.set();
            changed = balancer.run();
            leads.set();
            changed |= leaders.run();
            if (changed) {
                refresh(board);
            }
        }
        bringTogether(board);
        return new Plan(board, now, new Diagnosis(board).shortfalls(), balances(board, leads));
    }

    /** Whatever balance says, those that are to be one soon lie on the same nodes. */
    private static void bringTogether(Board board) {
        for (Demand.Together pair : board.demand.together()) {
            boolean fits = true;
            boolean same = board.at.replicas(pair.shard()) == board.at.replicas(pair.follower());
            for (int slot = 0; slot < board.slots; slot++) {
                int n = board.at.node(pair.shard(), slot);
                boolean there = n < 0 || board.at.slotOf(pair.follower(), n) >= 0;
                fits &= there || board.fits(pair.follower(), n);
                same &= there;
            }
            if (same || !fits) {
                continue;
            }
            for (int slot = 0; slot < board.slots; slot++) {
                if (board.at.node(pair.follower(), slot) >= 0) {
                    board.remove(pair.follower(), slot, Reason.RULE);
                }
            }
            for (int slot = 0; slot < board.slots; slot++) {
                int n = board.at.node(pair.shard(), slot);
                if (n >= 0) {
                    board.place(pair.follower(), slot, n, Reason.RULE);
                }
            }
            board.at.lead(pair.follower(), board.at.leader(pair.shard()));
        }
    }

    /** Prepares another look at what has been done, with nothing out of date. */
    private static void refresh(Board board) {
        board.holdings.forget();
        Targets.set(board);
        new Filler(board).run();
    }

    private static void check(Topology nodes, Demand demand, Placement now) {
        if (now.shards() != demand.shards()) {
            throw new IllegalArgumentException(
                    now.shards() + " shards are placed and " + demand.shards() + " demanded");
        }
        if (demand.dimensions() != nodes.dimensions().size()) {
            throw new IllegalArgumentException(
                    "weights in "
                            + demand.dimensions()
                            + " dimensions, capacities in "
                            + nodes.dimensions().size());
        }
        for (int n : now.node) {
            if (n >= nodes.nodes()) {
                throw new IllegalArgumentException(
                        "a replica is on node " + n + ", and there are " + nodes.nodes());
            }
        }
    }

    private static List<Plan.Balance> balances(Board board, Leads leads) {
        List<Plan.Balance> balances = new ArrayList<>();
        for (int d = 0; d < board.dimensions; d++) {
            double[] carried = new double[board.standing.length];
            double[] capacity = new double[carried.length];
            for (int n = 0; n < carried.length; n++) {
                carried[n] = board.load[d][n];
                capacity[n] = board.nodes.capacity(d, n);
            }
            String name = board.nodes.dimensions().get(d).name();
            balances.add(balance(board, name, carried, capacity, board.target[d]));
        }
        balances.add(balance(board, "leaders", leads.load, leads.target, leads.target));
        return balances;
    }

    private static Plan.Balance balance(
            Board board, String what, double[] carried, double[] capacity, double[] target) {
        double sum = 0;
        double capacities = 0;
        double fullest = 0;
        double aboveShare = 0;
        for (int n = 0; n < carried.length; n++) {
            if (board.standing[n].keeps() && capacity[n] > 0) {
                sum += carried[n];
                capacities += capacity[n];
                fullest = Math.max(fullest, carried[n] / capacity[n]);
                aboveShare = Math.max(aboveShare, Board.ratio(carried[n], target[n]));
            }
        }
        double mean = capacities > 0 ? sum / capacities : 0;
        return new Plan.Balance(what, mean > 0 ? fullest / mean : 1, aboveShare);
    }
}
