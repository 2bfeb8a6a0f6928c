package org.quorate.net;

import java.util.Arrays;

/**
 * When the requests under way were received, oldest first: a ring of arrival times, each with the
 * number of requests of one kind that one read of the socket brought, and their bytes. Owned by one
 * event loop.
 */
final class RequestTimes {
    private static final int CAPACITY_MIN = 4;

    private long[] receivedNanos = new long[CAPACITY_MIN];
    private int[] counts = new int[CAPACITY_MIN];
    private int[] sizes = new int[CAPACITY_MIN];
    private boolean[] updates = new boolean[CAPACITY_MIN];
    private boolean[] larges = new boolean[CAPACITY_MIN];
    private int head;
    private int size;

    void add(int count, int bytes, boolean update, boolean large, long nowNanos) {
        if (size == counts.length) {
            grow();
        }
        int tail = (head + size) % counts.length;
        receivedNanos[tail] = nowNanos;
        counts[tail] = count;
        sizes[tail] = bytes;
        updates[tail] = update;
        larges[tail] = large;
        size++;
    }

    /** When the oldest group was received. */
    long oldestNanos() {
        return receivedNanos[head];
    }

    /** Does the oldest group write? */
    boolean isOldestUpdate() {
        return updates[head];
    }

    /** Is the oldest group one large request? */
    boolean isOldestLarge() {
        return larges[head];
    }

    /** Bytes of the oldest group, all of them until all of its requests are answered. */
    int oldestBytes() {
        return sizes[head];
    }

    /** Are all requests of the oldest group answered, if {@code count} more are? */
    boolean endsOldest(int count) {
        return counts[head] <= count;
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
        int taken = Math.min(count, counts[head]);
        counts[head] -= taken;
        if (counts[head] == 0) {
            head = (head + 1) % counts.length;
            size--;
        }
        return taken;
    }

    /** Bytes of all large requests, without their lengths. */
    int largeBytes() {
        int bytes = 0;
        for (int i = 0; i < size; i++) {
            int at = (head + i) % counts.length;
            bytes += larges[at] ? sizes[at] - 4 : 0;
        }
        return bytes;
    }

    private void grow() {
        int capacity = counts.length;
        long[] times = Arrays.copyOf(receivedNanos, 2 * capacity);
        int[] numbers = Arrays.copyOf(counts, 2 * capacity);
        int[] bytes = Arrays.copyOf(sizes, 2 * capacity);
        boolean[] kinds = Arrays.copyOf(updates, 2 * capacity);
        boolean[] lengths = Arrays.copyOf(larges, 2 * capacity);
        for (int i = 0; i < size; i++) {
            int from = (head + i) % capacity;
            times[i] = receivedNanos[from];
            numbers[i] = counts[from];
            bytes[i] = sizes[from];
            kinds[i] = updates[from];
            lengths[i] = larges[from];
        }
        receivedNanos = times;
        counts = numbers;
        sizes = bytes;
        updates = kinds;
        larges = lengths;
        head = 0;
    }
}
