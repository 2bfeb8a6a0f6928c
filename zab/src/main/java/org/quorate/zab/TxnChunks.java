package org.quorate.zab;

import java.util.ArrayDeque;
import org.quorate.protocol.jute.JuteOut;

/**
 * Bytes in which transactions lie, for all {@link TxnWindow}s of a server: what one lets go of, the
 * next one uses. They are too long to be garbage: a young generation of some megabytes does not
 * hold them, and the old one grows by those of each change of role. Owned by the core thread.
 */
final class TxnChunks {
    /** Of a chunk as it is made. */
    static final int CHUNK_BYTES = 1 << 18;

    /** Chunks that have grown longer, by a single transaction, are not kept. */
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
