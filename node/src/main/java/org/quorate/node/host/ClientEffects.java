package org.quorate.node.host;

import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.quorate.net.ClientLink;
import org.quorate.net.LogLimit;
import org.quorate.net.Outbox;
import org.quorate.node.insight.RoleLog;
import org.quorate.node.metrics.ServerMetrics;
import org.quorate.protocol.jute.Slice;
import org.quorate.protocol.txn.Txn;
import org.quorate.replica.Connection;
import org.quorate.replica.Effects;
import org.quorate.zab.Role;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Carries out what the replica asks for towards clients. Owned by the core thread. */
final class ClientEffects implements Effects {
    private static final Logger LOG = LoggerFactory.getLogger("org.quorate.core");

    /** Said to one loop and not taken by it; past it those who were said much are let go. */
    private static final long WAITING_BYTES_MAX = 32 << 20;

    /** Of one turn to one client, and it is not the one to be let go. */
    private static final int OWN_BYTES_MAX = 1 << 20;

    private final CopyOnWriteArrayList<Consumer<Role>> roleListeners = new CopyOnWriteArrayList<>();
    private final ServerMetrics metrics;
    private volatile Role role = Role.LOOKING;
    private final SlowWatch slow;
    private final RoleLog roles;
    private final @Nullable AuditTrail audit;
    private final @Nullable RateGate rates;
    private final LogLimit pastLimitLines = new LogLimit();

    private final NamespaceTally reads;
    private final NamespaceTally writes;

    // Of a reply that comes in parts: to whom, and its beginning.
    private @Nullable Connection partOf;
    private final byte[] partHead = new byte[SlowWatch.HEADER_BYTES];
    private Runnable whenRoom = () -> {};
    private long turn;
    private long nowMillis;

    /** A turn of the core begins. */
    void turnBegins(long nowNanos, long wallMillis) {
        turn++;
        nowMillis = wallMillis;
        slow.turnBegins(nowNanos, wallMillis);
    }

    /** A turn ends: what it counted is there before its replies are. */
    void turnEnds() {
        reads.flush();
        writes.flush();
    }

    ClientEffects(
            ServerMetrics metrics,
            SlowWatch slow,
            RoleLog roles,
            @Nullable AuditTrail audit,
            @Nullable RateTable rates) {
        this.rates = rates == null ? null : new RateGate(rates);
        this.metrics = metrics;
        this.reads = NamespaceTally.ofReads(metrics.readsByNamespace);
        this.writes = NamespaceTally.ofWrites(metrics.writesByNamespace);
        this.slow = slow;
        this.roles = roles;
        this.audit = audit;
    }

    /** Requests of a client were taken by the core: when they came, by the monotonic clock. */
    void taken(
            HostedClient client, int count, long receivedNanos, long handedNanos, long takenNanos) {
        slow.taken(client, count, receivedNanos, handedNanos, takenNanos);
    }

    /** The last role heard of. Any thread. */
    Role role() {
        return role;
    }

    /** The listener is called on the core thread and must be quick. */
    void onRole(Consumer<Role> listener) {
        roleListeners.add(listener);
    }

    @Override
    public void reply(Connection to, byte[] bytes, int from, int length) {
        if (to.attachment instanceof InnerClient inner) {
            inner.heard(bytes, from, length);
            return;
        }
        HostedClient client = client(to);
        ClientLink link = client.link;
        if (hasRoom(client, length)) {
            slow.replied(client, to, bytes, from, length);
            if (rates != null) {
                rates.replied(client, length);
            }
            outbox(link).reply(link, bytes, from, length);
        }
    }

    @Override
    public void replyPart(Connection to, byte[] bytes, int from, int length, boolean last) {
        if (to.attachment instanceof InnerClient) {
            throw new IllegalStateException("an inner client asks for nothing long");
        }
        HostedClient client = client(to);
        if (partOf != to) {
            partOf = to;
            System.arraycopy(bytes, from, partHead, 0, partHead.length);
        }
        if (last) {
            partOf = null;
        }
        if (hasRoom(client, length)) {
            if (last) {
                slow.replied(client, to, partHead, 0, partHead.length);
            }
            if (rates != null) {
                rates.replied(client, length);
            }
            outbox(client.link).replyPart(client.link, bytes, from, length, last);
        }
    }

    /** What has a turn of the core begun; before it runs. */
    void whenRoom(Runnable beginsTurn) {
        whenRoom = beginsTurn;
    }

    @Override
    public boolean isBehind(Connection to) {
        if (to.attachment instanceof InnerClient) {
            return false;
        }
        ClientLink link = client(to).link;
        Outbox outbox = outbox(link);
        if (link.isBehind()) {
            link.tellWhenRoom(whenRoom);
        } else if (outbox.waitingBytes() > Backlog.WAITING_BYTES_MAX) {
            outbox.tellWhenDrained(whenRoom);
        } else {
            return false;
        }
        return true;
    }

    @Override
    public void answers(Connection to, byte[] request, int from, int length) {
        slow.answers(to, request, from, length);
        if (rates != null) {
            rates.answers(request, from, length);
        }
    }

    @Override
    public void updated(Connection by, long sessionId, byte[] request, int length, Txn done) {
        if (audit != null) {
            audit.updated(by, sessionId, request, length, done);
        }
    }

    @Override
    public void ephemeralEnded(long sessionId, Slice path) {
        if (audit != null) {
            audit.ephemeralEnded(sessionId, path);
        }
    }

    @Override
    public void push(Connection to, byte[] bytes, int from, int length) {
        if (to.attachment instanceof InnerClient) {
            return; // it watches nothing
        }
        HostedClient client = client(to);
        ClientLink link = client.link;
        if (hasRoom(client, length)) {
            outbox(link).push(link, bytes, from, length);
        }
    }

    /**
     * Answers that were put off by a write before them come all at once. Past the limit those who
     * have long ones are let go; who has short ones notices nothing.
     */
    private boolean hasRoom(HostedClient client, int length) {
        if (client.shed) {
            return false;
        }
        Outbox outbox = outbox(client.link);
        if (client.saidInTurn != turn) {
            client.saidInTurn = turn;
            client.saidBytes = 0;
        }
        client.saidBytes += length;
        if (client.saidBytes <= OWN_BYTES_MAX || outbox.waitingBytes() <= WAITING_BYTES_MAX) {
            return true;
        }
        client.shed = true;
        LOG.warn(
                "closing {}: it asks for more at once than there is room for; {} bytes wait"
                        + " already",
                client.link.remote(),
                outbox.waitingBytes());
        outbox.close(client.link);
        return false;
    }

    @Override
    public void close(Connection connection) {
        if (connection.attachment instanceof InnerClient inner) {
            inner.closed();
            return;
        }
        HostedClient client = client(connection);
        client.closed = true;
        outbox(client.link).close(client.link);
    }

    @Override
    public void established(Connection connection) {
        if (connection.attachment instanceof InnerClient inner) {
            inner.established();
            return;
        }
        ClientLink link = client(connection).link;
        outbox(link).established(link, connection.sessionId(), connection.timeoutMillis());
    }

    @Override
    public void fired(int eventType, int watchers) {
        switch (eventType) {
            case 1 -> metrics.createdWatches.add(watchers);
            case 2 -> metrics.deletedWatches.add(watchers);
            case 3 -> metrics.changedWatches.add(watchers);
            default -> metrics.childrenWatches.add(watchers);
        }
    }

    @Override
    public void pastLimit(Connection by, Held what, boolean closed) {
        (closed ? metrics.pastLimits : metrics.throttledOps).increment();
        if (pastLimitLines.admits()) {
            LOG.warn(
                    "{} {}: too many {} of {}, or of its address{}",
                    closed ? "closing" : "refusing a request of",
                    by.address(),
                    what.name().toLowerCase(Locale.ROOT),
                    by.attachment instanceof HostedClient client
                            ? client.principal()
                            : by.address(),
                    pastLimitLines.untold());
        }
    }

    @Override
    public void read(Slice path, long bytes) {
        reads.add(path, bytes);
    }

    @Override
    public void written(Slice path, int bytes) {
        writes.add(path, bytes);
    }

    @Override
    public void digestDiffers() {
        metrics.digestMismatches.increment();
    }

    @Override
    public void role(Role newRole) {
        role = newRole;
        roles.change(
                newRole.kind().name().toLowerCase(Locale.ROOT),
                newRole.leader(),
                newRole.epoch(),
                nowMillis);
        LOG.atInfo()
                .addKeyValue("epoch", newRole.epoch())
                .log("{}, leader {}", newRole.kind(), newRole.leader());
        roleListeners.forEach(listener -> listener.accept(newRole));
    }

    @Override
    public void notice(Level level, String message) {
        roles.notice(message, nowMillis);
        switch (level) {
            case INFO -> LOG.info(message);
            case WARN -> LOG.warn(message);
            case ERROR -> LOG.error(message);
        }
    }

    private static HostedClient client(Connection connection) {
        if (connection.attachment instanceof HostedClient client) {
            return client;
        }
        throw new IllegalStateException("connection %d is nobody's".formatted(connection.id()));
    }

    private static Outbox outbox(ClientLink link) {
        return link.loop().outbox();
    }
}
