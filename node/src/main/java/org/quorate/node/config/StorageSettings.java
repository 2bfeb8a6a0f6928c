package org.quorate.node.config;

import static org.quorate.node.config.ValueType.bool;
import static org.quorate.node.config.ValueType.integer;
import static org.quorate.node.config.ValueType.longInteger;
import static org.quorate.node.config.ValueType.oneOf;
import static org.quorate.node.config.ValueType.text;
import static org.quorate.node.config.ValueType.yesNo;

import java.util.List;
import org.quorate.node.config.Setting.Group;

/** The keys of {@link Settings} that tell the data directory, the log and snapshots. Immutable. */
final class StorageSettings {
    private static final int ANY = Integer.MAX_VALUE;
    private static final SettingTable TABLE = new SettingTable(Group.STORAGE);

    static final Setting<String> DATA_DIR =
            TABLE.file(
                    "dataDir",
                    text(),
                    "",
                    "Directory of snapshots, epochs and myid. Required in a file.",
                    "log");
    static final Setting<String> DATA_LOG_DIR =
            TABLE.file(
                    "dataLogDir",
                    text(),
                    "",
                    "Directory of the transaction log; dataDir if left out.",
                    "log");
    static final Setting<Integer> SNAP_COUNT =
            TABLE.both(
                    "snapCount",
                    integer(2, ANY),
                    "100000",
                    "Transactions between snapshots; each server draws from half of it to all.",
                    "log");
    static final Setting<Long> SNAP_SIZE_LIMIT =
            TABLE.both(
                    "snapSizeLimitInKb",
                    longInteger(-1, 1L << 40),
                    "4194304",
                    "Log between snapshots, KB; 0 or -1 for no limit.",
                    "log");
    static final Setting<Long> PRE_ALLOC_SIZE =
            TABLE.both(
                    "preAllocSize",
                    longInteger(0, 1L << 32),
                    "65536",
                    "Room laid ahead of the log's end, KB.",
                    "log");
    static final Setting<Integer> COMMIT_LOG_COUNT =
            TABLE.both(
                    "commitLogCount",
                    integer(1, 10_000_000),
                    "500",
                    "Committed transactions kept in memory for followers that were away.",
                    "ensemble");
    static final Setting<Boolean> FORCE_SYNC =
            TABLE.both(
                    "forceSync",
                    yesNo(),
                    "yes",
                    "Sync the log to disk before anything is acknowledged. 'no' is unsafe.",
                    "log");
    static final Setting<Integer> FSYNC_WARNING =
            TABLE.named(
                    "fsync.warningthresholdms",
                    List.of("zookeeper.fsync.warningthresholdms", "fsync.warningthresholdms"),
                    integer(0, ANY),
                    "1000",
                    "A sync slower than this is warned about and counted, ms.",
                    "log");
    static final Setting<String> SNAPSHOT_COMPRESSION =
            TABLE.both(
                    "snapshot.compression.method",
                    oneOf("", "gz", "snappy"),
                    "",
                    "Compression of snapshots; empty for none.",
                    "log");
    static final Setting<Boolean> SNAPSHOT_TRUST_EMPTY =
            TABLE.both(
                    "snapshot.trust.empty",
                    bool(),
                    "false",
                    "Accept a log without any snapshot (after an upgrade from before 3.5.3).",
                    "log");
    static final Setting<Boolean> DIGEST_ENABLED =
            TABLE.both(
                    "digest.enabled",
                    bool(),
                    "true",
                    "Keep the tree's digest and compare it between servers.",
                    "tree, log");
    static final Setting<Boolean> DATADIR_AUTOCREATE =
            TABLE.both(
                    "datadir.autocreate", bool(), "true", "Make missing data directories.", "log");
    static final Setting<Boolean> DB_AUTOCREATE =
            TABLE.both(
                    "db.autocreate",
                    bool(),
                    "true",
                    "A server with an empty directory may vote.",
                    "log, ensemble");
    static final Setting<Integer> SNAP_RETAIN_COUNT =
            TABLE.file(
                    "autopurge.snapRetainCount",
                    integer(0, ANY),
                    "3",
                    "Snapshots kept by the purge; fewer than 3 count as 3.",
                    "log");
    static final Setting<Integer> PURGE_INTERVAL =
            TABLE.file(
                    "autopurge.purgeInterval",
                    integer(0, 8760),
                    "1",
                    "Hours between purges of old snapshots and logs, which come sooner when these"
                            + " take more room than what is kept; 0 for never (ZooKeeper's"
                            + " default, where Quorate's is 1).",
                    "log");

    private StorageSettings() {}

    static List<Setting<?>> all() {
        return TABLE.all();
    }
}
