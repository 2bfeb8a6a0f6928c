package org.quorate.cli.backup;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.quorate.cli.ErrorLine;
import org.quorate.cli.progress.Progress;
import org.quorate.node.backup.BackupLog;
import org.quorate.protocol.Zxid;
import picocli.CommandLine.Option;

/** Makes a backup of a data directory, and proves that it can be restored. Filled in by picocli. */
final class Creation {
    private static final DateTimeFormatter ID =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss.SSS'Z'").withZone(ZoneOffset.UTC);

    /** A file may be purged between being seen and being read. */
    private static final int TRIES_MAX = 3;

    @Option(
            names = "--data",
            paramLabel = "DIR",
            required = true,
            description = "dataDir of a server, which may be serving.")
    private Path data = Path.of("");

    @Option(names = "--log-data", paramLabel = "DIR", description = "dataLogDir, if it is another.")
    private @Nullable Path logData;

    /**
     * Makes one and tells the server of it, also of one that fails.
     *
     * @return a line for people, about what was made
     */
    String make(Place.Destination to) throws IOException {
        try (Repository repository = to.open()) {
            repository.lock();
            Manifest made = make(repository);
            tell(
                    new BackupLog.Entry(
                            made.createdMillis(),
                            to.where(),
                            made.id(),
                            "0x" + Zxid.hex(made.lastZxid()),
                            made.znodes(),
                            made.bytes(),
                            made.encrypted(),
                            ""));
            return "%s: %d znodes at 0x%x, can be restored"
                    .formatted(made.id(), made.znodes(), made.lastZxid());
        } catch (IOException e) {
            tell(BackupLog.Entry.failed(System.currentTimeMillis(), to.where(), ErrorLine.of(e)));
            throw e;
        }
    }

    /** A directory that may only be read is backed up all the same. */
    private void tell(BackupLog.Entry entry) {
        if (!Files.isDirectory(data)) {
            return;
        }
        try {
            BackupLog.add(data, entry);
        } catch (IOException e) {
            System.err.println(
                    "quorate: the server will not know of this backup: " + ErrorLine.of(e));
        }
    }

    private Manifest make(Repository repository) throws IOException {
        List<Manifest.Entry> files = take(repository);
        long now = System.currentTimeMillis();
        String source = data.toAbsolutePath().normalize().toString();
        String id = ID.format(Instant.ofEpochMilli(now));
        Manifest unproven = new Manifest(id, now, source, -1, 0, 0, repository.encrypts(), files);
        Path proof = Files.createTempDirectory(repository.work(), "proof-");
        try {
            Restored restored =
                    Restored.make("proof", repository, unproven, proof, Restored.Point.ANYWHERE);
            Manifest proven = unproven.proven(restored);
            repository.add(proven);
            return proven;
        } finally {
            Restored.delete(proof);
        }
    }

    /** Snapshots first: the log behind the newest is there afterwards, too. */
    private List<Manifest.Entry> take(Repository repository) throws IOException {
        for (int tries = 1; ; tries++) {
            try {
                List<Path> snapshots = files(data, "snapshot.");
                if (snapshots.isEmpty()) {
                    throw new IOException(data + ": there is no snapshot; is it a data directory?");
                }
                List<Path> logs = files(logData == null ? data : logData, "log.");
                long bytes = 0;
                for (Path file : Stream.concat(snapshots.stream(), logs.stream()).toList()) {
                    bytes += Files.size(file);
                }
                List<Manifest.Entry> all = new ArrayList<>();
                try (Progress progress = Progress.begin("backup", bytes, Progress.Unit.BYTES)) {
                    for (Path file : snapshots) {
                        all.add(repository.take(file, progress));
                    }
                    // A snapshot may have been written since, and a log begun.
                    for (Path file : files(logData == null ? data : logData, "log.")) {
                        all.add(repository.take(file, progress));
                    }
                }
                return all;
            } catch (NoSuchFileException e) {
                if (tries == TRIES_MAX) {
                    throw e;
                }
            } catch (IOException e) {
                throw Room.explain(e, repository.work());
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
}
