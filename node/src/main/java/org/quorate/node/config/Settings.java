package org.quorate.node.config;

import static org.quorate.node.config.ValueType.bool;
import static org.quorate.node.config.ValueType.integer;
import static org.quorate.node.config.ValueType.longInteger;
import static org.quorate.node.config.ValueType.oneOf;
import static org.quorate.node.config.ValueType.only;
import static org.quorate.node.config.ValueType.port;
import static org.quorate.node.config.ValueType.text;
import static org.quorate.node.config.ValueType.yesNo;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.quorate.node.config.Setting.Group;
import org.quorate.protocol.Zxid;

/**
 * The table of all keys that the server reads: the reader of {@code zoo.cfg} and the reference page
 * {@code docs/configuration.md} both come from it. Keys, defaults and meanings are those of
 * ZooKeeper 3.9 (reference: administration §1) unless the group says otherwise. Immutable.
 */
final class Settings {
    private static final int ANY = Integer.MAX_VALUE;
    private static final List<Setting<?>> TABLE = new ArrayList<>();

    // ---- clients and ports

    static final Setting<Integer> CLIENT_PORT =
            file(Group.CLIENTS, "clientPort", port(), "", "Port for plain clients.", "net");
    static final Setting<String> CLIENT_PORT_ADDRESS =
            file(
                    Group.CLIENTS,
                    "clientPortAddress",
                    text(),
                    "",
                    "Address that port is bound to; all addresses if left out.",
                    "net");
    static final Setting<Integer> SECURE_CLIENT_PORT =
            file(Group.CLIENTS, "secureClientPort", port(), "", "Port for TLS clients.", "net");
    static final Setting<String> SECURE_CLIENT_PORT_ADDRESS =
            file(
                    Group.CLIENTS,
                    "secureClientPortAddress",
                    text(),
                    "",
                    "Address that port is bound to; all addresses if left out.",
                    "net");
    static final Setting<Boolean> PORT_UNIFICATION =
            both(
                    Group.CLIENTS,
                    "client.portUnification",
                    bool(),
                    "false",
                    "The plain port takes TLS clients too.",
                    "net");
    static final Setting<Integer> LISTEN_BACKLOG =
            file(
                    Group.CLIENTS,
                    "clientPortListenBacklog",
                    integer(-1, 65_535),
                    "-1",
                    "Connections waiting to be accepted; -1 for the system's default.",
                    "net");
    static final Setting<Boolean> CLIENT_KEEP_ALIVE =
            both(
                    Group.CLIENTS,
                    "clientTcpKeepAlive",
                    bool(),
                    "false",
                    "TCP keep-alive on clients' sockets.",
                    "net");

    // ---- time

    static final Setting<Integer> TICK_TIME =
            file(
                    Group.TIMING,
                    "tickTime",
                    integer(1, ANY),
                    "3000",
                    "Milliseconds; the base of session timeouts, initLimit and syncLimit.",
                    "sessions, ensemble");
    static final Setting<Integer> MIN_SESSION_TIMEOUT =
            file(
                    Group.TIMING,
                    "minSessionTimeout",
                    integer(-1, ANY),
                    "-1",
                    "Shortest session timeout granted, ms; -1 for 2 ticks.",
                    "sessions");
    static final Setting<Integer> MAX_SESSION_TIMEOUT =
            file(
                    Group.TIMING,
                    "maxSessionTimeout",
                    integer(-1, ANY),
                    "-1",
                    "Longest session timeout granted, ms; -1 for 20 ticks.",
                    "sessions");
    static final Setting<Integer> CONTAINER_CHECK =
            property(
                    Group.TIMING,
                    "znode.container.checkIntervalMs",
                    integer(1, ANY),
                    "60000",
                    "Milliseconds between sweeps of containers and TTL znodes.",
                    "sweeps");
    static final Setting<Integer> CONTAINER_MAX_PER_MINUTE =
            property(
                    Group.TIMING,
                    "znode.container.maxPerMinute",
                    integer(1, ANY),
                    "10000",
                    "Deletions by a sweep, at most.",
                    "sweeps");
    static final Setting<Long> CONTAINER_NEVER_USED =
            property(
                    Group.TIMING,
                    "znode.container.maxNeverUsedIntervalMs",
                    longInteger(0, Long.MAX_VALUE),
                    "0",
                    "Age at which a container that never had a child goes, ms; 0 for never.",
                    "sweeps");

    // ---- limits

    static final Setting<Integer> JUTE_MAXBUFFER =
            property(
                    Group.LIMITS,
                    "jute.maxbuffer",
                    juteMaxBuffer(),
                    "1048575",
                    "Longest frame in bytes; a longer one closes its connection.",
                    "net, replica, ensemble");
    static final Setting<Integer> JUTE_EXTRASIZE =
            both(
                    Group.LIMITS,
                    "jute.maxbuffer.extrasize",
                    integer(0, 1 << 30),
                    "",
                    "Bytes beyond jute.maxbuffer that a field read from disk or a peer may have;"
                            + " as many as jute.maxbuffer if left out, at least 1024.",
                    "ensemble");
    static final Setting<Integer> MAX_CLIENT_CNXNS =
            file(
                    Group.LIMITS,
                    "maxClientCnxns",
                    integer(-1, ANY),
                    "60",
                    "Connections from one address; 0 or -1 for no limit.",
                    "net");
    static final Setting<Integer> MAX_CNXNS =
            both(
                    Group.LIMITS,
                    "maxCnxns",
                    integer(0, ANY),
                    "0",
                    "Connections in all; 0 for no limit.",
                    "net");
    static final Setting<Integer> GLOBAL_OUTSTANDING_LIMIT =
            both(
                    Group.LIMITS,
                    "globalOutstandingLimit",
                    integer(1, ANY),
                    "1000",
                    "Requests under way, past which the server stops reading from busy"
                            + " connections. In an ensemble of n > 2 it is divided by n-1.",
                    "net");
    static final Setting<Integer> LARGE_REQUEST_MAX_BYTES =
            both(
                    Group.LIMITS,
                    "largeRequestMaxBytes",
                    integer(1, ANY),
                    "104857600",
                    "Bytes of large requests under way, at most.",
                    "net");
    static final Setting<Integer> LARGE_REQUEST_THRESHOLD =
            both(
                    Group.LIMITS,
                    "largeRequestThreshold",
                    integer(-1, ANY),
                    "-1",
                    "A request is large from this size on; -1 for never.",
                    "net");
    static final Setting<Integer> HANDSHAKE_TIMEOUT =
            both(
                    Group.LIMITS,
                    "nio.sessionlessCnxnTimeout",
                    integer(1, ANY),
                    "10000",
                    "Milliseconds a connection may live without a session.",
                    "net");

    // ---- storage

    static final Setting<String> DATA_DIR =
            file(
                    Group.STORAGE,
                    "dataDir",
                    text(),
                    "",
                    "Directory of snapshots, epochs and myid. Required in a file.",
                    "log");
    static final Setting<String> DATA_LOG_DIR =
            file(
                    Group.STORAGE,
                    "dataLogDir",
                    text(),
                    "",
                    "Directory of the transaction log; dataDir if left out.",
                    "log");
    static final Setting<Integer> SNAP_COUNT =
            both(
                    Group.STORAGE,
                    "snapCount",
                    integer(2, ANY),
                    "100000",
                    "Transactions between snapshots; each server draws from half of it to all.",
                    "log");
    static final Setting<Long> SNAP_SIZE_LIMIT =
            both(
                    Group.STORAGE,
                    "snapSizeLimitInKb",
                    longInteger(-1, 1L << 40),
                    "4194304",
                    "Log between snapshots, KB; 0 or -1 for no limit.",
                    "log");
    static final Setting<Long> PRE_ALLOC_SIZE =
            both(
                    Group.STORAGE,
                    "preAllocSize",
                    longInteger(0, 1L << 32),
                    "65536",
                    "Room laid ahead of the log's end, KB.",
                    "log");
    static final Setting<Integer> COMMIT_LOG_COUNT =
            both(
                    Group.STORAGE,
                    "commitLogCount",
                    integer(1, 10_000_000),
                    "500",
                    "Committed transactions kept in memory for followers that were away.",
                    "ensemble");
    static final Setting<Boolean> FORCE_SYNC =
            both(
                    Group.STORAGE,
                    "forceSync",
                    yesNo(),
                    "yes",
                    "Sync the log to disk before anything is acknowledged. 'no' is unsafe.",
                    "log");
    static final Setting<Integer> FSYNC_WARNING =
            named(
                    Group.STORAGE,
                    "fsync.warningthresholdms",
                    List.of("zookeeper.fsync.warningthresholdms", "fsync.warningthresholdms"),
                    integer(0, ANY),
                    "1000",
                    "A sync slower than this is warned about and counted, ms.",
                    "log");
    static final Setting<String> SNAPSHOT_COMPRESSION =
            both(
                    Group.STORAGE,
                    "snapshot.compression.method",
                    oneOf("", "gz", "snappy"),
                    "",
                    "Compression of snapshots; empty for none.",
                    "log");
    static final Setting<Boolean> SNAPSHOT_TRUST_EMPTY =
            both(
                    Group.STORAGE,
                    "snapshot.trust.empty",
                    bool(),
                    "false",
                    "Accept a log without any snapshot (after an upgrade from before 3.5.3).",
                    "log");
    static final Setting<Boolean> DIGEST_ENABLED =
            both(
                    Group.STORAGE,
                    "digest.enabled",
                    bool(),
                    "true",
                    "Keep the tree's digest and compare it between servers.",
                    "tree, log");
    static final Setting<Boolean> DATADIR_AUTOCREATE =
            both(
                    Group.STORAGE,
                    "datadir.autocreate",
                    bool(),
                    "true",
                    "Make missing data directories.",
                    "log");
    static final Setting<Boolean> DB_AUTOCREATE =
            both(
                    Group.STORAGE,
                    "db.autocreate",
                    bool(),
                    "true",
                    "A server with an empty directory may vote.",
                    "log, ensemble");
    static final Setting<Integer> SNAP_RETAIN_COUNT =
            file(
                    Group.STORAGE,
                    "autopurge.snapRetainCount",
                    integer(0, ANY),
                    "3",
                    "Snapshots kept by the purge; fewer than 3 count as 3.",
                    "log");
    static final Setting<Integer> PURGE_INTERVAL =
            file(
                    Group.STORAGE,
                    "autopurge.purgeInterval",
                    integer(0, 8760),
                    "1",
                    "Hours between purges of old snapshots and logs; 0 for never"
                            + " (ZooKeeper's default, where Quorate's is 1).",
                    "log");

    // ---- ensemble

    static final Setting<Integer> INIT_LIMIT =
            file(
                    Group.ENSEMBLE,
                    "initLimit",
                    integer(1, 1_000_000),
                    "",
                    "Ticks a follower has to connect and synchronise. Required in an ensemble.",
                    "ensemble");
    static final Setting<Integer> SYNC_LIMIT =
            file(
                    Group.ENSEMBLE,
                    "syncLimit",
                    integer(1, 1_000_000),
                    "",
                    "Ticks a follower may be silent. Required in an ensemble.",
                    "ensemble");
    static final Setting<Integer> CONNECT_LIMIT =
            both(
                    Group.ENSEMBLE,
                    "connectToLearnerMasterLimit",
                    integer(0, 1_000_000),
                    "0",
                    "Ticks to reach a new leader; 0 for initLimit.",
                    "ensemble");
    static final Setting<String> PEER_TYPE =
            file(
                    Group.ENSEMBLE,
                    "peerType",
                    oneOf("participant", "observer"),
                    "participant",
                    "Whether this server votes. The server.N lines decide if they differ.",
                    "ensemble");
    static final Setting<String> DYNAMIC_CONFIG_FILE =
            file(
                    Group.ENSEMBLE,
                    "dynamicConfigFile",
                    text(),
                    "",
                    "File with the server.N, group.N and weight.N lines.",
                    "ensemble");
    static final Setting<Boolean> STANDALONE_ENABLED =
            file(
                    Group.ENSEMBLE,
                    "standaloneEnabled",
                    bool(),
                    "true",
                    "Whether one server.N line means a standalone server.",
                    "ensemble");
    static final Setting<Boolean> RECONFIG_ENABLED =
            file(
                    Group.ENSEMBLE,
                    "reconfigEnabled",
                    bool(),
                    "false",
                    "Members may be changed while running.",
                    "ensemble");
    static final Setting<Boolean> LISTEN_ON_ALL_IPS =
            file(
                    Group.ENSEMBLE,
                    "quorumListenOnAllIPs",
                    bool(),
                    "false",
                    "Bind the quorum and election ports on all addresses.",
                    "net");
    static final Setting<String> ELECTION_ALG =
            file(
                    Group.ENSEMBLE,
                    "electionAlg",
                    oneOf("3"),
                    "3",
                    "The election; there is only one.",
                    "ensemble");
    static final Setting<Boolean> LEADER_SERVES =
            both(
                    Group.ENSEMBLE,
                    "leaderServes",
                    yesNo(),
                    "yes",
                    "The leader accepts clients.",
                    "net");
    static final Setting<Boolean> SYNC_ENABLED =
            named(
                    Group.ENSEMBLE,
                    "syncEnabled",
                    List.of("zookeeper.observer.syncEnabled", "zookeeper.syncEnabled"),
                    bool(),
                    "true",
                    "An observer logs and snapshots; false is warned about, it always does.",
                    "log");
    static final Setting<Integer> OBSERVER_MASTER_PORT =
            both(
                    Group.ENSEMBLE,
                    "observerMasterPort",
                    integer(0, 65_535),
                    "0",
                    "Followers serve observers on this port, and observers go to them; 0 for no.",
                    "ensemble");
    static final Setting<Integer> SNAP_SYNCS_MAX =
            both(
                    Group.ENSEMBLE,
                    "leader.maxConcurrentSnapSyncs",
                    integer(1, 1_000),
                    "10",
                    "Observers sent a whole snapshot at once; more are sent away for now.",
                    "ensemble");
    static final Setting<Integer> DIFF_SYNCS_MAX =
            both(
                    Group.ENSEMBLE,
                    "leader.maxConcurrentDiffSyncs",
                    integer(1, 1_000),
                    "100",
                    "Observers sent what they lack at once; more are sent away for now.",
                    "ensemble");
    static final Setting<Boolean> TCP_KEEP_ALIVE =
            both(
                    Group.ENSEMBLE,
                    "tcpKeepAlive",
                    bool(),
                    "false",
                    "TCP keep-alive on sockets between servers.",
                    "net");
    static final Setting<Boolean> LOCAL_SESSIONS =
            file(
                    Group.ENSEMBLE,
                    "localSessionsEnabled",
                    bool(),
                    "false",
                    "Sessions that only their server knows.",
                    "sessions");
    static final Setting<Boolean> LOCAL_SESSIONS_UPGRADING =
            file(
                    Group.ENSEMBLE,
                    "localSessionsUpgradingEnabled",
                    bool(),
                    "false",
                    "Such a session becomes global at its first ephemeral.",
                    "sessions");
    static final Setting<Boolean> READ_ONLY_MODE =
            property(
                    Group.ENSEMBLE,
                    "readonlymode.enabled",
                    bool(),
                    "false",
                    "Serve reads to clients that allow it while cut off from the quorum.",
                    "replica");
    static final Setting<String> ORACLE_PATH =
            file(
                    Group.ENSEMBLE,
                    "oraclePath",
                    only("", "quorums decided by an oracle are not supported"),
                    "",
                    "Oracle for ensembles of two.",
                    "ensemble");

    // ---- behaviour

    static final Setting<Boolean> EXTENDED_TYPES =
            both(
                    Group.BEHAVIOUR,
                    "extendedTypesEnabled",
                    bool(),
                    "false",
                    "TTL znodes are allowed.",
                    "tree, replica");
    static final Setting<String> EMULATE_353_TTL =
            both(
                    Group.BEHAVIOUR,
                    "emulate353TTLNodes",
                    only("false", "the TTL encoding of 3.5.3 is not supported"),
                    "false",
                    "TTL encoding of 3.5.3.",
                    "tree");
    static final Setting<Boolean> ENFORCE_QUOTA =
            both(
                    Group.BEHAVIOUR,
                    "enforceQuota",
                    bool(),
                    "false",
                    "Hard quotas refuse writes.",
                    "replica");
    static final Setting<Boolean> SKIP_ACL =
            both(Group.BEHAVIOUR, "skipACL", yesNo(), "no", "No access checks at all.", "replica");
    static final Setting<Boolean> AUDIT =
            both(
                    Group.BEHAVIOUR,
                    "audit.enable",
                    bool(),
                    "false",
                    "A line for each change and who made it, on ZooKeeper's audit logger.",
                    "node");

    // ---- authentication

    static final Setting<String> SUPER_DIGEST =
            both(
                    Group.AUTHENTICATION,
                    "DigestAuthenticationProvider.superDigest",
                    text(),
                    "",
                    "super:base64(sha1(super:password)): the user whom no access list stops.",
                    "replica");
    static final Setting<Boolean> DIGEST_AUTH =
            both(
                    Group.AUTHENTICATION,
                    "DigestAuthenticationProvider.enabled",
                    bool(),
                    "true",
                    "Whether the digest scheme is there.",
                    "replica");
    static final Setting<String> DIGEST_ALG =
            both(
                    Group.AUTHENTICATION,
                    "DigestAuthenticationProvider.digestAlg",
                    onlySha1(),
                    "SHA1",
                    "Hash of digest ids.",
                    "replica");
    static final Setting<Boolean> ENFORCE_AUTH =
            both(
                    Group.AUTHENTICATION,
                    "enforce.auth.enabled",
                    bool(),
                    "false",
                    "Refuse everything before a connection has authenticated.",
                    "replica");
    static final Setting<String> ENFORCE_AUTH_SCHEMES =
            both(
                    Group.AUTHENTICATION,
                    "enforce.auth.schemes",
                    text(),
                    "",
                    "Schemes that count, separated by commas.",
                    "replica");
    static final Setting<Boolean> REQUIRE_SASL =
            both(
                    Group.AUTHENTICATION,
                    "sessionRequireClientSASLAuth",
                    bool(),
                    "false",
                    "The same with the scheme sasl alone.",
                    "replica");
    static final Setting<String> SASL_SECTION =
            both(
                    Group.AUTHENTICATION,
                    "sasl.serverconfig",
                    text(),
                    "Server",
                    "Section of the JAAS configuration (-Djava.security.auth.login.config) by which"
                            + " clients prove who they are. Without such a section there is no SASL.",
                    "net");
    static final Setting<Boolean> SASL_FAILED_STAY =
            both(
                    Group.AUTHENTICATION,
                    "allowSaslFailedClients",
                    bool(),
                    "false",
                    "A client that cannot prove who it is keeps its connection.",
                    "net");
    static final Setting<String> SASL_SUPER_USER =
            both(
                    Group.AUTHENTICATION,
                    "superUser",
                    text(),
                    "",
                    "SASL name of a user whom no access list stops; further ones by superUser.x.",
                    "net");
    static final Setting<String> SASL_SUPER_PASSWORD =
            both(
                    Group.AUTHENTICATION,
                    "SASLAuthenticationProvider.superPassword",
                    text(),
                    "",
                    "Password of the user super of the JAAS section, in place of the one there.",
                    "net");
    static final Setting<String> ANY_SASL_USER =
            both(
                    Group.AUTHENTICATION,
                    "letAnySaslUserDoX",
                    text(),
                    "",
                    "A name that stands for every SASL user in access lists.",
                    "replica");
    static final Setting<Boolean> REMOVE_HOST =
            both(
                    Group.AUTHENTICATION,
                    "kerberos.removeHostFromPrincipal",
                    bool(),
                    "false",
                    "service/host@REALM is called service@REALM.",
                    "net");
    static final Setting<Boolean> REMOVE_REALM =
            both(
                    Group.AUTHENTICATION,
                    "kerberos.removeRealmFromPrincipal",
                    bool(),
                    "false",
                    "service/host@REALM is called service/host.",
                    "net");
    static final Setting<String> AUTH_TO_LOCAL =
            both(
                    Group.AUTHENTICATION,
                    "security.auth_to_local",
                    text(),
                    "DEFAULT",
                    "How the first part of a principal's name is made, by Kerberos' rules.",
                    "net");
    static final Setting<Integer> MIN_RELOGIN =
            both(
                    Group.AUTHENTICATION,
                    "kerberos.minReLoginTimeMs",
                    integer(0, ANY),
                    "60000",
                    "Shortest time between two logins of this server, ms.",
                    "net");
    static final Setting<Boolean> FIPS_MODE =
            both(
                    Group.AUTHENTICATION,
                    "fips-mode",
                    bool(),
                    "true",
                    "As in ZooKeeper a server then proves nothing to others by DIGEST-MD5.",
                    "ensemble");
    static final Setting<Boolean> QUORUM_SASL =
            file(
                    Group.AUTHENTICATION,
                    "quorum.auth.enableSasl",
                    bool(),
                    "false",
                    "Servers that dial may prove who they are, by SASL.",
                    "ensemble");
    static final Setting<Boolean> QUORUM_SASL_DIALS =
            file(
                    Group.AUTHENTICATION,
                    "quorum.auth.learnerRequireSasl",
                    bool(),
                    "false",
                    "This server proves who it is to those whom it dials.",
                    "ensemble");
    static final Setting<Boolean> QUORUM_SASL_REQUIRED =
            file(
                    Group.AUTHENTICATION,
                    "quorum.auth.serverRequireSasl",
                    bool(),
                    "false",
                    "Those who dial this server must prove who they are.",
                    "ensemble");
    static final Setting<String> QUORUM_DIALLER_SECTION =
            file(
                    Group.AUTHENTICATION,
                    "quorum.auth.learner.saslLoginContext",
                    text(),
                    "QuorumLearner",
                    "Section of the JAAS configuration for dialling other servers.",
                    "ensemble");
    static final Setting<String> QUORUM_ACCEPTOR_SECTION =
            file(
                    Group.AUTHENTICATION,
                    "quorum.auth.server.saslLoginContext",
                    text(),
                    "QuorumServer",
                    "Section of the JAAS configuration for servers that dial.",
                    "ensemble");
    static final Setting<String> QUORUM_SERVICE_PRINCIPAL =
            file(
                    Group.AUTHENTICATION,
                    "quorum.auth.kerberos.servicePrincipal",
                    text(),
                    "zkquorum/localhost",
                    "Principal of the servers that are dialled; _HOST stands for their host.",
                    "ensemble");
    static final Setting<Boolean> CANONICAL_HOSTS =
            both(
                    Group.AUTHENTICATION,
                    "kerberos.canonicalizeHostNames",
                    bool(),
                    "false",
                    "That host by the name that the name service has for it.",
                    "ensemble");
    static final Setting<Integer> QUORUM_SASL_THREADS =
            file(
                    Group.AUTHENTICATION,
                    "quorum.cnxn.threads.size",
                    integer(1, 1000),
                    "20",
                    "Proofs of servers that are worked on at once.",
                    "ensemble");

    static final Setting<String> X509_SUPER_USER =
            both(
                    Group.AUTHENTICATION,
                    "X509AuthenticationProvider.superUser",
                    text(),
                    "",
                    "Subject of a client certificate whom no access list stops.",
                    "net");

    // ---- TLS

    static final Setting<Boolean> CLIENT_CERT_RELOAD =
            both(
                    Group.TLS,
                    "client.certReload",
                    bool(),
                    "false",
                    "Read the stores for clients again when their files change.",
                    "net");
    static final Setting<Integer> HANDSHAKES_MAX =
            both(
                    Group.TLS,
                    "netty.server.outstandingHandshake.limit",
                    integer(-1, ANY),
                    "250",
                    "TLS handshakes of clients at once; further connections are closed. 0 or -1"
                            + " for no limit (ZooKeeper's default).",
                    "net");
    static final Setting<Boolean> SSL_QUORUM =
            file(
                    Group.TLS,
                    "sslQuorum",
                    bool(),
                    "false",
                    "TLS between servers, on quorum and election ports.",
                    "ensemble");
    static final Setting<Boolean> QUORUM_PORT_UNIFICATION =
            file(
                    Group.TLS,
                    "portUnification",
                    bool(),
                    "false",
                    "Quorum and election ports take TLS and plain connections.",
                    "ensemble");
    static final Setting<Boolean> QUORUM_CERT_RELOAD =
            file(
                    Group.TLS,
                    "sslQuorumReloadCertFiles",
                    bool(),
                    "false",
                    "Read the stores of servers again when their files change.",
                    "ensemble");

    // ---- administration and metrics

    static final Setting<String> FOUR_LETTER_WORDS =
            both(
                    Group.ADMINISTRATION,
                    "4lw.commands.whitelist",
                    text(),
                    "srvr",
                    "Four-letter words that are answered, separated by commas; * for all.",
                    "admin");
    static final Setting<Boolean> ADMIN_ENABLED =
            both(
                    Group.ADMINISTRATION,
                    "admin.enableServer",
                    bool(),
                    "true",
                    "Whether the admin server runs.",
                    "admin");
    static final Setting<String> ADMIN_ADDRESS =
            both(
                    Group.ADMINISTRATION,
                    "admin.serverAddress",
                    text(),
                    "0.0.0.0",
                    "Address the admin server is bound to; 127.0.0.1 when there is no file.",
                    "admin");
    static final Setting<Integer> ADMIN_PORT =
            both(
                    Group.ADMINISTRATION,
                    "admin.serverPort",
                    integer(0, 65_535),
                    "8080",
                    "Its port; 0 for a free one.",
                    "admin");
    static final Setting<String> ADMIN_COMMAND_URL =
            both(
                    Group.ADMINISTRATION,
                    "admin.commandURL",
                    urlPath(),
                    "/commands",
                    "Where its commands stand.",
                    "admin");
    static final Setting<Integer> ADMIN_IDLE_TIMEOUT =
            both(
                    Group.ADMINISTRATION,
                    "admin.idleTimeout",
                    integer(1, ANY),
                    "30000",
                    "A connection idle for so long is closed, ms.",
                    "admin");
    static final Setting<Boolean> ADMIN_SNAPSHOT =
            both(
                    Group.ADMINISTRATION,
                    "admin.snapshot.enabled",
                    bool(),
                    "true",
                    "Whether the command snapshot is answered.",
                    "admin");
    static final Setting<Boolean> ADMIN_RESTORE =
            both(
                    Group.ADMINISTRATION,
                    "admin.restore.enabled",
                    bool(),
                    "true",
                    "Whether the command restore is answered.",
                    "admin");
    static final Setting<Long> ADMIN_RATE_LIMIT =
            both(
                    Group.ADMINISTRATION,
                    "admin.rateLimiterIntervalInMS",
                    longInteger(0, Long.MAX_VALUE / 1_000_000),
                    "300000",
                    "Shortest time between two snapshots, and between two restores, ms.",
                    "admin");
    static final Setting<PasswordHash> CONSOLE_PASSWORD_HASH =
            both(
                    Group.ADMINISTRATION,
                    "admin.console.passwordHash",
                    passwordHash(),
                    "",
                    "Hash of the password with which operators sign in to the console, as"
                            + " `quorate password` prints it; without it nobody can sign in, and"
                            + " the console changes nothing.",
                    "admin");
    static final Setting<Boolean> ADMIN_PORT_UNIFICATION =
            both(
                    Group.ADMINISTRATION,
                    "admin.portUnification",
                    bool(),
                    "false",
                    "The admin port takes TLS too, with the stores of ssl.quorum.",
                    "admin");
    static final Setting<Boolean> ADMIN_FORCE_HTTPS =
            both(
                    Group.ADMINISTRATION,
                    "admin.forceHttps",
                    bool(),
                    "false",
                    "The admin port takes TLS alone, with the stores of ssl.quorum.",
                    "admin");
    static final Setting<Boolean> ADMIN_NEED_CLIENT_AUTH =
            both(
                    Group.ADMINISTRATION,
                    "admin.needClientAuth",
                    bool(),
                    "false",
                    "Who comes to the admin port by TLS must show a certificate.",
                    "admin");
    static final Setting<String> METRICS_CLASS =
            file(
                    Group.ADMINISTRATION,
                    "metricsProvider.className",
                    metricsProvider(),
                    "org.apache.zookeeper.metrics.impl.DefaultMetricsProvider",
                    "Whether Prometheus finds the metrics at metricsProvider.httpPort.",
                    "metrics");
    static final Setting<String> METRICS_HOST =
            file(
                    Group.ADMINISTRATION,
                    "metricsProvider.httpHost",
                    text(),
                    "0.0.0.0",
                    "Address the metrics are served at.",
                    "metrics");
    static final Setting<Integer> METRICS_PORT =
            file(
                    Group.ADMINISTRATION,
                    "metricsProvider.httpPort",
                    integer(0, 65_535),
                    "7000",
                    "Port the metrics are served at; 0 for a free one.",
                    "metrics");
    static final Setting<Boolean> METRICS_JVM =
            file(
                    Group.ADMINISTRATION,
                    "metricsProvider.exportJvmInfo",
                    bool(),
                    "true",
                    "Metrics of the JVM too.",
                    "metrics");

    // ---- shares

    static final Setting<Integer> USER_REQUESTS =
            both(
                    Group.SHARES,
                    "limit.user.requestsPerSecond",
                    integer(0, ANY),
                    "0",
                    "Requests per second of one user; a multi counts as its operations do.",
                    "net");
    static final Setting<Long> USER_BYTES =
            both(
                    Group.SHARES,
                    "limit.user.bytesPerSecond",
                    bytes(),
                    "0",
                    "Bytes per second of the requests of one user, and of their replies.",
                    "net");
    static final Setting<Integer> USER_CONNECTIONS =
            both(
                    Group.SHARES,
                    "limit.user.connections",
                    integer(0, ANY),
                    "0",
                    "Connections of one user to this server. (Of one address: maxClientCnxns.)",
                    "replica");
    static final Setting<Integer> USER_SESSIONS =
            both(
                    Group.SHARES,
                    "limit.user.sessions",
                    integer(0, ANY),
                    "0",
                    "Sessions of one user that were opened at this server and are not over.",
                    "replica");
    static final Setting<Integer> USER_WATCHES =
            both(
                    Group.SHARES,
                    "limit.user.watches",
                    integer(0, ANY),
                    "0",
                    "Watches of one user at this server, as watch_count counts them.",
                    "replica");
    static final Setting<Integer> ADDRESS_REQUESTS =
            both(
                    Group.SHARES,
                    "limit.address.requestsPerSecond",
                    integer(0, ANY),
                    "0",
                    "Requests per second of one address; a multi counts as its operations do.",
                    "net");
    static final Setting<Long> ADDRESS_BYTES =
            both(
                    Group.SHARES,
                    "limit.address.bytesPerSecond",
                    bytes(),
                    "0",
                    "Bytes per second of the requests of one address, and of their replies.",
                    "net");
    static final Setting<Integer> ADDRESS_SESSIONS =
            both(
                    Group.SHARES,
                    "limit.address.sessions",
                    integer(0, ANY),
                    "0",
                    "Sessions of one address that were opened at this server and are not over.",
                    "replica");
    static final Setting<Integer> ADDRESS_WATCHES =
            both(
                    Group.SHARES,
                    "limit.address.watches",
                    integer(0, ANY),
                    "0",
                    "Watches of one address at this server, as watch_count counts them.",
                    "replica");
    static final Setting<String> PATH_PREFIXES =
            both(
                    Group.SHARES,
                    "limit.path.prefixes",
                    text(),
                    "",
                    "Paths, separated by commas.",
                    "net");
    static final Setting<Integer> PATH_REQUESTS =
            both(
                    Group.SHARES,
                    "limit.path.requestsPerSecond",
                    integer(0, ANY),
                    "0",
                    "Requests per second at and below one of limit.path.prefixes, of all clients; a multi counts as its operations do.",
                    "net");
    static final Setting<Long> PATH_BYTES =
            both(
                    Group.SHARES,
                    "limit.path.bytesPerSecond",
                    bytes(),
                    "0",
                    "Bytes per second of the requests at and below one of limit.path.prefixes, of all clients, and of their replies.",
                    "net");

    // ---- Quorate's own

    static final Setting<Integer> CONNECTION_IDS =
            both(
                    Group.OWN,
                    "connection.ids.limit",
                    integer(1, 10_000),
                    "100",
                    "Ids that one connection may prove to be; a further one fails to authenticate.",
                    "replica");
    static final Setting<Long> TREE_MEMORY_LIMIT =
            both(
                    Group.OWN,
                    "tree.memory.limit",
                    bytes(),
                    "0",
                    "Memory for the tree; past it writes that grow it are refused. 0 for no limit.",
                    "tree");
    static final Setting<Long> REPLY_LIMIT =
            both(
                    Group.OWN,
                    "reply.limit",
                    bytes(),
                    "64m",
                    "Longest reply, 1m to 1g; a longer one (a huge list of children, a multiRead)"
                            + " is answered with MarshallingError.",
                    "replica, net");
    static final Setting<Long> CONNECTION_UNSENT_LIMIT =
            both(
                    Group.OWN,
                    "connection.unsent.limit",
                    bytes(),
                    "64m",
                    "Bytes that wait for one client to read, its longest reply left out; past it"
                            + " the connection is closed.",
                    "net");
    static final Setting<Long> UNSENT_LIMIT =
            both(
                    Group.OWN,
                    "unsent.limit",
                    bytes(),
                    "256m",
                    "Bytes that wait for all clients to read; past it the connections with more"
                            + " than their share are closed.",
                    "net");
    static final Setting<Integer> HOLD_MILLIS =
            both(
                    Group.OWN,
                    "hold.limitMs",
                    integer(0, 600_000),
                    "3000",
                    "How long clients are held without a leader before they are dropped, ms;"
                            + " never longer than is safe for their sessions.",
                    "replica");
    static final Setting<Integer> HOLD_REQUESTS =
            both(
                    Group.OWN,
                    "hold.maxRequests",
                    integer(0, 10_000_000),
                    "10000",
                    "Requests held without a leader, in all.",
                    "replica");
    static final Setting<Long> HOLD_BYTES =
            both(
                    Group.OWN,
                    "hold.maxBytes",
                    bytes(),
                    "64m",
                    "Bytes of requests held without a leader, in all.",
                    "replica");
    static final Setting<Integer> SLOW_OPERATION =
            both(
                    Group.OWN,
                    "slowOperation.thresholdMs",
                    integer(0, ANY),
                    "100",
                    "From so many ms on an operation is told by the admin command slow_operations"
                            + " and in the log; 0 for never.",
                    "metrics");
    static final Setting<Boolean> PEER_EXTRAS =
            both(
                    Group.OWN,
                    "peer.extras",
                    bool(),
                    "true",
                    "Offer other Quorate servers what goes beyond ZooKeeper's peer protocol.",
                    "ensemble");

    static final Setting<Long> ZXID_COUNTER_MAX =
            both(
                    Group.OWN,
                    "zxid.counter.max",
                    longInteger(1_000, Zxid.COUNTER_MAX - 1),
                    Long.toString(Zxid.COUNTER_MAX - 1),
                    "Transactions in one epoch, the same on all servers; before the last the leader goes on"
                            + " in the next epoch. Less than the default is for trying that out.",
                    "ensemble");

    private Settings() {}

    /** All settings in the order of the table. */
    static List<Setting<?>> all() {
        return Collections.unmodifiableList(TABLE);
    }

    private static <T> Setting<T> file(
            Group group,
            String key,
            ValueType<T> type,
            String defaultText,
            String meaning,
            String readBy) {
        return add(new Setting<>(key, group, List.of(), true, type, defaultText, meaning, readBy));
    }

    private static <T> Setting<T> both(
            Group group,
            String key,
            ValueType<T> type,
            String defaultText,
            String meaning,
            String readBy) {
        List<String> names = List.of(Setting.PREFIX + key);
        return named(group, key, names, type, defaultText, meaning, readBy);
    }

    private static <T> Setting<T> named(
            Group group,
            String key,
            List<String> properties,
            ValueType<T> type,
            String defaultText,
            String meaning,
            String readBy) {
        return add(new Setting<>(key, group, properties, true, type, defaultText, meaning, readBy));
    }

    private static <T> Setting<T> property(
            Group group,
            String key,
            ValueType<T> type,
            String defaultText,
            String meaning,
            String readBy) {
        return add(
                new Setting<>(key, group, List.of(key), false, type, defaultText, meaning, readBy));
    }

    private static <T> Setting<T> add(Setting<T> setting) {
        TABLE.add(setting);
        return setting;
    }

    private static ValueType<Integer> juteMaxBuffer() {
        ValueType<Integer> type = integer(1024, 1 << 30);
        return new ValueType<>(
                type.legal() + ", also as 0x…",
                text ->
                        type.parser()
                                .apply(
                                        text.startsWith("0x")
                                                ? String.valueOf(
                                                        Integer.parseInt(text.substring(2), 16))
                                                : text));
    }

    private static ValueType<String> onlySha1() {
        return new ValueType<>(
                "SHA1: other hashes are not supported",
                text -> {
                    if (!text.replace("-", "").equalsIgnoreCase("SHA1")) {
                        throw new IllegalArgumentException();
                    }
                    return text;
                });
    }

    private static ValueType<String> urlPath() {
        return new ValueType<>(
                "a path that begins with / and does not end with it",
                text -> {
                    if (!text.startsWith("/") || text.endsWith("/")) {
                        throw new IllegalArgumentException();
                    }
                    return text;
                });
    }

    private static ValueType<PasswordHash> passwordHash() {
        return new ValueType<>(
                "a hash as `quorate password` prints it: pbkdf2-sha256:ROUNDS:SALT:HASH",
                PasswordHash::parse);
    }

    private static ValueType<String> metricsProvider() {
        return new ValueType<>(
                "a class whose name ends in DefaultMetricsProvider, NullMetricsProvider or"
                        + " PrometheusMetricsProvider",
                text -> {
                    String name = text.substring(text.lastIndexOf('.') + 1);
                    if (!List.of(
                                    "DefaultMetricsProvider",
                                    "NullMetricsProvider",
                                    "PrometheusMetricsProvider")
                            .contains(name)) {
                        throw new IllegalArgumentException();
                    }
                    return text;
                });
    }

    private static ValueType<Long> bytes() {
        return new ValueType<>(
                "a number of bytes, also with k, m or g behind it",
                text -> {
                    String digits = text;
                    long unit = 1;
                    int suffix =
                            text.isEmpty()
                                    ? -1
                                    : "kmg"
                                            .indexOf(
                                                    Character.toLowerCase(
                                                            text.charAt(text.length() - 1)));
                    if (suffix >= 0) {
                        unit = 1L << (10 * (suffix + 1));
                        digits = text.substring(0, text.length() - 1).strip();
                    }
                    long count = Long.parseLong(digits);
                    if (count < 0 || count > Long.MAX_VALUE / unit) {
                        throw new IllegalArgumentException();
                    }
                    return count * unit;
                });
    }
}
