package org.quorate.log;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.quorate.protocol.jute.JuteException;
import org.quorate.protocol.jute.Slice;

/**
 * Hands out the log's records behind a snapshot (disk formats §7), stops at anything that would
 * make a hole, and repairs the end of the last file. Used once, by one thread.
 */
final class Replay {
    private final Directory directory;
    private final Store.TxnConsumer consumer;
    private final Store.@Nullable Progress progress;
    private final List<String> findings;
    private final Slice txn = new Slice();
    private long snapshotZxid;
    private long lastZxid;
    private long count;
    private long bytes;
    private long bytesAll;

    Replay(
            Directory directory,
            Store.TxnConsumer consumer,
            Store.@Nullable Progress progress,
            List<String> findings) {
        this.directory = directory;
        this.consumer = consumer;
        this.progress = progress;
        this.findings = findings;
    }

    /** Records handed out. */
    long count() {
        return count;
    }

    /** Bytes of the records handed out. */
    long bytes() {
        return bytes;
    }

    /**
     * @param afterZxid the snapshot's zxid; 0 if there is none
     * @return the last zxid, {@code afterZxid} if the log holds nothing behind it
     * @throws StoreException if something is missing or damaged
     */
    long run(long afterZxid) throws StoreException, IOException {
        snapshotZxid = afterZxid;
        lastZxid = afterZxid;
        List<FileName> files = needed(directory.logFiles(), afterZxid);
        List<Path> paths = new ArrayList<>();
        for (FileName file : files) {
            paths.add(directory.log(file));
            bytesAll += directory.size(directory.log(file));
        }
        List<LogEnd> ends = new ArrayList<>();
        try (LogSequence sequence = new LogSequence(directory.disk, paths);
                Ahead<LogBlock> blocks =
                        new Ahead<>(directory.disk.parallel(), LogBlock::new, sequence::fill)) {
            long before = 0;
            for (LogBlock block = blocks.next(); block != null; block = blocks.next()) {
                hand(block, paths.get(block.fileIndex));
                if (progress != null) {
                    progress.at(
                            paths.get(block.fileIndex).toString(),
                            before + block.fileOffset,
                            bytesAll);
                }
                if (block.end != null) {
                    check(block.end, paths.get(block.fileIndex));
                    ends.add(block.end);
                    before += block.end.offset();
                }
            }
        }
        for (int i = 0; i < ends.size(); i++) {
            settle(ends.get(i), paths.get(i), i == ends.size() - 1);
        }
        return lastZxid;
    }

    /** The newest log that can hold the record behind the snapshot, and all later ones. */
    static List<FileName> needed(List<FileName> logs, long afterZxid) {
        int first = 0;
        for (int i = 0; i < logs.size(); i++) {
            if (logs.get(i).zxid() <= afterZxid + 1) {
                first = i;
            }
        }
        return logs.subList(first, logs.size());
    }

    private void hand(LogBlock block, Path path) throws StoreException {
        for (int i = 0; i < block.count; i++) {
            long zxid = block.zxid(i);
            if (zxid <= snapshotZxid) {
                continue;
            }
            checkOrder(zxid, block, i, path);
            try {
                consumer.txn(zxid, txn.set(block.bytes, block.body(i), block.length(i)));
            } catch (JuteException e) {
                throw StoreException.damage(
                        "%s at offset %d: transaction 0x%x cannot be understood: %s."
                                .formatted(path, block.offset(i), zxid, e.getMessage()));
            }
            lastZxid = Math.max(lastZxid, zxid);
            count++;
            bytes += LogFormat.FRAME_BYTES + block.length(i);
        }
    }

    private void checkOrder(long zxid, LogBlock block, int index, Path path) throws StoreException {
        if (ZxidOrder.follows(lastZxid, zxid)) {
            return;
        }
        if (zxid > lastZxid) {
            throw StoreException.damage(
                    "%s at offset %d: transaction 0x%x follows 0x%x; what was between is missing."
                            .formatted(path, block.offset(index), zxid, lastZxid));
        }
        // ZooKeeper writes such a thing after some failures, and applies it.
        findings.add(
                "%s at offset %d: transaction 0x%x stands behind 0x%x"
                        .formatted(path, block.offset(index), zxid, lastZxid));
    }

    private void check(LogEnd end, Path path) throws StoreException {
        switch (end.kind()) {
            case DAMAGED ->
                    throw StoreException.damage(
                            "%s at offset %d: the record behind transaction 0x%x is damaged: %s."
                                    .formatted(path, end.offset(), lastZxid, end.reason()));
            case UNKNOWN -> throw new StoreException("%s %s.".formatted(path, end.reason()));
            case CLEAN, EMPTY, TORN -> {}
        }
    }

    /**
     * Leaves nothing behind that this server or ZooKeeper would stumble over. A torn record in a
     * file that is not the last was left by ZooKeeper; that nothing is missing was checked.
     */
    private void settle(LogEnd end, Path path, boolean isLast) throws IOException {
        boolean holdsNothing = end.offset() <= LogFormat.FILE_HEADER_BYTES;
        switch (end.kind()) {
            case EMPTY -> {
                delete(path);
                findings.add("%s held nothing and was removed".formatted(path));
            }
            case TORN -> {
                if (isLast && holdsNothing) {
                    delete(path);
                } else if (isLast) {
                    cut(path, end.offset());
                }
                findings.add(
                        "%s at offset %d: %s; nothing synced was lost%s"
                                .formatted(
                                        path,
                                        end.offset(),
                                        end.reason(),
                                        isLast ? "; it was removed" : ""));
            }
            case CLEAN, DAMAGED, UNKNOWN -> {}
        }
    }

    private void delete(Path path) throws IOException {
        directory.disk.delete(path);
        directory.disk.syncDirectory(directory.logs);
    }

    private void cut(Path path, long size) throws IOException {
        try (Disk.File file = directory.disk.open(path, Disk.Mode.WRITE)) {
            file.truncate(size);
            file.sync();
        }
    }
}
