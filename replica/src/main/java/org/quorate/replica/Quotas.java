package org.quorate.replica;

import java.util.ArrayDeque;
import java.util.Deque;
import org.quorate.protocol.jute.Slice;
import org.quorate.tree.DataTree;

/**
 * Hard limits on the number of znodes and the bytes below a path (client protocol §16). Counts what
 * the tree's statistics say and what outstanding transactions will add. Owned by the core thread;
 * does nothing unless quotas are enforced.
 */
final class Quotas {
    private static final long NO_LIMIT = -1;

    /** What a transaction under way will add to the statistics of a path. */
    private record Addition(long zxid, String subject, int count, int bytes) {}

    private final boolean enforced;
    private final DataTree tree;
    private final Deque<Addition> outstanding = new ArrayDeque<>();
    private int sizeAtBegin;
    private long zxid;

    Quotas(boolean enforced, DataTree tree) {
        this.enforced = enforced;
        this.tree = tree;
    }

    void clear() {
        outstanding.clear();
    }

    /** Starts a transaction. */
    void begin(long newZxid) {
        zxid = newZxid;
        sizeAtBegin = outstanding.size();
    }

    /** Undoes every {@link #note} since {@link #begin}. */
    void rollBack() {
        while (outstanding.size() > sizeAtBegin) {
            outstanding.removeLast();
        }
    }

    /** Everything up to this transaction is in the statistics. */
    void applied(long appliedZxid) {
        while (!outstanding.isEmpty() && outstanding.getFirst().zxid <= appliedZxid) {
            outstanding.removeFirst();
        }
    }

    /** May this many nodes and bytes be added at the path? A difference of 0 is not checked. */
    boolean allows(Slice path, int countDifference, int bytesDifference) {
        DataTree.Quota quota = enforced ? tree.quota(path) : null;
        if (quota == null) {
            return true;
        }
        long count = quota.count();
        long bytes = quota.bytes();
        for (Addition addition : outstanding) {
            if (addition.subject.equals(quota.path())) {
                count += addition.count;
                bytes += addition.bytes;
            }
        }
        return within(quota.countHardLimit(), count, countDifference)
                && within(quota.bytesHardLimit(), bytes, bytesDifference);
    }

    private static boolean within(long limit, long used, int difference) {
        return difference == 0 || limit <= NO_LIMIT || used + difference <= limit;
    }

    /** This is about to be added at the path, by the transaction begun. */
    void note(Slice path, int countDifference, int bytesDifference) {
        DataTree.Quota quota = enforced ? tree.quota(path) : null;
        if (quota != null) {
            outstanding.addLast(new Addition(zxid, quota.path(), countDifference, bytesDifference));
        }
    }
}
