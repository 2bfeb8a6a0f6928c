package org.quorate.cluster.simulated;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.quorate.cluster.coordinator.Znode;

/**
 * True time and all that happens in it. Used by one thread; close it to stop what still runs in it.
 *
 * <pre>{@code
 * try (World world = new World(7)) {
 *     SimulatedHost a = world.host("a", Duration.ofSeconds(4));
 *     Coordinator coordinator = Coordinator.on(a, Duration.ofSeconds(8));
 *     world.run(Duration.ofSeconds(1));
 *     a.pause(Duration.ofSeconds(5));
 *     world.run(Duration.ofMinutes(1));
 * }
 * }</pre>
 */
public final class World implements AutoCloseable {
    private final SplittableRandom random;
    private final PriorityQueue<Event> events = new PriorityQueue<>();
    private final List<Runnable> checks = new ArrayList<>();
    private final Strands strands = new Strands(this);
    private final SimulatedService service;
    private long nowNanos;
    private long sequence;
    private long eventsRun;

    /** A world whose every chance comes from {@code seed}. */
    public World(long seed) {
        this.random = new SplittableRandom(seed);
        this.service = new SimulatedService(this);
    }

    /** Ends the world: what still waits in it will not go on. */
    @Override
    public void close() {
        strands.end();
    }

    /** A process, not yet connected, whose sessions last {@code sessionTimeout}. */
    public SimulatedHost host(String name, Duration sessionTimeout) {
        return new SimulatedHost(this, service, name, sessionTimeout, random.split());
    }

    /** True time since the world began. */
    public long nowNanos() {
        return nowNanos;
    }

    /** How many events have run: a measure of how much has happened. */
    public long eventsRun() {
        return eventsRun;
    }

    /** Passes {@code time}. */
    public void run(Duration time) {
        passUntil(nowNanos + time.toNanos());
    }

    /**
     * Passes time until {@code condition} holds, but at most {@code atMost}.
     *
     * @return whether it holds
     */
    public boolean runUntil(BooleanSupplier condition, Duration atMost) {
        return passUntil(condition, nowNanos + atMost.toNanos());
    }

    /** Runs {@code check} after every event from now on; it throws to stop the world. */
    public void checkAlways(Runnable check) {
        checks.add(check);
    }

    /** The service offers from now on to bind sessions to their connection, as Quorate does. */
    public void bindsSessions() {
        service.bindsSessions();
    }

    /** Whether that session lives at the service. */
    public boolean alive(long sessionId) {
        return service.alive(sessionId);
    }

    /** Ends that session at the service now, as if it had expired. */
    public void expire(long sessionId) {
        service.expire(sessionId);
    }

    /**
     * How much later the leader may learn of a session's sign of life than it was given: the
     * session then expires that much earlier. Between 0 and this, drawn each time.
     */
    public void touchLag(Duration most) {
        service.touchLagNanos(most.toNanos());
    }

    /** Deletes a znode behind everybody's back, if it is there and has no children. */
    public void deleteByHand(String path) {
        service.deleteByHand(path);
    }

    /** What the service holds at {@code path} now, seen from outside: no time passes. */
    public Optional<Znode> look(String path) {
        return service.get(path);
    }

    SplittableRandom random() {
        return random;
    }

    /** Runs {@code task} at true time {@code atNanos}; {@code owner} null for the service. */
    Event at(long atNanos, @Nullable SimulatedHost owner, Runnable task) {
        Event event = new Event(Math.max(atNanos, nowNanos), sequence++, owner, task);
        events.add(event);
        return event;
    }

    /** Passes time up to {@code untilNanos}, running what falls due. */
    void passUntil(long untilNanos) {
        strands.pass(null, untilNanos);
    }

    boolean passUntil(BooleanSupplier condition, long untilNanos) {
        return strands.pass(condition, untilNanos);
    }

    /** When the next event falls due; the end of time if there is none. */
    long nextEventNanos() {
        Event next = events.peek();
        while (next != null && next.cancelled) {
            events.poll();
            next = events.peek();
        }
        return next == null ? Long.MAX_VALUE : next.atNanos;
    }

    void advanceTo(long nanos) {
        nowNanos = Math.max(nowNanos, nanos);
    }

    /** Runs the next event; it may block, and then returns much later. */
    void runNext() {
        Event event = events.remove();
        advanceTo(event.atNanos);
        if (event.owner != null && event.owner.pausedUntilNanos() > nowNanos) {
            at(event.owner.pausedUntilNanos(), event.owner, event.task).follows(event);
            return;
        }
        eventsRun++;
        event.task.run();
    }

    void check() {
        checks.forEach(Runnable::run);
    }

    /** Something that will happen. Ordered by time, then by when it was decided. */
    static final class Event implements Comparable<Event> {
        private final long atNanos;
        private final long sequence;
        private final @Nullable SimulatedHost owner;
        private final Runnable task;
        private boolean cancelled;
        private @Nullable Event successor;

        Event(long atNanos, long sequence, @Nullable SimulatedHost owner, Runnable task) {
            this.atNanos = atNanos;
            this.sequence = sequence;
            this.owner = owner;
            this.task = task;
        }

        void cancel() {
            cancelled = true;
            if (successor != null) {
                successor.cancel();
            }
        }

        private void follows(Event postponed) {
            postponed.successor = this;
        }

        @Override
        public int compareTo(Event other) {
            int byTime = Long.compare(atNanos, other.atNanos);
            return byTime != 0 ? byTime : Long.compare(sequence, other.sequence);
        }
    }
}
