package org.quorate.log;

import java.nio.file.Path;

/**
 * Where and how a server stores; defaults are ZooKeeper's (reference: administration §1.2).
 *
 * @param dataDir snapshots, epochs, {@code myid}
 * @param logDir transaction log; the same or another
 * @param snapCount transactions between snapshots, randomised n/2..n
 * @param snapBytes log bytes between snapshots, randomised
 * @param preallocBytes zeros laid ahead
 * @param forceSync false is unsafe: acknowledges before the disk has it
 * @param compression "", "gz" or "snappy"
 * @param trustEmpty accept a log without any snapshot
 * @param dbAutocreate an empty directory may vote ({@code zookeeper.db.autocreate})
 * @param dirAutocreate make missing directories
 * @param digest look for digest blocks first when reading
 * @param seed for the randomised counts
 * @param imageBytesMin a state whose memory takes so much gets an image beside its snapshot, unless
 *     snapshots are packed; {@link Long#MAX_VALUE} for never
 */
public record StoreOptions(
        Path dataDir,
        Path logDir,
        int snapCount,
        long snapBytes,
        long preallocBytes,
        boolean forceSync,
        String compression,
        boolean trustEmpty,
        boolean dbAutocreate,
        boolean dirAutocreate,
        boolean digest,
        long seed,
        long imageBytesMin) {

    /** Less is read from a snapshot as quickly. */
    public static final long IMAGE_BYTES_MIN = 4 << 20;

    /** With images where they are of use. */
    public StoreOptions(
            Path dataDir,
            Path logDir,
            int snapCount,
            long snapBytes,
            long preallocBytes,
            boolean forceSync,
            String compression,
            boolean trustEmpty,
            boolean dbAutocreate,
            boolean dirAutocreate,
            boolean digest,
            long seed) {
        this(
                dataDir,
                logDir,
                snapCount,
                snapBytes,
                preallocBytes,
                forceSync,
                compression,
                trustEmpty,
                dbAutocreate,
                dirAutocreate,
                digest,
                seed,
                IMAGE_BYTES_MIN);
    }

    /** The same with another bound for images. */
    public StoreOptions withImageBytesMin(long bytes) {
        return new StoreOptions(
                dataDir,
                logDir,
                snapCount,
                snapBytes,
                preallocBytes,
                forceSync,
                compression,
                trustEmpty,
                dbAutocreate,
                dirAutocreate,
                digest,
                seed,
                bytes);
    }

    /** ZooKeeper's defaults in one directory. */
    public static StoreOptions of(Path dir) {
        return new StoreOptions(
                dir, dir, 100_000, 4L << 30, 64L << 20, true, "", false, true, true, true, 1);
    }
}
