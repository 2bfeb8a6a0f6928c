package org.quorate.node.host;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.quorate.node.admin.ServerView;

/** Looks at the snapshots in a data directory by their names (disk formats §2). Stateless. */
final class SnapshotFiles {
    private static final String PREFIX = "snapshot.";

    private SnapshotFiles() {}

    /** The one of the greatest zxid; null if there is none or the directory cannot be read. */
    static ServerView.@Nullable SnapshotFile newest(Path dataDir) {
        ServerView.SnapshotFile newest = null;
        try (Stream<Path> files = Files.list(dataDir.resolve("version-2"))) {
            for (Path file : files.toList()) {
                long zxid = zxid(String.valueOf(file.getFileName()));
                if (zxid >= 0 && (newest == null || zxid > newest.zxid())) {
                    newest =
                            new ServerView.SnapshotFile(
                                    file, zxid, Files.getLastModifiedTime(file).toMillis());
                }
            }
        } catch (IOException e) {
            return null;
        }
        return newest;
    }

    /** −1 if it is not a snapshot's name. */
    private static long zxid(String name) {
        if (!name.startsWith(PREFIX)) {
            return -1;
        }
        String hex = name.substring(PREFIX.length());
        int dot = hex.indexOf('.');
        try {
            return Long.parseLong(dot < 0 ? hex : hex.substring(0, dot), 16);
        } catch (NumberFormatException e) {
            return -1;
        }
    }
}
