package org.quorate.net;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/**
 * What all clients together have under way, and how much that may be, of all and of each. Any
 * thread.
 *
 * <p>The requests that may be under way are shared out evenly among the links that have some: what
 * waits in front of a request in the core is then not much more than what each other link may ask
 * for too, however much one of them sends.
 */
final class UnderWay {
    /** A link's share is never less. */
    static final int SHARE_MIN = 16;

    // Of `requests`: links that have requests under way are counted above the requests.
    private static final long LINK = 1L << 32;

    private final int requestsMax;
    private final long bytesMax;
    private final AtomicLong requests = new AtomicLong();
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
        return (int) requests.get();
    }

    /**
     * How many more requests a link may hand on; none while there are too many bytes.
     *
     * @param ofLink those it has under way
     */
    int requestRoom(int ofLink) {
        if (bytes.get() >= bytesMax) {
            return 0;
        }
        long now = requests.get();
        int links = (int) (now >> 32) + (ofLink == 0 ? 1 : 0);
        int share = Math.max(SHARE_MIN, requestsMax / links);
        return Math.max(0, Math.min(share - ofLink, requestsMax - (int) now));
    }

    /**
     * A link has handed on, or has been answered, requests.
     *
     * @param ofLink those it had under way before
     */
    void add(int ofLink, int moreRequests) {
        if (moreRequests != 0) {
            int after = ofLink + moreRequests;
            long links = (after > 0 ? LINK : 0) - (ofLink > 0 ? LINK : 0);
            requests.addAndGet(links + moreRequests);
        }
    }

    /** Bytes more, or less, are under way. */
    void addBytes(long more) {
        if (more != 0) {
            bytes.addAndGet(more);
        }
    }
}
