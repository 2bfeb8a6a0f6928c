package org.quorate.log;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** Takes the directories of a server, or says in one line why not. Stateless. */
final class Opening {
    /** Files with this prefix are being written; ZooKeeper does not look at them. */
    static final String TEMPORARY_PREFIX = "tmp-";

    private Opening() {}

    /** Returns what to close to give the directories back. */
    static Locks take(Directory directory, boolean autocreate) throws StoreException {
        Locks locks = new Locks();
        try {
            take(directory, autocreate, locks);
            return locks;
        } catch (IOException e) {
            giveBack(locks, e);
            throw new StoreException(
                    "%s cannot be used: %s".formatted(directory.dataDir, words(e)), e);
        } catch (StoreException e) {
            giveBack(locks, e);
            throw e;
        }
    }

    private static void take(Directory directory, boolean autocreate, Locks locks)
            throws StoreException, IOException {
        create(directory, directory.snapshots, autocreate);
        create(directory, directory.logs, autocreate);
        lock(directory, directory.dataDir, locks);
        if (directory.separate()) {
            lock(directory, directory.logDir, locks);
        }
        checkVersions(directory, directory.dataDir);
        checkVersions(directory, directory.logDir);
        checkNotMixed(directory);
        removeTemporary(directory);
    }

    private static void giveBack(Locks locks, Exception because) {
        try {
            locks.close();
        } catch (IOException e) {
            because.addSuppressed(e);
        }
    }

    /** Exceptions of files say a path, and what is wrong only by their class. */
    static String words(IOException e) {
        return e.getClass().getSimpleName().replaceAll("Exception$", "") + ": " + e.getMessage();
    }

    private static void create(Directory directory, Path dir, boolean autocreate)
            throws StoreException, IOException {
        if (directory.disk.exists(dir)) {
            return;
        }
        if (!autocreate) {
            throw new StoreException(
                    "%s does not exist, and zookeeper.datadir.autocreate=false forbids to make it."
                            .formatted(dir));
        }
        directory.disk.createDirectories(dir);
        Path parent = dir.getParent();
        if (parent != null) {
            directory.disk.syncDirectory(parent);
        }
    }

    private static void lock(Directory directory, Path dir, Locks locks)
            throws StoreException, IOException {
        AutoCloseable lock = directory.disk.lock(dir);
        if (lock == null) {
            throw new StoreException(
                    "%s is in use by another server; stop it first, or use another directory."
                            .formatted(dir));
        }
        locks.add(lock);
    }

    private static void checkVersions(Directory directory, Path dir)
            throws StoreException, IOException {
        for (String name : directory.disk.list(dir)) {
            if (name.matches("version-\\d{1,9}") && !name.equals(Directory.VERSION_DIR)) {
                int version = Integer.parseInt(name.substring("version-".length()));
                if (version > LogFormat.VERSION) {
                    throw new StoreException(
                            "%s is of a newer format (%s); this server knows %s."
                                    .formatted(dir, name, Directory.VERSION_DIR));
                }
            }
        }
    }

    private static void checkNotMixed(Directory directory) throws StoreException, IOException {
        if (!directory.separate()) {
            return;
        }
        refuse(directory, directory.snapshots, FileName.LOG, "a transaction log", "dataDir");
        refuse(directory, directory.logs, FileName.SNAPSHOT, "a snapshot", "dataLogDir");
    }

    private static void refuse(
            Directory directory, Path dir, String prefix, String what, String setting)
            throws StoreException, IOException {
        List<FileName> files = directory.named(dir, prefix);
        if (!files.isEmpty()) {
            throw new StoreException(
                    "%s holds %s (%s), but dataDir and dataLogDir differ: move it, or correct %s."
                            .formatted(dir, what, files.getFirst().name(), setting));
        }
    }

    private static void removeTemporary(Directory directory) throws IOException {
        for (String name : directory.disk.list(directory.snapshots)) {
            if (name.startsWith(TEMPORARY_PREFIX)) {
                directory.disk.delete(directory.snapshots.resolve(name));
            }
        }
    }
}
