package org.quorate.cluster.coordinator;

import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.random.RandomGenerator;

/**
 * Where a {@link Coordinator} lives: its clock, its threads, its chance and its link to the
 * service. Two exist: on Curator, and simulated, where one thread runs everything in virtual time.
 */
public interface Host {
    /** The link to the service. */
    Link link();

    /**
     * Connects and from then on tells {@code listener} about the session. Called once.
     *
     * @param listener called on a thread that may block for a short while, one call at a time
     */
    void start(SessionEvents listener);

    /** Ends the session if it belongs to this host, and stops all threads. */
    void close();

    /** Monotonic time in nanoseconds, origin unknown. */
    long nanoTime();

    /** Wall time in milliseconds since 1970; it may jump. */
    long wallMillis();

    /** Chance, safe for many threads. */
    RandomGenerator random();

    /** Runs {@code task} soon on a thread that may block. Refuses silently after {@link #close}. */
    void execute(Runnable task);

    /** {@link #execute} after {@code delayNanos}, unless cancelled before. */
    Timer schedule(long delayNanos, Runnable task);

    /**
     * Blocks until {@code condition} holds or {@code timeoutNanos} have passed. Whoever makes a
     * condition true calls {@link #signal} afterwards. The condition may be asked often and by any
     * thread, so asking must change nothing and not block.
     *
     * @return whether it holds
     */
    boolean await(BooleanSupplier condition, long timeoutNanos) throws InterruptedException;

    /** Lets {@link #await} look at its condition again. */
    void signal();

    /** Blocks for {@code nanos}. */
    default void sleep(long nanos) throws InterruptedException {
        await(() -> false, nanos);
    }

    /** A task that waits for its time. */
    interface Timer {
        /** The task will not start any more; if it runs, it goes on. */
        void cancel();
    }

    /** What a host tells about its connection. */
    interface SessionEvents {
        /**
         * The connection stands.
         *
         * @param sessionId the same as before if it was only interrupted
         * @param timeout of the session, as the service granted it
         */
        void connected(long sessionId, Duration timeout);

        /** The connection is interrupted; whether the session lives is not known. */
        void interrupted();

        /** The session is over. */
        void expired();
    }
}
