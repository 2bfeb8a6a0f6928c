package org.quorate.log;

import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/**
 * When to take a snapshot. ZooKeeper takes one after so many transactions, or bytes of log,
 * randomised so that the servers of an ensemble do not all write at once (disk formats §2.1); here
 * the log must also have grown by a snapshot's size, or as much time have gone as the snapshot
 * takes at {@value #CALM_BYTES_PER_SECOND} bytes per second: the longer the log, the longer the
 * next start. Counted by the log's thread; the snapshot's size may come from another.
 */
final class SnapshotPace {
    /** What snapshots may take of the disk where the log takes less. */
    static final long CALM_BYTES_PER_SECOND = 1 << 20;

    private final int countMax;
    private final long bytesMax;
    private final RandomGenerator random;
    private long count;
    private long bytes;
    private long countDue;
    private long bytesDue;
    private volatile long snapshotBytes;

    SnapshotPace(int countMax, long bytesMax, long seed) {
        this.countMax = Math.max(countMax, 2);
        this.bytesMax = Math.max(bytesMax, 2);
        this.random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
        start(0, 0);
    }

    /** Begins to count anew, with what is already there. */
    void start(long count, long bytes) {
        this.count = count;
        this.bytes = bytes;
        countDue = countMax / 2 + random.nextLong(countMax / 2);
        bytesDue = bytesMax / 2 + random.nextLong(bytesMax / 2);
    }

    void appended(long recordBytes) {
        count++;
        bytes += recordBytes;
    }

    void snapshotSize(long bytes) {
        snapshotBytes = bytes;
    }

    /**
     * Is it time?
     *
     * @param elapsedNanos since counting began
     */
    boolean due(long elapsedNanos) {
        long calmBytes = (long) (elapsedNanos / 1e9 * CALM_BYTES_PER_SECOND);
        return bytes > bytesDue || count > countDue && Math.max(bytes, calmBytes) >= snapshotBytes;
    }
}
