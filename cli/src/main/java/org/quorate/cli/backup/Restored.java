package org.quorate.cli.backup;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.quorate.cli.progress.Progress;
import org.quorate.cli.progress.ReadingProgress;
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
        /** The end of the backup, which must be what it was when the backup was made. */
        static final Point END = new Point(Long.MAX_VALUE, Long.MAX_VALUE);

        /** Wherever its files lead. */
        static final Point ANYWHERE = new Point(Long.MAX_VALUE - 1, Long.MAX_VALUE);
    }

    /** Makes a data directory in a directory that is the caller's to remove. */
    static Restored make(
            String what, Repository repository, Manifest manifest, Path dir, Point point)
            throws IOException {
        return make(what, repository, manifest, dir, point, null);
    }

    /**
     * The same.
     *
     * @param what it is for, in a word, for who waits
     * @param then looks at the tree
     * @throws IOException with one line that says why it cannot be done
     */
    static Restored make(
            String what,
            Repository repository,
            Manifest manifest,
            Path dir,
            Point point,
            @Nullable Consumer<DataTree> then)
            throws IOException {
        try (Progress progress = Progress.begin(what, manifest.bytes(), Progress.Unit.BYTES)) {
            Path files = Files.createDirectories(dir.resolve(VERSION));
            Room.require(manifest.bytes(), dir);
            for (Manifest.Entry entry : manifest.files()) {
                repository.give(manifest, entry, files.resolve(entry.name()), progress);
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
            Restored restored = open(dir, zxid, then);
            if (restored.lastZxid != zxid) {
                throw new IOException(
                        "the files lead to 0x%x, not to 0x%x".formatted(restored.lastZxid, zxid));
            }
            return restored;
        } catch (StoreException e) {
            throw new IOException(e.getMessage(), e);
        } catch (IOException e) {
            throw Room.explain(e, dir);
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
    private static Restored open(Path dir, long zxid, @Nullable Consumer<DataTree> then)
            throws IOException, StoreException {
        try (Store store = Store.open(Disk.REAL, StoreOptions.of(dir))) {
            try (DataTree tree = new DataTree(TreeOptions.DEFAULT)) {
                Restored all = load(store, tree);
                if (Long.compareUnsigned(all.lastZxid, zxid) <= 0) {
                    look(tree, then);
                    return all;
                }
            }
            if (!store.truncate(zxid)) {
                throw new IOException("the log cannot be cut behind 0x%x".formatted(zxid));
            }
            try (DataTree tree = new DataTree(TreeOptions.DEFAULT)) {
                Restored cut = load(store, tree);
                look(tree, then);
                return cut;
            }
        }
    }

    private static void look(DataTree tree, @Nullable Consumer<DataTree> then) {
        if (then != null) {
            then.accept(tree);
        }
    }

    private static Restored load(Store store, DataTree tree) throws StoreException {
        JuteIn in = new JuteIn(Integer.MAX_VALUE);
        TxnRecord record = new TxnRecord();
        try (ReadingProgress progress = new ReadingProgress()) {
            Store.Recovery recovery =
                    store.recover(
                            tree::install,
                            (txnZxid, txn) -> tree.apply(record.read(in.wrap(txn)), null),
                            progress);
            return new Restored(recovery.lastZxid(), tree.digest(), tree.nodeCount());
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
