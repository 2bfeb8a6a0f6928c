package org.quorate.net;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** What all clients together have under way, and how much that may be. Any thread. */
final class UnderWay {
    private final int requestsMax;
    private final long bytesMax;
    private final AtomicInteger requests = new AtomicInteger();
    private final AtomicLong bytes = new AtomicLong();

    UnderWay(int requestsMax, long bytesMax) {
        this.requestsMax = requestsMax;
        this.bytesMax = bytesMax;
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
