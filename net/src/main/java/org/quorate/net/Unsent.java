package org.quorate.net;

import java.util.concurrent.atomic.AtomicLong;

/** Bytes that wait for all clients together to read, and how many that may be. Any thread. */
final class Unsent {
    private static final long SHARE_BYTES_MIN = 16 << 10;

    private final long bytesMax;
    private final AtomicLong bytes = new AtomicLong();

    Unsent(long bytesMax) {
        this.bytesMax = bytesMax;
    }

    void add(long more) {
        bytes.addAndGet(more);
    }

    boolean isTooMuch() {
        return bytes.get() > bytesMax;
    }

    /** What each of so many may keep when it is too much. */
    long share(int connections) {
        return Math.max(SHARE_BYTES_MIN, bytesMax / Math.max(1, connections));
    }
}
