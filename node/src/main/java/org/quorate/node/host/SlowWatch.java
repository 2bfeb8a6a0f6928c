package org.quorate.node.host;

import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.quorate.node.insight.RequestPath;
import org.quorate.node.insight.SlowLog;
import org.quorate.node.insight.Stage;
import org.quorate.node.insight.Traces;
import org.quorate.replica.Connection;

/**
 * Finds operations that took long among what the core answers, and those that are to be traced, and
 * tells them with the times of their stages. Owned by the core.
 */
final class SlowWatch {
    /** The time is read anew after so many replies. */
    private static final int REPLIES_PER_READING = 64;

    private static final int ZXID_AT = 8;
    private static final int ERR_AT = 16;
    static final int HEADER_BYTES = 20;

    private final SlowLog slow;
    private final Traces traces;
    private final Traces.Sampler traced;
    private final TxnStages stages;
    private final RequestMarks.Pool pool = new RequestMarks.Pool();
    private long nowNanos;
    private long wallMillis;
    private int replies;

    // What the next reply answers.
    private @Nullable Connection asking;
    private byte[] request = {};
    private int from;
    private int to;

    SlowWatch(SlowLog slow, Traces traces, TxnStages stages) {
        this.slow = slow;
        this.traces = traces;
        this.traced = traces.sampler();
        this.stages = stages;
    }

    /** Requests of a client were taken by the core. */
    void taken(
            HostedClient client, int count, long receivedNanos, long handedNanos, long takenNanos) {
        if (count == 0) {
            return;
        }
        RequestMarks marks = client.marks;
        if (marks == null) {
            marks = pool.take();
            client.marks = marks;
        }
        marks.add(count, receivedNanos, handedNanos, takenNanos);
    }

    void turnBegins(long monotonicNanos, long wall) {
        nowNanos = monotonicNanos;
        wallMillis = wall;
        replies = 0;
        asking = null;
    }

    /** The next reply to this connection answers this request. */
    void answers(Connection connection, byte[] bytes, int at, int length) {
        asking = connection;
        request = bytes;
        from = at;
        to = at + length;
    }

    /** A reply with its length in front goes to a client. */
    void replied(HostedClient client, Connection connection, byte[] reply, int at, int length) {
        RequestMarks marks = client.marks;
        boolean known = asking == connection;
        asking = null;
        if (marks == null || !marks.take()) {
            return;
        }
        if (marks.isEmpty()) {
            client.marks = null;
            pool.give(marks); // what it says of the request taken out stays until it is used again
        }
        if (++replies % REPLIES_PER_READING == 0) {
            nowNanos = System.nanoTime();
        }
        if (!known || length < HEADER_BYTES) {
            return;
        }
        boolean isSlow =
                nowNanos - marks.receivedNanos() >= slow.thresholdNanos() && slow.wants(wallMillis);
        boolean isDrawn = traced.draws(1);
        if (isSlow || isDrawn) {
            SlowLog.SlowOperation operation = seen(client, connection, marks, reply, at);
            if (isSlow) {
                slow.add(operation);
            }
            traces.tell(operation);
        }
    }

    private SlowLog.SlowOperation seen(
            HostedClient client, Connection connection, RequestMarks marks, byte[] reply, int at) {
        int type = RequestPath.type(request, from, to);
        long zxid = longAt(reply, at + ZXID_AT);
        Map<Stage, Long> times = new EnumMap<>(Stage.class);
        times.put(Stage.DECODE, marks.handedNanos() - marks.receivedNanos());
        times.put(Stage.QUEUE, marks.takenNanos() - marks.handedNanos());
        TxnStages.Times txn =
                org.quorate.replica.Reads.isUpdate(request, from, to) ? stages.find(zxid) : null;
        if (txn != null) {
            times.put(Stage.PREPARE, txn.loggedNanos() - marks.takenNanos());
            times.put(Stage.QUORUM, nowNanos - txn.loggedNanos());
            if (txn.syncedNanos() != 0) {
                times.put(Stage.SYNC, txn.syncedNanos() - txn.loggedNanos());
            }
        }
        return new SlowLog.SlowOperation(
                wallMillis,
                RequestPath.operation(type),
                RequestPath.of(request, from, to),
                connection.sessionId(),
                client.address(),
                client.principal(),
                RequestPath.xid(request, from, to),
                zxid,
                Frames.length(reply, at + ERR_AT),
                nowNanos - marks.receivedNanos(),
                times);
    }

    private static long longAt(byte[] bytes, int at) {
        return (long) Frames.length(bytes, at) << 32
                | Integer.toUnsignedLong(Frames.length(bytes, at + 4));
    }
}
