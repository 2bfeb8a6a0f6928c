package org.quorate.cluster.plan;

import java.util.Arrays;
import java.util.BitSet;

/**
 * Local search for balance. A node far below its share pulls from the fullest, one far above it
 * pushes to the emptiest; inside the band nothing moves. Every move makes the whole more even, so
 * it ends.
 */
final class Balancer {
    /** How many shards of each side are compared when one is swapped for another. */
    private static final int SWAPS_COMPARED_MAX = 32;

    /** How many other nodes are asked for a swap. */
    private static final int SWAP_PARTNERS_MAX = 8;

    /** Gains below this are taken for none, or rounding would move things for ever. */
    private static final double GAIN_LEAST = 1e-9;

    /**
     * How much nearer, as a part of its own weight, a shard must bring things to be worth its copy
     * where perfection cannot be had: with several dimensions, and for swaps.
     */
    private static final double USEFUL_LEAST = 0.02;

    /** How many swaps are looked at in one plan. */
    private static final int SWAP_LOOKS_MAX = 4_000_000;

    private final Board board;
    private final Holdings holdings;
    private final Leads leads;
    private final double[] granule; // per dimension, the lightest shard
    private final double[] mean; // per dimension, a node's mean target
    private final Candidates candidates = new Candidates();
    private final double[] promised; // per node, what the puller will take of its leaders
    private double promisedInAll;
    private final double usefulLeast;
    private int budget;
    private int swapLooks;

    Balancer(Board board, Leads leads) {
        this.board = board;
        this.usefulLeast = board.dimensions > 1 ? USEFUL_LEAST : 0;
        this.holdings = board.holdings;
        this.leads = leads;
        this.budget = board.bands.balanceMovesMax();
        this.promised = new double[board.standing.length];
        this.granule = new double[board.dimensions];
        this.mean = new double[board.dimensions];
        for (int d = 0; d < board.dimensions; d++) {
            granule[d] = lightest(d);
        }
    }

    private void prepare() {
        for (int d = 0; d < board.dimensions; d++) {
            mean[d] = 0;
            for (double target : board.target[d]) {
                mean[d] += target / board.target[d].length;
            }
        }
    }

    private double lightest(int d) {
        if (board.demand.uniform(d)) {
            return 1;
        }
        long least = Long.MAX_VALUE;
        for (int s = 0; s < board.demand.shards(); s++) {
            long weight = board.demand.weight(d, s);
            if (weight > 0 && weight < least) {
                least = weight;
            }
        }
        return least;
    }

    /** Moves until every node is in the band or cannot be helped; whether anything moved. */
    boolean run() {
        prepare();
        BitSet done = new BitSet();
        int budgetAtFirst = budget;
        while (budget > 0) {
            int worst = worst(done);
            if (worst < 0) {
                break;
            }
            int d = worstDimension(worst);
            if (board.load[d][worst] < board.target[d][worst]) {
                pull(worst, d);
            } else {
                push(worst, d);
            }
            done.set(worst);
        }
        return budget < budgetAtFirst;
    }

    private int worst(BitSet done) {
        int worst = -1;
        double most = 0;
        for (int n = 0; n < board.standing.length; n++) {
            int d = done.get(n) ? -1 : worstDimension(n);
            double deviation = d < 0 ? 0 : Math.abs(deviation(d, n));
            if (deviation > most) {
                most = deviation;
                worst = n;
            }
        }
        return worst;
    }

    /** The dimension in which a node is furthest outside the band; −1 if it is in it. */
    private int worstDimension(int n) {
        int worst = -1;
        double most = 0;
        for (int d = 0; d < board.dimensions; d++) {
            double deviation = Math.abs(deviation(d, n));
            if (deviation > most) {
                most = deviation;
                worst = d;
            }
        }
        return worst;
    }

    /** How far beyond the band a node is: below 0 if it has too little, 0 inside the band. */
    private double deviation(int d, int n) {
        double away = board.load[d][n] - board.target[d][n];
        if (board.share[d] == 0 || board.target[d][n] <= 0 || Math.abs(away) < granule[d]) {
            return 0;
        }
        double part = away / board.target[d][n];
        boolean canHelp = away < 0 ? board.standing[n].receives() : board.standing[n].keeps();
        return Math.abs(part) > board.bands.hysteresis() && canHelp ? part : 0;
    }

    /** Brings {@code to} up to its share: first from what others have above theirs. */
    private void pull(int to, int d) {
        Arrays.fill(promised, 0);
        promisedInAll = 0;
        boolean several = board.dimensions > 1;
        for (int from : others(to, d, false)) {
            if (!several && board.fullness(from) > 1 && !full(to, d)) {
                shiftMany(from, to, 1, 1, Integer.MAX_VALUE, Reason.UNDERLOADED);
            }
        }
        double ceiling = several ? Double.MAX_VALUE : 1;
        boolean moved = true;
        while (moved && !full(to, d)) {
            moved = false;
            for (int from : others(to, d, false)) {
                if (full(to, d)) {
                    return;
                }
                moved |= shiftMany(from, to, 0, ceiling, 1, Reason.UNDERLOADED) > 0;
            }
        }
        if (deviation(d, to) != 0) {
            swap(to, d, false);
        }
    }

    /** Brings {@code from} down to its share, to the emptiest first. */
    private void push(int from, int d) {
        boolean moved = true;
        while (moved && board.load[d][from] > board.target[d][from]) {
            moved = false;
            for (int to : others(from, d, true)) {
                if (board.load[d][from] <= board.target[d][from] || budget == 0) {
                    return;
                }
                if (board.standing[to].receives()) {
                    moved |= shiftMany(from, to, 0, Double.MAX_VALUE, 1, Reason.OVERLOADED) > 0;
                }
            }
        }
        if (deviation(d, from) != 0) {
            swap(from, d, true);
        }
    }

    /** Whether not even the lightest shard fits into what is left of its share. */
    private boolean full(int n, int d) {
        return budget == 0 || board.load[d][n] + granule[d] > board.target[d][n] * (1 + 1e-9);
    }

    /**
     * All nodes but {@code self} that carry something or may, by how full they are of one
     * dimension.
     */
    private int[] others(int self, int d, boolean emptiestFirst) {
        int nodes = board.standing.length;
        long[] keys = new long[nodes];
        int count = 0;
        for (int n = 0; n < nodes; n++) {
            if (n != self && board.standing[n].keeps()) {
                float fullness = (float) Board.ratio((double) board.load[d][n], board.target[d][n]);
                int bits = Float.floatToIntBits(emptiestFirst ? fullness : 1e30f / (1 + fullness));
                keys[count++] = (long) bits << 32 | n;
            }
        }
        Arrays.sort(keys, 0, count);
        int[] order = new int[count];
        for (int i = 0; i < count; i++) {
            order[i] = (int) keys[i];
        }
        return order;
    }

    /**
     * Moves replicas from one node to another, the one that evens most out first.
     *
     * @param floor how full the giver must stay
     * @param ceiling how full the taker may become
     * @return how many were moved
     */
    private int shiftMany(int from, int to, double floor, double ceiling, int most, Reason reason) {
        candidates.collect(from, to);
        int moved = 0;
        while (moved < most && budget > 0) {
            int best = candidates.best(from, to, floor, ceiling);
            if (best < 0) {
                return moved;
            }
            int index = candidates.take(best);
            promise(index, from, to);
            shift(index, from, to, reason);
            moved++;
        }
        return moved;
    }

    /** Notes that the taker of this replica will probably lead it instead of who does now. */
    private void promise(int index, int from, int to) {
        int leader = board.at.leader(index / board.slots);
        if (leader >= 0 && leader != from && wantsLeaders(to)) {
            double heft = leads.heft(index / board.slots);
            promised[leader] += heft;
            promisedInAll += heft;
        }
    }

    private boolean wantsLeaders(int n) {
        return board.standing[n].mayBeGivenLeaders()
                && leads.load[n] + promisedInAll + leads.granule() / 2 <= leads.target[n];
    }

    /** How welcome this replica is for its leader's sake: the more, the more its leader leads. */
    private double leaderWish(int leader, int from, boolean wanted) {
        if (leader < 0) {
            return 0;
        }
        double above =
                (leads.load[leader] - leads.target[leader] - promised[leader]) / leads.granule();
        if (leader == from) {
            return wanted && above > 0.5 ? above : -1e9;
        }
        return wanted ? above : 0;
    }

    private void shift(int index, int from, int to, Reason reason) {
        int shard = index / board.slots;
        int slot = index % board.slots;
        boolean led = board.at.leader[shard] == slot;
        board.move(shard, slot, to, reason);
        budget--;
        if (!led) {
            return;
        }
        if (board.standing[to].mayBeGivenLeaders()
                && leads.load[to] + leads.heft(shard) <= leads.most(to, 0)) {
            leads.shift(shard, from, to);
        } else {
            leads.load[from] -= leads.heft(shard);
            board.at.leader[shard] = Board.NONE; // It is chosen with the other leaderless ones.
        }
    }

    /** By how much a move evens things out; not above 0 if it does not. */
    private double gain(int shard, int from, int to) {
        double gain = 0;
        for (int d = 0; d < board.dimensions; d++) {
            double weight = board.demand.weight(d, shard);
            double targetFrom = board.target[d][from];
            double targetTo = board.target[d][to];
            if (board.share[d] == 0 || weight == 0) {
                continue;
            }
            if (targetTo <= 0 || targetFrom <= 0) {
                gain += board.share[d] * weight / mean[d] * (targetTo <= 0 ? -1e9 : 1e3);
                continue;
            }
            double apart = board.load[d][from] / targetFrom - board.load[d][to] / targetTo;
            double step = weight * (1 / targetFrom + 1 / targetTo);
            gain += board.share[d] * weight / mean[d] * (2 * apart - step - usefulLeast);
        }
        return gain;
    }

    /** Swaps shards of {@code self} for lighter (or heavier) ones of others, while it helps. */
    private void swap(int self, int d, boolean lighter) {
        int compared = 0;
        for (int other : others(self, d, lighter)) {
            if (!board.standing[self].receives()
                    || compared++ == SWAP_PARTNERS_MAX
                    || swapLooks > SWAP_LOOKS_MAX) {
                return;
            }
            if (!board.standing[other].receives()) {
                continue;
            }
            while (deviation(d, self) != 0 && budget >= 2 && swapOnce(self, other)) {
                // Until it is in the band or nothing helps any more.
            }
            if (deviation(d, self) == 0) {
                return;
            }
        }
    }

    private boolean swapOnce(int from, int to) {
        int bestOut = -1;
        int bestIn = -1;
        double bestGain = GAIN_LEAST;
        int looked = 0;
        for (int i = 0; i < holdings.count(from) && looked < SWAPS_COMPARED_MAX; i++) {
            int out = holdings.get(from, i);
            if (out < 0 || board.at.leader[out / board.slots] == out % board.slots) {
                continue;
            }
            looked++;
            int compared = 0;
            for (int j = 0; j < holdings.count(to) && compared < SWAPS_COMPARED_MAX; j++) {
                int in = holdings.get(to, j);
                if (in < 0 || board.at.leader[in / board.slots] == in % board.slots) {
                    continue;
                }
                compared++;
                swapLooks++;
                double gain = swapGain(out / board.slots, in / board.slots, from, to);
                if (gain > bestGain && maySwap(out, in, from, to)) {
                    bestGain = gain;
                    bestOut = out;
                    bestIn = in;
                }
            }
        }
        if (bestOut < 0) {
            return false;
        }
        shift(bestOut, from, to, Reason.OVERLOADED);
        shift(bestIn, to, from, Reason.OVERLOADED);
        return true;
    }

    private double swapGain(int out, int in, int from, int to) {
        double gain = 0;
        for (int d = 0; d < board.dimensions; d++) {
            double weight = (double) board.demand.weight(d, out) - board.demand.weight(d, in);
            double targetFrom = board.target[d][from];
            double targetTo = board.target[d][to];
            if (board.share[d] == 0 || weight == 0 || targetFrom <= 0 || targetTo <= 0) {
                continue;
            }
            double apart = board.load[d][from] / targetFrom - board.load[d][to] / targetTo;
            double step = Math.abs(weight) * (1 / targetFrom + 1 / targetTo);
            gain +=
                    board.share[d] * weight / mean[d] * (2 * apart - Math.signum(weight) * step)
                            - board.share[d] * Math.abs(weight) / mean[d] * USEFUL_LEAST;
        }
        return gain;
    }

    private boolean maySwap(int out, int in, int from, int to) {
        int shardOut = out / board.slots;
        int shardIn = in / board.slots;
        Limits limitsOut = board.limitsOfShard(shardOut);
        Limits limitsIn = board.limitsOfShard(shardIn);
        return shardOut != shardIn
                && limitsOut.suits.get(to)
                && limitsIn.suits.get(from)
                && board.spreads(limitsOut, shardOut, to, out % board.slots)
                && board.spreads(limitsIn, shardIn, from, in % board.slots)
                && board.fitsInstead(shardOut, to, shardIn)
                && board.fitsInstead(shardIn, from, shardOut);
    }

    /** The replicas of one node that another may take. Reused from pair to pair. */
    private final class Candidates {
        private int[] indexes = new int[256];
        private int[] leaders = new int[256];
        private int count;

        void collect(int from, int to) {
            count = 0;
            for (int i = 0, held = holdings.count(from); i < held; i++) {
                int index = holdings.get(from, i);
                if (index < 0) {
                    continue;
                }
                int shard = index / board.slots;
                Limits limits = board.limitsOfShard(shard);
                if (limits.suits.get(to) && board.spreads(limits, shard, to, index % board.slots)) {
                    if (count == indexes.length) {
                        indexes = Arrays.copyOf(indexes, 2 * count);
                        leaders = Arrays.copyOf(leaders, 2 * count);
                    }
                    leaders[count] = board.at.leader(shard);
                    indexes[count++] = index;
                }
            }
        }

        int take(int i) {
            int index = indexes[i];
            indexes[i] = indexes[--count];
            leaders[i] = leaders[count];
            return index;
        }

        /** The one whose move evens most out; among equals the one whose leader is most loaded. */
        int best(int from, int to, double floor, double ceiling) {
            int best = -1;
            double bestGain = GAIN_LEAST;
            double bestWish = Double.NEGATIVE_INFINITY;
            boolean wanted = wantsLeaders(to);
            for (int i = 0; i < count; i++) {
                int shard = indexes[i] / board.slots;
                double gain = gain(shard, from, to);
                if (gain < bestGain) {
                    continue;
                }
                double wish = leaderWish(leaders[i], from, wanted);
                if ((gain > bestGain || wish > bestWish)
                        && board.fits(shard, to)
                        && board.fullnessWith(to, shard, 1) <= ceiling + 1e-9
                        && board.fullnessWith(from, shard, -1) >= floor - 1e-9) {
                    best = i;
                    bestGain = gain;
                    bestWish = wish;
                }
            }
            return best;
        }
    }
}
