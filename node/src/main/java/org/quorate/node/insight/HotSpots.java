package org.quorate.node.insight;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Who asks most, and for what: heavy hitters by path prefix, whole path, session and principal.
 * What came earlier counts half after every {@link #HALF_LIFE_NANOS}, so the list is about the last
 * minutes. Event loops hand in samples that stand for all requests since the one before, at most
 * one in twenty milliseconds each; a loop that finds somebody else here hands its sample in later.
 * Any thread.
 */
public final class HotSpots {
    /** Prefixes of one to so many components are counted; longer paths as a whole, too. */
    public static final int DEPTH_MAX = 3;

    /** Keys remembered of each kind. */
    static final int CAPACITY = 128;

    /** After so long a request counts half: five minutes. */
    public static final long HALF_LIFE_NANOS = 300_000_000_000L;

    /**
     * A key and what came of it lately, roughly.
     *
     * @param requests counted, an estimate that may be too high by {@code error}
     * @param writes those of them that change something
     * @param bytes of the requests
     * @param error by how much {@code requests} may be too high
     * @param share of all requests, 0 to 1
     */
    public record Spot(
            String key, long requests, long writes, long bytes, long error, double share) {
        /** Its rate, if {@code requests} were gathered in so many seconds. */
        public double perSecond(double seconds) {
            return seconds < 1 ? requests : Math.round(requests / seconds * 10) / 10.0;
        }
    }

    /**
     * The greatest of each kind, greatest first.
     *
     * @param seconds over how much time the counts were gathered, that of the past halved like them
     * @param requests in that time
     * @param prefixes by depth, beginning with one component
     */
    public record Top(
            double seconds,
            long requests,
            List<List<Spot>> prefixes,
            List<Spot> paths,
            List<Spot> sessions,
            List<Spot> principals) {}

    private final List<HeavyHitters<String>> prefixes = new ArrayList<>();
    private final HeavyHitters<String> paths = new HeavyHitters<>(CAPACITY);
    private final HeavyHitters<String> sessions = new HeavyHitters<>(CAPACITY);
    private final HeavyHitters<String> principals = new HeavyHitters<>(CAPACITY);

    // Guards all of it.
    private final ReentrantLock lock = new ReentrantLock();
    private long requests;
    private long sinceNanos;
    private long pastNanos;
    private boolean started;

    HotSpots() {
        for (int depth = 1; depth <= DEPTH_MAX; depth++) {
            prefixes.add(new HeavyHitters<>(CAPACITY));
        }
    }

    /**
     * Takes in a request that stands for {@code weight}.
     *
     * @param path empty if the request has none
     * @param bytes of this request
     * @return false if another thread is here: to be handed in with the next
     */
    public boolean add(
            String path,
            long sessionId,
            String principal,
            boolean write,
            int bytes,
            long weight,
            long nowNanos) {
        if (!lock.tryLock()) {
            return false;
        }
        try {
            pass(nowNanos);
            long writes = write ? weight : 0;
            long allBytes = weight * bytes;
            requests += weight;
            sessions.add("0x" + Long.toHexString(sessionId), weight, writes, allBytes);
            principals.add(principal, weight, writes, allBytes);
            if (path.startsWith("/")) {
                paths.add(path, weight, writes, allBytes);
                int end = 0;
                for (HeavyHitters<String> depth : prefixes) {
                    if (end == path.length()) {
                        break;
                    }
                    int slash = path.indexOf('/', end + 1);
                    end = slash < 0 ? path.length() : slash;
                    depth.add(path.substring(0, end), weight, writes, allBytes);
                }
            }
        } finally {
            lock.unlock();
        }
        return true;
    }

    private void pass(long nowNanos) {
        if (!started) {
            started = true;
            sinceNanos = nowNanos;
        }
        while (nowNanos - sinceNanos > HALF_LIFE_NANOS) {
            sinceNanos += HALF_LIFE_NANOS;
            pastNanos = (pastNanos + HALF_LIFE_NANOS) / 2;
            requests /= 2;
            prefixes.forEach(HeavyHitters::halve);
            paths.halve();
            sessions.halve();
            principals.halve();
        }
    }

    /** The greatest. */
    public Top top(int max, long nowNanos) {
        lock.lock();
        try {
            pass(nowNanos);
            return new Top(
                    (pastNanos + Math.max(0, nowNanos - sinceNanos)) / 1e9,
                    requests,
                    prefixes.stream().map(depth -> depth.top(max)).toList(),
                    paths.top(max),
                    sessions.top(max),
                    principals.top(max));
        } finally {
            lock.unlock();
        }
    }
}
