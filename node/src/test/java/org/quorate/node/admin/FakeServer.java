package org.quorate.node.admin;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.quorate.net.LinkStats;
import org.quorate.node.config.ServerConfig;
import org.quorate.node.insight.Insight;
import org.quorate.node.metrics.ServerMetrics;
import org.quorate.protocol.acl.Acl;
import org.quorate.protocol.acl.Id;
import org.quorate.protocol.acl.Perms;
import org.quorate.protocol.peer.EnsembleConfig;
import org.quorate.zab.Role;

/** A server that is whatever a test wants; by default as the recordings' standalone server was. */
final class FakeServer implements ServerView {
    ServerConfig config;
    final ServerMetrics metrics = new ServerMetrics();
    final Insight insight = Insight.of(100);
    Role role = new Role(Role.Kind.LEADING, 0, 0);
    boolean serving = true;
    boolean readOnly;
    boolean gone;
    boolean silent;
    long uptimeMillis = 405_658;
    Counts counts = new Counts(0x4f1, 9, 3, 2, 68, 12_345, 1, 0);
    Traffic traffic =
            new Traffic(
                    2,
                    2183,
                    2242,
                    0,
                    new LinkStats.Latency(10_000, 25_291, 0, 153),
                    new Sizes(44, 16, 213),
                    0,
                    0);
    List<LinkStats> connections = new ArrayList<>();
    Sessions sessions = new Sessions(new TreeMap<>(), new TreeMap<>(), new TreeMap<>());
    SortedMap<Long, List<String>> watches = new TreeMap<>();
    List<Digest> digests = new ArrayList<>();
    @Nullable SnapshotFile lastSnapshot;
    ZabState zabState = ZabState.BROADCAST;
    EnsembleConfig members = EnsembleConfig.of(List.of(), 0);
    @Nullable Leadership leadership;
    List<Quota> quotas = new ArrayList<>();
    List<Acl> rootAcl = List.of(new Acl(Perms.ALL, new Id("world", "anyone")));
    byte @Nullable [] restored;
    long nextLeader = 2;
    long clockSkewMillis;
    List<Certificate> certificates = new ArrayList<>();
    @Nullable Damage damage;
    int trafficResets;
    int connectionResets;

    FakeServer(ServerConfig config) {
        this.config = config;
    }

    /** The client of the recordings. */
    static LinkStats client() {
        return new LinkStats(
                new InetSocketAddress("127.0.0.1", 37_360),
                0x100001953620118L,
                0,
                7,
                7,
                8,
                6,
                0x4f1,
                1_795_346_453_881L,
                20_000,
                2_061_736,
                0,
                1_795_346_482_000L,
                new LinkStats.Latency(4, 7, 0, 4));
    }

    /** The connection that asks for a word. */
    static LinkStats asker(int port) {
        return new LinkStats(
                new InetSocketAddress("127.0.0.1", port),
                0,
                0,
                1,
                0,
                0,
                -1,
                -1,
                1_795_346_453_881L,
                0,
                0,
                0,
                1_795_346_472_000L,
                LinkStats.Latency.NONE);
    }

    @Override
    public List<Certificate> certificates() {
        return certificates;
    }

    @Override
    public ServerConfig config() {
        return config;
    }

    @Override
    public Insight insight() {
        return insight;
    }

    @Override
    public ServerMetrics metrics() {
        return metrics;
    }

    @Override
    public Role role() {
        return role;
    }

    @Override
    public boolean isServing() {
        return serving;
    }

    @Override
    public boolean isReadOnly() {
        return readOnly;
    }

    @Override
    public long uptimeMillis() {
        return uptimeMillis;
    }

    @Override
    public int clientPort() {
        var plain = config.ports().plain();
        return plain == null ? -1 : plain.port();
    }

    @Override
    public Counts counts() {
        if (silent) {
            throw new IllegalStateException("this would wait for the core");
        }
        return counts;
    }

    @Override
    public Traffic traffic() throws IOException {
        return orGone(traffic);
    }

    @Override
    public long clockSkewMillis() {
        return clockSkewMillis;
    }

    @Override
    public @Nullable Damage damage() {
        return damage;
    }

    @Override
    public long slowSyncs() {
        return 0;
    }

    @Override
    public List<LinkStats> connections() throws IOException {
        return orGone(connections);
    }

    @Override
    public List<LinkStats> secureConnections() {
        return List.of();
    }

    @Override
    public void resetTraffic() {
        trafficResets++;
    }

    @Override
    public void resetConnections() {
        connectionResets++;
    }

    @Override
    public Sessions sessions() throws IOException {
        return orGone(sessions);
    }

    @Override
    public SortedMap<Long, List<String>> watches() throws IOException {
        return orGone(watches);
    }

    @Override
    public List<Digest> digests() throws IOException {
        return orGone(digests);
    }

    @Override
    public List<Quota> quotas() throws IOException {
        return orGone(quotas);
    }

    @Override
    public @Nullable SnapshotFile lastSnapshot() {
        return lastSnapshot;
    }

    @Override
    public ZabState zabState() {
        return zabState;
    }

    @Override
    public EnsembleConfig members() {
        return members;
    }

    @Override
    public Learning learning() {
        return new Learning(0, 1);
    }

    @Override
    public void hearCore() throws IOException {
        if (silent) {
            throw new IOException("nothing came within 5 s");
        }
    }

    @Override
    public @Nullable Leadership leadership() throws IOException {
        if (leadership != null) {
            hearCore();
        }
        return leadership;
    }

    @Override
    public List<Acl> rootAcl() throws IOException {
        return orGone(rootAcl);
    }

    @Override
    public SnapshotFile takeSnapshot() throws IOException {
        if (lastSnapshot == null) {
            throw new IOException("the disk is full");
        }
        return lastSnapshot;
    }

    @Override
    public long restore(InputStream snapshot) throws IOException {
        restored = snapshot.readAllBytes();
        if (restored.length == 0) {
            throw new IOException("the snapshot is empty");
        }
        return counts.lastZxid();
    }

    @Override
    public long handOver() throws IOException {
        if (nextLeader < 0) {
            throw new IOException("this server does not lead: server 3 does");
        }
        return nextLeader;
    }

    private <T> T orGone(T value) throws IOException {
        if (gone) {
            throw new IOException("the server is being stopped");
        }
        return value;
    }
}
