package org.quorate.cluster.plan;

/** Takes away what must not stay where it is, before anything is placed. */
final class Tidy {
    private final Board board;

    private Tidy(Board board) {
        this.board = board;
    }

    static void run(Board board) {
        new Tidy(board).run();
    }

    private void run() {
        Demand demand = board.demand;
        for (int t = 0; t < demand.tables().size(); t++) {
            Limits limits = board.limits(t);
            boolean led = demand.tables().get(t).led();
            for (int s = demand.from[t]; s < demand.from[t + 1]; s++) {
                if (!led) {
                    board.at.leader[s] = Board.NONE;
                }
                tidy(limits, s);
            }
        }
    }

    private void tidy(Limits limits, int shard) {
        int base = shard * board.slots;
        int count = 0;
        boolean broken = false;
        for (int slot = 0; slot < board.slots; slot++) {
            int n = board.node[base + slot];
            if (n < 0) {
                continue;
            }
            if (!board.standing[n].keeps()) {
                boolean drained = board.standing[n] == Standing.DRAINING;
                board.remove(shard, slot, drained ? Reason.DRAINED : Reason.MISSING);
            } else if (!limits.suits.get(n)) {
                board.remove(shard, slot, Reason.RULE);
            } else {
                count++;
                broken |= !board.spreads(limits, shard, n, slot);
            }
        }
        while (broken) {
            int worst = fullest(limits, shard, true);
            if (worst < 0) {
                break;
            }
            board.remove(shard, worst, Reason.RULE);
            count--;
        }
        while (count > limits.rules.replicas()) {
            board.remove(shard, fullest(limits, shard, false), Reason.RULE);
            count--;
        }
        unseatLeader(shard);
    }

    private void unseatLeader(int shard) {
        int leader = board.at.leader(shard);
        if (leader >= 0 && !board.standing[leader].keepsLeaders()) {
            board.at.leader[shard] = Board.NONE;
        }
    }

    /**
     * The slot to give up: on a node that is not alive, then not the leader's, then the fullest.
     */
    private int fullest(Limits limits, int shard, boolean onlyBroken) {
        int worst = -1;
        double most = Double.NEGATIVE_INFINITY;
        for (int slot = 0; slot < board.slots; slot++) {
            int n = board.node[shard * board.slots + slot];
            if (n < 0 || onlyBroken && board.spreads(limits, shard, n, slot)) {
                continue;
            }
            double badness = board.fullness(n);
            badness += board.standing[n].alive() ? 0 : 2e9;
            badness -= board.at.leader[shard] == slot ? 1e9 : 0;
            if (badness > most) {
                most = badness;
                worst = slot;
            }
        }
        return worst;
    }
}
