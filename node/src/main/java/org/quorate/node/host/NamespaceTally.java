package org.quorate.node.host;

import org.jspecify.annotations.Nullable;
import org.quorate.node.metrics.Summary;
import org.quorate.node.metrics.SummaryFamily;
import org.quorate.protocol.jute.Slice;
import org.quorate.replica.ReadTally;

/**
 * Counts bytes by namespace, the first component of a path, as ZooKeeper does: those of the path,
 * of what was read or written, and for each read those of a Stat. What equals the one before is
 * added together with it. Owned by one thread.
 */
final class NamespaceTally implements ReadTally {
    /** ZooKeeper's, for what a reply has beside the data. */
    private static final int STAT_BYTES = 68;

    private final SummaryFamily family;
    private final int moreBytes;

    // What was counted and not added yet.
    private @Nullable Summary summary;
    private long bytes;
    private long times;

    private NamespaceTally(SummaryFamily family, int moreBytes) {
        this.family = family;
        this.moreBytes = moreBytes;
    }

    static NamespaceTally ofReads(SummaryFamily family) {
        return new NamespaceTally(family, STAT_BYTES);
    }

    static NamespaceTally ofWrites(SummaryFamily family) {
        return new NamespaceTally(family, 0);
    }

    @Override
    public void read(Slice path, long dataBytes) {
        add(path, dataBytes);
    }

    /** The root is in no namespace. */
    void add(Slice path, long dataBytes) {
        byte[] array = path.array();
        int from = path.from() + 1;
        int to = from;
        while (to < path.to() && array[to] != '/') {
            to++;
        }
        if (to <= from) {
            return;
        }
        Summary of = family.of(array, from, to);
        long all = path.length() + dataBytes + moreBytes;
        if (of != summary || all != bytes) {
            flush();
            summary = of;
            bytes = all;
        }
        times++;
    }

    /** At the end of what is counted together. */
    void flush() {
        Summary of = summary;
        if (of != null) {
            of.add(bytes, times);
            summary = null;
            times = 0;
        }
    }
}
