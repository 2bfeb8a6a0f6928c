package org.quorate.cli.backup;

import java.util.List;

/**
 * One backup: the files of a data directory at one moment, and what they restore to.
 *
 * @param id its name: when it was made
 * @param createdMillis the same as wall clock
 * @param source the data directory
 * @param lastZxid the last transaction in it
 * @param digest of the tree behind that, in ZooKeeper's way
 * @param znodes in that tree
 * @param encrypted whether its files and this are
 * @param files all that belong to it
 */
record Manifest(
        String id,
        long createdMillis,
        String source,
        long lastZxid,
        long digest,
        int znodes,
        boolean encrypted,
        List<Entry> files) {
    Manifest {
        files = List.copyOf(files);
    }

    /** All its files together, not compressed. */
    long bytes() {
        return files.stream().mapToLong(Entry::bytes).sum();
    }

    /** The same with what its proof has found. */
    Manifest proven(Restored restored) {
        return new Manifest(
                id,
                createdMillis,
                source,
                restored.lastZxid(),
                restored.digest(),
                restored.znodes(),
                encrypted,
                files);
    }

    /**
     * A file of it.
     *
     * @param name as in the data directory
     * @param bytes its length, not compressed
     * @param sha256 of its content, not compressed, in hex
     */
    record Entry(String name, long bytes, String sha256) {
        boolean isSnapshot() {
            return name.startsWith("snapshot.");
        }

        /** The zxid in the name. */
        long zxid() {
            return Long.parseUnsignedLong(name.split("\\.", 3)[1], 16);
        }

        /** Whoever may write a manifest must not choose where else a restoring user writes. */
        Entry {
            if (!name.matches("(snapshot|log)\\.[0-9a-f]{1,16}(\\.gz|\\.snappy)?")
                    || !sha256.matches("[0-9A-Za-z]+")) {
                throw new IllegalArgumentException(
                        "'%s' of %s is no file of a data directory".formatted(name, sha256));
            }
        }
    }
}
