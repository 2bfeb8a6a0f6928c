package org.quorate.tree;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.quorate.protocol.jute.JuteIn;
import org.quorate.protocol.jute.JuteOut;
import org.quorate.protocol.jute.Slice;

/**
 * Which subtrees have a quota, and what they use of it (client protocol §16). The nodes that say so
 * lie at {@code /zookeeper/quota<path>/zookeeper_limits} and {@code …/zookeeper_stats}: they are
 * the registry too. Usage is counted in the stats node's data without touching its stat. Owned by
 * the tree's writer; without quotas nothing here costs anything.
 */
final class Quotas {
    static final byte[] ROOT = "/zookeeper/quota".getBytes(StandardCharsets.UTF_8);
    static final byte[] LIMITS = "zookeeper_limits".getBytes(StandardCharsets.UTF_8);
    static final byte[] STATS = "zookeeper_stats".getBytes(StandardCharsets.UTF_8);

    static final byte[] COUNT = "count".getBytes(StandardCharsets.UTF_8);
    static final byte[] BYTES = "bytes".getBytes(StandardCharsets.UTF_8);
    static final byte[] COUNT_HARD_LIMIT = "countHardLimit".getBytes(StandardCharsets.UTF_8);
    static final byte[] BYTE_HARD_LIMIT = "byteHardLimit".getBytes(StandardCharsets.UTF_8);

    private static final int NONE = DataTree.NONE;
    private static final int NO_VALUE = -1;

    private final DataTree tree;
    private final NodeStore nodes;
    private final NodeState state = new NodeState();
    private final JuteOut out = new JuteOut(256);
    private final JuteIn in = new JuteIn(Integer.MAX_VALUE);
    private final Slice text = new Slice();

    /** Number of limits nodes. */
    private int limits;

    Quotas(DataTree tree, NodeStore nodes) {
        this.tree = tree;
        this.nodes = nodes;
    }

    void clear() {
        limits = 0;
    }

    /** Number of limits nodes, for an image. */
    int limits() {
        return limits;
    }

    /** The same, from an image. */
    void limits(int count) {
        limits = count;
    }

    /** A node was made at this path: it may be one that makes a quota. */
    void created(Slice path) {
        if (isQuotaNode(path, LIMITS)) {
            limits++;
        } else if (isQuotaNode(path, STATS)) {
            countSubtree(path.array(), path.from(), path.to() - STATS.length - 1);
        }
    }

    /** The node at this path is going. */
    void deleted(Slice path) {
        if (isQuotaNode(path, LIMITS)) {
            limits--;
        }
    }

    /** So much more is at this path, or less: counts for the nearest quota upwards. */
    void count(Slice path, int moreNodes, int moreBytes) {
        if (limits == 0 || moreNodes == 0 && moreBytes == 0) {
            return;
        }
        int quota = nearest(path);
        int stats = quota == NONE ? NONE : nodes.child(quota, STATS, 0, STATS.length);
        if (stats != NONE) {
            show(
                    stats,
                    Math.max(0, value(stats, COUNT)) + moreNodes,
                    Math.max(0, value(stats, BYTES)) + moreBytes);
        }
    }

    /** After a snapshot was taken in: finds the quotas and counts what they use. */
    void restore() {
        limits = 0;
        int root = nodes.find(ROOT, 0, ROOT.length);
        if (root == NONE) {
            return;
        }
        JuteOut path = new JuteOut(256);
        Slice slice = new Slice();
        Walk walk = new Walk(nodes, root);
        for (int node = walk.next(); node != NONE; node = walk.next()) {
            if (walk.depth() < 2 || !nodes.isNamed(node, LIMITS, 0, LIMITS.length)) {
                continue;
            }
            nodes.writePath(node, path.clear());
            slice.set(path.array(), 0, path.size());
            limits++;
            countSubtree(slice.array(), 0, slice.length() - LIMITS.length - 1);
        }
    }

    /**
     * The node under the quota root that stands for the nearest path upwards, itself included, that
     * has a quota; {@link DataTree#NONE} if there is none. The root's quota is not kept.
     */
    int nearest(Slice path) {
        int node = limits == 0 ? NONE : nodes.find(ROOT, 0, ROOT.length);
        int nearest = NONE;
        byte[] bytes = path.array();
        int nameFrom = path.from() + 1;
        while (node != NONE && nameFrom < path.to()) {
            int nameTo = nameFrom;
            while (nameTo < path.to() && bytes[nameTo] != '/') {
                nameTo++;
            }
            node = nodes.child(node, bytes, nameFrom, nameTo - nameFrom);
            if (node != NONE && nodes.child(node, LIMITS, 0, LIMITS.length) != NONE) {
                nearest = node;
            }
            nameFrom = nameTo + 1;
        }
        return nearest;
    }

    /** The number behind {@code key=} in a node's data, or −1. */
    long value(int node, byte[] key) {
        nodes.writeData(node, out.clear());
        in.wrap(out.array(), 0, out.size()).readSlice(text);
        byte[] bytes = text.array();
        int from = text.from();
        while (from < text.to()) {
            int to = from;
            while (to < text.to() && bytes[to] != ',' && bytes[to] != ';') {
                to++;
            }
            int valueFrom = from + key.length;
            if (valueFrom < to
                    && bytes[valueFrom] == '='
                    && Arrays.equals(bytes, from, valueFrom, key, 0, key.length)) {
                return number(bytes, valueFrom + 1, to);
            }
            from = to + 1;
        }
        return NO_VALUE;
    }

    /** Nobody checked what was written there: nonsense is as good as nothing. */
    private static long number(byte[] bytes, int from, int to) {
        long number = 0;
        int at = from;
        while (at < to
                && bytes[at] >= '0'
                && bytes[at] <= '9'
                && number < Long.MAX_VALUE / 10 - 9) {
            number = 10 * number + bytes[at] - '0';
            at++;
        }
        return at > from && (at == to || bytes[at] == '=' || bytes[at] == ' ') ? number : NO_VALUE;
    }

    /** Whatever was written into a stats node, it shows what is there. */
    private void countSubtree(byte[] path, int from, int to) {
        int quota = nodes.find(path, from, to);
        int stats = quota == NONE ? NONE : nodes.child(quota, STATS, 0, STATS.length);
        if (stats == NONE) {
            return;
        }
        long count = 0;
        long bytes = 0;
        int top = nodes.find(path, from + ROOT.length, to);
        if (top != NONE) {
            Walk walk = new Walk(nodes, top);
            for (int node = walk.next(); node != NONE; node = walk.next()) {
                nodes.load(node, state);
                count++;
                bytes += state.dataLength;
            }
        }
        show(stats, count, bytes);
    }

    private void show(int stats, long count, long bytes) {
        tree.replaceData(stats, Slice.of("count=" + count + ",bytes=" + bytes));
    }

    private static boolean isQuotaNode(Slice path, byte[] name) {
        int shortest = ROOT.length + 1 + name.length;
        if (path.length() <= shortest || path.at(ROOT.length) != '/') {
            return false;
        }
        byte[] bytes = path.array();
        int nameFrom = path.to() - name.length;
        return bytes[nameFrom - 1] == '/'
                && Arrays.equals(bytes, nameFrom, path.to(), name, 0, name.length)
                && Arrays.equals(
                        bytes, path.from(), path.from() + ROOT.length, ROOT, 0, ROOT.length);
    }
}
