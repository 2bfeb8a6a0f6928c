package org.quorate.log;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Comparator;
import org.jspecify.annotations.Nullable;

/**
 * What a server has put aside because of damage lies in {@code version-2/damaged-N}, for people to
 * look at or remove. While there is such a directory and nothing else, the server must not vote as
 * if it had always been empty. Stateless.
 */
final class DamagedFiles {
    private static final String PREFIX = "damaged-";
    private static final String NAME = PREFIX + "\\d{1,9}";
    private static final String WHY = "why.txt";
    private static final int WHY_BYTES_MAX = 4096;

    private DamagedFiles() {}

    static boolean wereSetAside(Directory directory) throws IOException {
        return newest(directory) != null;
    }

    /** What was put aside last, and why; null if nothing was. */
    static Store.@Nullable SetAside last(Directory directory) throws IOException {
        Path newest = newest(directory);
        if (newest == null) {
            return null;
        }
        Path why = newest.resolve(WHY);
        return new Store.SetAside(
                newest,
                directory.disk.exists(why)
                        ? new String(directory.read(why, WHY_BYTES_MAX), StandardCharsets.UTF_8)
                                .strip()
                        : "");
    }

    /** Does a promise lie among what was put aside? Then nobody knows what it was. */
    static boolean holdPromise(Directory directory) throws IOException {
        for (String name : directory.disk.list(directory.snapshots)) {
            if (name.matches(NAME)
                    && directory.disk.exists(
                            directory.snapshots.resolve(name).resolve(Epochs.ACCEPTED))) {
                return true;
            }
        }
        return false;
    }

    private static @Nullable Path newest(Directory directory) throws IOException {
        return directory.disk.list(directory.snapshots).stream()
                .filter(name -> name.matches(NAME))
                .max(
                        Comparator.comparingInt(
                                name -> Integer.parseInt(name.substring(PREFIX.length()))))
                .map(directory.snapshots::resolve)
                .orElse(null);
    }

    /**
     * Moves snapshots first: a crash in between leaves logs without a snapshot, or nothing.
     *
     * @param why is kept with them, for the next start to say it again
     */
    static Path setAside(Directory directory, String why) throws IOException {
        Path snapshots = makeDirectory(directory, directory.snapshots);
        directory.replace(snapshots.resolve(WHY), (why + "\n").getBytes(StandardCharsets.UTF_8));
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
        long current = readable(directory, Epochs.CURRENT);
        if (current < 0) {
            move(directory, Epochs.CURRENT, snapshots);
        }
        if (readable(directory, Epochs.ACCEPTED) < Math.max(current, EpochFile.MISSING)) {
            move(directory, Epochs.ACCEPTED, snapshots);
        }
        directory.disk.syncDirectory(snapshots);
        directory.disk.syncDirectory(directory.snapshots);
        return snapshots;
    }

    /** {@link EpochFile#MISSING} if there is none, less if it cannot be read. */
    private static long readable(Directory directory, String epoch) throws IOException {
        try {
            return new EpochFile(directory, epoch).read();
        } catch (StoreException e) {
            return EpochFile.MISSING - 1;
        }
    }

    private static void move(Directory directory, String name, Path to) throws IOException {
        Path file = directory.snapshots.resolve(name);
        if (directory.disk.exists(file)) {
            directory.disk.rename(file, to.resolve(name));
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
