package org.quorate.replica;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.quorate.protocol.jute.JuteOut;
import org.quorate.protocol.peer.EnsembleConfig;
import org.quorate.protocol.peer.Member;
import org.quorate.protocol.peer.Notification;
import org.quorate.protocol.snapshot.SnapshotEncoder;
import org.quorate.protocol.snapshot.SnapshotSource;
import org.quorate.tree.TreeOptions;
import org.quorate.zab.Peers;
import org.quorate.zab.Role;
import org.quorate.zab.ZabOptions;

/**
 * Several {@link Host}s in step: what one sends in a turn the others get in the next. Servers can
 * be stopped for good and cut off.
 */
final class Ensemble implements AutoCloseable {
    static final int TICK_MILLIS = 200;

    /** Something on its way. */
    private record Parcel(long from, long to, Runnable delivery) {}

    /** A connection of two servers. */
    private static final class Wire {
        final long id;
        final long one;
        final long other;
        boolean oneClosed;
        boolean otherClosed;

        Wire(long id, long one, long other) {
            this.id = id;
            this.one = one;
            this.other = other;
        }

        boolean isClosedAt(long server) {
            return server == one ? oneClosed : otherClosed;
        }

        void closeAt(long server) {
            if (server == one) {
                oneClosed = true;
            } else {
                otherClosed = true;
            }
        }

        long peerOf(long server) {
            return server == one ? other : one;
        }
    }

    final TreeMap<Long, Host> hosts = new TreeMap<>();
    private final Set<Long> stopped = new HashSet<>();
    private final Set<Long> cut = new HashSet<>();
    private final Set<Long> paused = new HashSet<>();

    /** A clock that gains so much since then. */
    private record Gain(long sinceMillis, int perMille) {}

    private final TreeMap<Long, Gain> gains = new TreeMap<>();

    /** Pairs of servers, one way. */
    private final Set<List<Long>> muted = new HashSet<>();

    private final TreeMap<Long, Wire> wires = new TreeMap<>();
    private List<Parcel> parcels = new ArrayList<>();
    private final Set<Long> accepting = new HashSet<>();
    private long lastWire;
    private long nowMillis = 1_000;

    Ensemble(int voters, UnaryOperator<ReplicaOptions.Builder> options) {
        this(voters, options, UnaryOperator.identity());
    }

    Ensemble(
            int voters,
            UnaryOperator<ReplicaOptions.Builder> options,
            UnaryOperator<ZabOptions> zabOptions) {
        this(members(voters), options, zabOptions, voters);
    }

    /** Starts the first {@code started} of the members. */
    Ensemble(
            EnsembleConfig config,
            UnaryOperator<ReplicaOptions.Builder> options,
            UnaryOperator<ZabOptions> zabOptions,
            int started) {
        for (long id = 1; id <= started; id++) {
            hosts.put(
                    id,
                    new Host(
                            options.apply(ReplicaOptions.builder(TICK_MILLIS).serverId(id)).build(),
                            TreeOptions.DEFAULT,
                            zabOptions.apply(ZabOptions.of(id, TICK_MILLIS, 20, 5)),
                            config,
                            new Network(id),
                            this));
        }
    }

    /** One that has a leader, and has nothing more to say about that. */
    static Ensemble settled(int voters) {
        Ensemble ensemble = new Ensemble(voters, UnaryOperator.identity());
        ensemble.awaitLeader();
        ensemble.pass(100);
        return ensemble;
    }

    static EnsembleConfig members(int voters) {
        List<Member> members = new ArrayList<>();
        for (int id = 1; id <= voters; id++) {
            members.add(
                    Member.parse(
                            id,
                            "127.0.0.1:%d:%d:participant;127.0.0.1:%d"
                                    .formatted(2000 + id, 3000 + id, 4000 + id)));
        }
        return EnsembleConfig.of(members, 0);
    }

    // ---- time

    void turn() {
        nowMillis += Host.TURN_MILLIS;
        List<Parcel> now = parcels;
        parcels = new ArrayList<>();
        each((id, host) -> host.beginTurn(clockMillis(id)));
        for (Parcel parcel : now) {
            if (paused.contains(parcel.to)) {
                parcels.add(parcel);
            } else if (reach(parcel.from, parcel.to)) {
                parcel.delivery.run();
            }
        }
        each((id, host) -> host.endTurn());
    }

    private long clockMillis(long id) {
        Gain gain = gains.get(id);
        return gain == null
                ? nowMillis
                : nowMillis + (nowMillis - gain.sinceMillis) * gain.perMille / 1000;
    }

    private interface OnHost {
        void on(long id, Host host);
    }

    private void each(OnHost action) {
        hosts.forEach((id, host) -> {
            if (!stopped.contains(id) && !paused.contains(id)) {
                action.on(id, host);
            }
        });
    }

    void pass(long millis) {
        for (long end = nowMillis + millis; nowMillis < end; ) {
            turn();
        }
    }

    /** Lets time pass until somebody leads and everybody who can follows. */
    Host awaitLeader() {
        for (int i = 0; i < 1000; i++) {
            turn();
            Host leader = leader();
            if (leader != null && everybodyServes()) {
                return leader;
            }
        }
        throw new IllegalStateException("nobody leads");
    }

    /**
     * Lets time pass until somebody leads; one server may be left out, having promised a later
     * epoch to nobody.
     */
    Host awaitQuorum() {
        for (int i = 0; i < 3000; i++) {
            turn();
            Host leader = leader();
            if (leader != null && serving().size() > hosts.size() / 2) {
                return leader;
            }
        }
        throw new IllegalStateException("nobody leads");
    }

    /** The servers that lead or follow. */
    List<Host> serving() {
        return hosts.values().stream().filter(host -> host.replica.inspect().isServing()).toList();
    }

    private boolean everybodyServes() {
        boolean[] all = {true};
        each((id, host) -> all[0] &= cut.contains(id) || host.replica.inspect().isServing());
        return all[0];
    }

    @Nullable Host leader() {
        Host[] found = {null};
        each((id, host) -> {
            if (!cut.contains(id)
                    && (found[0] == null
                            || host.replica.zab().role().epoch()
                                    > found[0].replica.zab().role().epoch())
                    && host.replica.zab().role().kind() == Role.Kind.LEADING) {
                found[0] = host;
            }
        });
        return found[0];
    }

    Host follower() {
        Host leader = awaitLeader();
        for (Host host : hosts.values()) {
            long id = idOf(host);
            if (host != leader
                    && !stopped.contains(id)
                    && !cut.contains(id)
                    && !paused.contains(id)) {
                return host;
            }
        }
        throw new IllegalStateException("nobody follows");
    }

    long idOf(Host host) {
        return hosts.entrySet().stream()
                .filter(e -> e.getValue() == host)
                .findFirst()
                .orElseThrow()
                .getKey();
    }

    // ---- faults

    /** The process is gone; its peers hear of it. */
    void stop(Host host) {
        long id = idOf(host);
        stopped.add(id);
        breakWires(id);
    }

    /** From now on its clock gains. */
    void gain(Host host, int perMille) {
        gains.put(idOf(host), new Gain(nowMillis, perMille));
    }

    /** The process stands still; what is sent to it waits. */
    void pause(Host host) {
        paused.add(idOf(host));
    }

    void resume(Host host) {
        paused.remove(idOf(host));
    }

    /** Breaks the links of a server; new ones work. */
    void breakLinks(Host host) {
        breakWires(idOf(host));
    }

    /** Nothing gets to it or from it; nobody hears of that. */
    void cut(Host host) {
        cut.add(idOf(host));
    }

    /** Nothing gets from one to the other; the other way is open. */
    void mute(Host from, Host to) {
        muted.add(List.of(idOf(from), idOf(to)));
    }

    /** Connections that have stood over the cut are broken; new ones work. */
    void heal() {
        Set<Long> healed = new TreeSet<>(cut);
        muted.forEach(healed::addAll);
        cut.clear();
        muted.clear();
        healed.forEach(this::breakWires);
    }

    private void breakWires(long id) {
        for (Wire wire : wires.values()) {
            if (wire.one == id || wire.other == id) {
                close(id, wire);
                close(wire.peerOf(id), wire);
                later(
                        id,
                        wire.peerOf(id),
                        () -> host(wire.peerOf(id)).replica.zab().linkClosed(wire.id));
                if (!stopped.contains(id)) {
                    later(wire.peerOf(id), id, () -> host(id).replica.zab().linkClosed(wire.id));
                }
            }
        }
        wires.values().removeIf(wire -> wire.one == id || wire.other == id);
    }

    private static void close(long id, Wire wire) {
        wire.closeAt(id);
    }

    private Host host(long id) {
        Host host = hosts.get(id);
        if (host == null) {
            throw new IllegalStateException("no server " + id);
        }
        return host;
    }

    private boolean reach(long from, long to) {
        return !stopped.contains(to)
                && !cut.contains(from)
                && !cut.contains(to)
                && !muted.contains(List.of(from, to));
    }

    private void later(long from, long to, Runnable delivery) {
        parcels.add(new Parcel(from, to, delivery));
    }

    @Override
    public void close() {
        hosts.values().forEach(Host::close);
    }

    /** The links of one server. */
    private final class Network implements Peers {
        private final long self;

        Network(long self) {
            this.self = self;
        }

        @Override
        public void vote(long serverId, Notification vote) {
            if (hosts.containsKey(serverId)) {
                later(self, serverId, () -> host(serverId).replica.zab().vote(self, vote));
            }
        }

        @Override
        public void dial(long attempt, long serverId) {
            Runnable refused = () -> host(self).replica.zab().dialFailed(attempt, "refused");
            later(
                    self,
                    self,
                    () -> {
                        if (!hosts.containsKey(serverId)
                                || !accepting.contains(serverId)
                                || !reach(self, serverId)) {
                            refused.run();
                            return;
                        }
                        Wire wire = new Wire(++lastWire, self, serverId);
                        wires.put(wire.id, wire);
                        host(serverId).replica.zab().learnerConnected(wire.id, "server " + self);
                        host(self).replica.zab().linkOpened(attempt, wire.id);
                    });
        }

        @Override
        public void dialMaster(long attempt, long serverId) {
            throw new IllegalStateException("no server serves observers here");
        }

        @Override
        public void acceptObservers(boolean accept) {
            throw new IllegalStateException("no server serves observers here");
        }

        @Override
        public void acceptLearners(boolean accept) {
            if (accept) {
                accepting.add(self);
            } else {
                accepting.remove(self);
            }
        }

        @Override
        public void send(long link, byte[] bytes, int from, int length) {
            Wire wire = wires.get(link);
            if (wire != null && !wire.isClosedAt(self)) {
                byte[] copy = Arrays.copyOfRange(bytes, from, from + length);
                long to = wire.peerOf(self);
                later(
                        self,
                        to,
                        () -> {
                            if (!wire.isClosedAt(to)) {
                                host(to).replica.zab().received(link, copy, 0, copy.length);
                            }
                        });
            }
        }

        @Override
        public void sendSnapshot(long link, SnapshotSource view) {
            JuteOut out = new JuteOut();
            SnapshotEncoder encoder = new SnapshotEncoder(view);
            while (encoder.encode(out, 1 << 20)) {}
            view.close();
            out.writeString(SnapshotEncoder.WIRE_SIGNATURE);
            send(link, out.array(), 0, out.size());
        }

        @Override
        public void flush() {
            // What is sent goes out at once.
        }

        @Override
        public void close(long link) {
            Wire wire = wires.get(link);
            if (wire != null && !wire.isClosedAt(self)) {
                wire.closeAt(self);
                long to = wire.peerOf(self);
                later(
                        self,
                        to,
                        () -> {
                            if (!wire.isClosedAt(to)) {
                                wire.closeAt(to);
                                host(to).replica.zab().linkClosed(link);
                            }
                        });
            }
        }

        @Override
        public void members(EnsembleConfig committed, EnsembleConfig lastSeen) {}
    }
}
