package org.quorate.testkit;

import java.time.Duration;
import org.quorate.node.host.HostClock;

/**
 * The clocks of an ensemble's servers. They begin as the machine's and can be moved. Any thread.
 *
 * <p>Two kinds of time move apart from each other, as on real machines: the wall clock, by which
 * znodes get their times and lose their lives ({@code TTL}, containers), and the monotonic clock,
 * by which sessions expire and leaders are elected.
 */
public final class TestClock implements HostClock {
    private long rate = 1;
    private long rateSinceNanos = System.nanoTime();
    private long gainedNanos;
    private long wallOffsetMillis;

    TestClock() {}

    /** Sets the servers' wall clocks forward, or back, at once. */
    public synchronized void moveWallClock(Duration by) {
        wallOffsetMillis += by.toMillis();
    }

    /**
     * Lets both clocks run faster than the machine's until they have gained {@code by}, and returns
     * then. Clients do not run faster: a session whose client pings every second of the machine's
     * time expires, if its timeout is less than {@code times} seconds. The servers among themselves
     * take no harm while {@code times} × 10 ms is well below their tick.
     *
     * @param times how many times as fast, 2 to 1,000
     */
    public void hurry(Duration by, int times) throws InterruptedException {
        if (times < 2 || times > 1_000) {
            throw new IllegalArgumentException("times is " + times + ", but must be 2 to 1000");
        }
        runAt(times);
        try {
            Thread.sleep(by.dividedBy(times - 1));
        } finally {
            runAt(1);
        }
    }

    private synchronized void runAt(long newRate) {
        long now = System.nanoTime();
        gainedNanos += (now - rateSinceNanos) * (rate - 1);
        rateSinceNanos = now;
        rate = newRate;
    }

    @Override
    public synchronized long nanos() {
        long now = System.nanoTime();
        return now + gainedNanos + (now - rateSinceNanos) * (rate - 1);
    }

    @Override
    public synchronized long wallMillis() {
        long gainedMillis = (nanos() - System.nanoTime()) / 1_000_000;
        return System.currentTimeMillis() + wallOffsetMillis + gainedMillis;
    }
}
