package org.quorate.cli.backup;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The options that say where backups are kept, and with which key. Filled in by picocli. */
abstract class Place {
    private static final String S3 = "s3://";

    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec;

    @Option(
            names = "--key-file",
            paramLabel = "FILE",
            description = "The key that backups are encrypted with (quorate backup key makes one).")
    private @Nullable Path keyFile;

    @Option(
            names = "--work",
            paramLabel = "DIR",
            description =
                    "Where unfinished files and proofs are made: in the directory of the backups,"
                            + " with S3 in that for temporary files, by default.")
    private @Nullable Path work;

    @Option(
            names = "--s3-endpoint",
            paramLabel = "URL",
            description = "Of a store that is not Amazon's: https://minio.example:9000.")
    private @Nullable URI endpoint;

    @Option(
            names = "--s3-region",
            paramLabel = "REGION",
            description = "By default what the environment says, else us-east-1.")
    private @Nullable String region;

    @SuppressWarnings("NullAway.Init") // picocli sets the spec
    Place() {}

    /** A directory, or {@code s3://bucket/prefix}. */
    abstract String where();

    /** To be closed. */
    Repository open() throws IOException {
        Vault vault = keyFile == null ? null : Vault.read(keyFile);
        String where = where();
        if (!where.startsWith(S3)) {
            Path root = Path.of(where);
            return new Repository(new DirectoryStore(root), vault, work == null ? root : work);
        }
        String[] parts = where.substring(S3.length()).split("/", 2);
        if (parts[0].isEmpty()) {
            throw new CommandLine.ParameterException(
                    spec.commandLine(), where + ": not of the form s3://BUCKET/PREFIX");
        }
        String prefix = parts.length == 1 ? "" : parts[1].replaceFirst("/+$", "");
        return new Repository(
                S3Store.open(parts[0], prefix, endpoint, region),
                vault,
                work == null ? Files.createDirectories(temporary()) : work);
    }

    private static Path temporary() {
        return Path.of(System.getProperty("java.io.tmpdir"));
    }

    /** Where backups are read. */
    static final class Source extends Place {
        @Option(
                names = "--from",
                paramLabel = "DIR|s3://BUCKET/PREFIX",
                required = true,
                description = "Where the backups are.")
        private String from = "";

        @Override
        String where() {
            return from;
        }
    }

    /** Where backups are made. */
    static final class Destination extends Place {
        @Option(
                names = "--to",
                paramLabel = "DIR|s3://BUCKET/PREFIX",
                required = true,
                description = "Where the backups are kept.")
        private String to = "";

        @Override
        String where() {
            return to;
        }
    }
}
