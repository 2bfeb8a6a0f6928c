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
        long seed) {

    /** ZooKeeper's defaults in one directory. */
    public static StoreOptions of(Path dir) {
        return new StoreOptions(
                dir, dir, 100_000, 4L << 30, 64L << 20, true, "", false, true, true, true, 1);
    }
}
