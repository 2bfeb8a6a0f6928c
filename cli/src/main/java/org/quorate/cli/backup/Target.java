package org.quorate.cli.backup;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Where data directories are restored to: everything is made in {@code .restoring} below it and
 * moved out in the end, so that no server opens half of one. What an interrupted restoration left
 * is removed by the next. One thread.
 */
final class Target implements AutoCloseable {
    private static final String STAGE = ".restoring";
    private static final String PLAN = "plan";

    private final Path dir;
    private final boolean wasThere;
    private final List<String> names;
    private boolean done;

    /**
     * @param dir not there yet, empty, or with the rest of an interrupted restoration
     * @param names what will stand in it
     */
    Target(Path dir, List<String> names) throws IOException {
        this.dir = dir;
        this.names = List.copyOf(names);
        this.wasThere = Files.exists(dir);
        if (wasThere) {
            removeRest();
            try (Stream<Path> found = Files.list(dir)) {
                if (found.findAny().isPresent()) {
                    throw new IOException(dir + " is not empty");
                }
            }
        }
        Files.createDirectories(stage());
        Files.write(stage().resolve(PLAN), names);
    }

    private Path stage() {
        return dir.resolve(STAGE);
    }

    /** A name's place until all is done. */
    Path staged(String name) {
        return stage().resolve(name);
    }

    private void removeRest() throws IOException {
        Path plan = stage().resolve(PLAN);
        if (Files.exists(plan)) {
            for (String name : Files.readAllLines(plan)) {
                Restored.delete(dir.resolve(Path.of(name).getFileName()));
            }
        }
        Restored.delete(stage());
    }

    /** Everything is made: moves it to where it belongs. */
    void publish() throws IOException {
        for (String name : names) {
            Files.move(staged(name), dir.resolve(name), StandardCopyOption.ATOMIC_MOVE);
        }
        // From here on the plan is not to be undone any more.
        Files.delete(stage().resolve(PLAN));
        Restored.delete(stage());
        done = true;
    }

    /** Copies what is staged under one name to another. */
    void copy(String from, String to) throws IOException {
        List<Path> all = new ArrayList<>();
        try (Stream<Path> found = Files.walk(staged(from))) {
            found.forEach(all::add);
        }
        for (Path path : all) {
            Path copy = staged(to).resolve(staged(from).relativize(path).toString());
            if (Files.isDirectory(path)) {
                Files.createDirectories(copy);
            } else {
                Files.copy(path, copy);
            }
        }
    }

    /** Without {@link #publish}, nothing is left. */
    @Override
    public void close() throws IOException {
        if (!done) {
            removeRest();
            if (!wasThere) {
                Files.deleteIfExists(dir);
            }
        }
    }
}
