package org.quorate.replica;

import org.quorate.protocol.jute.Slice;

/** Hears what clients read of the tree, for those who count. Called by the thread that answers. */
public interface ReadTally {
    /** Counts nothing. */
    ReadTally NONE = (path, bytes) -> {};

    /**
     * A znode was read.
     *
     * @param path valid during the call
     * @param bytes of its data, or of its children's names; 0 if only its Stat was asked for
     */
    void read(Slice path, long bytes);
}
