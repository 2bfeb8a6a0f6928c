package org.quorate.protocol;

/**
 * Arithmetic on transaction ids: epoch in the high 32 bits, counter in the low 32. A zxid travels
 * as a plain {@code long} on hot paths and is compared as a signed long, as ZooKeeper does (peer
 * protocol §0).
 */
public final class Zxid {
    /** The counter value at which a leader must take a new epoch instead of proposing. */
    public static final long COUNTER_MAX = 0xffffffffL;

    private Zxid() {}

    public static long of(long epoch, long counter) {
        return epoch << 32 | counter & COUNTER_MAX;
    }

    public static long epoch(long zxid) {
        return zxid >> 32;
    }

    public static long counter(long zxid) {
        return zxid & COUNTER_MAX;
    }

    /** The form used in file names and log lines: lower-case hex without padding, no prefix. */
    public static String hex(long zxid) {
        return Long.toHexString(zxid);
    }
}
