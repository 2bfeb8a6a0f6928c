package org.quorate.cluster.simulated;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The threads of one world, of which one moves at a time. Whoever moves either runs events (a
 * driver) or is a blocked call that has been let go on. A call that blocks leaves the driving to
 * another thread and waits; when its time has come the driver lets it go on and rests. When a call
 * has returned all the way, its thread drives.
 *
 * <p>All state is touched only by the thread that moves; handing over publishes it to the next.
 */
final class Strands {
    private static final ExecutorService THREADS =
            Executors.newCachedThreadPool(task -> {
                Thread thread = new Thread(task, "quorate-simulated");
                thread.setDaemon(true);
                return thread;
            });

    /** Thrown through blocked calls when their world ends. */
    private static final class WorldEnded extends Error {
        private static final long serialVersionUID = 1L;

        WorldEnded() {
            super("the simulated world has ended", null, false, false);
        }
    }

    /** A thread that rests until it is handed the world. */
    private static class Resting {
        private final Thread thread = Thread.currentThread();
        private volatile boolean mayMove;

        final void letMove() {
            mayMove = true;
            LockSupport.unpark(thread);
        }

        final void rest() {
            while (!mayMove) {
                LockSupport.park(this);
            }
            mayMove = false;
        }
    }

    /** A call that waits for a condition or a time. */
    private static final class Blocked extends Resting {
        private final @Nullable BooleanSupplier condition;
        private final long untilNanos;
        private final boolean outside;

        Blocked(@Nullable BooleanSupplier condition, long untilNanos, boolean outside) {
            this.condition = condition;
            this.untilNanos = untilNanos;
            this.outside = outside;
        }
    }

    private final World world;
    private final List<Blocked> blocked = new ArrayList<>();
    private final Deque<Resting> idleDrivers = new ArrayDeque<>();
    private @Nullable Throwable failure;
    private boolean ended;
    private @Nullable Resting atTheEnd;

    Strands(World world) {
        this.world = world;
    }

    /**
     * Lets time pass for the caller until {@code condition} (null for never) holds or it is {@code
     * untilNanos}. What else happens meanwhile happens on other threads, while this one waits.
     *
     * @return whether the condition holds
     */
    boolean pass(@Nullable BooleanSupplier condition, long untilNanos) {
        boolean driver = Driver.CURRENT.get() == this;
        refuseIfEnded(driver);
        if (condition != null && condition.getAsBoolean()) {
            return true;
        }
        if (noneSooner(untilNanos)) {
            world.advanceTo(untilNanos);
            return condition != null && condition.getAsBoolean();
        }
        Blocked self = new Blocked(condition, untilNanos, !driver);
        blocked.add(self);
        wakeDriver();
        self.rest();
        refuseIfEnded(driver);
        rethrow();
        return condition != null && condition.getAsBoolean();
    }

    /** Ends all blocked calls and idle drivers, one after the other. */
    void end() {
        if (ended) {
            return;
        }
        Resting ender = new Resting();
        atTheEnd = ender;
        ended = true;
        List<Resting> all = new ArrayList<>(blocked);
        all.addAll(idleDrivers);
        for (Resting one : all) {
            one.letMove();
            ender.rest();
        }
    }

    private void refuseIfEnded(boolean driver) {
        if (ended) {
            if (driver) {
                throw new WorldEnded();
            }
            throw new IllegalStateException("the simulated world has ended");
        }
    }

    private boolean noneSooner(long untilNanos) {
        if (world.nextEventNanos() <= untilNanos) {
            return false;
        }
        for (Blocked one : blocked) {
            if (one.untilNanos <= untilNanos) {
                return false;
            }
        }
        return true;
    }

    private void wakeDriver() {
        Resting idle = idleDrivers.poll();
        if (idle != null) {
            idle.letMove();
        } else {
            THREADS.execute(this::drive);
        }
    }

    /** Runs events until the world ends, resting while a blocked call moves. */
    private void drive() {
        Driver.CURRENT.set(this);
        try {
            while (!ended) {
                Blocked next = failure != null ? outside() : due();
                if (next == null) {
                    runNext();
                } else {
                    Resting self = new Resting();
                    idleDrivers.push(self);
                    blocked.remove(next);
                    next.letMove();
                    self.rest();
                }
            }
        } catch (WorldEnded over) {
            // The task that this thread was in has been cut short.
        } finally {
            Driver.CURRENT.remove();
            Resting ender = atTheEnd;
            if (ender != null) {
                ender.letMove();
            }
        }
    }

    private void runNext() {
        try {
            world.runNext();
            world.check();
        } catch (WorldEnded over) {
            throw over;
        } catch (Throwable failed) {
            failure = failed; // For the thread outside, which is a test.
        }
    }

    /** The blocked call whose turn it is before any event, by condition first and then by time. */
    private @Nullable Blocked due() {
        Blocked first = null;
        for (Blocked one : blocked) {
            if (one.condition != null && one.condition.getAsBoolean()) {
                return one;
            }
            if (first == null || one.untilNanos < first.untilNanos) {
                first = one;
            }
        }
        if (first != null && first.untilNanos < world.nextEventNanos()) {
            world.advanceTo(first.untilNanos);
            return first;
        }
        return null;
    }

    private Blocked outside() {
        for (Blocked one : blocked) {
            if (one.outside) {
                return one;
            }
        }
        throw new IllegalStateException("nobody waits for this world", failure);
    }

    private void rethrow() {
        Throwable failed = failure;
        if (failed == null) {
            return;
        }
        failure = null;
        if (failed instanceof RuntimeException unchecked) {
            throw unchecked;
        }
        if (failed instanceof Error error) {
            throw error;
        }
        throw new IllegalStateException("failed in the simulated world", failed);
    }

    /** Which world the present thread drives. */
    private static final class Driver {
        private static final ThreadLocal<Strands> CURRENT = new ThreadLocal<>();
    }
}
