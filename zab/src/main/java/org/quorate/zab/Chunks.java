package org.quorate.zab;

import java.util.ArrayDeque;
import org.quorate.protocol.jute.JuteOut;

/**
 * Long arrays of bytes for all of a server's roles, {@link TxnWindow}s and {@link Link}s: what one
 * lets go of, the next one uses. They are too long to be garbage: a young generation of some
 * megabytes does not hold them, and the old one would grow by those of each change of role. Owned
 * by the core thread.
 */
final class Chunks {
    /** Of a chunk as it is made. */
    static final int CHUNK_BYTES = 1 << 18;

    /** Chunks that have grown longer, by a single packet, are not kept. */
    private static final int KEPT_BYTES_MAX = 2 << 20;

    private static final int SPARE_BYTES_MAX = 4 << 20;

    private final ArrayDeque<JuteOut> spare = new ArrayDeque<>();
    private int spareBytes;

    /** An empty chunk. */
    JuteOut take() {
        JuteOut chunk = spare.poll();
        if (chunk == null) {
            return new JuteOut(CHUNK_BYTES);
        }
        spareBytes -= chunk.array().length;
        return chunk.clear();
    }

    /** Nobody uses this chunk any more. */
    void give(JuteOut chunk) {
        int length = chunk.array().length;
        if (length <= KEPT_BYTES_MAX && spareBytes + length <= SPARE_BYTES_MAX) {
            spare.push(chunk);
            spareBytes += length;
        }
    }
}
