package org.quorate.net;

import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * What {@code cons} tells of a connection, at one moment.
 *
 * @param remote the client's address; null if it was gone before it could be asked for
 * @param sessionId 0 before the handshake is answered
 * @param underWay requests handed on and not answered
 * @param received frames, the handshake included
 * @param sent frames
 * @param lastOperation type of the last request; 0 before the first
 * @param lastCxid xid of the last request; −1 before the first
 * @param lastZxid of the last reply; −1 before the first
 * @param establishedMillis wall clock
 * @param timeoutMillis of the session
 * @param lastReplyMillis wall clock
 * @param expiresMillis wall clock at which it is closed if nothing more is heard of it
 * @param latency of all replies
 */
public record LinkStats(
        @Nullable InetSocketAddress remote,
        long sessionId,
        int underWay,
        long received,
        long sent,
        int lastOperation,
        int lastCxid,
        long lastZxid,
        long establishedMillis,
        int timeoutMillis,
        long lastReplyMillis,
        long lastLatencyMillis,
        long expiresMillis,
        Latency latency) {

    /**
     * Times from request to reply.
     *
     * @param count how many
     * @param totalMillis their sum
     * @param minMillis 0 if there was none
     * @param maxMillis 0 if there was none
     */
    public record Latency(long count, long totalMillis, long minMillis, long maxMillis) {
        public static final Latency NONE = new Latency(0, 0, 0, 0);

        public double averageMillis() {
            return count == 0 ? 0 : (double) totalMillis / count;
        }

        public Latency plus(Latency other) {
            if (other.count == 0) {
                return this;
            }
            if (count == 0) {
                return other;
            }
            return new Latency(
                    count + other.count,
                    totalMillis + other.totalMillis,
                    Math.min(minMillis, other.minMillis),
                    Math.max(maxMillis, other.maxMillis));
        }
    }
}
