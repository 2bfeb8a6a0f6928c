package org.quorate.node.host;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.quorate.log.Store;
import org.quorate.net.ClientEdge;
import org.quorate.net.LinkStats;
import org.quorate.net.tls.CertificateDates;
import org.quorate.net.tls.TlsOptions;
import org.quorate.node.admin.ServerView;
import org.quorate.node.config.ServerConfig;
import org.quorate.node.insight.Insight;
import org.quorate.node.metrics.ServerMetrics;
import org.quorate.protocol.acl.Acl;
import org.quorate.protocol.jute.JuteOut;
import org.quorate.protocol.peer.EnsembleConfig;
import org.quorate.protocol.snapshot.SnapshotSource;
import org.quorate.replica.Inspection;
import org.quorate.tree.DataTree;
import org.quorate.tree.NodeState;
import org.quorate.zab.Role;

/** A running {@link Server} as its operators see it. Any thread that may wait. */
final class LiveView implements ServerView {
    private static final long ANSWER_SECONDS_MAX = 5;
    private static final long SNAPSHOT_MINUTES_MAX = 60;
    private static final long RESTORE_MINUTES_MAX = 60;
    private static final long HAND_OVER_SECONDS_MAX = 15;
    private static final long HAND_OVER_CHECK_MILLIS = 5;

    private final Server server;
    private final Parts parts;

    /** By who is shown what they hold. */
    private final SortedMap<String, CertificateDates> certificates = new TreeMap<>();

    LiveView(Server server, Parts parts) {
        this.server = server;
        this.parts = parts;
        ServerConfig config = server.config();
        ServerConfig.PeersTls peers = config.tls().peers();
        ServerConfig.AdminTls admin = config.admin().tls();
        watch("clients", config.tls().clients());
        watch("peers", peers == null ? null : peers.options());
        watch("admin", admin == null ? null : admin.options());
    }

    private void watch(String use, @Nullable TlsOptions options) {
        TlsOptions.Store keys = options == null ? null : options.keyStore();
        if (keys != null) {
            certificates.put(use, new CertificateDates(keys));
        }
    }

    @Override
    public List<Certificate> certificates() {
        List<Certificate> all = new ArrayList<>();
        certificates.forEach((use, dates) ->
                dates.endsMillis()
                        .ifPresent(ends ->
                                all.add(new Certificate(use, dates.store().location(), ends))));
        return all;
    }

    @Override
    public ServerConfig config() {
        return server.config();
    }

    @Override
    public ServerMetrics metrics() {
        return parts.metrics();
    }

    @Override
    public Insight insight() {
        return parts.insight();
    }

    @Override
    public Role role() {
        return server.role();
    }

    @Override
    public boolean isServing() {
        return parts.turn().news().isServing() && !parts.context().isRefusing();
    }

    @Override
    public boolean isReadOnly() {
        return parts.turn().news().isReadOnly();
    }

    @Override
    public long uptimeMillis() {
        return server.uptimeMillis();
    }

    @Override
    public int clientPort() {
        return server.clientPort();
    }

    @Override
    public Counts counts() {
        CoreNews news = parts.turn().news();
        return server.read(tree ->
                new Counts(
                        tree.lastZxid(),
                        tree.nodeCount(),
                        news.watchCount(),
                        tree.ephemeralCount(),
                        tree.dataBytes(),
                        tree.memoryBytes(),
                        tree.sessionCount(),
                        news.localSessionCount()));
    }

    @Override
    public Traffic traffic() throws IOException {
        ClientEdge edge = server.edge();
        ClientEdge.Sizes sizes = edge.replySizes();
        LinkStats.Latency latency = answer(edge.latency());
        parts.edgeMeter().bring(edge.volume(), parts.door().handshakes());
        return new Traffic(
                edge.connections(),
                edge.received(),
                edge.sent(),
                edge.underWay(),
                latency,
                sizes.count() == 0 ? Sizes.NONE : new Sizes(sizes.last(), sizes.min(), sizes.max()),
                parts.turn().news().authFailures(),
                parts.door().handshakes().running());
    }

    @Override
    public long clockSkewMillis() {
        return parts.meter().clockSkew().millis();
    }

    @Override
    public @Nullable Damage damage() {
        Store.SetAside aside = parts.damaged();
        return aside == null ? null : new Damage(aside.where(), aside.why());
    }

    @Override
    public long slowSyncs() {
        return parts.news().slowSyncs();
    }

    @Override
    public List<LinkStats> connections() throws IOException {
        return answer(server.edge().stats(false));
    }

    @Override
    public List<LinkStats> secureConnections() throws IOException {
        return answer(server.edge().stats(true));
    }

    @Override
    public void resetTraffic() throws IOException {
        answer(server.edge().resetStats());
        parts.edgeMeter().bring(server.edge().volume(), parts.door().handshakes());
        answer(
                server.ask(replica -> {
                    parts.meter().reset();
                    return true;
                }));
    }

    @Override
    public void resetConnections() throws IOException {
        answer(server.edge().resetLinkStats());
    }

    @Override
    public Sessions sessions() throws IOException {
        return ask(inspection -> {
            SortedMap<Long, List<Long>> expiries = new TreeMap<>();
            SortedMap<Long, Integer> timeouts = new TreeMap<>();
            inspection.forEachSession((id, timeoutMillis, deadlineMillis, isLocal) -> {
                timeouts.put(id, timeoutMillis);
                if (deadlineMillis != Inspection.DEADLINE_UNKNOWN) {
                    expiries.computeIfAbsent(deadlineMillis, key -> new ArrayList<>()).add(id);
                }
            });
            return new Sessions(expiries, timeouts, ephemerals(parts.tree()));
        });
    }

    private static SortedMap<Long, List<String>> ephemerals(DataTree tree) {
        SortedMap<Long, List<String>> bySession = new TreeMap<>();
        JuteOut path = new JuteOut();
        tree.forEachEphemeralOwner((id, timeoutMillis) -> {
            List<String> paths = new ArrayList<>();
            tree.forEachEphemeral(
                    id,
                    node -> {
                        tree.writePath(node, path.clear());
                        paths.add(new String(path.array(), 0, path.size(), StandardCharsets.UTF_8));
                    });
            bySession.put(id, paths);
        });
        return bySession;
    }

    @Override
    public SortedMap<Long, List<String>> watches() throws IOException {
        return ask(inspection -> {
            SortedMap<Long, List<String>> bySession = new TreeMap<>();
            inspection.forEachWatch((by, path, mode) ->
                    bySession
                            .computeIfAbsent(by.sessionId(), key -> new ArrayList<>())
                            .add(path.text()));
            bySession.replaceAll((id, paths) -> paths.stream().distinct().sorted().toList());
            return bySession;
        });
    }

    @Override
    public List<Digest> digests() {
        return parts.turn().news().digests();
    }

    @Override
    public List<Quota> quotas() {
        return server.read(QuotaList::of);
    }

    @Override
    public @Nullable SnapshotFile lastSnapshot() {
        return SnapshotFiles.newest(config().directories().data());
    }

    @Override
    public SnapshotFile takeSnapshot() throws IOException {
        CompletableFuture<Boolean> written = new CompletableFuture<>();
        // Frozen on the core thread, between two transactions.
        boolean asked =
                parts.core()
                        .put(replica -> {
                            SnapshotSource view = replica.freeze();
                            parts.journaling().work(parts.maintenance().snapshot(view, written));
                        });
        if (!asked) {
            throw new IOException("the server is being stopped");
        }
        if (!answer(written, SNAPSHOT_MINUTES_MAX, TimeUnit.MINUTES)) {
            throw new IOException("no snapshot could be written: see the server's log");
        }
        SnapshotFile newest = lastSnapshot();
        if (newest == null) {
            throw new IOException("the snapshot just written is gone");
        }
        return newest;
    }

    @Override
    public ZabState zabState() {
        return role().isServing() ? ZabState.BROADCAST : ZabState.ELECTION;
    }

    @Override
    public EnsembleConfig members() {
        return parts.turn().news().members();
    }

    @Override
    public Learning learning() throws IOException {
        return answer(
                server.ask(replica ->
                        new Learning(
                                replica.zab().syncedObservers(), replica.zab().learnerMaster())));
    }

    @Override
    public void hearCore() throws IOException {
        answer(server.ask(replica -> true));
    }

    @Override
    public @Nullable Leadership leadership() throws IOException {
        if (config().quorum().standalone() || role().kind() != Role.Kind.LEADING) {
            return null;
        }
        ServerView.Sizes[] sizes = {Sizes.NONE};
        Optional<org.quorate.zab.Leadership> known =
                answer(
                        server.ask(replica -> {
                            sizes[0] = parts.meter().proposalBytes();
                            return Optional.ofNullable(replica.zab().leadership());
                        }));
        return known.map(leads -> leadership(leads, sizes[0])).orElse(null);
    }

    private static Leadership leadership(org.quorate.zab.Leadership known, Sizes proposalBytes) {
        long nowNanos = System.nanoTime();
        int synced = 0;
        int nonVoting = 0;
        List<Observer> observers = new ArrayList<>();
        for (org.quorate.zab.Leadership.Follower learner : known.learners()) {
            if (!learner.isActive()) {
                continue;
            }
            if (learner.isObserver()) {
                observers.add(observer(learner, nowNanos));
            } else {
                synced++;
                nonVoting += learner.isVoter() ? 0 : 1;
            }
        }
        return new Leadership(
                synced,
                nonVoting,
                known.learners().size(),
                known.pendingSyncs(),
                observers,
                known.voters(),
                TimeUnit.NANOSECONDS.toMillis(nowNanos - known.sinceNanos()),
                proposalBytes,
                known.learners().stream()
                        .map(learner ->
                                new Learner(
                                        learner.serverId(),
                                        learner.isObserver(),
                                        learner.isActive(),
                                        learner.behind()))
                        .toList());
    }

    private static Observer observer(org.quorate.zab.Leadership.Follower learner, long nowNanos) {
        long agoMillis = TimeUnit.NANOSECONDS.toMillis(nowNanos - learner.connectedNanos());
        return new Observer(
                learner.serverId(),
                learner.address(),
                System.currentTimeMillis() - agoMillis,
                learner.behind());
    }

    @Override
    public List<Acl> rootAcl() {
        return server.read(tree -> {
            NodeState state = new NodeState();
            tree.load(tree.root(), state);
            return tree.acls().list(state.aclRef).entries();
        });
    }

    @Override
    public long restore(InputStream snapshot) throws IOException {
        if (!config().quorum().standalone()) {
            throw new IOException(
                    "a server of an ensemble is not restored while it runs: stop all, put the"
                            + " snapshot into an empty data directory of each, start them again");
        }
        Restoring restoring =
                new Restoring(config().directories().data(), config().treeOptions(), parts.core());
        return answer(restoring.restore(snapshot), RESTORE_MINUTES_MAX, TimeUnit.MINUTES);
    }

    @Override
    public long handOver() throws IOException {
        if (config().quorum().standalone()) {
            throw new IOException("a standalone server has nobody to hand leadership over to");
        }
        Role before = role();
        if (before.kind() != Role.Kind.LEADING) {
            throw new IOException("this server does not lead: server " + before.leader() + " does");
        }
        answer(
                server.ask(replica -> {
                    replica.zab().handOver();
                    return true;
                }));
        long deadlineNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(HAND_OVER_SECONDS_MAX);
        while (System.nanoTime() - deadlineNanos < 0) {
            Role now = role();
            if (now.isServing() && now.epoch() > before.epoch()) {
                if (now.kind() == Role.Kind.LEADING) {
                    throw new IOException("no other server took over; this one leads again");
                }
                return now.leader();
            }
            pause();
        }
        throw new IOException("no other server leads yet");
    }

    private static void pause() throws IOException {
        try {
            TimeUnit.MILLISECONDS.sleep(HAND_OVER_CHECK_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    private <T> T ask(Function<Inspection, T> question) throws IOException {
        return answer(server.ask(replica -> question.apply(replica.inspect())));
    }

    private static <T extends @Nullable Object> T answer(CompletableFuture<T> asked)
            throws IOException {
        return answer(asked, ANSWER_SECONDS_MAX, TimeUnit.SECONDS);
    }

    private static <T extends @Nullable Object> T answer(
            CompletableFuture<T> asked, long timeMax, TimeUnit unit) throws IOException {
        try {
            return asked.get(timeMax, unit);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        } catch (TimeoutException e) {
            throw new IOException("nothing came within %d s".formatted(unit.toSeconds(timeMax)), e);
        } catch (ExecutionException e) {
            throw new IOException("the server does not answer: " + e.getMessage(), e);
        }
    }
}
