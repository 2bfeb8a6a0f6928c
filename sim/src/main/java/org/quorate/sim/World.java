package org.quorate.sim;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.quorate.protocol.client.Request;
import org.quorate.protocol.peer.EnsembleConfig;

/** All of one run: time, network, servers, clients, and those who look on. */
final class World {
    final Settings settings;
    final Chance chance;
    final Trace trace;
    final Marks marks = new Marks();
    final Timeline time;
    final Network network;
    final Znodes znodes = new Znodes();
    final CommittedOrder order;
    final Leaders leaders;
    final Seen seen;
    final Calm calm;
    final TreeMap<Long, ServerHost> servers = new TreeMap<>();
    final List<SimClient> clients = new ArrayList<>();

    private long lullUntilNanos;
    private @Nullable ServerHost onlyRead;
    private long onlyReadUntilNanos;
    private SnapshotListener snapshotListener = (_, _) -> {};

    /** Hears that a server sends its state to another. */
    interface SnapshotListener {
        void snapshot(long from, long to);
    }

    World(Settings settings, Chance chance, Trace trace) {
        this.settings = settings;
        this.chance = chance;
        this.trace = trace;
        this.time = new Timeline(trace);
        this.network = new Network(time, chance.part());
        this.order = new CommittedOrder(trace, znodes, settings.counterMax());
        this.leaders = new Leaders(marks);
        this.seen = new Seen(order);
        this.calm = new Calm(this);
        EnsembleConfig members = settings.members();
        for (long id : members.members().keySet()) {
            servers.put(id, new ServerHost(this, id, members));
        }
        for (int i = 0; i < settings.clients(); i++) {
            clients.add(new SimClient(this, i));
        }
        order.onExpiry(this::expired);
    }

    void start() {
        if (settings.inherited()) {
            new LoneServer(this).leaveDirectory();
        }
        for (ServerHost server : servers.values()) {
            time.after(chance.between(0, 30 * Timeline.MILLI), server::start);
        }
        clients.forEach(SimClient::start);
    }

    void tell(String what, @Nullable Object... values) {
        trace.tell(what, values);
    }

    // ---- servers

    @Nullable ServerHost serverOrNull(long id) {
        return servers.get(id);
    }

    ServerHost server(long id) {
        ServerHost server = servers.get(id);
        if (server == null) {
            throw new IllegalStateException("no server " + id);
        }
        return server;
    }

    List<ServerHost> allServers() {
        return List.copyOf(servers.values());
    }

    /** The leader of the newest epoch; null if nobody leads. */
    @Nullable ServerHost leader() {
        ServerHost leader = null;
        for (ServerHost server : servers.values()) {
            if (server.leads()
                    && (leader == null || server.role().epoch() > leader.role().epoch())) {
                leader = server;
            }
        }
        return leader;
    }

    /** The newest configuration that any server knows to be committed. */
    EnsembleConfig config() {
        EnsembleConfig newest = null;
        for (ServerHost server : servers.values()) {
            if (newest == null || server.config().version() > newest.version()) {
                newest = server.config();
            }
        }
        if (newest == null) {
            throw new IllegalStateException("no servers");
        }
        return newest;
    }

    /** Some client asks for this; false if none can. */
    boolean ask(Chance who, Request request) {
        List<SimClient> ready = clients.stream().filter(SimClient::isReady).toList();
        if (ready.isEmpty()) {
            return false;
        }
        who.of(ready).send(request, "", false);
        return true;
    }

    /** For so long clients only ping. */
    void lull(long nanos) {
        lullUntilNanos = time.nowNanos() + nanos;
    }

    boolean isLull() {
        return time.nowNanos() < lullUntilNanos;
    }

    /** For so long the clients of a server write nothing. */
    void onlyRead(ServerHost server, long nanos) {
        onlyRead = server;
        onlyReadUntilNanos = time.nowNanos() + nanos;
    }

    boolean isOnlyRead(@Nullable ServerHost server) {
        return server == onlyRead && time.nowNanos() < onlyReadUntilNanos;
    }

    void onSnapshot(SnapshotListener listener) {
        snapshotListener = listener;
    }

    void snapshotSent(long from, long to) {
        snapshotListener.snapshot(from, to);
    }

    // ---- what is to be expected

    /** Is each server up, awake and in order? */
    boolean isWell() {
        return servers.values().stream().allMatch(ServerHost::isWell);
    }

    private void expired(long sessionId, long zxid) {
        marks.add("session expired");
        for (SimClient client : clients) {
            client.expired(sessionId, zxid);
        }
    }

    void close() {
        servers.values().forEach(ServerHost::close);
    }
}
