package org.quorate.compat.sick;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * What a power cut took from the directory of a server that has been killed: what it had written
 * and not synced, and, where a file system keeps no order, the names that it had made, changed and
 * removed since it synced their directory. The library {@code faults.c} notes both.
 *
 * @param bytes overwritten ones that are there again, appended ones that are not there any more
 * @param names made, changed or removed ones that are as they were
 */
record PowerCut(long bytes, int names) {
    /** Where the library notes names; what a file has lost is in one named by its number. */
    private static final String ENTRIES = "entries";

    private record Old(long at, byte[] bytes, long size) {}

    /**
     * Cuts.
     *
     * @param undo what the library has noted; empty afterwards
     * @param withNames whether names are lost, too; a disk may do either
     */
    static PowerCut of(Path undo, Path dataDir, boolean withNames) throws IOException {
        int names = withNames ? undoNames(undo.resolve(ENTRIES)) : 0;
        Map<String, Path> byNumber = new HashMap<>();
        for (Path file : list(dataDir.resolve("version-2"))) {
            byNumber.put(Files.getAttribute(file, "unix:ino").toString(), file);
        }
        long bytes = 0;
        for (Path note : list(undo)) {
            Path file = byNumber.get(note.getFileName().toString());
            if (file != null) {
                bytes += undoWrites(note, file);
            }
            Files.delete(note);
        }
        return new PowerCut(bytes, names);
    }

    /** Whether a cut now would take a name. */
    static boolean hasNames(Path undo) throws IOException {
        return isWritten(undo.resolve(ENTRIES));
    }

    /** Whether it would take what was written to a file. */
    static boolean hasBytes(Path undo) throws IOException {
        for (Path note : list(undo)) {
            if (note.getFileName().toString().matches("\\d+") && isWritten(note)) {
                return true;
            }
        }
        return false;
    }

    private static boolean isWritten(Path note) throws IOException {
        return Files.exists(note) && Files.size(note) > 0;
    }

    private static List<Path> list(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.toList();
        }
    }

    /** The last first. */
    private static int undoNames(Path entries) throws IOException {
        if (!Files.exists(entries)) {
            return 0;
        }
        List<String> lines = Files.readAllLines(entries);
        for (String line : lines.reversed()) {
            String[] words = line.split(" ");
            Path first = Path.of(words[1]);
            switch (words[0]) {
                case "made" -> Files.deleteIfExists(first);
                case "renamed" -> {
                    Files.move(Path.of(words[2]), first, StandardCopyOption.REPLACE_EXISTING);
                    putBack(words[3], Path.of(words[2]));
                }
                case "removed" -> putBack(words[3], first);
                default -> throw new IOException("not a change of a directory: " + line);
            }
        }
        return lines.size();
    }

    private static void putBack(String old, Path name) throws IOException {
        if (!old.equals("-")) {
            Files.move(Path.of(old), name, StandardCopyOption.REPLACE_EXISTING);
        }
    }

    /** What was overwritten since the last sync comes back, the last first. */
    private static long undoWrites(Path note, Path file) throws IOException {
        List<Old> olds = new ArrayList<>();
        try (RandomAccessFile in = new RandomAccessFile(note.toFile(), "r")) {
            in.readLine(); // the name it had
            while (in.getFilePointer() + 24 <= in.length()) {
                long at = Long.reverseBytes(in.readLong());
                byte[] old = new byte[(int) Long.reverseBytes(in.readLong())];
                long size = Long.reverseBytes(in.readLong());
                in.readFully(old);
                olds.add(new Old(at, old, size));
            }
        }
        long bytes = 0;
        try (RandomAccessFile out = new RandomAccessFile(file.toFile(), "rw")) {
            for (Old old : olds.reversed()) {
                out.seek(old.at);
                out.write(old.bytes);
                bytes += old.bytes.length + Math.max(0, out.length() - old.size);
                out.setLength(old.size);
            }
        }
        return bytes;
    }
}
