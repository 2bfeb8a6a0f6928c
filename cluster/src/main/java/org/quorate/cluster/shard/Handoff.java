package org.quorate.cluster.shard;

import org.quorate.cluster.coordinator.Bytes;
import org.quorate.cluster.map.Decision;

/**
 * What a leader that stops leaves for the one that follows, so that it starts warm: a position in a
 * log, for instance. Small, because it travels through the map. Immutable.
 *
 * @param bytes at most {@link Decision#HANDOFF_BYTES_MAX}
 */
public record Handoff(Bytes bytes) {
    /** Nothing. */
    public static final Handoff NONE = new Handoff(Bytes.NONE);

    /**
     * @throws IllegalArgumentException if it is too large
     */
    public Handoff {
        if (bytes.size() > Decision.HANDOFF_BYTES_MAX) {
            throw new IllegalArgumentException(
                    "a hand-off of "
                            + bytes.size()
                            + " bytes; at most "
                            + Decision.HANDOFF_BYTES_MAX);
        }
    }
}
