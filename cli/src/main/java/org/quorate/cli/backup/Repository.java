package org.quorate.cli.backup;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.DigestInputStream;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;
import org.quorate.cli.progress.Progress;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * Backups in a store: {@code files/} has contents by their SHA-256, compressed, and encrypted if
 * there is a key; {@code backups/} a manifest for each backup, which appears last and whole. One
 * thread; one writer at a time.
 */
final class Repository implements AutoCloseable {
    private static final String FILES = "files/";
    private static final String MANIFESTS = "backups/";
    private static final String PACKED = ".gz";
    private static final String JSON = ".json";
    private static final String SEALED = ".aes";

    /** Longest manifest: of some hundred thousand files. */
    static final int MANIFEST_BYTES_MAX = 16 << 20;

    private static final int BUFFER_BYTES = 1 << 16;

    private final BackupStore store;
    private final @Nullable Vault vault;
    private final Path work;
    private final JsonMapper json =
            JsonMapper.builder()
                    .enable(SerializationFeature.INDENT_OUTPUT)
                    // Manifests of before there was encryption do not speak of it.
                    .disable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
                    .build();

    /**
     * @param vault null: what is written is not encrypted
     * @param work a directory for unfinished files
     */
    Repository(BackupStore store, @Nullable Vault vault, Path work) {
        this.store = store;
        this.vault = vault;
        this.work = work;
    }

    /** Where unfinished files and proofs are made. */
    Path work() {
        return work;
    }

    /** Is what is written encrypted? */
    boolean encrypts() {
        return vault != null;
    }

    /** For whoever writes. */
    void lock() throws IOException {
        store.lock();
    }

    @Override
    public void close() throws IOException {
        store.close();
    }

    // ---- contents

    /** Takes a file in; its content is written only if it is not there yet. */
    Manifest.Entry take(Path file, Progress progress) throws IOException {
        String name = file.getFileName().toString();
        MessageDigest sha = sha256();
        long bytes;
        try (InputStream in = new DigestInputStream(Files.newInputStream(file), sha)) {
            bytes = copy(in, OutputStream.nullOutputStream(), progress, Long.MAX_VALUE);
        }
        Manifest.Entry seen = new Manifest.Entry(name, bytes, hex(sha));
        if (store.has(stored(seen, vault != null))) {
            return seen;
        }
        Files.createDirectories(work);
        Path temporary = Files.createTempFile(work, "new-", ".tmp");
        try {
            // It may have grown since: what was packed counts.
            MessageDigest again = sha256();
            try (InputStream in = new DigestInputStream(Files.newInputStream(file), again);
                    OutputStream out = new GZIPOutputStream(sealing(temporary))) {
                bytes = copy(in, out, null, Long.MAX_VALUE);
            }
            Manifest.Entry entry = new Manifest.Entry(name, bytes, hex(again));
            store.put(stored(entry, vault != null), temporary);
            return entry;
        } finally {
            Files.deleteIfExists(temporary);
        }
    }

    private OutputStream sealing(Path file) throws IOException {
        OutputStream out = Files.newOutputStream(file);
        return vault == null ? out : vault.seal(out);
    }

    private String stored(Manifest.Entry entry, boolean sealed) {
        return sealed && vault != null
                ? FILES + vault.nameOf(entry.sha256()) + PACKED + SEALED
                : FILES + entry.sha256() + PACKED;
    }

    /**
     * Puts a file's content there.
     *
     * @throws IOException naming the content if it is missing or not what it was
     */
    void give(Manifest manifest, Manifest.Entry entry, Path to, Progress progress)
            throws IOException {
        String name = stored(entry, manifest.encrypted());
        String where = store.locate(name);
        MessageDigest sha = sha256();
        try (OutputStream out = new DigestOutputStream(Files.newOutputStream(to), sha)) {
            try (InputStream in = new GZIPInputStream(opening(name, where, manifest.encrypted()))) {
                if (copy(in, out, progress, entry.bytes()) > entry.bytes()) {
                    throw new IOException(
                            "%s is damaged: %s unpacks to more than its %d bytes"
                                    .formatted(where, entry.name(), entry.bytes()));
                }
            } catch (java.util.zip.ZipException | java.io.EOFException e) {
                throw new IOException(
                        "%s is damaged: %s cannot be unpacked: %s"
                                .formatted(where, entry.name(), e.getMessage()),
                        e);
            } catch (NoSuchFileException e) {
                throw new IOException(
                        "%s is missing: %s was kept there".formatted(where, entry.name()), e);
            }
        }
        if (!hex(sha).equals(entry.sha256())) {
            throw new IOException(
                    "%s is damaged: the checksum of %s is another".formatted(where, entry.name()));
        }
        sync(to);
    }

    private InputStream opening(String name, String where, boolean sealed) throws IOException {
        InputStream in = store.open(name);
        if (!sealed) {
            return in;
        }
        try {
            return key(where).open(in, where);
        } catch (IOException e) {
            in.close();
            throw e;
        }
    }

    private Vault key(String where) throws IOException {
        if (vault == null) {
            throw new IOException(where + " is encrypted: name the key by --key-file");
        }
        return vault;
    }

    /**
     * Copies a stream, unless it is too long.
     *
     * @return how long it is; more than the most if it is longer, of which no more was written
     */
    private static long copy(
            InputStream in, OutputStream out, @Nullable Progress progress, long most)
            throws IOException {
        byte[] buffer = new byte[BUFFER_BYTES];
        long bytes = 0;
        for (int some = in.read(buffer); some >= 0; some = in.read(buffer)) {
            bytes += some;
            if (bytes > most) {
                break;
            }
            out.write(buffer, 0, some);
            if (progress != null) {
                progress.add(some);
            }
        }
        return bytes;
    }

    // ---- backups

    /** A backup is whole. */
    void add(Manifest manifest) throws IOException {
        Path temporary = Files.createTempFile(work, "new-", ".tmp");
        try {
            try (OutputStream out = sealing(temporary)) {
                out.write(json.writeValueAsString(manifest).getBytes(StandardCharsets.UTF_8));
            }
            store.put(MANIFESTS + manifest.id() + JSON + (vault == null ? "" : SEALED), temporary);
        } finally {
            Files.deleteIfExists(temporary);
        }
        for (Manifest.Entry entry : manifest.files()) {
            // Where two may write at a time, the other could have pruned it.
            String name = stored(entry, manifest.encrypted());
            if (!store.has(name)) {
                remove(manifest);
                throw new IOException(
                        store.locate(name) + " has gone meanwhile; was something pruned?");
            }
        }
    }

    /** Backup ids, the oldest first; no key is needed. */
    List<String> ids() throws IOException {
        List<String> ids = new ArrayList<>();
        for (BackupStore.Item item : store.list(MANIFESTS)) {
            String name = item.name().substring(MANIFESTS.length());
            int dot = name.indexOf(JSON);
            if (dot > 0) {
                ids.add(name.substring(0, dot));
            }
        }
        ids.sort(null);
        return ids;
    }

    /** All backups, the oldest first. */
    List<Manifest> all() throws IOException {
        List<Manifest> all = new ArrayList<>();
        for (String id : ids()) {
            all.add(read(id));
        }
        return all;
    }

    /**
     * One backup.
     *
     * @param id null for the latest
     */
    Manifest find(@Nullable String id) throws IOException {
        List<String> ids = ids();
        if (ids.isEmpty()) {
            throw new IOException("there are no backups in " + store.locate(""));
        }
        if (id != null && !ids.contains(id)) {
            throw new IOException("there is no backup " + id + " in " + store.locate(""));
        }
        return read(id == null ? ids.getLast() : id);
    }

    private Manifest read(String id) throws IOException {
        boolean sealed = !store.has(MANIFESTS + id + JSON);
        String name = MANIFESTS + id + JSON + (sealed ? SEALED : "");
        String where = store.locate(name);
        try (InputStream in = opening(name, where, sealed)) {
            byte[] text = in.readNBytes(MANIFEST_BYTES_MAX + 1);
            if (text.length > MANIFEST_BYTES_MAX) {
                throw new IOException(
                        "%s is damaged: a manifest has %d bytes at most"
                                .formatted(where, MANIFEST_BYTES_MAX));
            }
            return json.readValue(new String(text, StandardCharsets.UTF_8), Manifest.class);
        } catch (JacksonException e) {
            throw new IOException(
                    where + " is damaged: not a manifest: " + e.getOriginalMessage(), e);
        }
    }

    /** Forgets a backup; its contents go with {@link #sweep}. */
    void remove(Manifest manifest) throws IOException {
        store.delete(MANIFESTS + manifest.id() + JSON + (manifest.encrypted() ? SEALED : ""));
    }

    /**
     * Removes contents that no backup needs.
     *
     * @param olderThanMillis younger ones may belong to a backup that is being made elsewhere
     * @return bytes that were freed
     */
    long sweep(long olderThanMillis) throws IOException {
        Set<String> needed = new HashSet<>();
        for (Manifest manifest : all()) {
            manifest.files().forEach(entry -> needed.add(stored(entry, manifest.encrypted())));
        }
        long bytes = 0;
        for (BackupStore.Item item : store.list(FILES)) {
            if (!needed.contains(item.name()) && item.modifiedMillis() < olderThanMillis) {
                store.delete(item.name());
                bytes += item.bytes();
            }
        }
        return bytes;
    }

    private static void sync(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.force(true);
        }
    }

    private static String hex(MessageDigest sha) {
        return HexFormat.of().formatHex(sha.digest());
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
