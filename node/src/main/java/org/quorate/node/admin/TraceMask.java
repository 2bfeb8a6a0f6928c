package org.quorate.node.admin;

import java.util.concurrent.atomic.AtomicLong;

/**
 * ZooKeeper's mask of what it traces: kept because two commands show and set it; nothing here reads
 * it. Any thread.
 */
final class TraceMask {
    private static final long DEFAULT = 306;

    private final AtomicLong mask = new AtomicLong(DEFAULT);

    long get() {
        return mask.get();
    }

    void set(long next) {
        mask.set(next);
    }
}
