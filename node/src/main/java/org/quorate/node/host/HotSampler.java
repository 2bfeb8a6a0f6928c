package org.quorate.node.host;

import org.quorate.node.insight.HotSpots;
import org.quorate.node.insight.RequestPath;
import org.quorate.replica.Reads;

/**
 * Takes samples of the requests of one event loop, at most one in twenty milliseconds, each of
 * which stands for all requests since the one before: a quiet server sees everything, a busy one
 * pays next to nothing. Owned by the loop.
 */
final class HotSampler {
    private static final long EVERY_NANOS = 20_000_000;

    private final HotSpots hot;
    private long lastNanos;
    private long unseen;

    HotSampler(HotSpots hot) {
        this.hot = hot;
        this.lastNanos = System.nanoTime() - EVERY_NANOS;
    }

    /**
     * Some frames of a client were taken.
     *
     * @param at where the first begins, with its length in front
     * @param count at least one
     */
    void taken(HostedClient client, byte[] bytes, int at, int count) {
        unseen += count;
        long nowNanos = client.link.heardNanos();
        if (nowNanos - lastNanos < EVERY_NANOS) {
            return;
        }
        int from = at + 4;
        int to = from + Frames.length(bytes, at);
        boolean added =
                hot.add(
                        RequestPath.of(bytes, from, to),
                        client.sessionId(),
                        client.principal(),
                        Reads.isUpdate(bytes, from, to),
                        to - from,
                        unseen,
                        nowNanos);
        if (added) {
            lastNanos = nowNanos;
            unseen = 0;
        }
    }
}
