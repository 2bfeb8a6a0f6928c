package org.quorate.compat.chaos;

import java.util.Random;
import java.util.concurrent.TimeUnit;

/**
 * The registers of a run: a few at a time, others every few seconds, so that what one of them has
 * seen stays short enough to be judged. Any thread.
 */
final class Registers {
    private static final int AT_A_TIME = 4;
    private static final long TERM_NANOS = TimeUnit.SECONDS.toNanos(6);

    private final int count;
    private final long beginNanos = System.nanoTime();

    /**
     * @param seconds that the run lasts
     */
    Registers(long seconds) {
        count = AT_A_TIME * (int) (TimeUnit.SECONDS.toNanos(seconds) / TERM_NANOS + 2);
    }

    int count() {
        return count;
    }

    String path(int register) {
        return "/register-" + register;
    }

    /** One of those in use now. */
    int draw(Random random) {
        long term = (System.nanoTime() - beginNanos) / TERM_NANOS;
        int first = (int) (term * AT_A_TIME % count);
        return first + random.nextInt(AT_A_TIME);
    }
}
