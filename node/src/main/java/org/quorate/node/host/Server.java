package org.quorate.node.host;

import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.quorate.log.Disk;
import org.quorate.net.ClientEdge;
import org.quorate.node.admin.AdminSurface;
import org.quorate.node.config.ServerConfig;
import org.quorate.node.console.ConsoleHttp;
import org.quorate.replica.Replica;
import org.quorate.zab.Role;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One running server: store, core, edges, joined by hand. Nothing static is shared, so several live
 * in one JVM. All threads are daemons. Methods may be called by any thread but the server's own.
 */
public final class Server implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Server.class);
    private static final long SERVE_SECONDS_MAX = 10;
    private static final long ANSWER_SECONDS_MAX = 5;
    private static final long HAND_OVER_SECONDS_MAX = 3;
    private static final long CHECK_EVERY_MILLIS = 2;

    private final ServerConfig config;
    private final Fatal whenFailed;
    private final Parts parts;
    private final long startedNanos = System.nanoTime();
    private final AtomicBoolean closing = new AtomicBoolean();
    private final CountDownLatch closed = new CountDownLatch(1);
    private volatile @Nullable Throwable failure;
    private volatile boolean begun;
    private final AdminSurface admin;
    private final HistoryTaker history;

    private Server(
            ServerConfig config, Fatal whenFailed, Disk disk, HostClock clock, Surroundings around)
            throws StartException {
        this.config = config;
        this.whenFailed = whenFailed;
        this.parts = Parts.join(config, disk, clock, around.progress(), this::failed);
        LiveView view = new LiveView(this, parts);
        this.admin =
                new AdminSurface(
                        view,
                        around.logs(),
                        new ConsoleHttp(
                                view,
                                this::read,
                                new InnerChanges(parts.core(), parts.context()),
                                around.guest(),
                                around.logs()));
        this.history = new HistoryTaker(view, parts);
        parts.words().are(admin.words());
    }

    /**
     * Recovers the data, begins to take part, and listens for clients.
     *
     * @param whenFailed what to do when it cannot go on later; the server is closed by itself
     *     unless this ends the process
     * @throws StartException with one line for the operator; nothing is left running
     */
    public static Server start(ServerConfig config, Fatal whenFailed) throws StartException {
        return start(config, whenFailed, HostClock.SYSTEM);
    }

    /** The same with other clocks, for tests that move time. */
    public static Server start(ServerConfig config, Fatal whenFailed, HostClock clock)
            throws StartException {
        return start(config, whenFailed, Disk.REAL, clock, Surroundings.NONE);
    }

    /** The same with what the program around it lends. */
    public static Server start(ServerConfig config, Fatal whenFailed, Surroundings around)
            throws StartException {
        return start(config, whenFailed, Disk.REAL, HostClock.SYSTEM, around);
    }

    /** The same on another disk. */
    static Server start(ServerConfig config, Fatal whenFailed, Disk disk) throws StartException {
        return start(config, whenFailed, disk, HostClock.SYSTEM, Surroundings.NONE);
    }

    private static Server start(
            ServerConfig config, Fatal whenFailed, Disk disk, HostClock clock, Surroundings around)
            throws StartException {
        try {
            Server server = new Server(config, whenFailed, disk, clock, around);
            server.begin();
            server.parts.audit("serverStart", "success");
            return server;
        } catch (StartException e) {
            if (config.metrics().audit()) {
                AuditTrail.startFailed();
            }
            throw e;
        }
    }

    private static String line(Throwable e) {
        return e.getMessage() == null ? e.toString() : e.getMessage();
    }

    private void begin() throws StartException {
        try {
            parts.start();
            if (config.quorum().standalone()) {
                awaitServing();
            }
            parts.door().open();
            admin.start();
            history.start();
            begun = true;
        } catch (IOException | RuntimeException e) {
            close();
            throw new StartException(line(e), e);
        }
    }

    private void awaitServing() throws IOException {
        if (!await(() -> role().isServing() || failure != null, SERVE_SECONDS_MAX)) {
            throw new IOException("the server does not begin to serve");
        }
        Throwable why = failure;
        if (why != null) {
            throw new IOException(line(why), why);
        }
    }

    // ---- what it is

    /** What it was told at its start. */
    public ServerConfig config() {
        return config;
    }

    /** The port that plain clients connect to, also where 0 was configured; −1 if there is none. */
    public int clientPort() {
        return parts.door().port();
    }

    /** The port for TLS alone, also where 0 was configured; −1 if there is none. */
    public int securePort() {
        return parts.door().securePort();
    }

    /** The HTTP servers for operators. */
    public AdminSurface admin() {
        return admin;
    }

    /** What it is in the ensemble; a standalone server leads. */
    public Role role() {
        return parts.effects().role();
    }

    /** Hears of each change of the role, on the core thread: must be quick. */
    public void onRole(Consumer<Role> listener) {
        parts.effects().onRole(listener);
    }

    /** Milliseconds since the start. */
    public long uptimeMillis() {
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startedNanos);
    }

    /** Why it could not go on; null while it can. */
    public @Nullable Throwable failure() {
        return failure;
    }

    // ---- what it is asked

    /** Clients' connections: counters, statistics, closing. */
    public ClientEdge edge() {
        return parts.edge();
    }

    /** Asks the core something, in order with all else; the question must not change anything. */
    public <T> CompletableFuture<T> ask(Function<Replica, T> question) {
        return parts.core().ask(question);
    }

    /** Looks at the tree beside the core. Short: the core waits. */
    public <T extends @Nullable Object> T read(Function<org.quorate.tree.DataTree, T> question) {
        ReadGate gate = parts.gate();
        long stamp = gate.enter();
        try {
            return question.apply(parts.tree());
        } finally {
            gate.leave(stamp);
        }
    }

    /** Takes a snapshot soon. */
    public void snapshot() {
        parts.turn().wantSnapshot();
        parts.core().signal();
    }

    // ---- its end

    /** Waits until the server has been closed, or has failed and closed itself. */
    public void awaitClosed() throws InterruptedException {
        closed.await();
    }

    /**
     * Stops in order: no new clients, leadership handed over, what is under way answered,
     * connections closed, everything on disk. Idempotent; waits until it is done.
     */
    @Override
    public void close() {
        if (closing.compareAndSet(false, true)) {
            if (failure == null) {
                windDown();
            }
            history.close();
            admin.close();
            parts.close();
            closed.countDown();
        } else {
            boolean interrupted = false;
            while (true) {
                try {
                    closed.await();
                    break;
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void windDown() {
        if (begun) {
            parts.audit("serverStop", "invoked");
        }
        parts.door().close();
        boolean leads = role().kind() == Role.Kind.LEADING;
        if (leads && !config.quorum().standalone()) {
            handOver();
        }
        parts.context().drain();
        if (!await(this::isAllAnswered, ANSWER_SECONDS_MAX)) {
            LOG.warn("{} requests are left unanswered", parts.edge().underWay());
        }
    }

    private boolean isAllAnswered() {
        return parts.edge().underWay() == 0;
    }

    private void handOver() {
        CompletableFuture<Boolean> asked =
                ask(replica -> {
                    replica.zab().handOver();
                    return true;
                });
        try {
            asked.get(HAND_OVER_SECONDS_MAX, TimeUnit.SECONDS);
            // The others are told at its end: who closed their connections before would have them
            // elect.
            if (!await(() -> !isHandingOver(), HAND_OVER_SECONDS_MAX)) {
                LOG.warn("the others have not taken leadership over yet");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            LOG.warn("leadership is not handed over: {}", e.toString());
        }
    }

    private boolean isHandingOver() {
        CompletableFuture<Boolean> asked = ask(replica -> replica.zab().isHandingOver());
        try {
            return asked.get(HAND_OVER_SECONDS_MAX, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } catch (ExecutionException | TimeoutException e) {
            LOG.debug("the core does not say whether leadership is handed over", e);
            return false;
        }
    }

    /** Looks again and again: only while starting and stopping. */
    private static boolean await(BooleanSupplier condition, long secondsMax) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(secondsMax);
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - deadline > 0) {
                return false;
            }
            try {
                TimeUnit.MILLISECONDS.sleep(CHECK_EVERY_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return condition.getAsBoolean();
            }
        }
        return true;
    }

    /** Comes from one of the server's own threads. */
    private void failed(String what, Throwable why) {
        synchronized (this) { // guards the first failure
            if (failure != null) {
                return;
            }
            failure = why;
        }
        parts.metrics().unrecoverableErrors.increment();
        LOG.error("{}", what, why);
        whenFailed.dies(what, why);
        Thread.ofPlatform().daemon().name("quorate-fails").start(this::close);
    }
}
