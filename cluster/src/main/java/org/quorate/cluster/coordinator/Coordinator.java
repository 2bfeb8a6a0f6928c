package org.quorate.cluster.coordinator;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.apache.curator.framework.CuratorFramework;
import org.apache.zookeeper.KeeperException;
import org.jspecify.annotations.Nullable;
import org.quorate.cluster.coordinator.CoordinationException.Fate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One process's tie to the coordination service: Quorate or ZooKeeper from 3.6 on. All parts of the
 * toolkit in a process share one. Safe for many threads.
 *
 * <pre>{@code
 * try (Coordinator coordinator = Coordinator.connect("zk1:2181,zk2:2181,zk3:2181")) {
 *     coordinator.znodes().ensure("/orders-db");
 * }
 * }</pre>
 *
 * <p>It keeps a {@link Session}; when one ends, its leases end with it, and the next session wakes
 * everybody who must join again.
 */
public final class Coordinator implements AutoCloseable {
    /** Session timeout asked for unless told otherwise. */
    public static final Duration SESSION_TIMEOUT = Duration.ofSeconds(10);

    /** How long a bound session outlives its connection, unless told otherwise. */
    public static final Duration RECONNECT_GRACE = Duration.ofMillis(500);

    /** The shortest grace that can be asked for. */
    public static final Duration RECONNECT_GRACE_LEAST = Duration.ofMillis(50);

    private static final Logger LOG = LoggerFactory.getLogger(Coordinator.class);

    private final Host host;
    private final Znodes znodes;
    private final Duration patience;
    private final List<Reconciler> reconcilers = new CopyOnWriteArrayList<>();
    private final List<Consumer<Session>> beginnings = new CopyOnWriteArrayList<>();
    private final List<Runnable> gaps = new CopyOnWriteArrayList<>();
    private final Reconciler opener;
    private final Map<String, Claims> claims = new HashMap<>(); // Guarded by itself.
    private @Nullable ConnectionBinding binding; // Guarded by this.
    // Guarded by this: what the host told last; 0 while there is no session.
    private long currentId;
    private Duration currentTimeout = Duration.ZERO;
    private volatile @Nullable Session session;
    private volatile boolean closed;

    private Coordinator(Host host, Duration patience) {
        this.host = host;
        this.patience = patience;
        this.znodes = new Znodes(this, host, patience);
        this.opener = new Reconciler(this, host, "session", this::openSession);
    }

    /** Connects with its own client and a session timeout of {@link #SESSION_TIMEOUT}. */
    public static Coordinator connect(String connectString) {
        return connect(connectString, SESSION_TIMEOUT);
    }

    /**
     * Connects with its own client. Returns at once; calls wait for the connection.
     *
     * @param connectString servers, and optionally a root, as ZooKeeper's clients take it
     * @param sessionTimeout asked for; the service may grant another one
     */
    public static Coordinator connect(String connectString, Duration sessionTimeout) {
        return on(
                CuratorHost.owning(connectString, sessionTimeout), sessionTimeout.multipliedBy(2));
    }

    /**
     * Shares a started client with its owner. Closing this coordinator leaves the client and its
     * session alone, so close the parts that stand on it first.
     *
     * <p>Paths lie under the client's namespace. Its ACL provider is not known here: znodes are
     * created open to all; secure them by the namespace's ACL, or let the coordinator connect by
     * itself.
     */
    public static Coordinator over(CuratorFramework client) {
        Duration timeout =
                Duration.ofMillis(client.getZookeeperClient().getLastNegotiatedSessionTimeoutMs());
        Duration known = timeout.isZero() ? SESSION_TIMEOUT : timeout;
        return on(CuratorHost.sharing(client), known.multipliedBy(2));
    }

    /**
     * Lives on {@code host}, which it starts.
     *
     * @param patience how long a call goes on trying
     */
    public static Coordinator on(Host host, Duration patience) {
        Coordinator coordinator = new Coordinator(host, patience);
        host.start(coordinator.new Events());
        return coordinator;
    }

    /** Reads and transactions. */
    public Znodes znodes() {
        return znodes;
    }

    /** Clock, chance and threads of this process. */
    public Host host() {
        return host;
    }

    /**
     * Binds each session to its connection: when that ends, as it does when the process is killed,
     * and is not there again within {@code reconnectGrace}, the session ends then, and not only
     * after its timeout. Only servers that offer it are asked; with others nothing changes.
     *
     * <p>The price: leases last no longer than four fifths of the grace from the last answer, so a
     * process that stands still for so long loses them; and the server is asked five times in each
     * grace, without a transaction.
     *
     * @param reconnectGrace at least {@link #RECONNECT_GRACE_LEAST}; {@link #RECONNECT_GRACE} is a
     *     good one
     * @return this
     * @throws IllegalArgumentException if it is shorter
     * @throws IllegalStateException if that was said before
     */
    public synchronized Coordinator bindToConnection(Duration reconnectGrace) {
        if (reconnectGrace.compareTo(RECONNECT_GRACE_LEAST) < 0) {
            throw new IllegalArgumentException("a grace of " + reconnectGrace);
        }
        if (binding != null) {
            throw new IllegalStateException("bound to its connection already");
        }
        binding = new ConnectionBinding(this, reconnectGrace);
        binding.start();
        return this;
    }

    /**
     * The session, waited for if there is none.
     *
     * @throws CoordinationException if none begins in time
     */
    public Session session() throws CoordinationException, InterruptedException {
        host.await(() -> closed || session != null, patience.toNanos());
        Session now = session;
        if (now == null) {
            throw new CoordinationException(
                    Fate.DID_NOT_HAPPEN,
                    closed ? "the coordinator is closed" : "no session within " + patience);
        }
        return now;
    }

    /** The session, if there is one now. */
    public Optional<Session> currentSession() {
        return Optional.ofNullable(session);
    }

    /** Calls {@code action} with each session that begins from now on. It must not block. */
    public void onSession(Consumer<Session> action) {
        beginnings.add(action);
    }

    /**
     * A loop that, once {@link Reconciler#start started}, runs {@code step} whenever it is woken, a
     * session begins or the connection is back, until it is closed.
     *
     * @param name for the log
     */
    public Reconciler reconciler(String name, Step step) {
        return new Reconciler(this, host, name, step);
    }

    /**
     * What several parts of this process need once: made for the first who asks, closed behind the
     * last who lets go of it.
     *
     * @param name what it is, one of a kind
     * @param make must not block
     */
    public <T> Shared<T> share(String name, Class<T> type, Supplier<T> make, Consumer<T> close) {
        synchronized (claims) {
            Claims held = claims.computeIfAbsent(name, none -> new Claims(make.get()));
            held.count++;
            T part = type.cast(held.part);
            return new Shared<>(
                    part,
                    () -> {
                        if (isLast(name, held)) {
                            close.accept(part); // May wait for what runs in it.
                        }
                    });
        }
    }

    private boolean isLast(String name, Claims held) {
        synchronized (claims) {
            held.count--;
            return held.count == 0 && claims.remove(name, held);
        }
    }

    /** What is shared, and by how many. */
    private static final class Claims {
        private final Object part;
        private int count;

        Claims(Object part) {
            this.part = part;
        }
    }

    /** 128 random bits as text, to tell one's own doing from another's. */
    public String nonce() {
        return String.format("%016x%016x", host.random().nextLong(), host.random().nextLong());
    }

    /** How long a call goes on trying. */
    public Duration patience() {
        return patience;
    }

    /** Ends all leases, the loops and, if the client is its own, the session. */
    @Override
    public void close() {
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
            currentId = 0;
        }
        endSession();
        host.signal();
        opener.close();
        reconcilers.forEach(Reconciler::close);
        host.close();
    }

    boolean closed() {
        return closed;
    }

    /** Calls {@code action}, which must not block, after events may have been missed. */
    void onGap(Runnable action) {
        gaps.add(action);
    }

    void forgetGap(Runnable action) {
        gaps.remove(action);
    }

    void remember(Reconciler reconciler) {
        reconcilers.add(reconciler);
    }

    void forget(Reconciler reconciler) {
        reconcilers.remove(reconciler);
    }

    /** Makes a session of what the host told, after its contact has been proven. */
    private Step.Next openSession() throws CoordinationException, InterruptedException {
        long id;
        Duration timeout;
        synchronized (this) {
            id = currentId;
            timeout = currentTimeout;
        }
        if (id == 0 || session != null) {
            return Step.Next.WHEN_WOKEN;
        }
        long sentNanos = host.nanoTime();
        try {
            Session.prove(host.link(), id);
        } catch (KeeperException failed) {
            throw new CoordinationException(
                    Fate.DID_NOT_HAPPEN, "session not proven: " + failed.getMessage(), failed);
        }
        Session opened = new Session(host, id, timeout, sentNanos);
        synchronized (this) {
            if (currentId != id || closed) {
                return Step.Next.WHEN_WOKEN; // It ended meanwhile; its successor has woken us.
            }
            session = opened;
        }
        LOG.info("session began session=0x{} timeout={}", Long.toHexString(id), timeout);
        host.signal();
        beginnings.forEach(action -> action.accept(opened));
        lookAgain();
        return Step.Next.WHEN_WOKEN;
    }

    private void endSession() {
        Session ended;
        synchronized (this) {
            ended = session;
            session = null;
        }
        if (ended != null) {
            LOG.info("session ended session=0x{}", Long.toHexString(ended.id()));
            ended.end();
        }
    }

    private void lookAgain() {
        gaps.forEach(Runnable::run);
        reconcilers.forEach(Reconciler::wake);
    }

    private final class Events implements Host.SessionEvents {
        @Override
        public void connected(long sessionId, Duration timeout) {
            boolean another;
            synchronized (Coordinator.this) {
                if (closed) {
                    return;
                }
                another = sessionId != currentId;
            }
            if (another) {
                endSession();
                synchronized (Coordinator.this) {
                    currentId = sessionId;
                    currentTimeout = timeout;
                }
            } else if (session != null) {
                lookAgain();
                return;
            }
            opener.wake();
        }

        @Override
        public void interrupted() {
            LOG.info("connection interrupted");
        }

        @Override
        public void expired() {
            synchronized (Coordinator.this) {
                currentId = 0;
            }
            endSession();
        }
    }
}
