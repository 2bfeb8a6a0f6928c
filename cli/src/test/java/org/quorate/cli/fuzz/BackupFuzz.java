package org.quorate.cli.fuzz;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.quorate.cli.backup.BackupCommand;
import picocli.CommandLine;

/** A manifest of a backup whose directory somebody else may write to. */
public final class BackupFuzz {
    private static final Path DIR = directory();
    private static final PrintStream NOWHERE = new PrintStream(OutputStream.nullOutputStream());
    private static final CommandLine COMMAND = command();

    private BackupFuzz() {}

    private static Path directory() {
        try {
            Path dir = Files.createTempDirectory("fuzz");
            Runtime.getRuntime().addShutdownHook(new Thread(() -> delete(dir)));
            Files.createDirectories(dir.resolve("kept").resolve("files"));
            Files.createDirectories(dir.resolve("kept").resolve("backups"));
            return dir;
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void delete(Path dir) {
        try (Stream<Path> found = Files.walk(dir)) {
            List<Path> all = found.sorted(Comparator.reverseOrder()).toList();
            for (Path path : all) {
                Files.deleteIfExists(path);
            }
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** One input. */
    public static void fuzzerTestOneInput(byte[] data) throws IOException {
        Path kept = DIR.resolve("kept");
        Files.write(kept.resolve("backups").resolve("b.json"), data);
        run("list", "--from", kept.toString());
        run("restore", "--from", kept.toString(), "--to", DIR.resolve("restored").toString());
        Path restored = DIR.resolve("restored");
        if (Files.exists(restored)) {
            delete(restored);
        }
        try (Stream<Path> found = Files.list(DIR)) {
            if (found.count() != 1) {
                throw new IllegalStateException("something was written beside what was restored");
            }
        }
    }

    private static void run(String... arguments) {
        PrintStream out = System.out;
        try {
            System.setOut(NOWHERE);
            COMMAND.execute(arguments);
        } finally {
            System.setOut(out);
        }
    }

    private static CommandLine command() {
        CommandLine command = new CommandLine(new BackupCommand());
        command.setExecutionExceptionHandler((e, failed, parsed) -> {
            if (!(e instanceof IOException)) {
                throw e;
            }
            return 1;
        });
        command.setErr(new PrintWriter(Writer.nullWriter()));
        return command;
    }
}
