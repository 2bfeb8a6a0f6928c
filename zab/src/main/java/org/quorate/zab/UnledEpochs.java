package org.quorate.zab;

import java.util.Map;
import java.util.TreeMap;

/**
 * Epochs of which this server knows, in this process's life, that nobody leads or has ever led this
 * ensemble in them. When the leader of an epoch goes on in a later one, a quorum promises that one
 * while it follows in the first: each of them has promised nothing between, so nobody can have led
 * between, and nobody will. A history that has a record of such an epoch is another ensemble's.
 */
final class UnledEpochs {
    /** Stretches kept, at most; the oldest go first. */
    static final int STRETCHES_MAX = 1_000;

    /** First epoch of each stretch, to the epoch behind its last. */
    private final TreeMap<Long, Long> stretches = new TreeMap<>();

    /**
     * The leader of epoch {@code from} goes on in epoch {@code to}, which a quorum has promised.
     */
    void skip(long from, long to) {
        if (to > from + 1) {
            stretches.put(from + 1, to);
            if (stretches.size() > STRETCHES_MAX) {
                stretches.pollFirstEntry();
            }
        }
    }

    boolean contains(long epoch) {
        Map.Entry<Long, Long> stretch = stretches.floorEntry(epoch);
        return stretch != null && epoch < stretch.getValue();
    }
}
