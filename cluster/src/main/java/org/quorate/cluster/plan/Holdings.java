package org.quorate.cluster.plan;

import java.util.Arrays;

/**
 * Which slots lie on which node: the board's other side. Built when first asked for; replicas that
 * come later are added, those that go stay listed, so a reader checks that the slot still names the
 * node.
 */
final class Holdings {
    private final Board board;
    private int[] start = new int[0];
    private int[] slotsByNode = new int[0];
    private int[][] gained = new int[0][];
    private int[] gainedCount = new int[0];
    private boolean built;

    Holdings(Board board) {
        this.board = board;
    }

    /** How many entries node {@code n} has; some may be out of date. */
    int count(int n) {
        build();
        return start[n + 1] - start[n] + gainedCount[n];
    }

    /** The {@code i}-th entry of node {@code n}: shard × slots + slot; −1 if it is out of date. */
    int get(int n, int i) {
        int listed = start[n + 1] - start[n];
        int index = i < listed ? slotsByNode[start[n] + i] : gained[n][i - listed];
        return board.node[index] == n ? index : -1;
    }

    /** A replica has come to {@code n}. */
    void gain(int n, int index) {
        if (!built) {
            return;
        }
        if (gainedCount[n] == gained[n].length) {
            gained[n] = Arrays.copyOf(gained[n], Math.max(16, 2 * gained[n].length));
        }
        gained[n][gainedCount[n]++] = index;
    }

    /** Lets it be built anew when next asked for, without what is out of date. */
    void forget() {
        built = false;
    }

    private void build() {
        if (built) {
            return;
        }
        built = true;
        int nodes = board.nodes.nodes();
        start = new int[nodes + 1];
        for (int n : board.node) {
            if (n >= 0) {
                start[n + 1]++;
            }
        }
        for (int n = 0; n < nodes; n++) {
            start[n + 1] += start[n];
        }
        slotsByNode = new int[start[nodes]];
        int[] next = Arrays.copyOf(start, nodes);
        for (int index = 0; index < board.node.length; index++) {
            int n = board.node[index];
            if (n >= 0) {
                slotsByNode[next[n]++] = index;
            }
        }
        gained = new int[nodes][0];
        gainedCount = new int[nodes];
    }
}
