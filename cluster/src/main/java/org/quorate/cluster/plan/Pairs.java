package org.quorate.cluster.plan;

/**
 * How much each node has in common with each other one. Shards and leaders are spread so that this
 * is even: what a lost node led then falls evenly on the rest. Kept only while it is worth its
 * price; with very many shards chance is even enough.
 */
final class Pairs {
    /** Most nodes for which pairs are counted: the table has the square of it. */
    static final int NODES_MAX = 1_024;

    /** Most shards for which pairs are counted. */
    static final int SHARDS_MAX = 1 << 16;

    private final Board board;
    private final int nodes;
    private final float[] common; // [node × nodes + other]

    private Pairs(Board board, boolean counted) {
        this.board = board;
        this.nodes = board.nodes.nodes();
        this.common = new float[counted ? nodes * nodes : 0];
    }

    /** Counts nothing. */
    static Pairs none(Board board) {
        return new Pairs(board, false);
    }

    /** Nothing in common yet. */
    static Pairs empty(Board board) {
        boolean worthIt = board.nodes.nodes() <= NODES_MAX && board.demand.shards() <= SHARDS_MAX;
        return new Pairs(board, worthIt);
    }

    /** What the nodes have in common as the board stands. */
    static Pairs of(Board board) {
        Pairs pairs = empty(board);
        for (int i = 0; i < board.node.length && pairs.common.length > 0; i++) {
            if (board.node[i] >= 0) {
                pairs.add(i / board.slots, board.node[i]);
            }
        }
        return pairs;
    }

    /** Whether they are counted at all. */
    boolean counted() {
        return common.length > 0;
    }

    /** {@code n} has {@code shard}, in common with the others that hold it. */
    void add(int shard, int n) {
        if (common.length == 0) {
            return;
        }
        for (int i = shard * board.slots, end = i + board.slots; i < end; i++) {
            int other = board.node[i];
            if (other >= 0 && other != n) {
                common[n * nodes + other] += board.demand.weight(0, shard);
            }
        }
    }

    /** {@link #add}, and the others have it in common with {@code n}. */
    void addBothWays(int shard, int n) {
        add(shard, n);
        for (int i = shard * board.slots, end = i + board.slots; i < end; i++) {
            int other = board.node[i];
            if (other >= 0 && other != n && common.length > 0) {
                common[other * nodes + n] += board.demand.weight(0, shard);
            }
        }
    }

    /** How much {@code n} has in common with those that hold {@code shard}, for their size. */
    double cost(int shard, int n) {
        if (common.length == 0) {
            return 0;
        }
        double cost = 0;
        for (int i = shard * board.slots, end = i + board.slots; i < end; i++) {
            int other = board.node[i];
            if (other >= 0 && other != n) {
                cost += common[n * nodes + other] / Math.max(1e-9, board.target[0][other]);
            }
        }
        return cost;
    }
}
