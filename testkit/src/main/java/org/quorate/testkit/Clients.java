package org.quorate.testkit;

import java.time.Duration;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.quorate.protocol.OpCode;

/**
 * What happens to the requests, answers and events of some clients: those of one session, or of all
 * ({@link TestEnsemble#clients}). All that is done here could happen on a real network: a stream is
 * cut, or late, but never reordered in itself. Any thread.
 */
public final class Clients {
    private static final Set<Integer> WRITES =
            Set.of(
                    OpCode.CREATE,
                    OpCode.CREATE2,
                    OpCode.CREATE_CONTAINER,
                    OpCode.CREATE_TTL,
                    OpCode.DELETE,
                    OpCode.SET_DATA,
                    OpCode.SET_ACL,
                    OpCode.MULTI);

    private final Runnable cutter;
    // Guarded by this.
    private boolean refused;
    private boolean requestsHeld;
    private boolean answersHeld;
    private boolean holdsAtEvent;
    private boolean holdsAnEvent;
    private long delayMillis;
    private int requestsToLose;
    private int answersToLose;
    private int lost;

    Clients(Runnable cutter) {
        this.cutter = cutter;
    }

    // ---- connections

    /** Cuts the connections there are; clients will connect again. */
    public void cut() {
        cutter.run();
    }

    /** Cuts the connections there are, and each that is tried from now on. */
    public void refuse() {
        synchronized (this) {
            refused = true;
        }
        cutter.run();
    }

    // ---- time

    /** From now on nothing passes, either way; connections stay open. */
    public synchronized void hold() {
        requestsHeld = true;
        answersHeld = true;
    }

    /** From now on no request passes. What the servers sent already arrives. */
    public synchronized void holdRequests() {
        requestsHeld = true;
    }

    /** From now on no answer and no event passes. Requests reach the servers. */
    public synchronized void holdAnswers() {
        answersHeld = true;
    }

    /** Each request, answer and event comes so much later, in its order; zero for no longer. */
    public synchronized void delay(Duration by) {
        delayMillis = by.toMillis();
    }

    /**
     * The next event, and all that the server sends behind it, is held. So a client acts on what it
     * does not yet know to be outdated, as on a slow network.
     */
    public synchronized void holdFromNextEvent() {
        holdsAtEvent = true;
    }

    /** Waits until an event is held; false if none came in this time. */
    public synchronized boolean awaitHeldEvent(Duration max) throws InterruptedException {
        return await(() -> holdsAnEvent, max);
    }

    // ---- ambiguity

    /**
     * The next write does not reach a server: its connection is cut before. Its client cannot tell
     * this from {@link #loseNextAnswer}.
     */
    public synchronized void loseNextRequest() {
        requestsToLose++;
    }

    /** The next write is done, but its connection is cut before the answer arrives. */
    public synchronized void loseNextAnswer() {
        answersToLose++;
    }

    /** Requests and answers that were lost on purpose since all was well. */
    public synchronized int lost() {
        return lost;
    }

    /** Waits until so many were lost; false if they were not in this time. */
    public synchronized boolean awaitLost(int count, Duration max) throws InterruptedException {
        return await(() -> lost >= count, max);
    }

    // ---- the end of it

    /** All is well again: what was held passes, nothing else will be held, lost or refused. */
    public synchronized void heal() {
        refused = false;
        requestsHeld = false;
        answersHeld = false;
        holdsAtEvent = false;
        holdsAnEvent = false;
        delayMillis = 0;
        requestsToLose = 0;
        answersToLose = 0;
        lost = 0;
        notifyAll();
    }

    // ---- what the links ask

    synchronized boolean isRefused() {
        return refused;
    }

    synchronized long delayMillis() {
        return delayMillis;
    }

    /** Waits while requests are held; false if this one is to be lost, with its connection. */
    synchronized boolean passesRequest(int opCode) throws InterruptedException {
        while (requestsHeld) {
            wait();
        }
        if (requestsToLose > 0 && WRITES.contains(opCode)) {
            requestsToLose--;
            countLost();
            return false;
        }
        return true;
    }

    /** Waits while answers are held; false if this one is to be lost, with its connection. */
    synchronized boolean passesAnswer(int opCode) throws InterruptedException {
        while (answersHeld) {
            wait();
        }
        if (answersToLose > 0 && WRITES.contains(opCode)) {
            answersToLose--;
            countLost();
            return false;
        }
        return true;
    }

    /** Waits while events are held. */
    synchronized void passEvent() throws InterruptedException {
        if (holdsAtEvent) {
            holdsAtEvent = false;
            answersHeld = true;
            holdsAnEvent = true;
            notifyAll();
        }
        while (answersHeld) {
            wait();
        }
    }

    private void countLost() {
        lost++;
        notifyAll();
    }

    private boolean await(BooleanSupplier condition, Duration max) throws InterruptedException {
        long deadlineNanos = System.nanoTime() + max.toNanos();
        while (!condition.getAsBoolean()) {
            long leftMillis = (deadlineNanos - System.nanoTime()) / 1_000_000;
            if (leftMillis <= 0) {
                return false;
            }
            wait(leftMillis);
        }
        return true;
    }
}
