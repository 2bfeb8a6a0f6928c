package org.quorate.sim;

/**
 * One server's clocks: a monotonic one that may run too fast or too slow, and the wall's, which may
 * jump either way.
 */
final class SimClock {
    private static final long EPOCH_MILLIS = 1_700_000_000_000L;

    private final Timeline time;
    private long anchorNanos;
    private long anchorLocalNanos = Timeline.SECOND;
    private long ratePerMille = 1_000;
    private long wallOffsetMillis;

    SimClock(Timeline time) {
        this.time = time;
    }

    long nanos() {
        return anchorLocalNanos + (time.nowNanos() - anchorNanos) / 1_000 * ratePerMille;
    }

    long wallMillis() {
        return EPOCH_MILLIS + time.nowMillis() + wallOffsetMillis;
    }

    /**
     * From now on it runs at another rate.
     *
     * @param perMille 1000 is right
     */
    void rate(long perMille) {
        anchorLocalNanos = nanos();
        anchorNanos = time.nowNanos();
        ratePerMille = perMille;
    }

    /** The wall's clock is set. */
    void jump(long millis) {
        wallOffsetMillis += millis;
    }

    boolean isTrue() {
        return ratePerMille == 1_000;
    }
}
