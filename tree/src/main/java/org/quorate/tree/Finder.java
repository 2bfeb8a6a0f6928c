package org.quorate.tree;

import java.util.Arrays;
import org.quorate.protocol.jute.Slice;

/**
 * Finds nodes by their paths as {@link DataTree#find} does, and remembers where the last one's
 * parent is: what is asked for one after the other mostly has the same one, and then all levels
 * above are passed over. One instance for each thread, used while nobody writes but that thread.
 */
public final class Finder {
    /** A parent with a longer path is not remembered. */
    private static final int PATH_BYTES_MAX = 256;

    private final NodeStore nodes;
    private final byte[] path = new byte[PATH_BYTES_MAX];
    private int length = -1;
    private int parent;

    // No node was removed since: the parent is still what it was.
    private int removals;

    Finder(NodeStore nodes) {
        this.nodes = nodes;
    }

    /** The node of this path, an empty one being the root's; {@link DataTree#NONE} if none is. */
    public int find(Slice wanted) {
        if (wanted.isNull()) {
            return DataTree.NONE;
        }
        byte[] bytes = wanted.array();
        int from = wanted.from();
        int to = wanted.to();
        int slash = to - 1;
        while (slash > from && bytes[slash] != '/') {
            slash--;
        }
        if (slash - from < 2) {
            return nodes.find(bytes, from, to); // there is not much above it
        }
        int above = findParent(bytes, from, slash);
        return above == DataTree.NONE
                ? DataTree.NONE
                : nodes.child(above, bytes, slash + 1, to - slash - 1);
    }

    /** The node of a path that is likely to be asked for again; the empty range is the root. */
    int findParent(byte[] bytes, int from, int to) {
        int prefix = to - from;
        if (prefix == length
                && removals == nodes.removals()
                && Arrays.equals(path, 0, length, bytes, from, to)) {
            return parent;
        }
        int found = nodes.find(bytes, from, to);
        if (found != DataTree.NONE && prefix <= PATH_BYTES_MAX) {
            System.arraycopy(bytes, from, path, 0, prefix);
            length = prefix;
            parent = found;
            removals = nodes.removals();
        }
        return found;
    }
}
