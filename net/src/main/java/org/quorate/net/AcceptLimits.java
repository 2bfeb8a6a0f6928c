package org.quorate.net;

import java.net.InetAddress;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** How many connections there may be, of one address and in all. Any thread. */
final class AcceptLimits {
    private final int perAddressMax;
    private final int allMax;
    private final ConcurrentHashMap<InetAddress, Integer> counts = new ConcurrentHashMap<>();
    private final AtomicInteger all = new AtomicInteger();

    AcceptLimits(int perAddressMax, int allMax) {
        this.perAddressMax = perAddressMax;
        this.allMax = allMax;
    }

    /** Counts a connection. False if it is one too many; then it is not counted. */
    boolean admit(InetAddress address) {
        if (all.incrementAndGet() > allMax && allMax > 0) {
            all.decrementAndGet();
            return false;
        }
        if (perAddressMax > 0 && counts.merge(address, 1, Integer::sum) > perAddressMax) {
            release(address);
            return false;
        }
        return true;
    }

    void release(InetAddress address) {
        all.decrementAndGet();
        if (perAddressMax > 0) {
            counts.computeIfPresent(address, (key, count) -> count > 1 ? count - 1 : null);
        }
    }

    int all() {
        return all.get();
    }
}
