package org.quorate.protocol.snapshot;

import java.nio.ByteBuffer;
import org.quorate.protocol.jute.Slice;

/**
 * A consistent state as the memory it lies in, for a quick restart of the same version of the same
 * implementation. Nobody else can read it, so it is never the only copy. Owned by the thread that
 * owns the {@link SnapshotSource} it came from, valid until that is closed.
 */
public interface ImageSource {
    /** What {@link ImageSink}'s maker needs to know to take the memory in again. */
    Slice head();

    /** Number of pieces that the memory is handed out in. */
    int runCount();

    /** The bytes of one piece, in order, to be read only. */
    ByteBuffer[] run(int index);

    /** Bytes of all pieces. */
    long bytes();
}
