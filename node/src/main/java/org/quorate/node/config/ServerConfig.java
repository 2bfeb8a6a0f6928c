package org.quorate.node.config;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.quorate.log.StoreOptions;
import org.quorate.net.sasl.PeerSasl;
import org.quorate.net.sasl.PrincipalNames;
import org.quorate.net.tls.TlsOptions;
import org.quorate.protocol.peer.Endpoint;
import org.quorate.protocol.peer.EnsembleConfig;
import org.quorate.protocol.peer.Member;
import org.quorate.replica.PathShare;
import org.quorate.replica.ReplicaOptions;
import org.quorate.replica.Scheme;
import org.quorate.replica.ShareOptions;
import org.quorate.tree.TreeOptions;
import org.quorate.zab.ZabOptions;

/**
 * All that one server is told at its start, as a value. Made by {@link ZooCfg} from a file, or by
 * {@link #embedded}; names and defaults are ZooKeeper's (docs/configuration.md). Immutable.
 *
 * @param serverId from {@code myid}; 0 for a standalone server
 * @param ports where clients connect
 * @param directories where it stores
 * @param timing session timeouts and sweeps
 * @param limits what is refused or held back
 * @param storage how it stores
 * @param purge which old files go
 * @param quorum the ensemble
 * @param behaviour switches
 * @param auth who may do what
 * @param admin four-letter words and the admin server
 * @param metrics Prometheus
 * @param tls encrypted connections
 * @param properties what the file told beyond ZooKeeper's file-only keys, by the name of the system
 *     property ZooKeeper would set
 * @param fileText the start file's text; empty without one
 */
public record ServerConfig(
        long serverId,
        Ports ports,
        Directories directories,
        Timing timing,
        Limits limits,
        Storage storage,
        Purge purge,
        Quorum quorum,
        Behaviour behaviour,
        Auth auth,
        Admin admin,
        Metrics metrics,
        Tls tls,
        Map<String, String> properties,
        String fileText) {

    public ServerConfig {
        properties = Map.copyOf(properties);
    }

    /** The file without its secrets. */
    @Override
    public String toString() {
        return "server %d: %s".formatted(serverId, Secrets.shown(fileText));
    }

    /**
     * Where clients connect.
     *
     * @param plain null for none; port 0 for a free one
     * @param secure TLS; null for none
     * @param unified the plain port takes TLS too
     * @param backlog connections waiting to be accepted; −1 for the system's default
     * @param keepAlive TCP keep-alive
     */
    public record Ports(
            @Nullable Endpoint plain,
            @Nullable Endpoint secure,
            boolean unified,
            int backlog,
            boolean keepAlive) {
        /** The same with another plain port. */
        public Ports withPlain(@Nullable Endpoint other) {
            return new Ports(other, secure, unified, backlog, keepAlive);
        }
    }

    /**
     * Where it stores.
     *
     * @param data snapshots, epochs, {@code myid}
     * @param log the transaction log; the same or another
     * @param autocreate make missing directories
     * @param emptyMayVote a server whose directory is empty may vote
     */
    public record Directories(Path data, Path log, boolean autocreate, boolean emptyMayVote) {}

    /**
     * Encrypted connections. Its text form shows no secrets.
     *
     * @param told keys {@code ssl.…} and {@code ssl.quorum.…}, passwords already read from their
     *     files
     * @param clients for clients' connections; null for none
     * @param handshakesMax of clients at once; ≤ 0 for no limit
     * @param peers between servers; null for none
     */
    public record Tls(
            Map<String, String> told,
            @Nullable TlsOptions clients,
            int handshakesMax,
            @Nullable PeersTls peers) {
        public Tls {
            told = Map.copyOf(told);
        }

        @Override
        public String toString() {
            return "TLS for clients: %s; between servers: %s".formatted(clients, peers);
        }
    }

    /**
     * TLS between servers.
     *
     * @param dials connections that this server opens speak TLS: {@code sslQuorum}
     * @param plainToo accepted connections may be plain: {@code portUnification}
     */
    public record PeersTls(TlsOptions options, boolean dials, boolean plainToo) {}

    /** Session timeouts and sweeps, in milliseconds. */
    public record Timing(
            int tickMillis,
            int minSessionTimeoutMillis,
            int maxSessionTimeoutMillis,
            int containerCheckMillis,
            int containersPerMinuteMax,
            long containerNeverUsedMillis) {
        /** The same with another tick, and session timeouts of 2 to 20 of it. */
        public Timing withTick(int otherTickMillis) {
            return new Timing(
                    otherTickMillis,
                    2 * otherTickMillis,
                    20 * otherTickMillis,
                    containerCheckMillis,
                    containersPerMinuteMax,
                    containerNeverUsedMillis);
        }
    }

    /**
     * What is refused or held back.
     *
     * @param frameBytesMax {@code jute.maxbuffer}
     * @param fieldBytesMax longest field read from disk or a peer
     * @param connectionsPerAddressMax 0 for no limit
     * @param connectionsMax 0 for no limit
     * @param outstandingRequestsMax past it the server stops reading from busy connections
     * @param largeRequestBytesMax bytes of large requests under way
     * @param largeRequestBytes a request is large from this size on; −1 for never
     * @param handshakeMillisMax a connection may live so long without a session
     * @param treeBytesMax memory of the tree; {@link Long#MAX_VALUE} for no limit
     * @param replyBytesMax longest reply
     * @param unsentBytesPerConnectionMax unsent bytes of one connection
     * @param unsentBytesMax unsent bytes of all
     * @param holdMillisMax how long clients are held without a leader
     * @param heldRequestsMax requests held without a leader, in all
     * @param heldBytesMax bytes of those
     * @param connectionIdsMax that one connection may prove to be
     * @param aclEntriesMax of one access list
     * @param shares of each user, each address, and all below a path
     */
    public record Limits(
            int frameBytesMax,
            int fieldBytesMax,
            int connectionsPerAddressMax,
            int connectionsMax,
            int outstandingRequestsMax,
            int largeRequestBytesMax,
            int largeRequestBytes,
            int handshakeMillisMax,
            long treeBytesMax,
            int replyBytesMax,
            long unsentBytesPerConnectionMax,
            long unsentBytesMax,
            int holdMillisMax,
            int heldRequestsMax,
            long heldBytesMax,
            int connectionIdsMax,
            int aclEntriesMax,
            Shares shares) {
        /** The same with another limit of connections of one address. */
        public Limits withConnectionsPerAddressMax(int other) {
            return new Limits(
                    frameBytesMax,
                    fieldBytesMax,
                    other,
                    connectionsMax,
                    outstandingRequestsMax,
                    largeRequestBytesMax,
                    largeRequestBytes,
                    handshakeMillisMax,
                    treeBytesMax,
                    replyBytesMax,
                    unsentBytesPerConnectionMax,
                    unsentBytesMax,
                    holdMillisMax,
                    heldRequestsMax,
                    heldBytesMax,
                    connectionIdsMax,
                    aclEntriesMax,
                    shares);
        }
    }

    /**
     * What each may have: keys {@code limit.…}.
     *
     * @param user each who has proven who it is, super users left out
     * @param address each client address
     * @param prefixes paths
     * @param path all that is asked for at and below each of them
     */
    public record Shares(Share user, Share address, List<String> prefixes, Share path) {
        public Shares {
            prefixes = List.copyOf(prefixes);
        }
    }

    /** 0 for no limit. */
    public record Share(
            long requestsPerSecond,
            long bytesPerSecond,
            int connections,
            int sessions,
            int watches) {
        ShareOptions held() {
            return new ShareOptions(connections, sessions, watches);
        }

        /** Is there a limit per second? */
        public boolean hasRates() {
            return requestsPerSecond > 0 || bytesPerSecond > 0;
        }
    }

    /** How it stores; see {@link StoreOptions}. */
    public record Storage(
            int snapCount,
            long snapBytes,
            long preallocBytes,
            boolean forceSync,
            String compression,
            boolean trustEmpty,
            boolean digest,
            int fsyncWarningMillis,
            int commitLogCount,
            boolean images) {
        /** The same with so many zeros laid ahead. */
        public Storage withPreallocBytes(long other) {
            return new Storage(
                    snapCount,
                    snapBytes,
                    other,
                    forceSync,
                    compression,
                    trustEmpty,
                    digest,
                    fsyncWarningMillis,
                    commitLogCount,
                    images);
        }
    }

    /**
     * Which old files go.
     *
     * @param retainCount snapshots kept, at least 3
     * @param intervalHours 0 for never
     */
    public record Purge(int retainCount, int intervalHours) {}

    /**
     * The ensemble.
     *
     * @param standalone no ensemble: the server is alone and has no quorum ports
     * @param members empty without {@code server.N} lines
     * @param proposed newer members that are not known to be committed; null without any
     * @param observer this server does not vote
     * @param initLimitTicks 0 if not told (standalone)
     * @param syncLimitTicks 0 if not told (standalone)
     * @param connectLimitTicks to reach a new leader
     * @param multiAddress a server may have several addresses
     * @param listenOnAllAddresses bind quorum and election ports on all addresses
     * @param leaderServes the leader accepts clients
     * @param observerStores an observer logs and snapshots
     * @param keepAlive TCP keep-alive between servers
     * @param extras offer what goes beyond ZooKeeper's peer protocol
     * @param counterMax transactions in one epoch
     * @param observerMasterPort where followers serve observers; 0 if they do not
     * @param snapSyncsMax observers sent a whole state at once
     * @param diffSyncsMax observers sent what they lack at once
     * @param unidentifiedMax connections to each port that have not said who they are
     * @param staticFile the start file; null without one
     * @param dynamicFile where the members stand; null if in the start file
     */
    public record Quorum(
            boolean standalone,
            EnsembleConfig members,
            @Nullable EnsembleConfig proposed,
            boolean observer,
            int initLimitTicks,
            int syncLimitTicks,
            int connectLimitTicks,
            boolean standaloneEnabled,
            boolean reconfigEnabled,
            boolean multiAddress,
            boolean listenOnAllAddresses,
            boolean leaderServes,
            boolean observerStores,
            boolean keepAlive,
            boolean extras,
            long counterMax,
            int observerMasterPort,
            int snapSyncsMax,
            int diffSyncsMax,
            int unidentifiedMax,
            @Nullable Path staticFile,
            @Nullable Path dynamicFile) {
        /** Are changes of the members written beside the start file? */
        public boolean isRemembered() {
            return !standalone && reconfigEnabled && staticFile != null;
        }
    }

    /** Switches. */
    public record Behaviour(
            boolean extendedTypes,
            boolean enforceQuota,
            boolean skipAcl,
            boolean readOnlyMode,
            boolean localSessions,
            boolean localSessionsUpgrading) {}

    /**
     * Who may do what.
     *
     * @param digestEnabled the digest scheme is there
     * @param superDigest {@code super:base64(sha1(super:password))}, or null
     * @param enforcedSchemes a connection must authenticate with one of these; null if it need not
     * @param x509 client certificates are ids of the scheme x509
     * @param x509SuperUser subject of the certificate of a super user, or null
     * @param plugins classes of further schemes; see {@link
     *     org.quorate.node.auth.AuthenticationProvider}
     * @param sasl how clients prove themselves by SASL, if the JAAS configuration lets them
     * @param peers how servers do; null if they do not
     */
    public record Auth(
            boolean digestEnabled,
            @Nullable String superDigest,
            @Nullable String enforcedSchemes,
            boolean x509,
            @Nullable String x509SuperUser,
            List<String> plugins,
            Sasl sasl,
            PeerSasl.@Nullable Options peers) {
        public Auth {
            plugins = List.copyOf(plugins);
        }

        /** Schemes beside world, auth, ip and digest that may stand in an access list. */
        String extraSchemes() {
            return (x509 ? "x509" : "") + (sasl.inAccessLists ? ",sasl" : "");
        }
    }

    /**
     * SASL for clients. Its text form shows no secret.
     *
     * @param section of the JAAS configuration
     * @param sectionTold the section was named, so it must be there
     * @param inAccessLists access lists may name SASL users: the provider is configured
     * @param failedStay a client that cannot prove itself keeps its connection
     * @param superUsers names whom no access list stops
     * @param superPassword of the user {@code super}, in place of the section's; or null
     * @param names what principals are called
     * @param anyUser a name that stands for every SASL user in access lists, or null
     * @param minReLoginMillis shortest time between two logins of this server
     */
    public record Sasl(
            String section,
            boolean sectionTold,
            boolean inAccessLists,
            boolean failedStay,
            List<String> superUsers,
            @Nullable String superPassword,
            PrincipalNames names,
            @Nullable String anyUser,
            int minReLoginMillis) {
        public Sasl {
            superUsers = List.copyOf(superUsers);
        }

        @Override
        public String toString() {
            return "SASL by the section " + section;
        }
    }

    /**
     * Four-letter words and the admin server.
     *
     * @param enabled whether the admin server runs
     * @param address port 0 for a free one
     * @param commandUrl where the commands stand, without a slash at its end
     * @param rateLimitMillis between two snapshots, and between two restores
     * @param words the white list of four-letter words; {@code *} for all
     * @param consolePassword with which operators sign in to the console; null: nobody can
     * @param issuer of operators' bearer tokens; null: none are believed
     * @param tls on the admin port; null for none
     */
    public record Admin(
            boolean enabled,
            Endpoint address,
            String commandUrl,
            int idleTimeoutMillis,
            boolean snapshotEnabled,
            boolean restoreEnabled,
            long rateLimitMillis,
            List<String> words,
            @Nullable PasswordHash consolePassword,
            @Nullable Issuer issuer,
            @Nullable AdminTls tls) {
        public Admin {
            words = List.copyOf(words);
        }

        /** The same without the admin server, and with these four-letter words. */
        public Admin withoutServer(List<String> otherWords) {
            return new Admin(
                    false,
                    address,
                    commandUrl,
                    idleTimeoutMillis,
                    snapshotEnabled,
                    restoreEnabled,
                    rateLimitMillis,
                    otherWords,
                    consolePassword,
                    issuer,
                    tls);
        }
    }

    /**
     * Whose bearer tokens show that somebody is an operator: keys {@code admin.oidc.*}.
     *
     * @param url of the OpenID Connect issuer, as its tokens name it
     * @param audience one of which a token must be for
     * @param claim which claim says what somebody is; a dot leads into an object
     * @param operators values of that claim, one of which makes an operator
     */
    public record Issuer(String url, Set<String> audience, String claim, Set<String> operators) {
        /**
         * @throws IllegalArgumentException if somebody on the way could answer in its place
         */
        public Issuer {
            audience = Set.copyOf(audience);
            operators = Set.copyOf(operators);
            requireSafe(URI.create(url));
        }

        /**
         * Only who is asked by TLS, or on this machine, is believed.
         *
         * @throws IllegalArgumentException in one line
         */
        public static void requireSafe(URI address) {
            String scheme = String.valueOf(address.getScheme());
            String host = String.valueOf(address.getHost());
            boolean here = host.equals("127.0.0.1") || host.equals("localhost");
            if (!scheme.equals("https") && !(scheme.equals("http") && here)) {
                throw new IllegalArgumentException("'%s' is not https".formatted(address));
            }
        }
    }

    /**
     * TLS on the admin port.
     *
     * @param plainToo plain connections may come too: {@code admin.portUnification}
     */
    public record AdminTls(TlsOptions options, boolean plainToo) {}

    /**
     * Prometheus.
     *
     * @param prometheus whether its port is open; it also changes the form of {@code mntr}
     * @param address port 0 for a free one
     * @param jvm metrics of the JVM too
     * @param slowOperationMillis from here on an operation is remembered as slow; 0 for never
     * @param audit a line for each change and who made it
     * @param traceEvery one operation of so many is told to OpenTelemetry; 0 for no tracing
     */
    public record Metrics(
            boolean prometheus,
            Endpoint address,
            boolean jvm,
            int slowOperationMillis,
            boolean audit,
            int traceEvery) {}

    /** The default of a server that is told nothing: alone, loopback, port 2181. */
    public static ServerConfig embedded(Path dir) {
        try {
            return ZooCfg.embedded(dir, new Properties(), warning -> {});
        } catch (ConfigException e) {
            throw new IllegalStateException("the defaults are not legal", e);
        }
    }

    /** The same with another {@code ports}. */
    public ServerConfig withPorts(Ports other) {
        Draft draft = new Draft(this);
        draft.ports = other;
        return draft.config();
    }

    /** The same with another {@code timing}. */
    public ServerConfig withTiming(Timing other) {
        Draft draft = new Draft(this);
        draft.timing = other;
        return draft.config();
    }

    /** The same with another {@code limits}. */
    public ServerConfig withLimits(Limits other) {
        Draft draft = new Draft(this);
        draft.limits = other;
        return draft.config();
    }

    /** The same with another {@code storage}. */
    public ServerConfig withStorage(Storage other) {
        Draft draft = new Draft(this);
        draft.storage = other;
        return draft.config();
    }

    /** The same in another ensemble. */
    public ServerConfig withQuorum(long newServerId, Quorum other) {
        Draft draft = new Draft(this);
        draft.serverId = newServerId;
        draft.quorum = other;
        return draft.config();
    }

    /** The same with another {@code behaviour}. */
    public ServerConfig withBehaviour(Behaviour other) {
        Draft draft = new Draft(this);
        draft.behaviour = other;
        return draft.config();
    }

    /** The same with another {@code auth}. */
    public ServerConfig withAuth(Auth other) {
        Draft draft = new Draft(this);
        draft.auth = other;
        return draft.config();
    }

    /** The same with another {@code admin}. */
    public ServerConfig withAdmin(Admin other) {
        Draft draft = new Draft(this);
        draft.admin = other;
        return draft.config();
    }

    /** The same with another {@code metrics}. */
    public ServerConfig withMetrics(Metrics other) {
        Draft draft = new Draft(this);
        draft.metrics = other;
        return draft.config();
    }

    /** A configuration of which parts are about to be others. */
    private static final class Draft {
        private final ServerConfig of;
        private long serverId;
        private Ports ports;
        private Timing timing;
        private Limits limits;
        private Storage storage;
        private Quorum quorum;
        private Behaviour behaviour;
        private Auth auth;
        private Admin admin;
        private Metrics metrics;

        Draft(ServerConfig of) {
            this.of = of;
            this.serverId = of.serverId;
            this.ports = of.ports;
            this.timing = of.timing;
            this.limits = of.limits;
            this.storage = of.storage;
            this.quorum = of.quorum;
            this.behaviour = of.behaviour;
            this.auth = of.auth;
            this.admin = of.admin;
            this.metrics = of.metrics;
        }

        ServerConfig config() {
            return new ServerConfig(
                    serverId,
                    ports,
                    of.directories,
                    timing,
                    limits,
                    storage,
                    of.purge,
                    quorum,
                    behaviour,
                    auth,
                    admin,
                    metrics,
                    of.tls,
                    of.properties,
                    of.fileText);
        }
    }

    /** This server's line among the members; null if there is none. */
    public @Nullable Member self() {
        return quorum.members.member(serverId);
    }

    /**
     * What the log's room needs.
     *
     * @param seed for the randomised counts
     */
    public StoreOptions storeOptions(long seed) {
        return new StoreOptions(
                directories.data,
                directories.log,
                storage.snapCount,
                storage.snapBytes,
                storage.preallocBytes,
                storage.forceSync,
                storage.compression,
                storage.trustEmpty,
                directories.emptyMayVote,
                directories.autocreate,
                storage.digest,
                seed,
                storage.images ? StoreOptions.IMAGE_BYTES_MIN : Long.MAX_VALUE);
    }

    /** What the tree needs. */
    public TreeOptions treeOptions() {
        return new TreeOptions(limits.treeBytesMax, behaviour.extendedTypes, storage.digest);
    }

    /** What the replica needs. */
    public ReplicaOptions replicaOptions() {
        return replicaOptions(List.of());
    }

    /** The same with schemes of plug-ins. */
    public ReplicaOptions replicaOptions(List<? extends Scheme> plugins) {
        return ReplicaOptions.builder(timing.tickMillis)
                .serverId(serverId)
                .sessionTimeoutMillis(
                        timing.minSessionTimeoutMillis, timing.maxSessionTimeoutMillis)
                .frameBytesMax(limits.frameBytesMax)
                .replyBytesMax(limits.replyBytesMax)
                .extendedTypes(behaviour.extendedTypes)
                .enforceQuota(behaviour.enforceQuota)
                .skipAcl(behaviour.skipAcl)
                .reconfigEnabled(quorum.reconfigEnabled)
                .multiAddress(quorum.multiAddress)
                .localSessions(behaviour.localSessions, behaviour.localSessionsUpgrading)
                .readOnlyMode(behaviour.readOnlyMode)
                .digestScheme(auth.digestEnabled)
                .superDigest(auth.superDigest)
                .enforceAuthSchemes(auth.enforcedSchemes)
                .extraAclSchemes(auth.extraSchemes())
                .schemes(plugins)
                .anySaslUser(auth.sasl.anyUser)
                .idsMax(limits.connectionIdsMax)
                .aclEntriesMax(limits.aclEntriesMax)
                .shares(
                        limits.shares.user.held(),
                        limits.shares.address.held(),
                        new PathShare(limits.shares.prefixes, limits.shares.path.watches))
                .containers(
                        timing.containerCheckMillis,
                        timing.containersPerMinuteMax,
                        timing.containerNeverUsedMillis)
                .hold(limits.holdMillisMax, limits.heldRequestsMax, limits.heldBytesMax)
                .build();
    }

    /**
     * What the consensus needs.
     *
     * @param extras capabilities to offer other Quorate servers if the configuration allows any
     */
    public ZabOptions zabOptions(long extras) {
        ZabOptions alone = ZabOptions.of(serverId, timing.tickMillis, 10, 5);
        return new ZabOptions(
                serverId,
                quorum.standalone,
                quorum.observer,
                timing.tickMillis,
                quorum.initLimitTicks == 0 ? alone.initLimitTicks() : quorum.initLimitTicks,
                quorum.syncLimitTicks == 0 ? alone.syncLimitTicks() : quorum.syncLimitTicks,
                storage.commitLogCount,
                alone.committedBytesMax(),
                alone.historyBytesMax(),
                limits.fieldBytesMax,
                quorum.counterMax,
                quorum.reconfigEnabled,
                quorum.standaloneEnabled,
                quorum.extras ? extras : 0,
                new ZabOptions.Observers(
                        quorum.observerMasterPort > 0, quorum.snapSyncsMax, quorum.diffSyncsMax));
    }
}
