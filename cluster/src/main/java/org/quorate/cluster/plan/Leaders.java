package org.quorate.cluster.plan;

import java.util.Arrays;

/**
 * Chooses leaders: for shards without one the least loaded replica that has the data; then, where a
 * node leads too much, the shortest chain of hand-overs to one that can take more.
 */
final class Leaders {
    /** Band for choices that cost nothing, because those leaders change anyway. */
    private static final double FREE_BAND = 0.004;

    private static final int CANNOT_LEAD = Integer.MAX_VALUE;
    private static final int RANKS = 4; // of those that can

    /** How often relieving and feeding take turns at most. */
    private static final int ROUNDS_MAX = 8;

    private final Board board;
    private final Leads leads;
    private final Holdings holdings;
    private final boolean[] free; // per shard: its leader is chosen anew in this plan
    private final int[] queue;
    private final int[] via; // per node reached: the shard that would be handed to it
    private final int[] parent;
    private final boolean[] reached;
    private final double[] need; // per node reached: what it must hand on
    private final double[] zoneLed;
    private boolean all;
    private int handed;
    private final Pairs ledPairs;

    Leaders(Board board, Leads leads) {
        this.board = board;
        this.ledPairs = Pairs.empty(board);
        this.leads = leads;
        this.holdings = board.holdings;
        this.free = new boolean[board.demand.shards()];
        int nodes = board.nodes.nodes();
        this.queue = new int[nodes];
        this.via = new int[nodes];
        this.parent = new int[nodes];
        this.reached = new boolean[nodes];
        this.need = new double[nodes];
        this.zoneLed = new double[board.nodes.zones()];
    }

    /** Elects and balances; whether any leader changed. */
    boolean run() {
        int before = handed;
        elect();
        balance();
        return handed > before;
    }

    /** Gives every led shard that has replicas a leader. */
    private void elect() {
        Arrays.fill(zoneLed, 0);
        for (int n = 0; n < leads.load.length; n++) {
            zoneLed[board.nodes.zone[n]] += leads.load[n];
        }
        long[] keys = leaderless();
        all |= keys.length > 0 && keys.length == board.demand.shards();
        double heavy = 0;
        for (long key : keys) {
            int shard = (int) (key & 0xFFFFFFFFL);
            if (leads.heft(shard) < heavy / 2 && !all) {
                // What is heavy must find its place before what is light takes the room.
                relieve(board.bands.leaderEpsilon(), true);
                relieve(board.bands.leaderEpsilon(), false);
            }
            if (leads.heft(shard) < heavy / 2 || heavy == 0) {
                heavy = leads.heft(shard);
            }
            int best = choose(shard);
            if (best >= 0) {
                ledPairs.add(shard, best);
                free[shard] = true;
                hand(shard, best, Reason.LEADER_LOST);
                zoneLed[board.nodes.zone[best]] += leads.heft(shard);
            }
        }
        relieve(board.bands.leaderEpsilon(), true);
        relieve(FREE_BAND, true);
    }

    private long[] leaderless() {
        long[] keys = new long[board.demand.shards()];
        int count = 0;
        for (int t = 0; t < board.demand.tables().size(); t++) {
            if (!board.demand.tables().get(t).led()) {
                continue;
            }
            for (int s = board.demand.from[t]; s < board.demand.from[t + 1]; s++) {
                if (board.at.leader[s] < 0) {
                    long light =
                            (long) Integer.MAX_VALUE - Float.floatToIntBits((float) leads.heft(s));
                    keys[count++] = light << 32 | s;
                }
            }
        }
        long[] found = Arrays.copyOf(keys, count);
        Arrays.sort(found);
        return found;
    }

    /** The best node for a leaderless shard, from the best class that there is; −1 for none. */
    private int choose(int shard) {
        int best = -1;
        int bestClass = CANNOT_LEAD;
        double bestFullness = 0;
        double bestCommon = 0;
        double bestZone = 0;
        int base = shard * board.slots;
        for (int slot = 0; slot < board.slots; slot++) {
            int n = board.node[base + slot];
            if (n < 0) {
                continue;
            }
            int rank = rank(shard, slot, n);
            if (rank == CANNOT_LEAD) {
                continue;
            }
            if (all && !hasRefuge(shard, n)) {
                rank += RANKS;
            }
            double fullness = leads.fullness(n, leads.heft(shard));
            double common = ledPairs.cost(shard, n);
            double zone = zoneLed[board.nodes.zone[n]];
            boolean better;
            if (rank != bestClass) {
                better = rank < bestClass;
            } else if (Math.abs(fullness - bestFullness) > leads.oneShard(n)) {
                better = fullness < bestFullness;
            } else {
                better = common != bestCommon ? common < bestCommon : zone < bestZone;
            }
            if (better) {
                bestCommon = common;
                best = n;
                bestClass = rank;
                bestFullness = fullness;
                bestZone = zone;
            }
        }
        return best;
    }

    /**
     * 0: has the data and may lead. 1: will have it and may lead. 2 and 3: runs, but had better not
     * lead; of those the one that led before is as good as any. Whoever does not run cannot lead.
     */
    private int rank(int shard, int slot, int n) {
        Standing standing = board.standing[n];
        if (!standing.alive()) {
            return CANNOT_LEAD;
        }
        if (standing.mayBeGivenLeaders()) {
            return board.stays(shard, slot) ? 0 : 1;
        }
        return board.stays(shard, slot) && board.leaderBefore(shard) == n ? 2 : 3;
    }

    /** Whether another replica could take the lead over should {@code leader} be lost. */
    private boolean hasRefuge(int shard, int leader) {
        for (int i = shard * board.slots, end = i + board.slots; i < end; i++) {
            int n = board.node[i];
            if (n >= 0
                    && n != leader
                    && board.standing[n].mayBeGivenLeaders()
                    && board.isRefuge(shard, n)) {
                return true;
            }
        }
        return false;
    }

    /** Relieves nodes that lead too much and feeds those that lead far too little. */
    private void balance() {
        int before = -1;
        for (int round = 0; round < ROUNDS_MAX && handed != before; round++) {
            before = handed;
            relieve(board.bands.leaderEpsilon(), false);
            feedAll();
        }
    }

    private void feedAll() {
        for (int n = 0; n < leads.load.length; n++) {
            double least = leads.target[n] * (1 - board.bands.leaderHysteresis());
            if (board.standing[n].mayBeGivenLeaders()
                    && leads.load[n] < least
                    && leads.target[n] - leads.load[n] >= leads.granule()) {
                feed(n);
            }
        }
    }

    private void relieve(double band, boolean onlyFree) {
        int[] tooFull = new int[leads.load.length];
        int count = 0;
        for (int n = 0; n < tooFull.length; n++) {
            if (leads.load[n] > leads.most(n, band)) {
                tooFull[count++] = n;
            }
        }
        for (int i = 0; i < count; i++) {
            int n = tooFull[i];
            while (leads.load[n] > leads.most(n, band)) {
                double over = leads.load[n] - leads.most(n, band);
                if (!relieveOnce(n, over, band, onlyFree) && !relieveOnce(n, 0, band, onlyFree)) {
                    break;
                }
            }
        }
    }

    /**
     * Hands over along the shortest chain that starts at {@code root} and lets nobody else lead too
     * much.
     *
     * @param atLeast what the root must get rid of by it
     * @return whether there is such a chain
     */
    private boolean relieveOnce(int root, double atLeast, double band, boolean onlyFree) {
        Arrays.fill(reached, false);
        int queued = 0;
        queue[queued++] = root;
        reached[root] = true;
        need[root] = atLeast;
        parent[root] = -1;
        for (int i = 0; i < queued; i++) {
            int from = queue[i];
            int before = queued;
            queued = lookFrom(from, band, onlyFree, queued);
            if (queued < 0) {
                return true;
            }
            for (int j = before; j < queued; j++) {
                reached[queue[j]] = true;
            }
        }
        return false;
    }

    /** Extends the search by {@code from}'s shards; −1 if a chain was found and carried out. */
    private int lookFrom(int from, double band, boolean onlyFree, int queuedBefore) {
        int queued = queuedBefore;
        int bestShard = -1;
        int bestTo = -1;
        double bestHeft = 0;
        double bestFullness = Double.POSITIVE_INFINITY;
        boolean heaviestFirst = need[from] == 0;
        for (int i = 0, count = holdings.count(from); i < count; i++) {
            int index = holdings.get(from, i);
            int shard = index / board.slots;
            if (index < 0 || board.at.leader[shard] != index % board.slots) {
                continue;
            }
            double heft = leads.heft(shard);
            if (onlyFree && !free[shard] || heft <= 0 || heft < need[from] - 1e-9) {
                continue;
            }
            for (int slot = 0; slot < board.slots; slot++) {
                int to = board.node[shard * board.slots + slot];
                if (to < 0 || reached[to] || !mayTakeOver(shard, slot, to, onlyFree)) {
                    continue;
                }
                double over = leads.load[to] + heft - leads.most(to, band);
                if (over <= 0) {
                    double fullness = leads.fullness(to, heft);
                    boolean heavier = heaviestFirst && heft > bestHeft;
                    boolean lighter = heaviestFirst && heft < bestHeft;
                    if (heavier || !lighter && fullness < bestFullness) {
                        bestHeft = heft;
                        bestFullness = fullness;
                        bestShard = shard;
                        bestTo = to;
                    }
                } else {
                    queued = remember(from, shard, to, over, queuedBefore, queued);
                }
            }
        }
        if (bestShard >= 0) {
            carryOut(from, bestShard, bestTo);
            return -1;
        }
        return queued;
    }

    /**
     * Keeps, for each node that can be reached from {@code from}, the shard that burdens it least.
     */
    private int remember(int from, int shard, int to, double over, int first, int queued) {
        for (int j = first; j < queued; j++) {
            if (queue[j] == to) {
                if (over < need[to]) {
                    need[to] = over;
                    via[to] = shard;
                }
                return queued;
            }
        }
        queue[queued] = to;
        parent[to] = from;
        via[to] = shard;
        need[to] = over;
        return queued + 1;
    }

    private boolean mayTakeOver(int shard, int slot, int to, boolean onlyFree) {
        boolean hasData = all || board.stays(shard, slot);
        return board.standing[to].mayBeGivenLeaders() && (hasData || !onlyFree);
    }

    private void carryOut(int lastFrom, int lastShard, int lastTo) {
        int shard = lastShard;
        int to = lastTo;
        int from = lastFrom;
        while (true) {
            hand(shard, to, free[shard] ? Reason.LEADER_LOST : Reason.LEADER_BALANCE);
            if (parent[from] < 0) {
                return;
            }
            shard = via[from];
            to = from;
            from = parent[from];
        }
    }

    private void hand(int shard, int to, Reason reason) {
        handed++;
        leads.shift(shard, board.at.leader(shard), to);
        board.at.lead(shard, to);
        board.whyLeader[shard] = reason.code();
    }

    /** Gives {@code n} the lead of shards it holds, from whoever leads most, up to its share. */
    private void feed(int n) {
        int count = holdings.count(n);
        while (true) {
            int best = -1;
            double most = leads.fullness(n, 0);
            for (int i = 0; i < count; i++) {
                int index = holdings.get(n, i);
                int shard = index / board.slots;
                int leader = index < 0 ? -1 : board.at.leader(shard);
                if (leader < 0 || leader == n) {
                    continue;
                }
                double heft = leads.heft(shard);
                double after = leads.fullness(leader, -heft);
                if (leads.load[n] + heft <= leads.target[n] + leads.granule() / 2
                        && after >= leads.fullness(n, 0)
                        && leads.fullness(leader, 0) > most) {
                    most = leads.fullness(leader, 0);
                    best = shard;
                }
            }
            if (best < 0) {
                return;
            }
            hand(best, n, Reason.LEADER_BALANCE);
        }
    }
}
