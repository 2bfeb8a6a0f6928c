package org.quorate.node.config;

import static org.quorate.node.config.ValueType.bool;
import static org.quorate.node.config.ValueType.integer;
import static org.quorate.node.config.ValueType.oneOf;
import static org.quorate.node.config.ValueType.only;
import static org.quorate.node.config.ValueType.text;
import static org.quorate.node.config.ValueType.yesNo;

import java.util.List;
import org.quorate.node.config.Setting.Group;

/** The keys of {@link Settings} that tell the ensemble and its members. Immutable. */
final class EnsembleSettings {
    private static final SettingTable TABLE = new SettingTable(Group.ENSEMBLE);

    static final Setting<Integer> INIT_LIMIT =
            TABLE.file(
                    "initLimit",
                    integer(1, 1_000_000),
                    "",
                    "Ticks a follower has to connect and synchronise. Required in an ensemble.",
                    "ensemble");
    static final Setting<Integer> SYNC_LIMIT =
            TABLE.file(
                    "syncLimit",
                    integer(1, 1_000_000),
                    "",
                    "Ticks a follower may be silent. Required in an ensemble.",
                    "ensemble");
    static final Setting<Integer> CONNECT_LIMIT =
            TABLE.both(
                    "connectToLearnerMasterLimit",
                    integer(0, 1_000_000),
                    "0",
                    "Ticks to reach a new leader; 0 for initLimit.",
                    "ensemble");
    static final Setting<String> PEER_TYPE =
            TABLE.file(
                    "peerType",
                    oneOf("participant", "observer"),
                    "participant",
                    "Whether this server votes. The server.N lines decide if they differ.",
                    "ensemble");
    static final Setting<String> DYNAMIC_CONFIG_FILE =
            TABLE.file(
                    "dynamicConfigFile",
                    text(),
                    "",
                    "File with the server.N, group.N and weight.N lines.",
                    "ensemble");
    static final Setting<Boolean> STANDALONE_ENABLED =
            TABLE.file(
                    "standaloneEnabled",
                    bool(),
                    "true",
                    "Whether one server.N line means a standalone server.",
                    "ensemble");
    static final Setting<Boolean> RECONFIG_ENABLED =
            TABLE.file(
                    "reconfigEnabled",
                    bool(),
                    "false",
                    "Members may be changed while running.",
                    "ensemble");
    static final Setting<Boolean> MULTI_ADDRESS =
            TABLE.both(
                    "multiAddress.enabled",
                    bool(),
                    "false",
                    "A server's line may have several addresses, with | between.",
                    "ensemble");
    static final Setting<Boolean> LISTEN_ON_ALL_IPS =
            TABLE.file(
                    "quorumListenOnAllIPs",
                    bool(),
                    "false",
                    "Bind the quorum and election ports on all addresses.",
                    "net");
    static final Setting<String> ELECTION_ALG =
            TABLE.file(
                    "electionAlg", oneOf("3"), "3", "The election; there is only one.", "ensemble");
    static final Setting<Boolean> LEADER_SERVES =
            TABLE.both("leaderServes", yesNo(), "yes", "The leader accepts clients.", "net");
    static final Setting<Boolean> SYNC_ENABLED =
            TABLE.named(
                    "syncEnabled",
                    List.of("zookeeper.observer.syncEnabled", "zookeeper.syncEnabled"),
                    bool(),
                    "true",
                    "An observer logs and snapshots; false is warned about, it always does.",
                    "log");
    static final Setting<Integer> OBSERVER_MASTER_PORT =
            TABLE.both(
                    "observerMasterPort",
                    integer(0, 65_535),
                    "0",
                    "Followers serve observers on this port, and observers go to them; 0 for no.",
                    "ensemble");
    static final Setting<Integer> SNAP_SYNCS_MAX =
            TABLE.both(
                    "leader.maxConcurrentSnapSyncs",
                    integer(1, 1_000),
                    "10",
                    "Observers sent a whole snapshot at once; more are sent away for now.",
                    "ensemble");
    static final Setting<Integer> DIFF_SYNCS_MAX =
            TABLE.both(
                    "leader.maxConcurrentDiffSyncs",
                    integer(1, 1_000),
                    "100",
                    "Observers sent what they lack at once; more are sent away for now.",
                    "ensemble");
    static final Setting<Boolean> TCP_KEEP_ALIVE =
            TABLE.both(
                    "tcpKeepAlive",
                    bool(),
                    "false",
                    "TCP keep-alive on sockets between servers.",
                    "net");
    static final Setting<Boolean> LOCAL_SESSIONS =
            TABLE.file(
                    "localSessionsEnabled",
                    bool(),
                    "false",
                    "Sessions that only their server knows.",
                    "sessions");
    static final Setting<Boolean> LOCAL_SESSIONS_UPGRADING =
            TABLE.file(
                    "localSessionsUpgradingEnabled",
                    bool(),
                    "false",
                    "Such a session becomes global at its first ephemeral.",
                    "sessions");
    static final Setting<Boolean> READ_ONLY_MODE =
            TABLE.property(
                    "readonlymode.enabled",
                    bool(),
                    "false",
                    "Serve reads to clients that allow it while cut off from the quorum.",
                    "replica");
    static final Setting<String> ORACLE_PATH =
            TABLE.file(
                    "oraclePath",
                    only("", "quorums decided by an oracle are not supported"),
                    "",
                    "Oracle for ensembles of two.",
                    "ensemble");

    private EnsembleSettings() {}

    static List<Setting<?>> all() {
        return TABLE.all();
    }
}
