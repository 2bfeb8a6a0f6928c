package org.quorate.node.host;

import org.quorate.node.metrics.Jvm;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How many connections the process's file descriptors allow: a server whose clients have taken them
 * all cannot open its next log file, and ends. Stateless.
 */
final class DescriptorRoom {
    private static final Logger LOG = LoggerFactory.getLogger(DescriptorRoom.class);

    /** Kept for logs, snapshots, peers and the admin port. */
    static final int RESERVED = 128;

    /** Even where nearly none are to be had, so that somebody can look. */
    static final int CONNECTIONS_MIN = 16;

    private DescriptorRoom() {}

    /**
     * The limit of connections.
     *
     * @param configured {@code maxCnxns}; 0 for none
     * @param descriptors of the process before it serves; negative if they are not known
     * @return 0 for none
     */
    static int connectionsMax(int configured, Jvm.Descriptors descriptors) {
        if (descriptors.max() < 0) {
            return configured;
        }
        long free = descriptors.max() - descriptors.open() - RESERVED;
        int room = Math.clamp(free, CONNECTIONS_MIN, Integer.MAX_VALUE);
        if (configured > room) {
            LOG.warn(
                    "maxCnxns is {}, and {} file descriptors allow {} connections: raise the limit"
                            + " of open files (ulimit -n)",
                    configured,
                    descriptors.max(),
                    room);
        }
        return configured == 0 ? room : Math.min(configured, room);
    }
}
