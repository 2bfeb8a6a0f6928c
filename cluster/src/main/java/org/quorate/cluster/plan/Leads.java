package org.quorate.cluster.plan;

import java.util.Arrays;

/** How much each node leads and should lead. A shard counts by its weight. */
final class Leads {
    final double[] load;
    final double[] target;
    private final Board board;
    private final double[] scale; // per dimension
    private double granule = Double.POSITIVE_INFINITY; // the lightest led shard
    private double total;

    Leads(Board board) {
        this.board = board;
        this.load = new double[board.nodes.nodes()];
        this.target = new double[board.nodes.nodes()];
        this.scale = scales(board);
    }

    private static double[] scales(Board board) {
        double[] scale = board.share.clone();
        for (int d = 0; d < scale.length; d++) {
            double carried = 0;
            for (long l : board.load[d]) {
                carried += l;
            }
            boolean several = board.dimensions > 1;
            scale[d] = !several ? 1 : carried > 0 ? scale[d] * 1e6 / carried : 0;
        }
        return scale;
    }

    /** Weight of a shard's leader. */
    double heft(int shard) {
        if (board.dimensions == 1) {
            return board.demand.weight(0, shard);
        }
        double heft = 0;
        for (int d = 0; d < board.dimensions; d++) {
            heft += scale[d] * board.demand.weight(d, shard);
        }
        return heft;
    }

    /** Adds up what is led and works out what should be. */
    void set() {
        Arrays.fill(load, 0);
        Arrays.fill(target, 0);
        total = 0;
        double[] most = new double[load.length];
        double[] leadersNow = new double[load.length];
        for (int t = 0; t < board.demand.tables().size(); t++) {
            if (board.demand.tables().get(t).led()) {
                addUp(t, most, leadersNow);
            }
        }
        for (int n = 0; n < load.length; n++) {
            most[n] = Math.max(most[n], carriedByShare(n));
            if (!board.standing[n].mayBeGivenLeaders()) {
                most[n] = board.standing[n].keepsLeaders() ? leadersNow[n] : 0;
            }
        }
        int[] all = new int[load.length];
        for (int n = 0; n < all.length; n++) {
            all[n] = n;
        }
        new Water(
                        all,
                        new int[all.length],
                        new int[all.length],
                        capacities(),
                        new double[all.length],
                        most,
                        new double[] {Double.POSITIVE_INFINITY},
                        new double[] {Double.POSITIVE_INFINITY})
                .pour(total, target);
    }

    /** A newcomer carries nothing yet, but will. */
    private double carriedByShare(int n) {
        double carried = 0;
        for (int d = 0; d < board.dimensions; d++) {
            carried += (board.dimensions == 1 ? 1 : scale[d]) * board.target[d][n];
        }
        return carried;
    }

    private void addUp(int table, double[] carried, double[] led) {
        for (int s = board.demand.from[table]; s < board.demand.from[table + 1]; s++) {
            double heft = heft(s);
            if (heft > 0) {
                granule = Math.min(granule, heft);
            }
            boolean anywhere = false;
            for (int i = s * board.slots, end = i + board.slots; i < end; i++) {
                if (board.node[i] >= 0) {
                    carried[board.node[i]] += heft;
                    anywhere = true;
                }
            }
            total += anywhere ? heft : 0;
            int leader = board.at.leader(s);
            if (leader >= 0) {
                load[leader] += heft;
                led[leader] += heft;
            }
        }
    }

    private double[] capacities() {
        double[] capacity = new double[load.length];
        for (int d = 0; d < board.dimensions; d++) {
            double sum = 0;
            for (int n = 0; n < capacity.length; n++) {
                sum += board.nodes.capacity(d, n);
            }
            for (int n = 0; n < capacity.length && sum > 0; n++) {
                capacity[n] += board.share[d] * board.nodes.capacity(d, n) / sum;
            }
        }
        return capacity;
    }

    /** The most that {@code n} should lead: its share and a band, or the next whole shard. */
    double most(int n, double band) {
        double whole = granule * Math.ceil(target[n] / granule - 1e-9);
        return Math.max(target[n] * (1 + band), whole) + 1e-9 * granule;
    }

    /** The lightest led shard; infinite if there is none. */
    double granule() {
        return granule;
    }

    /** What the lightest shard adds to {@link #fullness}: nodes nearer than that are equals. */
    double oneShard(int n) {
        return target[n] > 0 ? granule / target[n] * (1 + 1e-6) : 0;
    }

    /** Load ÷ target after {@code more} has come. */
    double fullness(int n, double more) {
        return Board.ratio(load[n] + more, target[n]);
    }

    /**
     * {@code to} leads {@code shard} from now on instead of {@code from} ({@code NONE}: nobody).
     */
    void shift(int shard, int from, int to) {
        double heft = heft(shard);
        if (from >= 0) {
            load[from] -= heft;
        }
        load[to] += heft;
    }
}
