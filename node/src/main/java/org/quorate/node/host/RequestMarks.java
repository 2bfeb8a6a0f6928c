package org.quorate.node.host;

import java.util.ArrayDeque;

/**
 * When a connection's requests that the core has were received, handed over and taken, oldest
 * first: a ring of groups that have all three in common. Owned by the core.
 */
final class RequestMarks {
    private static final int CAPACITY_MIN = 4;
    private static final int FIELDS = 4;

    // Per group: how many are left, received, handed over, taken; times are monotonic.
    private long[] groups = new long[CAPACITY_MIN * FIELDS];
    private int head;
    private int size;

    // Of the request taken out last.
    private long receivedNanos;
    private long handedNanos;
    private long takenNanos;

    /** Those that nobody needs just now: most sessions ask for nothing. Owned by the core. */
    static final class Pool {
        private static final int KEPT_MAX = 1_024;

        private final ArrayDeque<RequestMarks> free = new ArrayDeque<>();

        RequestMarks take() {
            RequestMarks kept = free.pollLast();
            return kept == null ? new RequestMarks() : kept;
        }

        /** Nothing is in it. */
        void give(RequestMarks done) {
            if (free.size() < KEPT_MAX) {
                free.addLast(done);
            }
        }
    }

    boolean isEmpty() {
        return size == 0;
    }

    void add(int count, long received, long handed, long taken) {
        if (count == 0) {
            return;
        }
        int capacity = groups.length / FIELDS;
        if (size == capacity) {
            long[] grown = new long[2 * groups.length];
            for (int i = 0; i < size; i++) {
                System.arraycopy(groups, (head + i) % capacity * FIELDS, grown, i * FIELDS, FIELDS);
            }
            groups = grown;
            head = 0;
            capacity = grown.length / FIELDS;
        }
        int at = (head + size) % capacity * FIELDS;
        groups[at] = count;
        groups[at + 1] = received;
        groups[at + 2] = handed;
        groups[at + 3] = taken;
        size++;
    }

    /** Takes the oldest request out, which is answered; false if none is known. */
    boolean take() {
        if (size == 0) {
            return false;
        }
        int at = head * FIELDS;
        receivedNanos = groups[at + 1];
        handedNanos = groups[at + 2];
        takenNanos = groups[at + 3];
        if (--groups[at] == 0) {
            head = (head + 1) % (groups.length / FIELDS);
            size--;
        }
        return true;
    }

    long receivedNanos() {
        return receivedNanos;
    }

    long handedNanos() {
        return handedNanos;
    }

    long takenNanos() {
        return takenNanos;
    }
}
