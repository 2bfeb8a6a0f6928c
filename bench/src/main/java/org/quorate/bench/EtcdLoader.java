package org.quorate.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import org.HdrHistogram.Histogram;
import org.quorate.bench.EtcdRequests.Call;
import org.quorate.bench.EtcdRequests.Calls;
import org.quorate.bench.EtcdRequests.Method;

/**
 * {@link Loader} for etcd: keeps calls under way on a number of connections, on one thread, with as
 * little work of its own as can be. It speaks as much of gRPC over HTTP/2 (RFC 9113, RFC 7541) as
 * that takes: headers are written by index behind a connection's first call, answers are counted
 * and not decoded. A call that fails is known by its stream ending without a message. Owned by the
 * thread that calls it.
 */
final class EtcdLoader implements AutoCloseable {
    private static final int IN_BYTES = 256 * 1024;
    private static final int FRAME_HEADER_BYTES = 9;
    private static final int GRPC_HEADER_BYTES = 5;

    /** What a server takes without having said how much it would. */
    private static final int FRAME_BYTES_MAX = 16_384;

    private static final int WINDOW_BYTES = 1 << 30;

    /** A power of two, and more than any workload has under way on a connection. */
    private static final int STREAMS_UNDER_WAY_MAX = 1 << 6;

    private static final long LATENCY_NANOS_MAX = 60_000_000_000L;
    private static final byte[] PREFACE =
            "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

    private static final int DATA = 0;
    private static final int HEADERS = 1;
    private static final int RST_STREAM = 3;
    private static final int SETTINGS = 4;
    private static final int PING = 6;
    private static final int GOAWAY = 7;
    private static final int WINDOW_UPDATE = 8;

    private static final int ACK = 1;
    private static final int END_STREAM = 1;
    private static final int END_HEADERS = 4;
    private static final int SETTINGS_INITIAL_WINDOW_SIZE = 4;

    /** Of HPACK's static table. */
    private static final int METHOD_POST = 0x80 | 3;

    private static final int SCHEME_HTTP = 0x80 | 6;
    private static final int NAME_AUTHORITY = 0x40 | 1;
    private static final int NAME_PATH = 0x40 | 4;
    private static final int NAME_CONTENT_TYPE = 0x40 | 31;
    private static final int NEW_NAME = 0x40;
    private static final int COMMON_HEADERS = 3;
    private static final int FIRST_DYNAMIC = 0x80 | 62;

    private final Selector selector = Selector.open();
    private final List<Connection> connections = new ArrayList<>();
    private final ByteBuffer in = ByteBuffer.allocateDirect(IN_BYTES);
    private Histogram latency = new Histogram(LATENCY_NANOS_MAX, 3);
    private long operations;
    private long errors;
    private long streamMessages;
    private boolean draining;

    /** Called and not answered on all connections. */
    private long pending;

    /** Connects; connections are dealt out to the ports in turn. */
    EtcdLoader(List<Integer> ports, int connectionCount, int underWay) throws IOException {
        for (int i = 0; i < connectionCount; i++) {
            connections.add(new Connection(ports.get(i % ports.size()), underWay));
        }
    }

    /** One call on the first connection, answered before this returns. */
    void call(Call call) throws IOException {
        Connection first = connections.getFirst();
        run(0, 1, connection -> () -> call, 1, Long.MAX_VALUE);
        if (errors > 0) {
            throw new IOException(call.method() + " was refused on port " + first.port);
        }
    }

    /**
     * Calls until so many were answered or so much time has gone, then waits for the rest; latency
     * is corrected as that of {@link Loader#run}.
     */
    Loader.Result run(int from, int to, IntFunction<Calls> calls, long operationsMax, long nanosMax)
            throws IOException {
        latency = new Histogram(LATENCY_NANOS_MAX, 3);
        operations = 0;
        errors = 0;
        draining = false;
        long start = System.nanoTime();
        long slots = 0;
        for (int i = from; i < to; i++) {
            slots += Math.min(operationsMax, connections.get(i).underWayMax);
            connections.get(i).begin(calls.apply(i), operationsMax);
        }
        while (pending > 0) {
            serve();
            if (operations >= operationsMax || System.nanoTime() - start > nanosMax) {
                draining = true;
            }
        }
        long nanos = System.nanoTime() - start;
        return new Loader.Result(
                operations,
                errors,
                nanos,
                latency.copyCorrectedForCoordinatedOmission(
                        nanos * slots / Math.max(1, operations)));
    }

    /** Opens a stream of events on each of these connections. */
    void watch(int from, int to, String key) throws IOException {
        for (int i = from; i < to; i++) {
            connections.get(i).open(EtcdRequests.watch(key), false, System.nanoTime());
        }
    }

    /** Serves what comes until so many messages have come on streams of events in all. */
    void awaitStreamMessages(long count) throws IOException {
        while (streamMessages < count) {
            serve();
        }
    }

    private void serve() throws IOException {
        selector.select(1_000);
        for (SelectionKey key : selector.selectedKeys()) {
            ((Connection) key.attachment()).ready(key);
        }
        selector.selectedKeys().clear();
    }

    @Override
    public void close() throws IOException {
        for (Connection connection : connections) {
            connection.channel.close();
        }
        selector.close();
    }

    private final class Connection {
        private final SocketChannel channel;
        private final SelectionKey key;
        private final int port;
        private final int underWayMax;

        /** By a stream's number; 0 is a free place. */
        private final long[] sentNanos = new long[STREAMS_UNDER_WAY_MAX];

        private final boolean[] hasMessage = new boolean[STREAMS_UNDER_WAY_MAX];

        /** When each header entered the peer's table: the newest has the lowest index. */
        private final Map<Method, Integer> paths = new EnumMap<>(Method.class);

        private ByteBuffer out = ByteBuffer.allocate(1_024);
        private byte[] rest = new byte[1_024];
        private int restBytes;
        private int headersSent;

        /** Number of the first of those that all calls have. */
        private int common;

        private int nextStream = 1;
        private int eventStream;
        private long windowUsed;
        private long quota;
        private Calls calls = () -> EtcdRequests.get("/", true);

        Connection(int port, int underWayMax) throws IOException {
            this.port = port;
            this.underWayMax = underWayMax;
            channel =
                    SocketChannel.open(
                            new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            channel.configureBlocking(false);
            key = channel.register(selector, SelectionKey.OP_READ, this);
            out.put(PREFACE);
            frame(6, SETTINGS, 0, 0);
            out.putShort((short) SETTINGS_INITIAL_WINDOW_SIZE).putInt(WINDOW_BYTES);
            frame(4, WINDOW_UPDATE, 0, 0).putInt(WINDOW_BYTES);
            flush();
        }

        void begin(Calls next, long most) throws IOException {
            calls = next;
            quota = most;
            ask(underWayMax);
        }

        private void ask(int count) throws IOException {
            long now = System.nanoTime();
            for (int i = 0; i < count && quota > 0; i++, quota--) {
                open(calls.next(), true, now);
                pending++;
            }
            flush();
        }

        /** Writes the frames of a call; without an end it is a stream of events. */
        void open(Call call, boolean ends, long now) throws IOException {
            while (sentNanos[place(nextStream)] != 0) {
                nextStream += 2;
            }
            int stream = nextStream;
            nextStream += 2;
            int length = GRPC_HEADER_BYTES + call.body().limit();
            if (length > FRAME_BYTES_MAX) {
                throw new IOException("a message of " + length + " bytes does not fit a frame");
            }
            sentNanos[place(stream)] = now;
            hasMessage[place(stream)] = false;
            int at = frame(0, HEADERS, END_HEADERS, stream).position();
            headers(call.method());
            out.putShort(at - FRAME_HEADER_BYTES + 1, (short) (out.position() - at));
            frame(length, DATA, ends ? END_STREAM : 0, stream);
            out.put((byte) 0).putInt(call.body().limit());
            out.put(call.body().duplicate());
            if (!ends) {
                eventStream = stream;
                flush();
            }
        }

        /** What begins with a colon comes first. */
        private void headers(Method method) {
            out.put((byte) METHOD_POST).put((byte) SCHEME_HTTP);
            Integer sent = paths.get(method);
            if (sent == null) {
                text(out.put((byte) NAME_PATH), method.path);
                paths.put(method, headersSent++);
            } else {
                sentBefore(sent);
            }
            if (common == 0) {
                common = headersSent;
                text(out.put((byte) NAME_AUTHORITY), "127.0.0.1:" + port);
                text(out.put((byte) NAME_CONTENT_TYPE), "application/grpc");
                text(text(out.put((byte) NEW_NAME), "te"), "trailers");
                headersSent += COMMON_HEADERS;
            } else {
                for (int i = 0; i < COMMON_HEADERS; i++) {
                    sentBefore(common + i);
                }
            }
        }

        private void sentBefore(int number) {
            out.put((byte) (FIRST_DYNAMIC + headersSent - 1 - number));
        }

        private static ByteBuffer text(ByteBuffer out, String text) {
            return out.put((byte) text.length()).put(text.getBytes(StandardCharsets.US_ASCII));
        }

        private ByteBuffer frame(int length, int type, int flags, int stream) {
            int needed = FRAME_HEADER_BYTES + FRAME_BYTES_MAX;
            if (out.remaining() < needed) {
                out = ByteBuffer.allocate(2 * out.position() + needed).put(out.flip());
            }
            return out.put((byte) (length >> 16))
                    .putShort((short) length)
                    .put((byte) type)
                    .put((byte) flags)
                    .putInt(stream);
        }

        private void flush() throws IOException {
            out.flip();
            channel.write(out);
            int ops = SelectionKey.OP_READ | (out.hasRemaining() ? SelectionKey.OP_WRITE : 0);
            out.compact();
            if (key.interestOps() != ops) {
                key.interestOps(ops);
            }
        }

        void ready(SelectionKey ready) throws IOException {
            if (ready.isReadable()) {
                int done = read();
                if (done > 0 && !draining) {
                    ask(done);
                }
            }
            if (out.position() > 0) {
                flush();
            }
        }

        private int read() throws IOException {
            in.clear().put(rest, 0, restBytes);
            if (channel.read(in) < 0) {
                throw new IOException("the server has closed a connection");
            }
            in.flip();
            long pendingBefore = pending;
            int at = 0;
            while (in.limit() - at >= FRAME_HEADER_BYTES) {
                int length = (in.get(at) & 0xFF) << 16 | in.getShort(at + 1) & 0xFFFF;
                if (in.limit() - at < FRAME_HEADER_BYTES + length) {
                    break;
                }
                received(
                        at + FRAME_HEADER_BYTES,
                        length,
                        in.get(at + 3),
                        in.get(at + 4),
                        in.getInt(at + 5));
                at += FRAME_HEADER_BYTES + length;
            }
            restBytes = in.limit() - at;
            if (restBytes > rest.length) {
                rest = new byte[2 * restBytes];
            }
            in.get(at, rest, 0, restBytes);
            return (int) (pendingBefore - pending);
        }

        private void received(int at, int length, int type, int flags, int stream)
                throws IOException {
            switch (type) {
                case DATA -> {
                    used(length);
                    if (stream == eventStream) {
                        streamMessages++;
                    } else {
                        hasMessage[place(stream)] = true;
                    }
                }
                case HEADERS -> {
                    if ((flags & END_STREAM) != 0) {
                        ended(stream);
                    }
                }
                case SETTINGS -> {
                    if ((flags & ACK) == 0) {
                        frame(0, SETTINGS, ACK, 0);
                    }
                }
                case PING -> {
                    if ((flags & ACK) == 0) {
                        frame(8, PING, ACK, 0).putLong(in.getLong(at));
                    }
                }
                case RST_STREAM, GOAWAY ->
                        throw new IOException(
                                "stream %d was broken off: frame of type %d, code %d"
                                        .formatted(
                                                stream,
                                                type,
                                                in.getInt(type == GOAWAY ? at + 4 : at)));
                default -> {} // windows are never used up: what is under way is small
            }
        }

        private void ended(int stream) throws IOException {
            if (stream == eventStream) {
                throw new IOException("a stream of events has ended");
            }
            int place = place(stream);
            operations++;
            errors += hasMessage[place] ? 0 : 1;
            latency.recordValue(Math.min(LATENCY_NANOS_MAX, System.nanoTime() - sentNanos[place]));
            sentNanos[place] = 0;
            pending--;
        }

        /** Opens the connection's window again when half of it is used. */
        private void used(int bytes) {
            windowUsed += bytes;
            if (windowUsed > WINDOW_BYTES / 2) {
                frame(4, WINDOW_UPDATE, 0, 0).putInt((int) windowUsed);
                windowUsed = 0;
            }
        }

        private static int place(int stream) {
            return stream >> 1 & STREAMS_UNDER_WAY_MAX - 1;
        }
    }
}
