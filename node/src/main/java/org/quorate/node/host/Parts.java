package org.quorate.node.host;

import java.io.IOException;
import java.security.SecureRandom;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.quorate.log.Disk;
import org.quorate.log.Store;
import org.quorate.log.StoreException;
import org.quorate.net.ClientEdge;
import org.quorate.net.ClientEdgeOptions;
import org.quorate.net.EdgeLoop;
import org.quorate.net.sasl.LoginFailure;
import org.quorate.net.sasl.PeerSasl;
import org.quorate.net.sasl.SaslAcceptor;
import org.quorate.net.tls.PeerTls;
import org.quorate.net.tls.TlsException;
import org.quorate.node.auth.PluginException;
import org.quorate.node.auth.Plugins;
import org.quorate.node.config.ServerConfig;
import org.quorate.node.insight.AuditLog;
import org.quorate.node.insight.Insight;
import org.quorate.node.insight.Stage;
import org.quorate.node.insight.Traces;
import org.quorate.node.metrics.Jvm;
import org.quorate.node.metrics.ServerMetrics;
import org.quorate.node.trace.OperationSpans;
import org.quorate.protocol.peer.Capabilities;
import org.quorate.protocol.peer.EnsembleConfig;
import org.quorate.replica.Replica;
import org.quorate.tree.DataTree;
import org.quorate.zab.Role;
import org.quorate.zab.StateMachine;
import org.quorate.zab.Zab;
import org.quorate.zab.ZabOptions;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The parts of one server and how they are joined; {@link Server} is their life. */
final class Parts implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Parts.class);

    /** How long the core of a standalone server sleeps at most. */
    private static final int SLEEP_MILLIS_MAX = 100;

    /** The same in an ensemble: Zab's timers want it. */
    private static final int SLEEP_MILLIS_IN_ENSEMBLE = 10;

    /** The system property that names the JAAS configuration: whoever sets it means it. */
    private static final String JAAS_FILE = "java.security.auth.login.config";

    private final Store store;
    private final DataTree tree;
    private final ReadGate gate = new ReadGate();
    private final LateWords words = new LateWords();
    private final ServerMetrics metrics = new ServerMetrics();
    private final Insight insight;
    private final @Nullable AuditLog auditLog;
    private final @Nullable AuditTrail audit;
    private final ClientEffects effects;
    private final EdgeMeter edgeMeter = new EdgeMeter(metrics);
    private final CoreMeter meter;
    private final ReaderContext context;
    private final DiskNews news;
    private final Journaling journaling;
    private final ZabJournal journal;
    private final Maintenance maintenance;
    private final @Nullable PeerHost peers;
    private final ClientEdge edge;
    private final ClientDoor door;
    private final HostTurn turn;
    private final CoreLoop core;
    private final @Nullable SaslDesk sasl;
    private final Plugins providers;
    private final @Nullable PluginDesk plugins;
    private final Store.@Nullable SetAside damaged;

    private Parts(
            ServerConfig config,
            Plugins providers,
            Traces traces,
            Store store,
            DataTree tree,
            HostClock clock,
            StartProgress progress,
            Fatal fatal)
            throws StoreException, IOException {
        this.store = store;
        this.tree = tree;
        this.providers = providers;
        String name = "quorate-" + config.serverId();
        Recovering recovering = new Recovering(store, tree, metrics, progress);
        Store.Recovery recovery = recover(config, recovering);
        damaged = recovering.damaged();
        news = new DiskNews(config.storage().fsyncWarningMillis(), metrics);
        insight = Insight.of(config.metrics().slowOperationMillis(), traces);
        TxnStages txnStages = new TxnStages(insight.stages());
        auditLog = config.metrics().audit() ? new AuditLog(name + "-audit") : null;
        audit = auditLog == null ? null : new AuditTrail(auditLog);
        RateTable rates = RateTable.of(config.limits().shares(), metrics);
        effects =
                new ClientEffects(
                        metrics,
                        new SlowWatch(insight.slow(), insight.traces(), txnStages),
                        insight.roles(),
                        audit,
                        rates);
        meter =
                new CoreMeter(
                        metrics,
                        txnStages,
                        insight.stages().of(Stage.APPLY),
                        gate,
                        tree,
                        progress,
                        !config.quorum().standalone());
        meter.clockSkew().recovered(recovering.lastMadeMillis());
        context =
                new ReaderContext(
                        tree,
                        config.replicaOptions(providers.all()),
                        () -> new Principals(config.auth().x509(), config.auth().x509SuperUser()),
                        gate,
                        effects,
                        metrics,
                        insight,
                        rates);
        journaling = new Journaling(name + "-log", store, news, fatal);
        journal = new ZabJournal(journaling, meter);
        maintenance = maintenance(name, config, fatal);
        edge = edge(name, config);
        insight.stages().deliveries(edge::deliveries);
        door = new ClientDoor(edge, config.ports(), config.tls());
        peers = config.quorum().standalone() ? null : peers(name, config, fatal);
        gate.outboxes(edge.edgeLoops().stream().map(EdgeLoop::outbox).toList());
        CoreNews told =
                new CoreNews(tree, config.behaviour().localSessions(), config.quorum().members());
        turn =
                new HostTurn(
                        journaling,
                        maintenance,
                        context,
                        edge.edgeLoops(),
                        peers,
                        told,
                        meter,
                        clock);
        core = new CoreLoop(name + "-core", replica(config, recovery), turn, sleep(config), fatal);
        context.core(core);
        effects.whenRoom(core::signal);
        sasl = sasl(name, config.auth());
        if (sasl != null) {
            context.sasl(sasl);
        }
        plugins = providers.isEmpty() ? null : new PluginDesk(name + "-auth-", providers, context);
        if (plugins != null) {
            context.plugins(plugins);
        }
        if (!config.quorum().standalone() && !config.quorum().leaderServes()) {
            effects.onRole(this::leaderDoesNotServe);
        }
        news.tell(core, turn, maintenance);
    }

    /**
     * Opens and recovers the data, makes the threads; nothing runs yet.
     *
     * @throws StartException with one line for the operator; nothing is left open
     */
    static Parts join(
            ServerConfig config, Disk disk, HostClock clock, StartProgress progress, Fatal fatal)
            throws StartException {
        Plugins providers = providers(config.auth());
        Traces traces = traces(config);
        Store store;
        try {
            store = Store.open(disk, config.storeOptions(seed()));
        } catch (StoreException e) {
            throw new StartException(String.valueOf(e.getMessage()), e);
        }
        DataTree tree = new DataTree(config.treeOptions().withHashSeed(seed()));
        try {
            return new Parts(config, providers, traces, store, tree, clock, progress, fatal);
        } catch (StoreException | IOException e) {
            tree.close();
            closeStore(store);
            throw new StartException(String.valueOf(e.getMessage()), e);
        }
    }

    private static Traces traces(ServerConfig config) throws StartException {
        int every = config.metrics().traceEvery();
        if (every == 0) {
            return Traces.NONE;
        }
        try {
            return new Traces(every, OperationSpans.configured(config.serverId()));
        } catch (LinkageError e) {
            throw new StartException(
                    "tracing.every: OpenTelemetry's SDK is not on the class path", e);
        } catch (RuntimeException e) {
            throw new StartException("tracing.every: OpenTelemetry says: " + e.getMessage(), e);
        }
    }

    private static Plugins providers(ServerConfig.Auth auth) throws StartException {
        try {
            Plugins providers = Plugins.load(auth.plugins(), LOG::warn);
            providers.checkEnforced(auth.enforcedSchemes());
            return providers;
        } catch (PluginException e) {
            throw new StartException(String.valueOf(e.getMessage()), e);
        }
    }

    /** Clients of a server that leads now go to another one. */
    private void leaderDoesNotServe(Role role) {
        boolean leads = role.kind() == Role.Kind.LEADING;
        context.refuse(leads);
        if (leads) {
            CompletableFuture<Void> _ = edge.closeConnections();
        }
    }

    private Store.Recovery recover(ServerConfig config, Recovering recovering)
            throws StoreException, IOException {
        boolean hasPeers = !config.quorum().standalone();
        Store.Recovery recovery = recovering.run(hasPeers);
        if (recovery.snapshotZxid() < 0 && recovery.mayVote()) {
            // ZooKeeper would not open a log without one.
            store.writeSnapshot(tree.freeze());
        }
        return recovery;
    }

    private Maintenance maintenance(String name, ServerConfig config, Fatal fatal) {
        ServerConfig.Purge purge = config.purge();
        FreePages free = new FreePages();
        return new Maintenance(
                name,
                store,
                () -> tree.trim(free),
                purge.retainCount(),
                purge.intervalHours(),
                metrics,
                fatal);
    }

    private PeerHost peers(String name, ServerConfig config, Fatal fatal) throws IOException {
        ServerConfig.Quorum quorum = config.quorum();
        ZabOptions zab = config.zabOptions(0);
        return new PeerHost(
                name + "-peers",
                new PeerHost.Options(
                        config.serverId(),
                        quorum.listenOnAllAddresses(),
                        quorum.keepAlive(),
                        zab.tickMillis(),
                        quorum.connectLimitTicks() > 0
                                ? quorum.connectLimitTicks()
                                : zab.initLimitTicks(),
                        zab.syncLimitTicks(),
                        quorum.observerMasterPort(),
                        quorum.unidentifiedMax()),
                quorum.members(),
                peerTls(config.tls().peers()),
                peerSasl(name, config.auth().peers()),
                context,
                journaling,
                new MemberNotes(journaling, config),
                door,
                fatal);
    }

    private static @Nullable PeerTls peerTls(ServerConfig.@Nullable PeersTls peers)
            throws TlsException {
        return peers == null
                ? null
                : PeerTls.open(peers.options(), peers.dials(), peers.plainToo());
    }

    private @Nullable SaslDesk sasl(String name, ServerConfig.Auth auth) throws LoginFailure {
        ServerConfig.Sasl sasl = auth.sasl();
        SaslAcceptor acceptor = null;
        try {
            acceptor =
                    SaslAcceptor.forClients(
                            sasl.section(),
                            sasl.superPassword(),
                            sasl.names(),
                            sasl.minReLoginMillis());
        } catch (LoginFailure e) {
            boolean meant = sasl.sectionTold() || System.getProperty(JAAS_FILE) != null;
            if (meant || !e.isWithoutConfiguration()) {
                throw e;
            }
        }
        if (acceptor == null) {
            return null;
        }
        LOG.info("clients may prove who they are by {}", acceptor.mechanism());
        return new SaslDesk(
                name + "-sasl-",
                acceptor,
                new SaslDesk.Rules(sasl.superUsers(), sasl.failedStay()),
                context);
    }

    private static @Nullable PeerSasl peerSasl(String name, PeerSasl.@Nullable Options options)
            throws LoginFailure {
        return options == null ? null : PeerSasl.open(name + "-peers-sasl-", options);
    }

    private ClientEdge edge(String name, ServerConfig config) {
        ServerConfig.Limits limits = config.limits();
        ClientEdgeOptions all = ClientEdgeOptions.DEFAULT;
        int backlog = config.ports().backlog();
        ClientEdgeOptions options =
                new ClientEdgeOptions(
                        all.loops(),
                        limits.frameBytesMax(),
                        new ClientEdgeOptions.Connections(
                                limits.connectionsPerAddressMax(),
                                DescriptorRoom.connectionsMax(
                                        limits.connectionsMax(), Jvm.descriptors())),
                        new ClientEdgeOptions.Silence(
                                limits.handshakeMillisMax(), all.silence().lingerMillisMax()),
                        new ClientEdgeOptions.Requests(
                                limits.outstandingRequestsMax(),
                                limits.outstandingRequestsMax(),
                                all.requests().bytesMax(),
                                limits.largeRequestBytes(),
                                limits.largeRequestBytesMax()),
                        new ClientEdgeOptions.Outbound(
                                all.outbound().bytesPause(),
                                limits.unsentBytesPerConnectionMax(),
                                limits.unsentBytesMax()),
                        new ClientEdgeOptions.Sockets(
                                backlog > 0 ? backlog : all.sockets().backlog(),
                                config.ports().keepAlive()));
        return new ClientEdge(
                name + "-net", options, loop -> new ClientReader(loop, context), words, edgeMeter);
    }

    private Replica replica(ServerConfig config, Store.Recovery recovery) {
        return new Replica(
                config.replicaOptions(providers.all()),
                tree,
                state -> zab(config, recovery, state),
                effects,
                gate,
                seed());
    }

    private Zab zab(ServerConfig config, Store.Recovery recovery, StateMachine state) {
        journal.state(state);
        Zab zab =
                new Zab(
                        config.zabOptions(Capabilities.ALL),
                        config.quorum().members(),
                        store.acceptedEpoch(),
                        store.currentEpoch(),
                        recovery.lastZxid(),
                        recovery.mayVote(),
                        seed(),
                        journal,
                        peers == null ? new NoPeers() : peers,
                        state);
        if (!recovery.promiseKnown()) {
            zab.promisesLost();
        }
        EnsembleConfig proposed = config.quorum().proposed();
        if (proposed != null) {
            zab.proposedConfig(proposed);
        }
        return zab;
    }

    /** How long the core sleeps when idle: what it does by the clock may be late by as much. */
    static int sleep(ServerConfig config) {
        int millis =
                config.quorum().standalone()
                        ? Math.clamp(config.timing().tickMillis() / 20, 10, SLEEP_MILLIS_MAX)
                        : SLEEP_MILLIS_IN_ENSEMBLE;
        return Math.clamp(config.timing().containerCheckMillis(), 1, millis);
    }

    /** Chance, where the core wants some that nobody outside can foresee. */
    private static long seed() {
        return new SecureRandom().nextLong();
    }

    /** The server as a whole starts or stops; see {@link AuditTrail#server}. Any thread. */
    void audit(String operation, String result) {
        if (audit != null) {
            audit.server(operation, result);
        }
    }

    /** Starts the threads and the first election; a standalone server begins to lead. */
    void start() {
        if (auditLog != null) {
            auditLog.start();
        }
        journaling.start();
        maintenance.prepareIfWanted();
        if (peers != null) {
            peers.listen();
        }
        core.start();
    }

    /** What the disk has done. */
    DiskNews news() {
        return news;
    }

    /** What was damaged at the start, so that the state must come from a leader; or null. */
    Store.@Nullable SetAside damaged() {
        return damaged;
    }

    /** The other servers; null if this one is alone. */
    @Nullable PeerHost peers() {
        return peers;
    }

    ServerMetrics metrics() {
        return metrics;
    }

    Insight insight() {
        return insight;
    }

    Journaling journaling() {
        return journaling;
    }

    EdgeMeter edgeMeter() {
        return edgeMeter;
    }

    CoreMeter meter() {
        return meter;
    }

    ReadGate gate() {
        return gate;
    }

    DataTree tree() {
        return tree;
    }

    ClientEffects effects() {
        return effects;
    }

    LateWords words() {
        return words;
    }

    ReaderContext context() {
        return context;
    }

    Maintenance maintenance() {
        return maintenance;
    }

    ClientDoor door() {
        return door;
    }

    ClientEdge edge() {
        return edge;
    }

    HostTurn turn() {
        return turn;
    }

    CoreLoop core() {
        return core;
    }

    /** Ends everything, what is under way in the core first; the data is on disk then. */
    @Override
    public void close() {
        door.close();
        if (sasl != null) {
            sasl.close();
        }
        if (plugins != null) {
            plugins.close();
        }
        core.stop();
        journaling.stop();
        edge.close();
        if (peers != null) {
            peers.close();
        }
        maintenance.stop();
        closeStore(store);
        tree.close();
        insight.traces().close();
        if (auditLog != null) {
            auditLog.close();
        }
    }

    private static void closeStore(Store store) {
        try {
            store.close();
        } catch (IOException e) {
            LOG.error("the data directory cannot be closed: {}", e.toString());
        }
    }
}
