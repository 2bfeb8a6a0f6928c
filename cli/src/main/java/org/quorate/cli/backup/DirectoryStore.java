package org.quorate.cli.backup;

import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A directory: names are paths below it. A file {@code lock} in it keeps others out. */
final class DirectoryStore implements BackupStore {
    private static final String UNFINISHED = ".tmp";

    private final Path root;
    private @Nullable FileChannel lockFile;

    DirectoryStore(Path root) {
        this.root = root;
    }

    @Override
    public List<Item> list(String folder) throws IOException {
        Path dir = root.resolve(folder);
        List<Item> items = new ArrayList<>();
        if (!Files.isDirectory(dir)) {
            return items;
        }
        try (Stream<Path> found = Files.list(dir)) {
            for (Path file : found.sorted().toList()) {
                String name = file.getFileName().toString();
                if (!name.endsWith(UNFINISHED)) {
                    items.add(
                            new Item(
                                    folder + name,
                                    Files.size(file),
                                    Files.getLastModifiedTime(file).toMillis()));
                }
            }
        }
        return items;
    }

    @Override
    public boolean has(String name) {
        return Files.exists(root.resolve(name));
    }

    @Override
    public InputStream open(String name) throws IOException {
        return Files.newInputStream(root.resolve(name));
    }

    @Override
    public void put(String name, Path file) throws IOException {
        Path kept = root.resolve(name);
        Path folder = Files.createDirectories(root.resolve(name.substring(0, name.indexOf('/'))));
        sync(file);
        try {
            Files.move(file, kept, StandardCopyOption.ATOMIC_MOVE);
        } catch (AtomicMoveNotSupportedException e) {
            copy(file, folder, kept);
        }
        syncFolder(folder);
    }

    /** From another file system. */
    private static void copy(Path file, Path folder, Path kept) throws IOException {
        Path unfinished = Files.createTempFile(folder, "new-", UNFINISHED);
        try {
            Files.copy(file, unfinished, StandardCopyOption.REPLACE_EXISTING);
            sync(unfinished);
            Files.move(unfinished, kept, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(unfinished);
        }
    }

    private static void sync(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.force(true);
        }
    }

    private static void syncFolder(Path dir) throws IOException {
        try (FileChannel channel = FileChannel.open(dir, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    @Override
    public void delete(String name) throws IOException {
        Files.deleteIfExists(root.resolve(name));
    }

    @Override
    public String locate(String name) {
        return root.resolve(name).toString();
    }

    @Override
    public void lock() throws IOException {
        Files.createDirectories(root);
        FileChannel channel =
                FileChannel.open(
                        root.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock lock;
        try {
            lock = channel.tryLock();
        } catch (OverlappingFileLockException e) {
            lock = null; // by another thread of this process
        }
        if (lock == null) {
            channel.close();
            throw new IOException(root + ": another backup or prune is at work here");
        }
        lockFile = channel;
    }

    @Override
    public void close() throws IOException {
        if (lockFile != null) {
            lockFile.close();
        }
    }
}
