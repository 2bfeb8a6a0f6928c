package org.quorate.zab;

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
 * @param reconfigEnabled whether configurations change while running
 * @param standaloneEnabled whether an ensemble may shrink to one
 * @param extras negotiated capabilities between Quorate servers, see {@code Capabilities}
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
        boolean reconfigEnabled,
        boolean standaloneEnabled,
        long extras) {

    /** Options of a standalone server with ZooKeeper's defaults. */
    public static ZabOptions standalone(int tickMillis) {
        return new ZabOptions(0, true, false, tickMillis, 10, 5, 500, 16 << 20, false, true, 0);
    }
}
