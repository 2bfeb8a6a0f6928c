package org.quorate.cli.backup;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;

/**
 * Where backups are kept: contents under names like {@code files/ab12}, which appear whole or not
 * at all. One thread at a time.
 */
interface BackupStore extends AutoCloseable {
    /**
     * Something that is kept.
     *
     * @param name with its folder
     * @param modifiedMillis wall clock of the store
     */
    record Item(String name, long bytes, long modifiedMillis) {}

    /** What is there below a folder, whose name ends with a slash. */
    List<Item> list(String folder) throws IOException;

    boolean has(String name) throws IOException;

    /**
     * The content under a name. To be closed.
     *
     * @throws java.nio.file.NoSuchFileException if there is nothing
     */
    InputStream open(String name) throws IOException;

    /** Keeps a file's content under a name, durably; replaces what was there. May take the file. */
    void put(String name, Path file) throws IOException;

    /** Whether it was there or not. */
    void delete(String name) throws IOException;

    /** For people: where exactly a name is. */
    String locate(String name);

    /**
     * Keeps others from writing at the same time, where the store can do that.
     *
     * @throws IOException if somebody is
     */
    void lock() throws IOException;

    /** Unlocks, too. */
    @Override
    void close() throws IOException;
}
