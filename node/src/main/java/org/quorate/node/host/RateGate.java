package org.quorate.node.host;

import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.quorate.node.insight.RequestPath;
import org.quorate.protocol.ErrorCode;
import org.quorate.protocol.OpCode;
import org.quorate.protocol.acl.Id;
import org.quorate.protocol.client.CheckRequest;
import org.quorate.protocol.client.CreateRequest;
import org.quorate.protocol.client.DeleteRequest;
import org.quorate.protocol.client.MultiRequest;
import org.quorate.protocol.client.ReadRequest;
import org.quorate.protocol.client.ReplyFrame;
import org.quorate.protocol.client.Request;
import org.quorate.protocol.client.SetDataRequest;
import org.quorate.protocol.jute.JuteException;
import org.quorate.protocol.jute.JuteIn;
import org.quorate.protocol.jute.JuteOut;
import org.quorate.protocol.jute.Slice;
import org.quorate.replica.Connection;

/**
 * Counts clients' requests, and the bytes of them and of their replies, against the limits per
 * second of their users, addresses and paths, and refuses with ThrottledOp what is past one. Owned
 * by one event loop, or by the core; allocates nothing for a request.
 *
 * <p>A multi counts as many requests as it has operations. Pings and the end of a session are free.
 * What a client library does by itself (authentication, setting its watches again) counts and is
 * never refused.
 */
final class RateGate {
    /** Who was past a limit is not listened to until there is room, but never longer than this. */
    private static final long REST_NANOS_MAX = TimeUnit.MILLISECONDS.toNanos(100);

    private final RateTable table;
    private final List<RateTable.Below> paths;
    private final JuteIn in = new JuteIn(Integer.MAX_VALUE);
    private final MultiRequest multi = new MultiRequest();

    // Of the frame looked at last: its operations, in all and below each path.
    private int operations;
    private final int[] operationsBelow;

    // Of the call of `pay` before: how long to rest.
    private long restNanos;

    RateGate(RateTable table) {
        this.table = table;
        this.paths = table.paths();
        this.operationsBelow = new int[paths.size()];
    }

    /** A connection is there. */
    void opened(HostedClient client) {
        client.addressUsage = table.of(client.link.address());
    }

    /** A connection is gone. */
    void closed(HostedClient client) {
        if (client.addressUsage != null) {
            table.release(client.link.address());
            client.addressUsage = null;
        }
        user(client, null);
    }

    /**
     * Takes what frames cost.
     *
     * @param user who the client is now; see {@link Connection#user}
     * @return behind the last frame that was within the limits, or may not be refused
     */
    int pay(HostedClient client, @Nullable Id user, byte[] bytes, int from, int to) {
        user(client, user);
        long nowNanos = System.nanoTime();
        restNanos = 0;
        int at = from;
        while (at < to) {
            int end = at + 4 + Frames.length(bytes, at);
            int type = Frames.type(bytes, at);
            if (!isFree(type)) {
                look(bytes, at, end, type);
                if (!hasRoom(client, nowNanos)) {
                    restNanos = untilRoomNanos(client, nowNanos);
                    if (isRefusable(type)) {
                        return at;
                    }
                }
                take(client, end - at, nowNanos);
            }
            at = end;
        }
        return to;
    }

    /** How long not to listen to the client that was looked at last; 0 if it was within limits. */
    long restMillis() {
        return restNanos == 0
                ? 0
                : 1 + TimeUnit.NANOSECONDS.toMillis(Math.min(restNanos, REST_NANOS_MAX));
    }

    /**
     * Appends refusals of the frames that are past a limit, up to the first that is not.
     *
     * @return how many
     */
    int refuse(HostedClient client, byte[] bytes, int from, int to, JuteOut out) {
        long nowNanos = System.nanoTime();
        int count = 0;
        for (int at = from; at < to; count++) {
            int type = Frames.type(bytes, at);
            int end = at + 4 + Frames.length(bytes, at);
            // The first was looked at before; that there is room by now does not matter.
            if (count > 0) {
                if (isFree(type) || !isRefusable(type)) {
                    break;
                }
                look(bytes, at, end, type);
                if (hasRoom(client, nowNanos)) {
                    break;
                }
            }
            // It has seen nothing of the tree: no zxid.
            ReplyFrame.write(out, Frames.xid(bytes, at), 0, ErrorCode.THROTTLED_OP);
            at = end;
        }
        table.refused(client, count);
        return count;
    }

    /** The next reply answers this request: header and body, without the length. */
    void answers(byte[] request, int from, int length) {
        look(request, from - 4, from + length, RequestPath.type(request, from, from + length));
    }

    /** The request that was looked at last was answered, by so many bytes. */
    void replied(HostedClient client, int replyBytes) {
        long nowNanos = System.nanoTime();
        Usage address = client.addressUsage;
        Usage user = client.userUsage;
        if (address != null) {
            address.takeBytes(replyBytes, nowNanos);
        }
        if (user != null) {
            user.takeBytes(replyBytes, nowNanos);
        }
        for (int i = 0; i < operationsBelow.length; i++) {
            if (operationsBelow[i] > 0) {
                paths.get(i).usage().takeBytes(replyBytes, nowNanos);
            }
        }
    }

    private void user(HostedClient client, @Nullable Id now) {
        Id before = client.user;
        if (Objects.equals(now, before)) {
            return;
        }
        if (client.userUsage != null && before != null) {
            table.release(before);
        }
        client.user = now;
        client.userUsage = now == null ? null : table.of(now);
    }

    /** What has no type is no request: its connection is going to be closed. */
    private static boolean isFree(int type) {
        return type == OpCode.PING || type == OpCode.CLOSE_SESSION || type == Frames.NO_TYPE;
    }

    private static boolean isRefusable(int type) {
        return switch (type) {
            case OpCode.AUTH, OpCode.SASL, OpCode.SET_WATCHES, OpCode.SET_WATCHES2 -> false;
            default -> true;
        };
    }

    private boolean hasRoom(HostedClient client, long nowNanos) {
        Usage address = client.addressUsage;
        Usage user = client.userUsage;
        if (address != null && !address.hasRoom(nowNanos)
                || user != null && !user.hasRoom(nowNanos)) {
            return false;
        }
        for (int i = 0; i < operationsBelow.length; i++) {
            if (operationsBelow[i] > 0 && !paths.get(i).usage().hasRoom(nowNanos)) {
                return false;
            }
        }
        return true;
    }

    private long untilRoomNanos(HostedClient client, long nowNanos) {
        Usage address = client.addressUsage;
        Usage user = client.userUsage;
        long nanos =
                Math.max(
                        address == null ? 0 : address.untilRoomNanos(nowNanos),
                        user == null ? 0 : user.untilRoomNanos(nowNanos));
        for (int i = 0; i < operationsBelow.length; i++) {
            if (operationsBelow[i] > 0) {
                nanos = Math.max(nanos, paths.get(i).usage().untilRoomNanos(nowNanos));
            }
        }
        return nanos;
    }

    private void take(HostedClient client, int frameBytes, long nowNanos) {
        Usage address = client.addressUsage;
        Usage user = client.userUsage;
        if (address != null) {
            address.take(operations, frameBytes, nowNanos);
        }
        if (user != null) {
            user.take(operations, frameBytes, nowNanos);
        }
        for (int i = 0; i < operationsBelow.length; i++) {
            if (operationsBelow[i] > 0) {
                paths.get(i).usage().take(operationsBelow[i], frameBytes, nowNanos);
            }
        }
    }

    // ---- what a frame asks for

    private void look(byte[] bytes, int at, int end, int type) {
        operations = 1;
        for (int i = 0; i < operationsBelow.length; i++) {
            operationsBelow[i] = 0;
        }
        if (type == OpCode.MULTI || type == OpCode.MULTI_READ) {
            lookAtMulti(bytes, at, end, type);
        } else if (operationsBelow.length > 0
                && RequestPath.hasPath(type)
                && end - at >= Frames.BODY_AT + 4) {
            int length = Frames.length(bytes, at + Frames.BODY_AT);
            if (length > 0 && length <= end - at - Frames.BODY_AT - 4) {
                below(bytes, at + Frames.BODY_AT + 4, length);
            }
        }
    }

    private void lookAtMulti(byte[] bytes, int at, int end, int type) {
        try {
            multi.read(type, in.wrap(bytes, Math.min(at + Frames.BODY_AT, end), end));
        } catch (JuteException e) {
            return; // one request, which is going to be refused
        }
        operations = Math.max(1, multi.count());
        while (operationsBelow.length > 0 && multi.next()) {
            Slice path = pathOf(multi.op());
            if (path != null && path.length() > 0) {
                below(path.array(), path.from(), path.length());
            }
        }
    }

    private static @Nullable Slice pathOf(Request operation) {
        return switch (operation) {
            case CreateRequest create -> create.path;
            case DeleteRequest delete -> delete.path;
            case SetDataRequest set -> set.path;
            case CheckRequest check -> check.path;
            case ReadRequest read -> read.path;
            default -> null;
        };
    }

    private void below(byte[] bytes, int from, int length) {
        for (int i = 0; i < operationsBelow.length; i++) {
            if (paths.get(i).contains(bytes, from, length)) {
                operationsBelow[i]++;
            }
        }
    }
}
