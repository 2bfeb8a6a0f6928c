package org.quorate.protocol.snapshot;

import java.nio.ByteBuffer;

/**
 * Takes a state in as the memory it lay in: see {@link ImageSource}. Made by whoever knows the
 * head; owned by the thread that loads, but for {@link #run}.
 */
public interface ImageSink {
    /** Number of pieces to be filled. */
    int runCount();

    int runBytes(int index);

    /** Where a piece is to be put. Any thread, each piece once. */
    ByteBuffer run(int index);

    /** All pieces are filled with the bytes that the source handed out. */
    void end();
}
