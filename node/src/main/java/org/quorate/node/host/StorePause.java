package org.quorate.node.host;

import java.util.concurrent.CountDownLatch;

/**
 * Lends the store to another thread: the journal thread arrives when all before is on disk, and
 * waits until it gets the store back.
 */
final class StorePause {
    private final CountDownLatch arrived = new CountDownLatch(1);
    private final CountDownLatch returned = new CountDownLatch(1);
    private volatile boolean failed;

    /** The journal thread: gives the store away and waits. */
    void lend() {
        arrived.countDown();
        awaitQuietly(returned);
    }

    /** The journal thread has ended and will never arrive. */
    void fail() {
        failed = true;
        arrived.countDown();
    }

    /** The borrower: waits until it has the store. */
    void await() {
        awaitQuietly(arrived);
        if (failed) {
            throw new IllegalStateException("the journal has ended");
        }
    }

    /** The borrower: gives the store back. */
    void giveBack() {
        returned.countDown();
    }

    /** An interrupt is put off: it must not come between a thread and the store's files. */
    private static void awaitQuietly(CountDownLatch latch) {
        boolean interrupted = false;
        while (true) {
            try {
                latch.await();
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
