package org.quorate.bench;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * The requests of etcd 3.4 that have a counterpart in ZooKeeper, as its gRPC API encodes them
 * (api-docs of etcd 3.4, {@code rpc.proto}; protocol buffers' wire format). Stateless but for what
 * the returned sources count.
 */
final class EtcdRequests {
    private static final int KEYS = 1_000;
    private static final int VALUE_BYTES = 100;
    private static final int BODY_BYTES_MAX = 512;
    private static final long LEASE_SECONDS = 40;

    private static final int WIRE_VARINT = 0;
    private static final int WIRE_BYTES = 2;

    /** What is called. */
    enum Method {
        PUT("/etcdserverpb.KV/Put"),
        RANGE("/etcdserverpb.KV/Range"),
        DELETE("/etcdserverpb.KV/DeleteRange"),
        LEASE_GRANT("/etcdserverpb.Lease/LeaseGrant"),
        LEASE_REVOKE("/etcdserverpb.Lease/LeaseRevoke"),
        WATCH("/etcdserverpb.Watch/Watch");

        final String path;

        Method(String path) {
            this.path = path;
        }
    }

    /**
     * One request.
     *
     * @param body its message; not to be changed
     */
    record Call(Method method, ByteBuffer body) {}

    /** Makes the calls of one connection. */
    interface Calls {
        Call next();
    }

    private EtcdRequests() {}

    static Call put(String key, long lease) {
        ByteBuffer body = ByteBuffer.allocate(BODY_BYTES_MAX);
        text(body, 1, key);
        tag(body, 2, WIRE_BYTES);
        varint(body, VALUE_BYTES);
        body.position(body.position() + VALUE_BYTES);
        if (lease != 0) {
            number(body, 3, lease);
        }
        return new Call(Method.PUT, body.flip());
    }

    /**
     * @param serializable answered from the server's own state, as ZooKeeper's reads are; else it
     *     asks a quorum
     */
    static Call get(String key, boolean serializable) {
        ByteBuffer body = ByteBuffer.allocate(BODY_BYTES_MAX);
        text(body, 1, key);
        if (serializable) {
            number(body, 7, 1);
        }
        return new Call(Method.RANGE, body.flip());
    }

    static Call delete(String key) {
        ByteBuffer body = ByteBuffer.allocate(BODY_BYTES_MAX);
        text(body, 1, key);
        return new Call(Method.DELETE, body.flip());
    }

    static Call grant(long lease) {
        ByteBuffer body = ByteBuffer.allocate(BODY_BYTES_MAX);
        number(body, 1, LEASE_SECONDS);
        number(body, 2, lease);
        return new Call(Method.LEASE_GRANT, body.flip());
    }

    static Call revoke(long lease) {
        ByteBuffer body = ByteBuffer.allocate(BODY_BYTES_MAX);
        number(body, 1, lease);
        return new Call(Method.LEASE_REVOKE, body.flip());
    }

    /** The first message of a stream of events. */
    static Call watch(String key) {
        ByteBuffer body = ByteBuffer.allocate(BODY_BYTES_MAX);
        tag(body, 1, WIRE_BYTES);
        varint(body, 2 + key.length());
        text(body, 1, key);
        return new Call(Method.WATCH, body.flip());
    }

    static String key(int i) {
        return "/bench/" + i;
    }

    static int keys() {
        return KEYS;
    }

    /** Gets of one of a thousand keys. */
    static Calls gets(int connection, boolean serializable) {
        Call[] calls = new Call[KEYS];
        for (int i = 0; i < KEYS; i++) {
            calls[i] = get(key(i), serializable);
        }
        return inTurn(calls, connection * 31);
    }

    /** Puts of 100 bytes. */
    static Calls puts(int connection) {
        Call[] calls = new Call[KEYS];
        for (int i = 0; i < KEYS; i++) {
            calls[i] = put(key(i), 0);
        }
        return inTurn(calls, connection * 31);
    }

    /** Nine gets to one put. */
    static Calls mix(int connection) {
        Calls gets = gets(connection, true);
        Calls puts = puts(connection);
        int[] turn = {connection};
        return () -> turn[0]++ % 10 == 0 ? puts.next() : gets.next();
    }

    /** A lock's turn: put of a key under this connection's lease, then its delete. */
    static Calls locks(int connection, long lease) {
        return inTurn(
                new Call[] {put("/churn/" + connection, lease), delete("/churn/" + connection)}, 0);
    }

    /** A lease granted and revoked, over and over; the numbers are this connection's own. */
    static Calls leases(int connection) {
        long first = (System.nanoTime() & 0xFFFF_FFFFL) << 28 | (long) connection << 20 | 1;
        long[] turn = {0};
        return () -> {
            long lease = first + turn[0] / 2;
            return turn[0]++ % 2 == 0 ? grant(lease) : revoke(lease);
        };
    }

    private static Calls inTurn(Call[] calls, int first) {
        int[] next = {Math.floorMod(first, calls.length)};
        return () -> {
            Call call = calls[next[0]];
            next[0] = next[0] + 1 == calls.length ? 0 : next[0] + 1;
            return call;
        };
    }

    private static void text(ByteBuffer out, int field, String text) {
        tag(out, field, WIRE_BYTES);
        varint(out, text.length());
        out.put(text.getBytes(StandardCharsets.US_ASCII));
    }

    private static void number(ByteBuffer out, int field, long value) {
        tag(out, field, WIRE_VARINT);
        varint(out, value);
    }

    private static void tag(ByteBuffer out, int field, int wireType) {
        varint(out, field << 3 | wireType);
    }

    private static void varint(ByteBuffer out, long value) {
        long left = value;
        while ((left & ~0x7FL) != 0) {
            out.put((byte) (left & 0x7F | 0x80));
            left >>>= 7;
        }
        out.put((byte) left);
    }
}
