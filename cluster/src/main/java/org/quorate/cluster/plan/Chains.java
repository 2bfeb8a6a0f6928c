package org.quorate.cluster.plan;

import java.util.Arrays;

/**
 * Makes room where nodes are full: the replica that fits nowhere pushes another off its node, which
 * may push a third, until one finds room. The shortest such chain is taken.
 */
final class Chains {
    /** How many replicas are looked at for one chain before it is given up. */
    private static final int LOOKS_MAX = 400_000;

    private final Board board;
    private final Holdings holdings;
    private final int[] queue;
    private final int[] comes; // per node reached: the slot whose replica would come here, or -1
    private final boolean[] reached;
    private int queued;
    private int looks;

    Chains(Board board) {
        this.board = board;
        this.holdings = board.holdings;
        this.queue = new int[board.nodes.nodes()];
        this.comes = new int[board.nodes.nodes()];
        this.reached = new boolean[board.nodes.nodes()];
    }

    /**
     * Moves others so that {@code shard} fits on a node, which is returned; −1 if none is found.
     */
    int roomFor(Limits limits, int shard) {
        Arrays.fill(reached, false);
        queued = 0;
        looks = 0;
        for (int n = 0; n < reached.length; n++) {
            if (board.standing[n].receives()
                    && limits.suits.get(n)
                    && board.spreads(limits, shard, n, Board.NONE)) {
                reach(n, -1);
            }
        }
        for (int i = 0; i < queued && looks < LOOKS_MAX; i++) {
            int freed = free(queue[i], comes[queue[i]] < 0 ? shard : comes[queue[i]] / board.slots);
            if (freed >= 0) {
                return board.fits(shard, freed) ? freed : -1;
            }
        }
        return -1;
    }

    private void reach(int n, int slotThatComes) {
        reached[n] = true;
        comes[n] = slotThatComes;
        queue[queued++] = n;
    }

    /**
     * Looks for a replica on {@code n} whose going lets {@code coming} in. If it fits elsewhere the
     * chain is carried out and its first node returned; otherwise the search goes on from where it
     * would go.
     */
    private int free(int n, int coming) {
        for (int i = 0, count = holdings.count(n); i < count && looks < LOOKS_MAX; i++) {
            int index = holdings.get(n, i);
            if (index < 0) {
                continue;
            }
            int shard = index / board.slots;
            if (shard == coming || !board.fitsInstead(coming, n, shard)) {
                looks++;
                continue;
            }
            Limits limits = board.limitsOfShard(shard);
            for (int to = 0; to < reached.length; to++) {
                looks++;
                if (reached[to]
                        || !board.standing[to].receives()
                        || !limits.suits.get(to)
                        || !board.spreads(limits, shard, to, index % board.slots)) {
                    continue;
                }
                if (board.fits(shard, to)) {
                    return carryOut(index, to);
                }
                reach(to, index);
            }
        }
        return -1;
    }

    /** Moves the last replica of the chain first, so that each finds its room. */
    private int carryOut(int lastIndex, int lastTo) {
        int index = lastIndex;
        int to = lastTo;
        while (true) {
            int shard = index / board.slots;
            int slot = index % board.slots;
            int from = board.node[index];
            if (!board.mayTake(board.limitsOfShard(shard), shard, to, slot)) {
                return -1; // The same shard twice in one chain: rare, and what was done is sound.
            }
            board.move(shard, slot, to, Reason.ROOM);
            if (comes[from] < 0) {
                return from;
            }
            index = comes[from];
            to = from;
        }
    }
}
