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
 * @param files all that belong to it
 */
record Manifest(
        String id,
        long createdMillis,
        String source,
        long lastZxid,
        long digest,
        int znodes,
        List<Entry> files) {
    Manifest {
        files = List.copyOf(files);
    }

    /**
     * A file of it.
     *
     * @param name as in the data directory
     * @param bytes its length, not compressed
     * @param sha256 of its content, not compressed, in hex
     */
    record Entry(String name, long bytes, String sha256) {
        /** Where its content is kept: the same content once, whoever names it. */
        String stored() {
            return sha256 + ".gz";
        }

        boolean isSnapshot() {
            return name.startsWith("snapshot.");
        }

        /** The zxid in the name. */
        long zxid() {
            return Long.parseUnsignedLong(name.split("\\.", 3)[1], 16);
        }
    }
}
