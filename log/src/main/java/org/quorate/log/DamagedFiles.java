package org.quorate.log;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * What a server has put aside because of damage lies in {@code version-2/damaged-N}, for people to
 * look at or remove. While there is such a directory and nothing else, the server must not vote as
 * if it had always been empty. Stateless.
 */
final class DamagedFiles {
    private static final String PREFIX = "damaged-";

    private DamagedFiles() {}

    static boolean wereSetAside(Directory directory) throws IOException {
        return directory.disk.list(directory.snapshots).stream()
                .anyMatch(name -> name.startsWith(PREFIX));
    }

    /** Moves snapshots first: a crash in between leaves logs without a snapshot, or nothing. */
    static Path setAside(Directory directory) throws IOException {
        Path snapshots = makeDirectory(directory, directory.snapshots);
        for (FileName file : directory.snapshotFiles()) {
            directory.disk.rename(directory.snapshot(file), snapshots.resolve(file.name()));
        }
        directory.disk.syncDirectory(snapshots);
        directory.disk.syncDirectory(directory.snapshots);
        Path logs = directory.separate() ? makeDirectory(directory, directory.logs) : snapshots;
        for (FileName file : directory.logFiles()) {
            directory.disk.rename(directory.log(file), logs.resolve(file.name()));
        }
        directory.disk.syncDirectory(logs);
        directory.disk.syncDirectory(directory.logs);
        for (String epoch : List.of(Epochs.ACCEPTED, Epochs.CURRENT)) {
            if (!isReadable(directory, epoch)) {
                directory.disk.rename(directory.snapshots.resolve(epoch), snapshots.resolve(epoch));
            }
        }
        directory.disk.syncDirectory(snapshots);
        directory.disk.syncDirectory(directory.snapshots);
        return snapshots;
    }

    private static boolean isReadable(Directory directory, String epoch) throws IOException {
        try {
            new EpochFile(directory, epoch).read();
            return true;
        } catch (StoreException e) {
            return false;
        }
    }

    private static Path makeDirectory(Directory directory, Path parent) throws IOException {
        int number = 1;
        while (directory.disk.exists(parent.resolve(PREFIX + number))) {
            number++;
        }
        Path made = parent.resolve(PREFIX + number);
        directory.disk.createDirectories(made);
        directory.disk.syncDirectory(parent);
        return made;
    }
}
