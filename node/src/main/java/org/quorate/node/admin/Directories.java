package org.quorate.node.admin;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** Sizes of a server's directories. Stateless. */
final class Directories {
    private static final String VERSIONED = "version-2";

    private Directories() {}

    /** The directory of a kind of files inside a configured one, as ZooKeeper names it. */
    static Path versioned(Path configured) {
        return configured.toAbsolutePath().normalize().resolve(VERSIONED);
    }

    /** Lengths of all files below a configured directory; a file that goes meanwhile counts 0. */
    static long bytes(Path configured) {
        Path dir = versioned(configured);
        if (!Files.isDirectory(dir)) {
            return 0;
        }
        try (Stream<Path> files = Files.walk(dir)) {
            return files.filter(Files::isRegularFile).mapToLong(Directories::length).sum();
        } catch (IOException | UncheckedIOException e) {
            return 0; // as ZooKeeper: what cannot be read is nothing
        }
    }

    private static long length(Path file) {
        try {
            return Files.size(file);
        } catch (IOException e) {
            return 0;
        }
    }
}
