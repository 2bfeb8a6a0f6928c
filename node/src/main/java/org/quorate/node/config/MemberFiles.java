package org.quorate.node.config;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.quorate.protocol.Zxid;
import org.quorate.protocol.peer.EnsembleConfig;
import org.quorate.protocol.peer.Member;

/**
 * Keeps the members on disk while they change, in ZooKeeper's files beside the start file
 * (reference: administration §2, peer protocol §8): {@code zoo.cfg.dynamic.next} holds what is
 * proposed, {@code zoo.cfg.dynamic.VERSION} what is committed, and the start file names the latter.
 * Each file is written whole under another name, synced and renamed. Owned by one thread.
 */
public final class MemberFiles {
    private static final String NEXT = ".dynamic.next";

    private final Path startFile;
    private final long serverId;

    // Versions on disk; 0 for none.
    private long committedVersion;
    private long proposedVersion;

    /**
     * Nothing is written yet.
     *
     * @param startFile the server's {@code zoo.cfg}
     * @param quorum what was read from it
     */
    public MemberFiles(Path startFile, long serverId, ServerConfig.Quorum quorum) {
        this.startFile = startFile;
        this.serverId = serverId;
        this.committedVersion = quorum.members().version();
        EnsembleConfig proposed = quorum.proposed();
        this.proposedVersion = proposed == null ? 0 : proposed.version();
    }

    /** Where a proposed configuration stands until it is committed. */
    static Path nextFile(Path startFile) {
        return sibling(startFile, NEXT);
    }

    /**
     * Keeps a start file that holds the members themselves, before the first change moves them out
     * of it: as {@code zoo.cfg.bak}.
     *
     * @throws IOException if it cannot be copied
     */
    public void backUp() throws IOException {
        write(sibling(startFile, ".bak"), Files.readAllBytes(startFile));
    }

    /**
     * Writes what has changed. Afterwards it lasts.
     *
     * @param proposed the committed configuration itself if no other is under way
     * @throws IOException if a file cannot be written; the call may be repeated
     */
    public void write(EnsembleConfig committed, EnsembleConfig proposed) throws IOException {
        if (proposed.version() > committed.version() && proposed.version() != proposedVersion) {
            write(nextFile(startFile), latin1(lines(proposed.text())));
            proposedVersion = proposed.version();
        }
        if (committed.version() > committedVersion) {
            Path file = sibling(startFile, ".dynamic." + Zxid.hex(committed.version()));
            write(file, latin1(lines(withoutVersion(committed.text()))));
            nameIt(file, committed.member(serverId));
            committedVersion = committed.version();
        }
        if (proposed.version() <= committed.version() && proposedVersion != 0) {
            Files.deleteIfExists(nextFile(startFile));
            sync(directory());
            proposedVersion = 0;
        }
    }

    /** The start file loses the members, and the client port that a member's line has now. */
    private void nameIt(Path dynamicFile, @Nullable Member self) throws IOException {
        boolean lineHasPort = self != null && self.clientAddress() != null;
        String text = new String(Files.readAllBytes(startFile), StandardCharsets.ISO_8859_1);
        String kept;
        try {
            kept =
                    PropertiesText.without(
                            text,
                            key ->
                                    KeyCheck.MEMBER_KEY.matcher(key).matches()
                                            || key.equals(
                                                    EnsembleSettings.DYNAMIC_CONFIG_FILE.key())
                                            || key.equals(EnsembleSettings.PEER_TYPE.key())
                                            || lineHasPort && isClientAddress(key));
        } catch (ConfigException e) {
            throw new IOException(startFile + " was changed: " + e.getMessage(), e);
        }
        String line =
                "%s=%s\n"
                        .formatted(
                                EnsembleSettings.DYNAMIC_CONFIG_FILE.key(),
                                escaped(dynamicFile.toAbsolutePath().normalize().toString()));
        write(startFile, latin1(kept + line));
    }

    private static boolean isClientAddress(String key) {
        return key.equals(ClientSettings.CLIENT_PORT.key())
                || key.equals(ClientSettings.CLIENT_PORT_ADDRESS.key());
    }

    /** The version is in the file's name. */
    private static String withoutVersion(String text) {
        return text.lines()
                .filter(line -> !line.startsWith("version="))
                .collect(Collectors.joining("\n"));
    }

    /** As ZooKeeper writes them: sorted, and nothing behind the last. */
    private static String lines(String text) {
        return text.lines().sorted().collect(Collectors.joining("\n"));
    }

    /** As a value in a properties file, which is Latin-1. */
    private static String escaped(String value) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c == '\\') {
                text.append("\\\\");
            } else if (c > 0xff) {
                text.append("\\u%04x".formatted((int) c));
            } else {
                text.append(c);
            }
        }
        return text.toString();
    }

    private static byte[] latin1(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    private static Path sibling(Path file, String suffix) {
        return file.resolveSibling(ZooCfg.nameOf(file) + suffix);
    }

    private Path directory() {
        Path parent = startFile.toAbsolutePath().getParent();
        if (parent == null) {
            throw new IllegalStateException(startFile + " is not in a directory");
        }
        return parent;
    }

    private void write(Path file, byte[] content) throws IOException {
        Path temporary = sibling(file, ".tmp");
        try (FileChannel out =
                FileChannel.open(
                        temporary,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.TRUNCATE_EXISTING,
                        StandardOpenOption.WRITE)) {
            ByteBuffer bytes = ByteBuffer.wrap(content);
            while (bytes.hasRemaining()) {
                out.write(bytes);
            }
            out.force(true);
        }
        Files.move(
                temporary,
                file,
                StandardCopyOption.ATOMIC_MOVE,
                StandardCopyOption.REPLACE_EXISTING);
        sync(directory());
    }

    private static void sync(Path directory) throws IOException {
        try (FileChannel opened = FileChannel.open(directory, StandardOpenOption.READ)) {
            opened.force(true);
        }
    }
}
