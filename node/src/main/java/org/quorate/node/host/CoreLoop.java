package org.quorate.node.host;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import org.jctools.queues.atomic.MpscAtomicArrayQueue;
import org.jspecify.annotations.Nullable;
import org.quorate.net.EdgeLoop;
import org.quorate.replica.Replica;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the core. Each turn takes the inputs that are there, feeds them, and hands over what came of
 * them. Whoever runs a turn holds the core, and nobody else touches the {@link Replica} meanwhile:
 * that is the core thread, or an event loop that has just brought an input and finds the core free
 * ({@link #putAndRun}), or is told that the disk has news ({@link #signalVisitor}), which saves
 * wake-ups where little is under way. The core thread sees to time, and to whatever a holder has
 * left.
 */
final class CoreLoop {
    private static final Logger LOG = LoggerFactory.getLogger(CoreLoop.class);

    /** Room for inputs. Each kind of producer has a lower bound of its own. */
    static final int INPUTS_MAX = 1 << 15;

    /** Inputs of one turn: more would delay the replies to the first. */
    private static final int INPUTS_PER_TURN_MAX = 64;

    private static final long PUT_PAUSE_NANOS = TimeUnit.MICROSECONDS.toNanos(100);
    private static final int ASK_INPUTS_MAX = INPUTS_MAX / 2;

    /** The same for a visitor, who has other things to do. */
    private static final int INPUTS_PER_VISIT_MAX = 8;

    /** What happens around the feeding of inputs; called by whoever holds the core. */
    interface Turn {
        /** Before the first input. */
        void begin(Replica replica);

        /** After the replica's own end of turn: hands over what it asked for. */
        void end(Replica replica);
    }

    private final MpscAtomicArrayQueue<Input> inputs = new MpscAtomicArrayQueue<>(INPUTS_MAX);
    private final Replica replica;
    private final Turn turn;
    private final long sleepNanos;
    private final Fatal fatal;
    private final Thread thread;
    private final CountDownLatch ended = new CountDownLatch(1);

    // Guards the replica and all that belongs to the core. Held until the replica has started, and
    // for ever after the last turn.
    private final AtomicBoolean held = new AtomicBoolean(true);
    private volatile boolean sleeping;
    private volatile @Nullable EdgeLoop visitor;
    private final Runnable takeNews = this::takeNews;
    private volatile boolean failed;
    private volatile boolean stopping;
    private volatile boolean signalled;

    /** A visitor is on its way to hear it; if it has ended meanwhile, the next turn does. */
    private volatile boolean news;

    /**
     * @param sleepMillis how long it sleeps at most: the granularity of the core's timers
     */
    CoreLoop(String threadName, Replica replica, Turn turn, int sleepMillis, Fatal fatal) {
        this.replica = replica;
        this.turn = turn;
        this.sleepNanos = TimeUnit.MILLISECONDS.toNanos(sleepMillis);
        this.fatal = fatal;
        this.thread = Thread.ofPlatform().name(threadName).daemon().unstarted(this::run);
    }

    /** Starts the thread, and the replica on it before anything is fed. */
    void start() {
        thread.start();
    }

    /**
     * Hands an input over, waits for room. Not for the core thread.
     *
     * @return false if the core has ended: the input will not be fed
     */
    boolean put(Input input) {
        while (!offer(input)) {
            if (ended.getCount() == 0) {
                return false;
            }
            LockSupport.parkNanos(PUT_PAUSE_NANOS);
        }
        return true;
    }

    /** The same for an event loop, on it; it will be told of the disk's news. */
    void putAndRun(Input input, EdgeLoop loop) {
        if (visitor != loop) {
            visitor = loop;
        }
        putAndRun(input);
    }

    /**
     * The same; if nobody holds the core, this thread runs a turn. For threads that may be kept for
     * the time of one.
     */
    void putAndRun(Input input) {
        while (stopping || !inputs.offer(input)) {
            if (ended.getCount() == 0) {
                return;
            }
            LockSupport.parkNanos(PUT_PAUSE_NANOS);
        }
        // Who holds the core looks for inputs after letting go of it.
        if (held.compareAndSet(false, true)) {
            visit();
        }
    }

    /** Hands an input over if there is room. Any thread. */
    boolean offer(Input input) {
        if (stopping || !inputs.offer(input)) {
            return false;
        }
        wake();
        return true;
    }

    /** Makes the core take a turn soon. Any thread. */
    void signal() {
        signalled = true;
        wake();
    }

    /**
     * The same, for what is news to clients or peers: the loop that has brought an input last runs
     * the turn if nobody else does, since it is to send what comes of it.
     */
    void signalVisitor() {
        EdgeLoop loop = visitor;
        if (loop == null) {
            signal();
        } else {
            news = true;
            loop.execute(takeNews);
        }
    }

    /**
     * Asks something of the core, between its inputs. The question must be short and must not
     * change anything by itself. Any thread.
     */
    <T> CompletableFuture<T> ask(Function<Replica, T> question) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        Input input =
                core -> {
                    try {
                        answer.complete(question.apply(core));
                    } catch (RuntimeException e) {
                        answer.completeExceptionally(e);
                    }
                };
        if (inputs.size() > ASK_INPUTS_MAX || !offer(input)) {
            answer.completeExceptionally(
                    new IllegalStateException(stopping ? "stopping" : "too busy to be asked"));
        } else if (ended.getCount() == 0) {
            answer.completeExceptionally(new IllegalStateException("stopped"));
        }
        return answer;
    }

    /** Ends the thread behind the inputs that are there, and waits for it. */
    void stop() {
        stopping = true;
        LockSupport.unpark(thread);
        if (Thread.currentThread() == thread) {
            return;
        }
        try {
            if (thread.getState() != Thread.State.NEW && !ended.await(10, TimeUnit.SECONDS)) {
                LOG.warn("the core thread has not ended");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void wake() {
        if (sleeping && !held.get()) {
            LockSupport.unpark(thread);
        }
    }

    private boolean hasWork() {
        return signalled || !inputs.isEmpty();
    }

    private void run() {
        try {
            turn.begin(replica);
            replica.start();
            turn(INPUTS_PER_TURN_MAX);
            held.set(false);
            while (!stopping && !failed) {
                if (held.compareAndSet(false, true)) {
                    turn(INPUTS_PER_TURN_MAX);
                    held.set(false);
                }
                sleepIfIdle();
            }
            lastTurn();
        } catch (Throwable e) {
            fatal.dies("the core has failed", e);
        } finally {
            ended.countDown();
        }
    }

    private void lastTurn() {
        while (!failed) {
            if (held.compareAndSet(false, true)) {
                turn(INPUTS_PER_TURN_MAX);
                return;
            }
            LockSupport.parkNanos(PUT_PAUSE_NANOS);
        }
    }

    private void takeNews() {
        if (!news) {
            return; // a turn has begun since
        }
        if (held.compareAndSet(false, true)) {
            visit();
        } else {
            signal(); // the turn under way may have looked before there was any
        }
    }

    private void visit() {
        try {
            turn(INPUTS_PER_VISIT_MAX);
        } catch (Throwable e) {
            // The visitor's own work may go on; the core never does.
            failed = true;
            fatal.dies("the core has failed", e);
            return;
        }
        held.set(false);
        if (hasWork()) {
            wake();
        }
    }

    private void turn(int inputsMax) {
        signalled = false;
        news = false;
        turn.begin(replica);
        for (int i = 0; i < inputsMax; i++) {
            @Nullable Input input = inputs.poll();
            if (input == null) {
                break;
            }
            input.feed(replica);
        }
        replica.endTurn();
        if (replica.hasMore()) {
            signalled = true;
        }
        turn.end(replica);
    }

    private void sleepIfIdle() {
        sleeping = true;
        // Whoever brings something, or lets go of the core, after this check finds `sleeping`.
        if (!stopping && (!hasWork() || held.get())) {
            LockSupport.parkNanos(this, sleepNanos);
        }
        sleeping = false;
    }
}
