package org.quorate.node.host;

import org.jspecify.annotations.Nullable;
import org.quorate.node.config.ServerConfig;

/** What one user, one address, or all below one path, ask for, and may. Any thread. */
final class Usage {
    private final @Nullable Rate requests;
    private final @Nullable Rate bytes;

    // Of RateTable, which changes it while it holds the entry: connections that count here.
    int holders;

    Usage(ServerConfig.Share share, long nowNanos) {
        requests = rate(share.requestsPerSecond(), nowNanos);
        bytes = rate(share.bytesPerSecond(), nowNanos);
    }

    private static @Nullable Rate rate(long perSecond, long nowNanos) {
        return perSecond == 0 ? null : new Rate(perSecond, nowNanos);
    }

    boolean hasRoom(long nowNanos) {
        return (requests == null || requests.hasRoom(nowNanos))
                && (bytes == null || bytes.hasRoom(nowNanos));
    }

    long untilRoomNanos(long nowNanos) {
        return Math.max(
                requests == null ? 0 : requests.untilRoomNanos(nowNanos),
                bytes == null ? 0 : bytes.untilRoomNanos(nowNanos));
    }

    /** Would a new one be the same? */
    boolean isUnused(long nowNanos) {
        return (requests == null || requests.isFull(nowNanos))
                && (bytes == null || bytes.isFull(nowNanos));
    }

    void take(int requestCount, long byteCount, long nowNanos) {
        if (requests != null) {
            requests.take(requestCount, nowNanos);
        }
        takeBytes(byteCount, nowNanos);
    }

    void takeBytes(long byteCount, long nowNanos) {
        if (bytes != null) {
            bytes.take(byteCount, nowNanos);
        }
    }
}
