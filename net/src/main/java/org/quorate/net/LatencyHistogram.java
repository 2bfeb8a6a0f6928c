package org.quorate.net;

import java.util.concurrent.atomic.AtomicLongArray;

/**
 * How often something took how long, in buckets an eighth of a power of two wide, so that a
 * percentile is right to 12.5 %. Four kilobytes, no matter how much is added. Written by one thread
 * at a time with ordered stores, read by anyone: what is read while somebody adds may lack that.
 * Never goes back; who wants a window subtracts an earlier {@link Counts}.
 */
public final class LatencyHistogram {
    private static final int SUB_BITS = 3;
    private static final int SUBS = 1 << SUB_BITS;
    private static final int BUCKETS = (Long.SIZE - SUB_BITS) * SUBS;

    private final AtomicLongArray buckets = new AtomicLongArray(BUCKETS);

    /**
     * Takes the same time in several times.
     *
     * @param nanos less than 0 counts as 0
     * @param times ≥ 0
     */
    public void add(long nanos, long times) {
        int bucket = bucket(Math.max(0, nanos));
        buckets.lazySet(bucket, buckets.getPlain(bucket) + times); // there is but one writer
    }

    private static int bucket(long nanos) {
        if (nanos < SUBS) {
            return (int) nanos;
        }
        int exponent = Long.SIZE - 1 - Long.numberOfLeadingZeros(nanos);
        int sub = (int) (nanos >>> exponent - SUB_BITS) & SUBS - 1;
        return (exponent - SUB_BITS + 1) * SUBS + sub;
    }

    /** The middle of a bucket. */
    private static double middle(int bucket) {
        if (bucket < SUBS) {
            return bucket;
        }
        int shift = bucket / SUBS - 1;
        return ((SUBS + bucket % SUBS) + 0.5) * Math.pow(2, shift);
    }

    /** What was counted until now. */
    public Counts counts() {
        long[] copy = new long[BUCKETS];
        for (int i = 0; i < BUCKETS; i++) {
            copy[i] = buckets.get(i);
        }
        return new Counts(copy);
    }

    /** What a histogram held at one moment, or between two. Immutable. */
    public static final class Counts {
        /** Nothing. */
        public static final Counts NONE = new Counts(new long[BUCKETS]);

        private final long[] buckets;
        private final long count;

        private Counts(long[] buckets) {
            this.buckets = buckets;
            long sum = 0;
            for (long bucket : buckets) {
                sum += bucket;
            }
            this.count = sum;
        }

        /** These and the others together. */
        public Counts plus(Counts other) {
            return combined(other, 1);
        }

        /** What has come since an earlier state of the same. */
        public Counts since(Counts earlier) {
            return combined(earlier, -1);
        }

        private Counts combined(Counts other, int sign) {
            long[] all = buckets.clone();
            for (int i = 0; i < BUCKETS; i++) {
                all[i] += sign * other.buckets[i];
            }
            return new Counts(all);
        }

        /** How many values. */
        public long count() {
            return count;
        }

        /** How many values were less than {@code 2^exponent} nanoseconds; 3 to 62. */
        public long below(int exponent) {
            long sum = 0;
            for (int i = 0; i < (exponent - SUB_BITS + 1) * SUBS; i++) {
                sum += buckets[i];
            }
            return sum;
        }

        /** All values together, in nanoseconds, right to 6.25 %. */
        public double sum() {
            double sum = 0;
            for (int i = 0; i < BUCKETS; i++) {
                sum += buckets[i] * middle(i);
            }
            return sum;
        }

        /** In nanoseconds; 0 if there is no value. */
        public double mean() {
            return count == 0 ? 0 : sum() / count;
        }

        /**
         * In nanoseconds, right to 12.5 %; 0 if there is no value.
         *
         * @param percent 0 to 100
         */
        public double percentile(double percent) {
            long wanted = Math.max(1, (long) Math.ceil(count * percent / 100));
            long seen = 0;
            for (int i = 0; i < BUCKETS; i++) {
                seen += buckets[i];
                if (seen >= wanted) {
                    return middle(i);
                }
            }
            return 0;
        }
    }
}
