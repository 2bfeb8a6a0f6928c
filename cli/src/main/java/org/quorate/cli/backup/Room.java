package org.quorate.cli.backup;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Whether there is room on a disk, asked before and explained after. Stateless. */
final class Room {
    private Room() {}

    /**
     * Is there so much room?
     *
     * @param dir is there
     * @throws IOException with one line if not
     */
    static void require(long bytes, Path dir) throws IOException {
        long free = Files.getFileStore(dir).getUsableSpace();
        if (free < bytes) {
            throw new IOException(
                    "%s: %d MB are needed here, %d MB are free"
                            .formatted(dir, mb(bytes), mb(free)));
        }
    }

    private static long mb(long bytes) {
        return (bytes + (1 << 20) - 1) >> 20;
    }

    /** The same error, saying where if a disk is full. */
    static IOException explain(IOException e, Path dir) {
        String message = String.valueOf(e.getMessage());
        return message.contains("No space left") || message.contains("quota exceeded")
                ? new IOException(dir + ": the disk is full; nothing was left half done", e)
                : e;
    }
}
