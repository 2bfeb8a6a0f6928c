package org.quorate.node.insight;

import java.util.ArrayDeque;
import java.util.List;

/** What the server was like in the last hours: a point every ten seconds. Any thread. */
public final class History {
    /** Between two points. */
    public static final int EVERY_SECONDS = 10;

    /** Four hours. */
    static final int POINTS_MAX = 4 * 3600 / EVERY_SECONDS;

    /**
     * Figures of one interval, or of its end.
     *
     * @param wallMillis its end
     * @param role as {@code srvr} says it
     * @param zxid last transaction applied
     * @param reads rate and latencies of requests that change nothing
     * @param writes of those that do
     * @param syncs of the log: per second, in µs
     * @param receivedBytesPerSecond from clients
     * @param sentBytesPerSecond to clients, events included
     * @param logBytesPerSecond of the transaction log
     * @param connections open
     * @param sessions of the ensemble
     * @param expired sessions that this server, as leader, has declared over, per interval
     * @param outstanding requests under way
     * @param journalBytes that wait for the disk
     * @param treeBytes memory of the tree
     * @param heapBytes used
     * @param diskFreeBytes where the log is; −1 if unknown
     */
    public record Point(
            long wallMillis,
            String role,
            long zxid,
            Load reads,
            Load writes,
            Load syncs,
            long receivedBytesPerSecond,
            long sentBytesPerSecond,
            long logBytesPerSecond,
            int connections,
            int sessions,
            long expired,
            int znodes,
            long watches,
            long outstanding,
            long journalBytes,
            long treeBytes,
            long heapBytes,
            long diskFreeBytes) {}

    /** A rate and latencies. */
    public record Load(double perSecond, long p50Micros, long p99Micros) {
        /** Nothing happened. */
        public static final Load NONE = new Load(0, 0, 0);
    }

    // Guarded by this.
    private final ArrayDeque<Point> points = new ArrayDeque<>();

    History() {}

    /** Takes the next point. */
    public synchronized void add(Point point) {
        if (points.size() == POINTS_MAX) {
            points.removeFirst();
        }
        points.addLast(point);
    }

    /** All that is known from then on, oldest first. */
    public synchronized List<Point> since(long wallMillis) {
        return points.stream().filter(point -> point.wallMillis() >= wallMillis).toList();
    }
}
