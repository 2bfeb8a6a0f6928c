package org.quorate.node.admin;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** What a real ZooKeeper 3.9.6 answered, as recorded. */
final class Vectors {
    /** The recorded server's version, and what stands for it where it was blanked. */
    static final String RECORDED_VERSION =
            "3.9.6-a355171b081b5b60749db8f19cca1528b0df936f, built on 2026-09-03 19:29 UTC";

    private Vectors() {}

    static String word(String name) {
        return read("/vectors/4lw/" + name + ".txt");
    }

    /** An answer of the admin server: its first line is status and content type. */
    static String admin(String name) {
        return read("/vectors/admin/" + name + ".txt");
    }

    private static String read(String resource) {
        try (InputStream in = Vectors.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new IllegalArgumentException("no recording " + resource);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .replace(RECORDED_VERSION, Version.FULL);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
