package org.quorate.cli.backup;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * A directory with backups: {@code files/} has contents by their SHA-256, compressed; {@code
 * backups/} a manifest for each backup, which appears last and whole. One writer at a time.
 */
final class Repository {
    private static final String SUFFIX = ".json";

    private final Path files;
    private final Path manifests;
    private final JsonMapper json =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    Repository(Path root) {
        this.files = root.resolve("files");
        this.manifests = root.resolve("backups");
    }

    /** Makes it, if it is not there. */
    Repository make() throws IOException {
        Files.createDirectories(files);
        Files.createDirectories(manifests);
        return this;
    }

    /** Takes a file in; its content is written only if it is not there yet. */
    Manifest.Entry take(Path file) throws IOException {
        Path temporary = Files.createTempFile(files, "new-", ".tmp");
        try {
            MessageDigest sha = sha256();
            long bytes;
            try (InputStream in = Files.newInputStream(file);
                    OutputStream out =
                            new DigestOutputStream(
                                    new GZIPOutputStream(Files.newOutputStream(temporary)), sha)) {
                bytes = in.transferTo(out);
            }
            Manifest.Entry entry =
                    new Manifest.Entry(
                            file.getFileName().toString(),
                            bytes,
                            HexFormat.of().formatHex(sha.digest()));
            Path stored = files.resolve(entry.stored());
            if (!Files.exists(stored)) {
                sync(temporary);
                Files.move(temporary, stored, StandardCopyOption.ATOMIC_MOVE);
            }
            return entry;
        } finally {
            Files.deleteIfExists(temporary);
        }
    }

    /**
     * Puts a file's content there.
     *
     * @throws IOException naming the file if it is missing or not what it was
     */
    void give(Manifest.Entry entry, Path to) throws IOException {
        Path stored = files.resolve(entry.stored());
        MessageDigest sha = sha256();
        try (InputStream in = new GZIPInputStream(Files.newInputStream(stored));
                OutputStream out = new DigestOutputStream(Files.newOutputStream(to), sha)) {
            in.transferTo(out);
        } catch (IOException e) {
            throw new IOException(
                    "%s: %s cannot be read: %s".formatted(stored, entry.name(), e), e);
        }
        if (!HexFormat.of().formatHex(sha.digest()).equals(entry.sha256())) {
            throw new IOException(
                    "%s: %s is damaged: its checksum is another".formatted(stored, entry.name()));
        }
        sync(to);
    }

    /** A backup is whole. */
    void add(Manifest manifest) throws IOException {
        Path temporary = manifests.resolve(manifest.id() + ".tmp");
        Files.writeString(temporary, json.writeValueAsString(manifest));
        sync(temporary);
        Files.move(
                temporary,
                manifests.resolve(manifest.id() + SUFFIX),
                StandardCopyOption.ATOMIC_MOVE);
    }

    /** All backups, the oldest first. */
    List<Manifest> all() throws IOException {
        if (!Files.isDirectory(manifests)) {
            throw new IOException(manifests + ": there are no backups");
        }
        List<Manifest> all = new ArrayList<>();
        try (Stream<Path> found = Files.list(manifests)) {
            for (Path file : found.filter(f -> f.toString().endsWith(SUFFIX)).sorted().toList()) {
                try {
                    all.add(json.readValue(Files.readString(file), Manifest.class));
                } catch (JacksonException e) {
                    throw new IOException(file + ": not a manifest: " + e.getOriginalMessage(), e);
                }
            }
        }
        return all;
    }

    /**
     * One backup.
     *
     * @param id null for the latest
     */
    Manifest find(@Nullable String id) throws IOException {
        List<Manifest> all = all();
        for (Manifest manifest : all.reversed()) {
            if (id == null || manifest.id().equals(id)) {
                return manifest;
            }
        }
        throw new IOException(id == null ? "there are no backups" : "there is no backup " + id);
    }

    private static void sync(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.force(true);
        }
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
