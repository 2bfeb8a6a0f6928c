package org.quorate.log;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.zip.CRC32;

/**
 * {@code currentEpoch} or {@code acceptedEpoch}: a decimal number in the first line (disk formats
 * §1). ZooKeeper reads and writes no more than that line; here a second one guards it with a
 * checksum, because a flipped bit turns one digit into another.
 */
final class EpochFile {
    static final long MISSING = -1;

    private static final int BYTES_MAX = 256;

    private final Directory directory;
    private final Path path;

    EpochFile(Directory directory, String name) {
        this.directory = directory;
        this.path = directory.snapshots.resolve(name);
    }

    /**
     * Returns {@link #MISSING} if there is no such file
     *
     * @throws StoreException if it holds no epoch, or another than was written
     */
    long read() throws StoreException, IOException {
        return read(path);
    }

    /** What a crash left behind before it could be renamed; {@link #MISSING} if nothing whole. */
    long readLeftover() throws IOException {
        try {
            return read(path.resolveSibling(path.getFileName() + ".tmp"));
        } catch (StoreException e) {
            return MISSING;
        }
    }

    void write(long epoch) throws IOException {
        String line = Long.toString(epoch);
        String content = line + "\n" + crc(line) + "\n";
        directory.replace(path, content.getBytes(StandardCharsets.US_ASCII));
    }

    private long read(Path file) throws StoreException, IOException {
        if (!directory.disk.exists(file)) {
            return MISSING;
        }
        String content = new String(directory.read(file, BYTES_MAX), StandardCharsets.ISO_8859_1);
        String[] lines = content.split("\\R", -1);
        boolean guarded = lines.length > 1 && !lines[1].isEmpty();
        if (!lines[0].matches("\\d{1,18}") || guarded && !lines[1].equals(crc(lines[0]))) {
            throw StoreException.damage(
                    "%s holds \"%s\", which is not an epoch as it was written."
                            .formatted(file, content.strip().replaceAll("[^ -~]", "?")));
        }
        return Long.parseLong(lines[0]);
    }

    private static String crc(String line) {
        CRC32 crc = new CRC32();
        crc.update(line.getBytes(StandardCharsets.US_ASCII));
        return "crc32 %08x".formatted(crc.getValue());
    }
}
