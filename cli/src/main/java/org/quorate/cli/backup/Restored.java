package org.quorate.cli.backup;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.quorate.log.Disk;
import org.quorate.log.LogReader;
import org.quorate.log.Store;
import org.quorate.log.StoreException;
import org.quorate.log.StoreOptions;
import org.quorate.protocol.jute.JuteIn;
import org.quorate.protocol.txn.TxnRecord;
import org.quorate.tree.DataTree;
import org.quorate.tree.TreeOptions;

/**
 * A data directory made from a backup, opened as a server would.
 *
 * @param lastZxid its last transaction
 * @param digest of its tree
 * @param znodes in its tree
 */
record Restored(long lastZxid, long digest, int znodes) {
    /** Where ZooKeeper's files are below a data directory. */
    static final String VERSION = "version-2";

    /** The point to restore to. */
    record Point(long zxidMax, long millisMax) {
        /** Everything. */
        static final Point END = new Point(Long.MAX_VALUE, Long.MAX_VALUE);
    }

    /**
     * Makes a data directory; if that fails nothing is left of it.
     *
     * @param dir not there yet, or empty
     * @throws IOException with one line that says why it cannot be done
     */
    static Restored make(Repository repository, Manifest manifest, Path dir, Point point)
            throws IOException {
        if (Files.exists(dir) && !isEmpty(dir)) {
            throw new IOException(dir + " is not empty");
        }
        try {
            Path files = Files.createDirectories(dir.resolve(VERSION));
            for (Manifest.Entry entry : manifest.files()) {
                repository.give(entry, files.resolve(entry.name()));
            }
            long zxid =
                    point.equals(Point.END)
                            ? manifest.lastZxid()
                            : lastUpTo(manifest, files, point);
            for (Manifest.Entry entry : manifest.files()) {
                if (entry.isSnapshot() && Long.compareUnsigned(entry.zxid(), zxid) > 0) {
                    Files.delete(files.resolve(entry.name()));
                }
            }
            Restored restored = open(dir, zxid);
            if (restored.lastZxid != zxid) {
                throw new IOException(
                        "the files lead to 0x%x, not to 0x%x".formatted(restored.lastZxid, zxid));
            }
            return restored;
        } catch (StoreException e) {
            delete(dir);
            throw new IOException(e.getMessage(), e);
        } catch (IOException | RuntimeException e) {
            delete(dir);
            throw e;
        }
    }

    /** The last transaction that is not behind the point. */
    private static long lastUpTo(Manifest manifest, Path files, Point point) throws IOException {
        long last = -1;
        long oldest = Long.MAX_VALUE;
        for (Manifest.Entry entry : manifest.files()) {
            if (entry.isSnapshot()) {
                oldest = Math.min(oldest, entry.zxid());
                boolean known = point.millisMax == Long.MAX_VALUE && entry.zxid() <= point.zxidMax;
                last = known ? Math.max(last, entry.zxid()) : last;
                continue;
            }
            try (LogReader log = new LogReader(Disk.REAL, files.resolve(entry.name()))) {
                while (log.next()) {
                    boolean within =
                            log.hasHeader()
                                    && log.txn().header.zxid <= point.zxidMax
                                    && log.txn().header.timeMillis <= point.millisMax;
                    last = within ? Math.max(last, log.txn().header.zxid) : last;
                }
            }
        }
        if (last < oldest) {
            throw new IOException(
                    "this backup reaches back to 0x%x only; take an older one".formatted(oldest));
        }
        return last;
    }

    /** Recovers, cuts behind the zxid, and recovers again if it did. */
    private static Restored open(Path dir, long zxid) throws IOException, StoreException {
        try (Store store = Store.open(Disk.REAL, StoreOptions.of(dir))) {
            Restored all = load(store);
            if (Long.compareUnsigned(all.lastZxid, zxid) <= 0) {
                return all;
            }
            if (!store.truncate(zxid)) {
                throw new IOException("the log cannot be cut behind 0x%x".formatted(zxid));
            }
            return load(store);
        }
    }

    private static Restored load(Store store) throws StoreException {
        try (DataTree tree = new DataTree(TreeOptions.DEFAULT)) {
            JuteIn in = new JuteIn(Integer.MAX_VALUE);
            TxnRecord record = new TxnRecord();
            Store.Recovery recovery =
                    store.recover(
                            tree::install,
                            (txnZxid, txn) -> tree.apply(record.read(in.wrap(txn)), null),
                            null);
            return new Restored(recovery.lastZxid(), tree.digest(), tree.nodeCount());
        }
    }

    private static boolean isEmpty(Path dir) throws IOException {
        try (Stream<Path> found = Files.list(dir)) {
            return found.findAny().isEmpty();
        }
    }

    /** Removes a directory and all below it. */
    static void delete(Path dir) throws IOException {
        if (!Files.exists(dir)) {
            return;
        }
        List<Path> all;
        try (Stream<Path> found = Files.walk(dir)) {
            all = found.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path path : all) {
            Files.delete(path);
        }
    }
}
