package org.quorate.node.backup;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * The backups that were made of a data directory, or were to be made and failed: a line of JSON
 * each, in the file {@code backups.jsonl} there. Whoever makes a backup writes it, the server reads
 * it (decision 206). ZooKeeper does not look at it. Stateless; one writer at a time.
 */
public final class BackupLog {
    /** Below the data directory. */
    static final String FILE = "backups.jsonl";

    /** So many are read, the last ones; at twice as many the older are dropped. */
    static final int ENTRIES_MAX = 500;

    private static final JsonMapper JSON = JsonMapper.shared();

    private BackupLog() {}

    /**
     * A backup.
     *
     * @param atMillis when it was finished, or failed; wall clock
     * @param to where it is kept
     * @param id its name there; empty if it failed
     * @param zxid the last transaction in it, in hex; empty if it failed
     * @param znodes in it
     * @param bytes of the files that it needs, as they were
     * @param encrypted whether it is
     * @param error why there is none; empty if all is well
     */
    public record Entry(
            long atMillis,
            String to,
            String id,
            String zxid,
            long znodes,
            long bytes,
            boolean encrypted,
            String error) {
        /** One that failed. */
        public static Entry failed(long atMillis, String to, String error) {
            return new Entry(atMillis, to, "", "", 0, 0, false, error);
        }

        public boolean isGood() {
            return error.isEmpty();
        }
    }

    /**
     * Adds one.
     *
     * @throws IOException if the directory does not let
     */
    public static void add(Path dataDir, Entry entry) throws IOException {
        Path file = dataDir.resolve(FILE);
        List<String> lines = lines(file);
        String line = JSON.writeValueAsString(entry) + "\n";
        if (lines.size() < 2 * ENTRIES_MAX) {
            Files.writeString(file, line, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
            return;
        }
        Path shorter = dataDir.resolve(FILE + ".tmp");
        Files.write(shorter, lines.subList(lines.size() - ENTRIES_MAX, lines.size()));
        Files.writeString(shorter, line, StandardOpenOption.APPEND);
        Files.move(shorter, file, StandardCopyOption.ATOMIC_MOVE);
    }

    /**
     * The last ones, newest first. A line that was cut off is passed over.
     *
     * @throws IOException if the file is there and cannot be read
     */
    public static List<Entry> read(Path dataDir) throws IOException {
        List<Entry> entries = new ArrayList<>();
        for (String line : lines(dataDir.resolve(FILE)).reversed()) {
            if (entries.size() == ENTRIES_MAX) {
                break;
            }
            Entry entry = parse(line);
            if (entry != null) {
                entries.add(entry);
            }
        }
        return entries;
    }

    /** Null where the disk was full, or somebody has written into it. */
    private static @Nullable Entry parse(String line) {
        try {
            Entry entry = JSON.readValue(line, Entry.class);
            return entry == null || entry.to() == null || entry.error() == null ? null : entry;
        } catch (JacksonException e) {
            return null;
        }
    }

    private static List<String> lines(Path file) throws IOException {
        try {
            return Files.readAllLines(file);
        } catch (NoSuchFileException e) {
            return List.of();
        }
    }
}
