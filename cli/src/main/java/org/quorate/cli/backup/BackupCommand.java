package org.quorate.cli.backup;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code quorate backup}: create, list, verify, restore. */
@Command(
        name = "backup",
        description = "Keep copies of a data directory, prove them, put them back.",
        footer = {"", "Exit codes: 0 done, 1 it cannot be done or is damaged, 2 wrong use."},
        mixinStandardHelpOptions = true)
public final class BackupCommand implements Runnable {
    private static final DateTimeFormatter ID =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss.SSS'Z'").withZone(ZoneOffset.UTC);

    /** A file may be purged between being seen and being read. */
    private static final int TRIES_MAX = 3;

    @Spec private CommandSpec spec;

    /** For picocli, which fills the fields in. */
    @SuppressWarnings("NullAway.Init") // picocli sets the spec
    public BackupCommand() {}

    @Override
    public void run() {
        throw new CommandLine.ParameterException(
                spec.commandLine(), "backup what? There are: create, list, verify, restore");
    }

    @Command(
            name = "create",
            description =
                    "Copy what is new in a data directory, of a serving server too, and prove that"
                            + " it can be restored.",
            mixinStandardHelpOptions = true)
    int create(
            @Option(names = "--data", paramLabel = "DIR", required = true) Path data,
            @Option(
                            names = "--log-data",
                            paramLabel = "DIR",
                            description = "dataLogDir, if it is another")
                    @Nullable Path logData,
            @Option(names = "--to", paramLabel = "DIR", required = true) Path to)
            throws IOException {
        Repository repository = new Repository(to).make();
        Path log = logData == null ? data : logData;
        List<Manifest.Entry> files = take(repository, data, log);
        long now = System.currentTimeMillis();
        String source = data.toAbsolutePath().normalize().toString();
        String id = ID.format(Instant.ofEpochMilli(now));
        Manifest unproven = new Manifest(id, now, source, -1, 0, 0, files);
        Path proof = Files.createTempDirectory(to, "proof-");
        try {
            Restored restored = prove(repository, unproven, proof.resolve("data"));
            repository.add(
                    new Manifest(
                            id,
                            now,
                            source,
                            restored.lastZxid(),
                            restored.digest(),
                            restored.znodes(),
                            files));
            System.out.println(
                    "%s: %d znodes at 0x%x, can be restored"
                            .formatted(id, restored.znodes(), restored.lastZxid()));
            return 0;
        } finally {
            Restored.delete(proof);
        }
    }

    /** To wherever its files lead. */
    private static Restored prove(Repository repository, Manifest manifest, Path dir)
            throws IOException {
        return Restored.make(
                repository, manifest, dir, new Restored.Point(Long.MAX_VALUE - 1, Long.MAX_VALUE));
    }

    /** Snapshots first: the log behind the newest is there afterwards, too. */
    private static List<Manifest.Entry> take(Repository repository, Path data, Path log)
            throws IOException {
        for (int tries = 1; ; tries++) {
            try {
                List<Manifest.Entry> all = new ArrayList<>();
                for (Path file : files(data, "snapshot.")) {
                    all.add(repository.take(file));
                }
                if (all.isEmpty()) {
                    throw new IOException(data + ": there is no snapshot; is it a data directory?");
                }
                for (Path file : files(log, "log.")) {
                    all.add(repository.take(file));
                }
                return all;
            } catch (NoSuchFileException e) {
                if (tries == TRIES_MAX) {
                    throw e;
                }
            }
        }
    }

    private static List<Path> files(Path dir, String prefix) throws IOException {
        try (Stream<Path> found = Files.list(dir.resolve(Restored.VERSION))) {
            return found.filter(f ->
                            f.getFileName()
                                    .toString()
                                    .matches(prefix + "[0-9a-f]+(\\.gz|\\.snappy)?"))
                    .sorted()
                    .toList();
        }
    }

    @Command(
            name = "list",
            description = "Say which backups there are, the oldest first.",
            mixinStandardHelpOptions = true)
    int list(@Option(names = "--from", paramLabel = "DIR", required = true) Path from)
            throws IOException {
        for (Manifest backup : new Repository(from).all()) {
            long bytes = backup.files().stream().mapToLong(Manifest.Entry::bytes).sum();
            System.out.println(
                    "%s: %d znodes at 0x%x, %d files, %d bytes, of %s"
                            .formatted(
                                    backup.id(),
                                    backup.znodes(),
                                    backup.lastZxid(),
                                    backup.files().size(),
                                    bytes,
                                    backup.source()));
        }
        return 0;
    }

    @Command(
            name = "verify",
            description = "Restore each backup beside itself and compare; all of them, or one.",
            mixinStandardHelpOptions = true)
    int verify(
            @Option(names = "--from", paramLabel = "DIR", required = true) Path from,
            @Option(names = "--backup", paramLabel = "ID") @Nullable String id)
            throws IOException {
        Repository repository = new Repository(from);
        List<Manifest> backups = id == null ? repository.all() : List.of(repository.find(id));
        boolean well = true;
        for (Manifest backup : backups) {
            Path proof = Files.createTempDirectory(from, "proof-");
            try {
                Restored restored =
                        Restored.make(
                                repository, backup, proof.resolve("data"), Restored.Point.END);
                boolean same = restored.digest() == backup.digest();
                well &= same;
                System.out.println(backup.id() + (same ? ": ok" : ": the tree is not what it was"));
            } catch (IOException e) {
                well = false;
                System.out.println(backup.id() + ": " + e.getMessage());
            } finally {
                Restored.delete(proof);
            }
        }
        return well ? 0 : 1;
    }

    @Command(
            name = "restore",
            description =
                    "Make a data directory of a backup, as it was at its end or at an earlier"
                            + " point.",
            mixinStandardHelpOptions = true)
    int restore(
            @Option(names = "--from", paramLabel = "DIR", required = true) Path from,
            @Option(
                            names = "--to",
                            paramLabel = "DIR",
                            required = true,
                            description = "not there yet, or empty")
                    Path to,
            @Option(names = "--backup", paramLabel = "ID", description = "the latest by default")
                    @Nullable String id,
            @Option(names = "--zxid", paramLabel = "HEX", description = "the last transaction")
                    @Nullable String zxid,
            @Option(names = "--time", paramLabel = "2026-01-31T12:00:00Z") @Nullable String time)
            throws IOException {
        Repository repository = new Repository(from);
        Manifest backup = repository.find(id);
        Restored restored = Restored.make(repository, backup, to, point(zxid, time));
        System.out.println(
                "%s: %d znodes at 0x%x, from backup %s"
                        .formatted(to, restored.znodes(), restored.lastZxid(), backup.id()));
        return 0;
    }

    private Restored.Point point(@Nullable String zxid, @Nullable String time) {
        try {
            return new Restored.Point(
                    zxid == null
                            ? Long.MAX_VALUE
                            : Long.parseUnsignedLong(zxid.replaceFirst("^0x", ""), 16),
                    time == null ? Long.MAX_VALUE : Instant.parse(time).toEpochMilli());
        } catch (NumberFormatException | DateTimeParseException e) {
            throw new CommandLine.ParameterException(
                    spec.commandLine(), "not a zxid or a time: " + e.getMessage());
        }
    }
}
