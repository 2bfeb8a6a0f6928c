package org.quorate.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Where the files of one server lie, and their names. Stateless but for the paths. */
final class Directory {
    static final String VERSION_DIR = "version-2";

    final Disk disk;
    final Path dataDir;
    final Path logDir;

    /** Snapshots and epochs. */
    final Path snapshots;

    final Path logs;

    Directory(Disk disk, Path dataDir, Path logDir) {
        this.disk = disk;
        this.dataDir = dataDir;
        this.logDir = logDir;
        this.snapshots = dataDir.resolve(VERSION_DIR);
        this.logs = logDir.resolve(VERSION_DIR);
    }

    boolean separate() {
        return !snapshots.equals(logs);
    }

    /** By rising zxid. */
    List<FileName> logFiles() throws IOException {
        return named(logs, FileName.LOG);
    }

    /** By rising zxid. */
    List<FileName> snapshotFiles() throws IOException {
        return named(snapshots, FileName.SNAPSHOT);
    }

    /** By rising zxid. */
    List<FileName> imageFiles() throws IOException {
        return named(snapshots, FileName.IMAGE);
    }

    /** The file of the image that lies beside a snapshot, if there is one. */
    Path imageBeside(FileName snapshot) {
        return snapshots.resolve(FileName.image(snapshot.zxid()).name());
    }

    /** Deletes a snapshot, and what is of no use without it. */
    void deleteSnapshot(FileName snapshot) throws IOException {
        disk.delete(snapshot(snapshot));
        if (disk.exists(imageBeside(snapshot))) {
            disk.delete(imageBeside(snapshot));
        }
    }

    /**
     * Deletes logs, the oldest first and each for good before the next: what a loss of power brings
     * back must not come without what stood between it and the later ones.
     *
     * @param oldestFirst the oldest that there are
     */
    void deleteLogs(List<FileName> oldestFirst) throws IOException {
        for (FileName file : oldestFirst) {
            disk.delete(log(file));
            disk.syncDirectory(logs);
        }
    }

    Path log(FileName file) {
        return logs.resolve(file.name());
    }

    Path snapshot(FileName file) {
        return snapshots.resolve(file.name());
    }

    List<FileName> named(Path dir, String prefix) throws IOException {
        List<FileName> found = new ArrayList<>();
        for (String name : disk.list(dir)) {
            FileName file = FileName.parse(name, prefix);
            if (file != null) {
                found.add(file);
            }
        }
        found.sort(FileName.OLDEST_FIRST);
        return found;
    }

    long size(Path path) throws IOException {
        try (Disk.File file = disk.open(path, Disk.Mode.READ)) {
            return file.size();
        }
    }

    /** Makes a small file with this content, so that a crash leaves the old one or the new one. */
    void replace(Path path, byte[] content) throws IOException {
        Path dir = path.getParent();
        Path temporary = path.resolveSibling(path.getFileName() + ".tmp");
        try (Disk.File file = disk.open(temporary, Disk.Mode.WRITE)) {
            file.truncate(0);
            file.write(new ByteBuffer[] {ByteBuffer.wrap(content)}, 1, 0);
            file.sync();
        }
        disk.rename(temporary, path);
        disk.syncDirectory(dir == null ? Path.of(".") : dir);
    }

    byte[] read(Path path, int bytesMax) throws IOException {
        try (Disk.File file = disk.open(path, Disk.Mode.READ)) {
            byte[] content = new byte[(int) Math.min(file.size(), bytesMax)];
            int read = Bytes.read(file, content, 0, content.length, 0);
            return read == content.length ? content : Arrays.copyOf(content, read);
        }
    }
}
