package org.quorate.net.tls;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import org.quorate.net.LogLimit;

/**
 * How many handshakes of accepted connections may run at once: {@code
 * netty.server.outstandingHandshake.limit}. Any thread.
 */
public final class HandshakeLimit {
    private final int max;
    private final AtomicInteger running = new AtomicInteger();
    private final LongAdder exceeded = new LongAdder();
    private final LongAdder failed = new LongAdder();
    private final LogLimit complaints = new LogLimit();

    /**
     * @param max ≤ 0 for no limit
     */
    public HandshakeLimit(int max) {
        this.max = max;
    }

    /** Handshakes under way. */
    public int running() {
        return running.get();
    }

    /** Connections closed because too many handshakes were under way. */
    public long exceeded() {
        return exceeded.sum();
    }

    /** Handshakes that came to nothing. */
    public long failed() {
        return failed.sum();
    }

    /** How much is told of those that came to nothing. */
    LogLimit complaints() {
        return complaints;
    }

    /** Counts a handshake. False if it is one too many; then it is not counted. */
    boolean begin() {
        if (running.incrementAndGet() > max && max > 0) {
            running.decrementAndGet();
            exceeded.increment();
            return false;
        }
        return true;
    }

    void end(boolean success) {
        running.decrementAndGet();
        if (!success) {
            failed.increment();
        }
    }
}
