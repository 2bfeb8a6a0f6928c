package org.quorate.cli.fuzz;

import java.io.IOException;
import java.nio.file.Path;
import org.quorate.log.SnapshotFile;

/** A snapshot file, read by tools and by a server that starts; the first byte says how packed. */
public final class SnapshotFuzz {
    private static final Path DIR = Path.of("/data/version-2");
    private static final String[] NAMES = {"snapshot.0", "snapshot.0.gz", "snapshot.0.snappy"};

    private SnapshotFuzz() {}

    /** One input. */
    public static void fuzzerTestOneInput(byte[] data) throws Exception {
        if (data.length == 0) {
            return;
        }
        Path file = DIR.resolve(NAMES[(data[0] & 0xff) % NAMES.length]);
        byte[] content = java.util.Arrays.copyOfRange(data, 1, data.length);
        MemoryDisk disk = new MemoryDisk().with(file, content);
        try {
            SnapshotFile.verify(disk, file);
        } catch (IOException e) {
            // refused
        }
        LogFuzz.recover(disk);
    }
}
