package org.quorate.tree;

import java.util.Arrays;

/**
 * Visits a node and everything below it, parents first, children by rising hash of their names.
 * Does not recurse, so a deep tree is no danger. Valid while the memory it reads does not change.
 */
final class Walk {
    private final NodeReader nodes;

    /** Number of levels entered: the depth of the node that {@link #next} returned last. */
    private int depth = -1;

    private int current;

    // By level: table of children, segment under way, next entry in it, first hash behind it.
    private int[] tables = new int[16];
    private int[] segments = new int[16];
    private int[] entries = new int[16];
    private long[] ends = new long[16];

    Walk(NodeReader nodes, int top) {
        this.nodes = nodes;
        this.current = top;
    }

    /** Levels below the top of the node that {@link #next} has returned: 0 for the top itself. */
    int depth() {
        return depth;
    }

    /** The next node, the top first; {@link DataTree#NONE} at the end. */
    int next() {
        if (depth < 0) {
            depth = 0;
            return current;
        }
        int table = current == DataTree.NONE ? 0 : nodes.children(current);
        if (table != 0) {
            enter(table);
        }
        while (depth > 0) {
            int level = depth - 1;
            if (entries[level] < Children.count(nodes.memory, segments[level])) {
                current = Children.node(nodes.memory, segments[level], entries[level]);
                entries[level]++;
                return current;
            }
            if (ends[level] == Children.HASH_END) {
                depth--;
            } else {
                segment(level, (int) ends[level]);
            }
        }
        current = DataTree.NONE;
        return DataTree.NONE;
    }

    private void enter(int table) {
        if (depth == tables.length) {
            int capacity = 2 * depth;
            tables = Arrays.copyOf(tables, capacity);
            segments = Arrays.copyOf(segments, capacity);
            entries = Arrays.copyOf(entries, capacity);
            ends = Arrays.copyOf(ends, capacity);
        }
        tables[depth] = table;
        segment(depth, 0);
        depth++;
    }

    private void segment(int level, int hash) {
        long found = Children.locate(nodes.memory, tables[level], hash);
        segments[level] = (int) found;
        entries[level] = 0;
        ends[level] = Children.end(hash, (int) (found >>> 32));
    }
}
