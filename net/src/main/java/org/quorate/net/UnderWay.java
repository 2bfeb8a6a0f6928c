package org.quorate.net;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/** What all clients together have under way, and how much that may be. Any thread. */
final class UnderWay {
    private final int requestsMax;
    private final long bytesMax;
    private final AtomicInteger requests = new AtomicInteger();
    private final AtomicLong bytes = new AtomicLong();
    private final long largeBytesMax;
    private final AtomicLong largeBytes = new AtomicLong();
    private final LongAdder rejected = new LongAdder();

    UnderWay(ClientEdgeOptions.Requests limits) {
        this.requestsMax = limits.max();
        this.bytesMax = limits.bytesMax();
        this.largeBytesMax = limits.largeBytesMax();
    }

    /** Takes a large request in, if there is room for it beside the others. */
    boolean admitsLarge(int length) {
        if (largeBytes.addAndGet(length) <= largeBytesMax) {
            return true;
        }
        largeBytes.addAndGet(-length);
        rejected.increment();
        return false;
    }

    /** A large request is answered. */
    void largeDone(int length) {
        largeBytes.addAndGet(-length);
    }

    /** Large requests for which there was no room. */
    long rejected() {
        return rejected.sum();
    }

    int requests() {
        return requests.get();
    }

    /** How many more requests there may be; none while their bytes are too many. */
    int requestRoom() {
        return bytes.get() >= bytesMax ? 0 : Math.max(0, requestsMax - requests.get());
    }

    void add(int moreRequests, long moreBytes) {
        if (moreRequests != 0) {
            requests.addAndGet(moreRequests);
        }
        if (moreBytes != 0) {
            bytes.addAndGet(moreBytes);
        }
    }
}
