package org.quorate.node.host;

import java.util.Arrays;

/**
 * When the transactions that are logged and not applied were made, in order, those of the same
 * millisecond together. A ring that grows; owned by the core thread.
 */
final class TxnTimes {
    private static final int CAPACITY_MIN = 64;

    private long[] millis = new long[CAPACITY_MIN];
    private long[] lastZxids = new long[CAPACITY_MIN];
    private int[] counts = new int[CAPACITY_MIN];
    private int head;
    private int size;

    /** Hears of transactions that are applied. */
    interface Applied {
        /**
         * So many are.
         *
         * @param madeMillis wall clock of the leader that made them
         */
        void applied(long madeMillis, int count);
    }

    void logged(long zxid, long madeMillis) {
        int tail = (head + size + millis.length - 1) % millis.length;
        if (size > 0 && millis[tail] == madeMillis) {
            lastZxids[tail] = zxid;
            counts[tail]++;
            return;
        }
        if (size == millis.length) {
            grow();
        }
        tail = (head + size) % millis.length;
        millis[tail] = madeMillis;
        lastZxids[tail] = zxid;
        counts[tail] = 1;
        size++;
    }

    /** Takes out what is applied now. */
    void appliedTo(long zxid, Applied tell) {
        while (size > 0 && lastZxids[head] <= zxid) {
            tell.applied(millis[head], counts[head]);
            head = (head + 1) % millis.length;
            size--;
        }
    }

    /** What is logged may never be applied. */
    void clear() {
        size = 0;
    }

    private void grow() {
        int capacity = millis.length;
        millis = turned(millis);
        lastZxids = turned(lastZxids);
        int[] grown = new int[2 * capacity];
        for (int i = 0; i < size; i++) {
            grown[i] = counts[(head + i) % capacity];
        }
        counts = grown;
        head = 0;
    }

    private long[] turned(long[] ring) {
        long[] grown = Arrays.copyOfRange(ring, head, head + 2 * ring.length);
        System.arraycopy(ring, 0, grown, ring.length - head, head);
        return grown;
    }
}
