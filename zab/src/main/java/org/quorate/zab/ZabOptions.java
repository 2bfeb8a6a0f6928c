package org.quorate.zab;

import org.quorate.protocol.Zxid;
import org.quorate.protocol.jute.JuteIn;
import org.quorate.protocol.peer.Capabilities;

/**
 * How long Zab waits and what it may do.
 *
 * @param serverId own id, 0 to 255
 * @param standalone an ensemble of one without epochs and elections, as ZooKeeper's standalone mode
 * @param observer the configured peer type
 * @param tickMillis base of the limits
 * @param initLimitTicks to connect and synchronise
 * @param syncLimitTicks that a peer may be silent
 * @param committedCountMin transactions kept in memory for learners, at least
 * @param committedBytesMax bytes of them at most, beyond the minimum
 * @param historyBytesMax what is read from the log for a learner, at most; else it gets a snapshot
 * @param fieldBytesMax longest buffer or string in a peer's packet: {@code jute.maxbuffer} and its
 *     extra size, the same in all the ensemble
 * @param counterMax proposals in one epoch at most: ZooKeeper's {@code 0xffffffff}, less in tests
 * @param reconfigEnabled whether configurations change while running
 * @param standaloneEnabled whether an ensemble may shrink to one
 * @param extras negotiated capabilities between Quorate servers, see {@code Capabilities}
 * @param observers how observers are served
 */
public record ZabOptions(
        long serverId,
        boolean standalone,
        boolean observer,
        int tickMillis,
        int initLimitTicks,
        int syncLimitTicks,
        int committedCountMin,
        long committedBytesMax,
        long historyBytesMax,
        int fieldBytesMax,
        long counterMax,
        boolean reconfigEnabled,
        boolean standaloneEnabled,
        long extras,
        Observers observers) {
    /**
     * How observers are served.
     *
     * @param masters followers serve observers, and observers go to followers ({@code
     *     observerMasterPort})
     * @param snapSyncsMax observers that are sent a whole state at once, at most
     * @param diffSyncsMax observers that are sent what they lack at once, at most
     */
    public record Observers(boolean masters, int snapSyncsMax, int diffSyncsMax) {
        /** ZooKeeper's. */
        public static final Observers DEFAULT = new Observers(false, 10, 100);
    }

    private static final long ROLL_OVER_MARGIN_MAX = 1 << 20;

    /** With ZooKeeper's defaults for observers. */
    public ZabOptions(
            long serverId,
            boolean standalone,
            boolean observer,
            int tickMillis,
            int initLimitTicks,
            int syncLimitTicks,
            int committedCountMin,
            long committedBytesMax,
            long historyBytesMax,
            int fieldBytesMax,
            long counterMax,
            boolean reconfigEnabled,
            boolean standaloneEnabled,
            long extras) {
        this(
                serverId,
                standalone,
                observer,
                tickMillis,
                initLimitTicks,
                syncLimitTicks,
                committedCountMin,
                committedBytesMax,
                historyBytesMax,
                fieldBytesMax,
                counterMax,
                reconfigEnabled,
                standaloneEnabled,
                extras,
                Observers.DEFAULT);
    }

    /** The same with other rules for observers. */
    public ZabOptions with(Observers other) {
        return new ZabOptions(
                serverId,
                standalone,
                observer,
                tickMillis,
                initLimitTicks,
                syncLimitTicks,
                committedCountMin,
                committedBytesMax,
                historyBytesMax,
                fieldBytesMax,
                counterMax,
                reconfigEnabled,
                standaloneEnabled,
                extras,
                other);
    }

    /** ZooKeeper's defaults for these ticks, all that Quorate can do beyond, for a voter. */
    public static ZabOptions of(long serverId, int tickMillis, int initTicks, int syncTicks) {
        return new ZabOptions(
                serverId,
                false,
                false,
                tickMillis,
                initTicks,
                syncTicks,
                500,
                16 << 20,
                16 << 20,
                JuteIn.FIELD_BYTES_MAX_DEFAULT,
                Zxid.COUNTER_MAX - 1,
                false,
                true,
                Capabilities.ALL);
    }

    /** Options of a standalone server with ZooKeeper's defaults. */
    public static ZabOptions standalone(int tickMillis) {
        return new ZabOptions(
                0,
                true,
                false,
                tickMillis,
                10,
                5,
                0,
                0,
                0,
                JuteIn.FIELD_BYTES_MAX_DEFAULT,
                Zxid.COUNTER_MAX - 1,
                false,
                true,
                0);
    }

    /** How many zxids before the last a leader begins to look after a new epoch. */
    long rollOverMargin() {
        return Math.min(ROLL_OVER_MARGIN_MAX, counterMax / 2);
    }
}
