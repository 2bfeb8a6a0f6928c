package org.quorate.cluster.plan;

/**
 * One heap per group of members, smallest key first, in shared arrays. A member belongs to one
 * group for good and is in its heap or not.
 */
final class Heaps {
    private final int[] groupOf;
    private final int[] start;
    private final int[] size;
    private final int[] heap;
    private final double[] key;
    private final int[] tie;

    Heaps(int[] groupOf, int groups) {
        this.groupOf = groupOf;
        this.start = new int[groups + 1];
        this.size = new int[groups];
        this.heap = new int[groupOf.length];
        this.key = new double[groupOf.length];
        this.tie = new int[groupOf.length];
        for (int group : groupOf) {
            start[group + 1]++;
        }
        for (int g = 0; g < groups; g++) {
            start[g + 1] += start[g];
        }
    }

    boolean isEmpty(int group) {
        return size[group] == 0;
    }

    void add(int member, double withKey, int withTie) {
        int group = groupOf[member];
        key[member] = withKey;
        tie[member] = withTie;
        int hole = start[group] + size[group]++;
        rise(hole, member, start[group]);
    }

    int pop(int group) {
        int base = start[group];
        int top = heap[base];
        int last = heap[base + --size[group]];
        if (size[group] > 0) {
            sink(base, last, base, base + size[group]);
        }
        return top;
    }

    private void rise(int from, int member, int base) {
        int hole = from;
        while (hole > base) {
            int parent = base + (hole - base - 1) / 2;
            if (!before(member, heap[parent])) {
                break;
            }
            heap[hole] = heap[parent];
            hole = parent;
        }
        heap[hole] = member;
    }

    private void sink(int from, int member, int base, int end) {
        int hole = from;
        while (true) {
            int child = base + 2 * (hole - base) + 1;
            if (child >= end) {
                break;
            }
            if (child + 1 < end && before(heap[child + 1], heap[child])) {
                child++;
            }
            if (!before(heap[child], member)) {
                break;
            }
            heap[hole] = heap[child];
            hole = child;
        }
        heap[hole] = member;
    }

    private boolean before(int a, int b) {
        if (key[a] != key[b]) {
            return key[a] < key[b];
        }
        return tie[a] != tie[b] ? tie[a] < tie[b] : a < b;
    }
}
