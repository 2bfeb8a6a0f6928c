package org.quorate.cluster.simulated;

import java.time.Duration;
import java.util.SplittableRandom;
import java.util.function.BooleanSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.quorate.cluster.coordinator.Host;
import org.quorate.cluster.coordinator.Link;

/**
 * One simulated process, and what can befall it: its clock runs fast or slow, it is paused, its
 * connection is cut, its server loses the leader, an answer is lost. It behaves like ZooKeeper's
 * client on Curator: pings, reconnects, learns of an expiry when it is connected again or when the
 * timeout has passed on its own clock.
 */
public final class SimulatedHost implements Host {
    /** Wall time at which every world begins. */
    static final long EPOCH_MILLIS = 1_700_000_000_000L;

    private final World world;
    private final SimulatedService service;
    private final String name;
    private final Duration sessionTimeout;
    private final SplittableRandom random;
    private final SimulatedLink link;
    private @Nullable SessionEvents listener;
    private double clockRate = 1;
    private long clockOffsetNanos;
    private long latencyMostNanos = Duration.ofMillis(10).toNanos();
    private long pausedUntilNanos;
    private boolean cut;
    private boolean closed;
    private boolean broken; // The connection has ended and this process has not noticed it.
    private long graceNanos; // What the server knows of this connection; 0: not bound to it.
    private double announcedFactor = 1;
    private double graceFactor = 1;
    // The client's view: what it believes about its connection and session.
    private boolean connected;
    private long sessionId;
    private long disconnectedSinceNanos;

    SimulatedHost(
            World world,
            SimulatedService service,
            String name,
            Duration sessionTimeout,
            SplittableRandom random) {
        this.world = world;
        this.service = service;
        this.name = name;
        this.sessionTimeout = sessionTimeout;
        this.random = random;
        this.link = new SimulatedLink(world, service, this);
    }

    /** Lets this process's clock run {@code rate} times as fast as true time from now on. */
    public void clockRate(double rate) {
        clockOffsetNanos = nanoTime() - (long) (world.nowNanos() * rate);
        clockRate = rate;
    }

    /** The longest way of a request, and of an answer. */
    public void latency(Duration most) {
        latencyMostNanos = most.toNanos();
    }

    /** Nothing of this process runs for {@code time}, its clock excepted. */
    public void pause(Duration time) {
        pausedUntilNanos = Math.max(pausedUntilNanos, world.nowNanos() + time.toNanos());
    }

    /** Nothing passes between this process and the service until {@link #heal}. */
    public void cut() {
        cut = true;
        world.at(world.nowNanos() + delayNanos(), this, this::noticeDisconnection);
    }

    /**
     * The server that this process talks to is cut off from the others until {@link #heal}: it
     * answers reads and pings from what it knows, and nobody else learns of them.
     */
    public void strand() {
        link.strand();
    }

    /**
     * The connection ends: its server sees that at once, this process when it uses it next. As a
     * device between them does that has forgotten it.
     */
    public void breakConnection() {
        broken |= connected;
        serverSeesTheEnd();
    }

    /** The process is gone, with its connection: nothing of it runs any more. */
    public void kill() {
        serverSeesTheEnd();
        closed = true;
        connected = false;
    }

    private void serverSeesTheEnd() {
        if (graceNanos > 0 && !cut && !link.stranded()) {
            service.disconnected(sessionId, (long) (graceNanos * graceFactor));
        }
        graceNanos = 0;
    }

    /** The connection works again. */
    public void heal() {
        cut = false;
        link.rejoin();
    }

    /** The answer to the next transaction is lost, with the connection. */
    public void loseNextAnswer() {
        link.loseNextAnswer();
    }

    /**
     * For tests that must find a fault: tells the coordinator a session timeout {@code factor}
     * times as long as the service has granted.
     */
    public void announceTimeout(double factor) {
        announcedFactor = factor;
    }

    /** For tests that must find a fault: the server ends sessions after that part of the grace. */
    public void announceGrace(double factor) {
        graceFactor = factor;
    }

    /** For tests that must find a fault: a stranded server passes for one that has a quorum. */
    public void strandedServerProves() {
        link.strandedServerProves();
    }

    @Override
    public Link link() {
        return link;
    }

    @Override
    public void start(SessionEvents events) {
        listener = events;
        disconnectedSinceNanos = nanoTime();
        reconnectSoon();
        pingLater();
    }

    @Override
    public void close() {
        closed = true;
        connected = false;
        if (sessionId != 0 && !cut && !link.stranded()) {
            service.expire(sessionId); // A client that closes ends its session.
        }
    }

    @Override
    public long nanoTime() {
        return (long) (world.nowNanos() * clockRate) + clockOffsetNanos;
    }

    @Override
    public long wallMillis() {
        return EPOCH_MILLIS + nanoTime() / 1_000_000;
    }

    @Override
    public RandomGenerator random() {
        return random;
    }

    @Override
    public void execute(Runnable task) {
        schedule(1_000, task);
    }

    @Override
    public Timer schedule(long delayNanos, Runnable task) {
        long trueNanos = (long) (Math.max(0, delayNanos) / clockRate) + 1;
        World.Event event =
                world.at(
                        world.nowNanos() + trueNanos,
                        this,
                        () -> {
                            if (!closed) {
                                task.run();
                            }
                        });
        return event::cancel;
    }

    @Override
    public boolean await(BooleanSupplier condition, long timeoutNanos) {
        long trueNanos = (long) (timeoutNanos / clockRate);
        boolean holds = world.passUntil(condition, saturated(world.nowNanos() + trueNanos));
        waitOutPause();
        return holds || condition.getAsBoolean();
    }

    @Override
    public void signal() {
        // Conditions are looked at after every event.
    }

    long pausedUntilNanos() {
        return pausedUntilNanos;
    }

    boolean reachable() {
        return !cut && !closed && !broken;
    }

    boolean connected() {
        return connected;
    }

    long sessionId() {
        return sessionId;
    }

    /** How this connection is bound at its server. */
    long graceNanos() {
        return graceNanos;
    }

    void graceNanos(long nanos) {
        graceNanos = nanos;
    }

    SplittableRandom chance() {
        return random;
    }

    /** One way's time. */
    long delayNanos() {
        return 1 + random.nextLong(latencyMostNanos);
    }

    /** A blocking call cannot return while its process is paused. */
    void waitOutPause() {
        while (pausedUntilNanos > world.nowNanos()) {
            world.passUntil(pausedUntilNanos);
        }
    }

    /** The client finds its connection gone. */
    void noticeDisconnection() {
        if (!connected || closed) {
            return;
        }
        serverSeesTheEnd();
        connected = false;
        disconnectedSinceNanos = nanoTime();
        events().interrupted();
        reconnectSoon();
    }

    /** The service has said that the session is no more. */
    void noticeExpiry(long expiredId) {
        if (expiredId != sessionId || closed) {
            return;
        }
        sessionId = 0;
        connected = false;
        disconnectedSinceNanos = nanoTime();
        events().expired();
        reconnectSoon();
    }

    private void reconnectSoon() {
        world.at(world.nowNanos() + 2 * delayNanos() + 1_000_000, this, this::reconnect);
    }

    private void reconnect() {
        if (connected || closed) {
            return;
        }
        boolean tooLong = nanoTime() - disconnectedSinceNanos > sessionTimeout.toNanos();
        if (sessionId != 0 && tooLong) {
            noticeExpiry(sessionId); // As Curator does: it takes the session for lost by itself.
            return;
        }
        if (cut || link.stranded()) {
            world.at(world.nowNanos() + sessionTimeout.toNanos() / 20, this, this::reconnect);
            return;
        }
        if (sessionId != 0 && !service.alive(sessionId)) {
            noticeExpiry(sessionId);
            return;
        }
        if (sessionId == 0) {
            sessionId = service.open(sessionTimeout.toNanos());
        } else {
            service.reconnected(sessionId);
        }
        broken = false;
        connected = true;
        long announcedNanos = (long) (sessionTimeout.toNanos() * announcedFactor);
        events().connected(sessionId, Duration.ofNanos(announcedNanos));
    }

    private void pingLater() {
        schedule(
                sessionTimeout.toNanos() / 3,
                () -> {
                    if (connected && !cut && !broken && !link.stranded()) {
                        if (service.alive(sessionId)) {
                            service.touch(sessionId);
                        } else {
                            noticeExpiry(sessionId);
                        }
                    } else if (connected && (cut || broken)) {
                        noticeDisconnection();
                    }
                    pingLater();
                });
    }

    private SessionEvents events() {
        if (listener == null) {
            throw new IllegalStateException(name + " has not been started");
        }
        return listener;
    }

    private static long saturated(long nanos) {
        return nanos < 0 ? Long.MAX_VALUE : nanos;
    }

    @Override
    public String toString() {
        return name;
    }
}
