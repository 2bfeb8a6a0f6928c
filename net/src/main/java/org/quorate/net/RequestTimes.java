package org.quorate.net;

import java.util.ArrayDeque;

/**
 * When the requests under way were received, oldest first: a ring of arrival times, each with the
 * number of requests of one kind that one read of the socket brought, and their bytes. Owned by one
 * event loop.
 */
final class RequestTimes {
    private static final int CAPACITY_MIN = 4;
    private static final int FIELDS = 2;

    private static final long UPDATE = 1L << 63;
    private static final long LARGE = 1L << 62;
    private static final long ONE = 1L << 32;
    private static final int COUNT_MASK = (1 << 30) - 1;

    // Per group: when it was received; and from the top update, large, count (30 bits), bytes (32).
    private long[] groups = new long[CAPACITY_MIN * FIELDS];
    private int head;
    private int size;

    /** Those that nobody needs just now: most links have nothing under way. */
    static final class Pool {
        private static final int KEPT_MAX = 1_024;

        private final ArrayDeque<RequestTimes> free = new ArrayDeque<>();

        RequestTimes take() {
            RequestTimes kept = free.pollLast();
            return kept == null ? new RequestTimes() : kept;
        }

        /** Nothing is under way in it. */
        void give(RequestTimes done) {
            if (free.size() < KEPT_MAX) {
                free.addLast(done);
            }
        }
    }

    void add(int count, int bytes, boolean update, boolean large, long nowNanos) {
        int capacity = groups.length / FIELDS;
        if (size == capacity) {
            grow();
            capacity *= 2;
        }
        int at = (head + size) % capacity * FIELDS;
        groups[at] = nowNanos;
        groups[at + 1] =
                (update ? UPDATE : 0)
                        | (large ? LARGE : 0)
                        | (count & COUNT_MASK) * ONE
                        | Integer.toUnsignedLong(bytes);
        size++;
    }

    boolean isEmpty() {
        return size == 0;
    }

    /** When the oldest group was received. */
    long oldestNanos() {
        return groups[head * FIELDS];
    }

    /** Does the oldest group write? */
    boolean isOldestUpdate() {
        return (oldest() & UPDATE) != 0;
    }

    /** Is the oldest group one large request? */
    boolean isOldestLarge() {
        return (oldest() & LARGE) != 0;
    }

    /** Bytes of the oldest group, all of them until all of its requests are answered. */
    int oldestBytes() {
        return (int) oldest();
    }

    /** Are all requests of the oldest group answered, if {@code count} more are? */
    boolean endsOldest(int count) {
        return count(oldest()) <= count;
    }

    /**
     * Takes requests out of the oldest group.
     *
     * @return how many were taken: {@code count} or what the group had left
     */
    int take(int count) {
        if (size == 0) {
            throw new IllegalStateException("%d replies and no request".formatted(count));
        }
        int at = head * FIELDS + 1;
        int left = count(groups[at]);
        int taken = Math.min(count, left);
        groups[at] -= taken * ONE;
        if (taken == left) {
            head = (head + 1) % (groups.length / FIELDS);
            size--;
        }
        return taken;
    }

    /** Bytes of all large requests, without their lengths. */
    int largeBytes() {
        int bytes = 0;
        int capacity = groups.length / FIELDS;
        for (int i = 0; i < size; i++) {
            long group = groups[(head + i) % capacity * FIELDS + 1];
            bytes += (group & LARGE) != 0 ? (int) group - 4 : 0;
        }
        return bytes;
    }

    private long oldest() {
        return groups[head * FIELDS + 1];
    }

    private static int count(long group) {
        return (int) (group >>> 32) & COUNT_MASK;
    }

    private void grow() {
        long[] grown = new long[2 * groups.length];
        int first = groups.length - head * FIELDS;
        System.arraycopy(groups, head * FIELDS, grown, 0, first);
        System.arraycopy(groups, 0, grown, first, groups.length - first);
        groups = grown;
        head = 0;
    }
}
