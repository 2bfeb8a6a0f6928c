package org.quorate.log;

import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.quorate.protocol.snapshot.SnapshotSink;

/**
 * A snapshot file of this server or of ZooKeeper, plain or packed, for people and tools. Changes
 * nothing; the server may be running. Stateless.
 */
public final class SnapshotFile {
    /**
     * What the file says of itself.
     *
     * @param zxid from the file's name: where its writing began; −1 if the name has none
     * @param lastZxid where its writing ended; −1 if the file does not say (before 3.9)
     * @param digestZxid the transaction the digest belongs to; −1 if there is none (before 3.6)
     * @param digestVersion 2 is what there is
     * @param digest of the tree after {@code digestZxid}
     * @param fileBytes as it lies on the disk
     */
    public record Label(
            long zxid,
            long lastZxid,
            long digestZxid,
            int digestVersion,
            long digest,
            long fileBytes) {
        /**
         * Whether the tree changed while it was written, so that its nodes are of several times.
         */
        public boolean isFuzzy() {
            return lastZxid > zxid || digestZxid > zxid;
        }
    }

    /**
     * What is in it.
     *
     * @param acls entries of the table of access control lists
     * @param nodeDigest digest of version 2 over the nodes; the tree's unless the snapshot is fuzzy
     * @param greatestZxid greatest zxid that a node names
     * @param largestPath the node with the most data
     */
    public record Stats(
            Label label,
            long sessions,
            long acls,
            long nodes,
            long ephemerals,
            long dataBytes,
            long largestDataBytes,
            String largestPath,
            long greatestZxid,
            long nodeDigest) {}

    private SnapshotFile() {}

    /**
     * Streams the content into a sink and checks the seals.
     *
     * @throws IOException if it cannot be read or is damaged: with a line for people
     */
    public static Label read(
            Disk disk, Path path, SnapshotSink sink, Store.@Nullable Progress progress)
            throws IOException {
        try {
            SnapshotEnding ending = new SnapshotReader(disk, path, sink).read(progress);
            String fileName = String.valueOf(path.getFileName());
            FileName name = FileName.parse(fileName, FileName.SNAPSHOT);
            try (Disk.File file = disk.open(path, Disk.Mode.READ)) {
                return new Label(
                        name == null ? -1 : name.zxid(),
                        ending.lastZxid(),
                        ending.digestZxid(),
                        ending.digestVersion(),
                        ending.digest(),
                        file.size());
            }
        } catch (SnapshotDamageException e) {
            throw new IOException(path + ": " + e.getMessage(), e);
        }
    }

    /** Reads everything and counts. */
    public static Stats stats(Disk disk, Path path) throws IOException {
        return stats(disk, path, null);
    }

    /** The same, and says how far it is. */
    public static Stats stats(Disk disk, Path path, Store.@Nullable Progress progress)
            throws IOException {
        SnapshotTally tally = new SnapshotTally();
        Label label = read(disk, path, tally, progress);
        return tally.stats(label);
    }

    /**
     * Checks everything that can be checked without the log: the seals, and that the nodes have the
     * digest that the file states.
     *
     * @throws IOException if anything is wrong: with a line for people
     */
    public static Stats verify(Disk disk, Path path) throws IOException {
        return verify(disk, path, null);
    }

    /** The same, and says how far it is. */
    public static Stats verify(Disk disk, Path path, Store.@Nullable Progress progress)
            throws IOException {
        Stats stats = stats(disk, path, progress);
        Label label = stats.label;
        boolean comparable =
                label.digestVersion == TreeDigest.VERSION
                        && label.digestZxid > 0
                        && label.digestZxid == label.zxid
                        && !label.isFuzzy();
        if (comparable && stats.nodeDigest != label.digest) {
            throw new IOException(
                    "%s: its nodes have digest %d, but it says %d"
                            .formatted(path, stats.nodeDigest, label.digest));
        }
        return stats;
    }
}
