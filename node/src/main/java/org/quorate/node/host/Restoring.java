package org.quorate.node.host;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.concurrent.CompletableFuture;
import org.quorate.log.Disk;
import org.quorate.log.SnapshotFile;
import org.quorate.protocol.Zxid;
import org.quorate.protocol.jute.JuteException;
import org.quorate.protocol.snapshot.SnapshotSource;
import org.quorate.tree.DataTree;
import org.quorate.tree.TreeOptions;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A snapshot that comes from outside, on its way into a running server. It is loaded into a tree of
 * its own first, with all checks, so that a bad one changes nothing. Any thread that may wait.
 */
final class Restoring {
    private static final Logger LOG = LoggerFactory.getLogger(Restoring.class);

    private final Path dir;
    private final TreeOptions options;
    private final CoreLoop core;

    /**
     * @param dir where the snapshot lies meanwhile
     * @param options as the server's own tree has them
     */
    Restoring(Path dir, TreeOptions options, CoreLoop core) {
        this.dir = dir;
        this.options = options;
        this.core = core;
    }

    /**
     * Takes a snapshot in.
     *
     * @return completed with its last zxid when the server has it
     * @throws IOException if it cannot be read or is no whole snapshot
     */
    CompletableFuture<Long> restore(InputStream snapshot) throws IOException {
        Path file = Files.createTempFile(dir, "restore-", ".tmp");
        try {
            Files.copy(snapshot, file, StandardCopyOption.REPLACE_EXISTING);
            try (DataTree loaded = new DataTree(options)) {
                load(file, loaded);
                return handOver(loaded.freeze());
            }
        } finally {
            Files.deleteIfExists(file);
        }
    }

    private static void load(Path file, DataTree into) throws IOException {
        try {
            SnapshotFile.Stats stats = SnapshotFile.verify(Disk.REAL, file);
            long zxid = stats.label().lastZxid();
            if (zxid < 0) {
                throw new IOException("it does not say its last transaction (from before 3.9)");
            }
            SnapshotFile.read(Disk.REAL, file, into.install(zxid), null);
            boolean comparable = stats.label().digestZxid() == zxid && zxid > 0;
            if (comparable && into.keepsDigest() && into.digest() != stats.label().digest()) {
                throw new IOException("its nodes do not have the digest that it states");
            }
        } catch (IOException e) {
            String why = String.valueOf(e.getMessage());
            throw new IOException(why.replace(file + ": ", ""), e);
        } catch (JuteException e) {
            throw new IOException("it is no snapshot: " + e.getMessage(), e);
        }
    }

    /** The core closes the view. */
    private CompletableFuture<Long> handOver(SnapshotSource view) throws IOException {
        CompletableFuture<Long> done = new CompletableFuture<>();
        boolean taken =
                core.put(replica -> {
                    try (view) {
                        replica.restore(view);
                        LOG.warn("restored to the snapshot at 0x{}", Zxid.hex(view.lastZxid()));
                        done.complete(view.lastZxid());
                    }
                });
        if (!taken) {
            view.close();
            throw new IOException("the server is being stopped");
        }
        return done;
    }
}
