package org.quorate.replica;

import org.quorate.protocol.jute.JuteIn;
import org.quorate.protocol.jute.JuteOut;
import org.quorate.protocol.jute.Slice;
import org.quorate.tree.DataTree;
import org.quorate.tree.NodeState;

/**
 * Hard limits on the number of znodes and the bytes below a path (client protocol §16). Counts what
 * the tree's statistics say and what outstanding transactions will add. Owned by the core thread;
 * does nothing unless quotas are enforced.
 */
final class Quotas {
    private static final byte[] ROOT = Slice.of("/zookeeper/quota").copy();
    private static final byte[] LIMITS = Slice.of("/zookeeper_limits").copy();
    private static final byte[] STATS = Slice.of("/zookeeper_stats").copy();
    private static final long NO_LIMIT = -1;

    private final boolean enforced;
    private final DataTree tree;

    private final JuteOut quotaPath = new JuteOut();
    private final JuteOut text = new JuteOut();
    private final JuteIn textIn = new JuteIn(Integer.MAX_VALUE);
    private final Slice slice = new Slice();
    private final NodeState state = new NodeState();

    private int limitsNode;
    private int statsNode;

    // Outstanding, oldest first: a ring of what each transaction will add to which statistics.
    private long[] zxids = new long[16];
    private int[] nodes = new int[16];
    private int[] counts = new int[16];
    private long[] bytes = new long[16];
    private int head;
    private int size;
    private int sizeAtBegin;
    private long zxid;

    Quotas(boolean enforced, DataTree tree) {
        this.enforced = enforced;
        this.tree = tree;
    }

    void clear() {
        head = 0;
        size = 0;
    }

    /** Starts a transaction. */
    void begin(long newZxid) {
        zxid = newZxid;
        sizeAtBegin = size;
    }

    /** Undoes every {@link #note} since {@link #begin}. */
    void rollBack() {
        size = sizeAtBegin;
    }

    /** Everything up to this transaction is in the statistics. */
    void applied(long appliedZxid) {
        while (size > 0 && zxids[head] <= appliedZxid) {
            head = head + 1 & zxids.length - 1;
            size--;
        }
    }

    /** May this many nodes and bytes be added at the path? A difference of 0 is not checked. */
    boolean allows(Slice path, int countDifference, int bytesDifference) {
        if (!enforced || !find(path)) {
            return true;
        }
        return within("countHardLimit", "count", countDifference, pendingCount())
                && within("byteHardLimit", "bytes", bytesDifference, pendingBytes());
    }

    /** This is about to be added at the path, by the transaction begun. */
    void note(Slice path, int countDifference, int bytesDifference) {
        if (!enforced || !find(path)) {
            return;
        }
        if (size == zxids.length) {
            grow();
        }
        int last = head + size & zxids.length - 1;
        zxids[last] = zxid;
        nodes[last] = statsNode;
        counts[last] = countDifference;
        bytes[last] = bytesDifference;
        size++;
    }

    private boolean within(String limitKey, String statKey, int difference, long pending) {
        if (difference == 0) {
            return true;
        }
        long limit = value(limitsNode, limitKey);
        return limit <= NO_LIMIT
                || Math.max(value(statsNode, statKey), 0) + pending + difference <= limit;
    }

    private long pendingCount() {
        long sum = 0;
        for (int i = 0; i < size; i++) {
            int at = head + i & zxids.length - 1;
            sum += nodes[at] == statsNode ? counts[at] : 0;
        }
        return sum;
    }

    private long pendingBytes() {
        long sum = 0;
        for (int i = 0; i < size; i++) {
            int at = head + i & zxids.length - 1;
            sum += nodes[at] == statsNode ? bytes[at] : 0;
        }
        return sum;
    }

    /** Finds the nearest quota at the path or above it, but for the root. */
    private boolean find(Slice path) {
        quotaPath.clear().writeRaw(ROOT, 0, ROOT.length);
        int root = tree.find(slice.set(quotaPath.array(), 0, quotaPath.size()));
        if (root == DataTree.NONE) {
            return false;
        }
        tree.load(root, state);
        if (state.childCount == 0) {
            return false;
        }
        quotaPath.writeRaw(path);
        for (int end = quotaPath.size(); end > ROOT.length + 1; end = slashBefore(end)) {
            limitsNode = child(end, LIMITS);
            if (limitsNode != DataTree.NONE) {
                statsNode = child(end, STATS);
                return statsNode != DataTree.NONE;
            }
        }
        return false;
    }

    private int slashBefore(int end) {
        int at = end - 1;
        while (quotaPath.array()[at] != '/') {
            at--;
        }
        return at;
    }

    /** The node whose path is the first {@code end} bytes of the quota path and this name. */
    private int child(int end, byte[] name) {
        text.clear().writeRaw(quotaPath.array(), 0, end).writeRaw(name, 0, name.length);
        return tree.find(slice.set(text.array(), 0, text.size()));
    }

    /** Reads {@code key=value} pairs between commas and semicolons; −1 if there is none. */
    private long value(int node, String key) {
        tree.writeData(node, text.clear());
        textIn.wrap(text.array(), 0, text.size()).readSlice(slice);
        for (String pair : slice.text().split("[,;]")) {
            String[] parts = pair.split("=");
            if (parts.length >= 2 && parts[0].strip().equals(key)) {
                try {
                    return Long.parseLong(parts[1].strip());
                } catch (NumberFormatException e) {
                    return NO_LIMIT; // whoever wrote it meant no limit that anybody could know
                }
            }
        }
        return NO_LIMIT;
    }

    private void grow() {
        int capacity = 2 * zxids.length;
        long[] newZxids = new long[capacity];
        int[] newNodes = new int[capacity];
        int[] newCounts = new int[capacity];
        long[] newBytes = new long[capacity];
        for (int i = 0; i < size; i++) {
            int from = head + i & zxids.length - 1;
            newZxids[i] = zxids[from];
            newNodes[i] = nodes[from];
            newCounts[i] = counts[from];
            newBytes[i] = bytes[from];
        }
        zxids = newZxids;
        nodes = newNodes;
        counts = newCounts;
        bytes = newBytes;
        head = 0;
    }
}
