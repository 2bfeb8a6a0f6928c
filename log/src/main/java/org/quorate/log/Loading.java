package org.quorate.log;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.quorate.protocol.Zxid;

/**
 * One start from the files: the newest snapshot that can be loaded, then the log (disk formats §7,
 * §8). Used once, by one thread.
 */
final class Loading {
    /** So many of the newest snapshots are tried, as in ZooKeeper. */
    private static final int CANDIDATES_MAX = 100;

    /** A snapshot that was passed over. */
    private record Rejected(FileName file, String reason, boolean cut) {}

    private final Directory directory;
    private final boolean trustEmpty;
    private final boolean emptyMayVote;
    private final Store.SinkFactory sinks;
    private final Store.TxnConsumer consumer;
    private final Store.@Nullable Progress progress;
    private final List<String> findings = new ArrayList<>();
    private final List<Rejected> rejected = new ArrayList<>();
    private long replayedCount;
    private long replayedBytes;

    /**
     * @param trustEmpty accept a log without snapshot
     * @param emptyMayVote what an empty directory means
     */
    Loading(
            Directory directory,
            boolean trustEmpty,
            boolean emptyMayVote,
            Store.SinkFactory sinks,
            Store.TxnConsumer consumer,
            Store.@Nullable Progress progress) {
        this.directory = directory;
        this.trustEmpty = trustEmpty;
        this.emptyMayVote = emptyMayVote;
        this.sinks = sinks;
        this.consumer = consumer;
        this.progress = progress;
    }

    long replayedCount() {
        return replayedCount;
    }

    long replayedBytes() {
        return replayedBytes;
    }

    Store.Recovery run() throws StoreException, IOException {
        List<FileName> snapshots = directory.snapshotFiles();
        int tried = 0;
        for (int i = snapshots.size() - 1; i >= 0 && tried < CANDIDATES_MAX; i--) {
            FileName file = snapshots.get(i);
            if (!SnapshotReader.looksWhole(directory.disk, directory.snapshot(file))) {
                reject(file, "it is not whole", true);
                continue;
            }
            tried++;
            Store.Recovery recovery = loadFrom(file);
            if (recovery != null) {
                return recovery;
            }
        }
        return withoutSnapshot(tried);
    }

    /** Null if this snapshot will not do. */
    private Store.@Nullable Recovery loadFrom(FileName file) throws StoreException, IOException {
        Path path = directory.snapshot(file);
        SnapshotEnding ending;
        try {
            SnapshotEnding imaged = loadImageBeside(file);
            ending =
                    imaged != null
                            ? imaged
                            : new SnapshotReader(directory.disk, path, sinks.sink(file.zxid()))
                                    .read(progress);
        } catch (IOException e) {
            refuseUnknown(e, path);
            boolean cut = e instanceof SnapshotDamageException damage && damage.endsEarly();
            reject(file, String.valueOf(e.getMessage()), cut);
            return null;
        }
        if (ending.digestZxid() >= file.zxid()) {
            consumer.digest(ending.digestZxid(), ending.digestVersion(), ending.digest());
        }
        long lastZxid = replay(file.zxid());
        long reach = Math.max(ending.lastZxid(), ending.digestZxid());
        if (reach > lastZxid) {
            // Its walk saw transactions that the log lacks: no consistent state can come of it.
            String reason = "it reaches 0x%x, but the log ends at 0x%x".formatted(reach, lastZxid);
            reject(file, reason, false);
            return null;
        }
        checkNothingNewerWasLost(lastZxid);
        return new Store.Recovery(lastZxid, file.zxid(), true, true, List.copyOf(findings));
    }

    /** Null if there is no image beside the snapshot, or none that will do. */
    private @Nullable SnapshotEnding loadImageBeside(FileName snapshot) throws IOException {
        Path image = directory.imageBeside(snapshot);
        if (!directory.disk.exists(image)) {
            return null;
        }
        String problem;
        try {
            ImageFile.Outcome outcome =
                    ImageFile.read(
                            directory.disk, image, directory.snapshot(snapshot), sinks::image);
            if (outcome.ending() != null) {
                return outcome.ending();
            }
            problem = outcome.problem();
        } catch (IOException e) {
            problem = "it cannot be read: " + Opening.words(e);
        }
        findings.add("%s was passed over for its snapshot: %s".formatted(image, problem));
        return null;
    }

    private static void refuseUnknown(IOException e, Path path) throws StoreException {
        if (e instanceof SnapshotDamageException damage && damage.unknownFormat()) {
            throw new StoreException("%s %s.".formatted(path, e.getMessage()), e);
        }
    }

    private long replay(long afterZxid) throws StoreException, IOException {
        Replay replay = new Replay(directory, consumer, progress, findings);
        long lastZxid = replay.run(afterZxid);
        replayedCount = replay.count();
        replayedBytes = replay.bytes();
        return lastZxid;
    }

    private void reject(FileName file, String reason, boolean cut) {
        rejected.add(new Rejected(file, reason, cut));
        findings.add("%s was passed over: %s".formatted(directory.snapshot(file), reason));
    }

    /**
     * A snapshot's name says that this server once had everything up to there. ZooKeeper writes
     * snapshots in place, so a crash leaves them cut off; what is in them is in the log. Only a new
     * leader's may be named after an epoch that has no transaction yet.
     */
    private void checkNothingNewerWasLost(long lastZxid) throws StoreException, IOException {
        for (Rejected snapshot : rejected) {
            long zxid = snapshot.file.zxid();
            boolean harmless =
                    zxid <= lastZxid
                            || Zxid.counter(zxid) == 0 && snapshot.cut && isCut(snapshot.file);
            if (!harmless) {
                throw StoreException.damage(
                        "%s cannot be loaded (%s), and without it the state ends at 0x%x."
                                .formatted(
                                        directory.snapshot(snapshot.file),
                                        snapshot.reason,
                                        lastZxid));
            }
        }
    }

    /** Whether the file is a snapshot's beginning, and nothing is wrong but the missing end. */
    private boolean isCut(FileName file) throws IOException {
        if (directory.size(directory.snapshot(file)) == 0) {
            return true;
        }
        try {
            new SnapshotReader(directory.disk, directory.snapshot(file), SnapshotTally.ignoring())
                    .read(null);
            return false;
        } catch (SnapshotDamageException e) {
            return e.endsEarly();
        }
    }

    private Store.Recovery withoutSnapshot(int tried) throws StoreException, IOException {
        if (tried > 0) {
            throw StoreException.damage(
                    "%s has no snapshot that can be loaded: %s."
                            .formatted(directory.snapshots, String.join("; ", findings)));
        }
        if (holdsRecords()) {
            if (!trustEmpty) {
                throw StoreException.damage(
                        "%s holds a transaction log, but %s no valid snapshot. (If this server was upgraded from before 3.5.3, start it once with zookeeper.snapshot.trust.empty=true.)"
                                .formatted(directory.logs, directory.snapshots));
            }
            FirstState.give(sinks.sink(0));
            long lastZxid = replay(0);
            checkNothingNewerWasLost(lastZxid);
            return new Store.Recovery(lastZxid, -1, true, true, List.copyOf(findings));
        }
        checkNothingNewerWasLost(0);
        FirstState.give(sinks.sink(0));
        return new Store.Recovery(
                emptyMayVote ? 0 : -1, -1, emptyMayVote, true, List.copyOf(findings));
    }

    /** Removes logs without any record on the way. */
    private boolean holdsRecords() throws StoreException, IOException {
        for (FileName file : directory.logFiles()) {
            try (LogScan scan = new LogScan(directory.disk, directory.log(file))) {
                LogBlock block = new LogBlock();
                scan.read(block);
                if (block.count > 0 || block.end == null || !holdsNothing(block.end)) {
                    return true;
                }
            }
        }
        new Replay(directory, consumer, progress, findings).run(0);
        return false;
    }

    private static boolean holdsNothing(LogEnd end) {
        return switch (end.kind()) {
            case CLEAN, EMPTY, TORN -> true;
            case DAMAGED, UNKNOWN -> false;
        };
    }
}
