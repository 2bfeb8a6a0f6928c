package org.quorate.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.HdrHistogram.Histogram;
import org.quorate.protocol.OpCode;
import org.quorate.protocol.jute.JuteOut;

/**
 * Keeps a number of requests under way on a number of connections, on one thread, with as little
 * work of its own as can be: frames are laid out once per connection, answers are counted and their
 * error codes looked at, nothing else is decoded. Owned by the thread that calls it.
 */
public final class Loader implements AutoCloseable {
    private static final int BUFFER_BYTES = 256 * 1024;
    private static final int HEADER_BYTES = 16;

    /** Of a connection's own buffers; they grow. Ten thousand connections must fit. */
    private static final int FIRST_BYTES = 1024;

    private static final int XID_EVENT = -1;
    private static final int SESSION_MILLIS = 40_000;
    private static final long LATENCY_NANOS_MAX = 60_000_000_000L;

    /** Makes the requests of one connection. */
    public interface Requests {
        /**
         * Appends the body of the next request.
         *
         * @return its type
         */
        int next(JuteOut out);

        /** Whether a request follows each event instead of each answer: for who re-arms watches. */
        default boolean followsEvents() {
            return false;
        }
    }

    /**
     * What a run measured.
     *
     * @param operations answered
     * @param errors answered with an error code
     * @param nanos how long it took
     * @param latencyNanos from when each request was due to its answer; see {@link #run}
     */
    public record Result(long operations, long errors, long nanos, Histogram latencyNanos) {
        public double perSecond() {
            return operations * 1e9 / nanos;
        }
    }

    private static final long PACE_NANOS = 50_000;

    private final Selector selector = Selector.open();
    private final List<Connection> connections = new ArrayList<>();
    private final ByteBuffer in = ByteBuffer.allocateDirect(BUFFER_BYTES);
    private Histogram latency = new Histogram(LATENCY_NANOS_MAX, 3);
    private long operations;
    private long errors;
    private long events;
    private boolean draining;
    private boolean paced;
    private int nextConnection;

    /** Sent and not answered on all connections. */
    private long pending;

    /**
     * Opens the sessions.
     *
     * @param ports of the servers; connections are dealt out to them in turn
     */
    public Loader(List<Integer> ports, int connectionCount, int underWay) throws IOException {
        this(ports, Collections.nCopies(connectionCount, underWay));
    }

    /**
     * The same as seen from another host, or from several.
     *
     * @param from a local address for each connection
     */
    Loader(IntFunction<InetAddress> from, List<Integer> ports, int connectionCount, int underWay)
            throws IOException {
        this(from, ports, Collections.nCopies(connectionCount, underWay));
    }

    /**
     * The same with a number for each connection.
     *
     * @param underWay how many requests each keeps under way
     */
    Loader(List<Integer> ports, List<Integer> underWay) throws IOException {
        this(connection -> InetAddress.getLoopbackAddress(), ports, underWay);
    }

    private Loader(IntFunction<InetAddress> from, List<Integer> ports, List<Integer> underWay)
            throws IOException {
        for (int i = 0; i < underWay.size(); i++) {
            int port = ports.get(i % ports.size());
            connections.add(new Connection(from.apply(i), port, underWay.get(i)));
        }
    }

    /** How many events have come in all. */
    long events() {
        return events;
    }

    int connectionCount() {
        return connections.size();
    }

    /** One request on one connection, answered before this returns; for laying out data. */
    public void call(int type, byte[] body) throws IOException {
        run(1, connection -> requestOf(type, body), 1, Long.MAX_VALUE);
        if (errors > 0) {
            throw new IOException("request of type " + type + " was refused");
        }
    }

    /** What is asked on each connection. */
    public interface Scenario {
        Requests requests(int connection);

        /** How many requests a connection has at most. */
        default long quota(int connection) {
            return Long.MAX_VALUE;
        }
    }

    /**
     * Asks until so many were answered or so much time has gone, then waits for the rest. Who waits
     * for an answer before he asks again spares a server that stalls the requests it would have
     * met; latency is corrected for that, as if each of the requests under way had been due at the
     * mean interval.
     *
     * @param connectionCount connections that take part: the first ones
     * @param operationsMax in all; a few more may be under way when it is reached
     */
    public Result run(int connectionCount, Scenario scenario, long operationsMax, long nanosMax)
            throws IOException {
        latency = new Histogram(LATENCY_NANOS_MAX, 3);
        operations = 0;
        errors = 0;
        draining = false;
        int taking = Math.min(connectionCount, connections.size());
        List<Requests> requests = IntStream.range(0, taking).mapToObj(scenario::requests).toList();
        long start = System.nanoTime();
        long slots = 0;
        for (int i = 0; i < taking; i++) {
            long quota = Math.min(operationsMax, scenario.quota(i));
            slots += Math.min(quota, connections.get(i).underWayMax);
            connections.get(i).begin(requests.get(i), quota);
        }
        while (pending > 0) {
            serve(1_000);
            if (operations >= operationsMax || System.nanoTime() - start > nanosMax) {
                draining = true;
            }
        }
        long nanos = System.nanoTime() - start;
        long intervalNanos = operations == 0 ? 0 : nanos * slots / operations;
        return new Result(
                operations,
                errors,
                nanos,
                latency.copyCorrectedForCoordinatedOmission(intervalNanos));
    }

    /**
     * Sends at a fixed rate, whatever comes back. A request that finds no room waits for it;
     * latency counts from when it was due, so a server that stalls is not spared the requests it
     * would have met.
     */
    public Result runAtRate(int connectionCount, Scenario scenario, double perSecond, long nanosMax)
            throws IOException {
        latency = new Histogram(LATENCY_NANOS_MAX, 3);
        operations = 0;
        errors = 0;
        draining = false;
        paced = true;
        for (int i = 0; i < connectionCount; i++) {
            connections.get(i).begin(scenario.requests(i), Long.MAX_VALUE);
        }
        long start = System.nanoTime();
        long due = 0;
        for (long now = 0; now < nanosMax || pending > 0; now = System.nanoTime() - start) {
            long dueNanos = (long) (due * 1e9 / perSecond);
            if (now < nanosMax && dueNanos <= now && sendDue(connectionCount, start + dueNanos)) {
                due++;
            } else if (serve(0) == 0) {
                LockSupport.parkNanos(PACE_NANOS);
            }
        }
        paced = false;
        return new Result(operations, errors, System.nanoTime() - start, latency);
    }

    /** False if no connection has room. */
    private boolean sendDue(int connectionCount, long dueNanos) throws IOException {
        for (int i = 0; i < connectionCount; i++) {
            nextConnection = nextConnection + 1 < connectionCount ? nextConnection + 1 : 0;
            Connection connection = connections.get(nextConnection);
            if (connection.sent - connection.answered < connection.underWayMax) {
                connection.ask(1, dueNanos);
                return true;
            }
        }
        return false;
    }

    /** Sends the first requests of some connections and does not wait. */
    void start(int from, int to, Scenario scenario) throws IOException {
        draining = false;
        for (int i = from; i < to; i++) {
            connections.get(i).begin(scenario.requests(i), Long.MAX_VALUE);
        }
    }

    /** Sends one request on the first connection and does not wait. */
    void send(int type, byte[] body) throws IOException {
        send(requestOf(type, body), 1);
    }

    /** Sends so many requests on the first connection, as many at once as it may have under way. */
    void send(Requests requests, long count) throws IOException {
        draining = false;
        connections.getFirst().begin(requests, count);
    }

    private static Requests requestOf(int type, byte[] body) {
        return out -> {
            out.writeRaw(body, 0, body.length);
            return type;
        };
    }

    /** Serves what comes until so many events have come in all and everything is answered. */
    void awaitEvents(long count) throws IOException {
        while (events < count || pending > 0) {
            serve(1_000);
        }
    }

    /** Returns on how many connections there was something to do */
    private int serve(long millisMax) throws IOException {
        int ready = millisMax == 0 ? selector.selectNow() : selector.select(millisMax);
        for (SelectionKey key : selector.selectedKeys()) {
            ((Connection) key.attachment()).ready(key);
        }
        selector.selectedKeys().clear();
        return ready;
    }

    @Override
    public void close() throws IOException {
        for (Connection connection : connections) {
            connection.closeSession();
        }
        selector.close();
    }

    private final class Connection {
        private final SocketChannel channel;
        private final SelectionKey key;
        private final int underWayMax;
        private final long[] sentNanos;
        private final JuteOut out = new JuteOut(FIRST_BYTES);
        private byte[] rest = new byte[FIRST_BYTES];
        private int restBytes;
        private int written;
        private int sent;
        private int answered;
        private long quota;
        private Requests requests = o -> 0;

        Connection(InetAddress from, int port, int underWayMax) throws IOException {
            this.underWayMax = underWayMax;
            sentNanos = new long[Integer.highestOneBit(Math.max(1, underWayMax) * 2)];
            channel = SocketChannel.open();
            channel.bind(new InetSocketAddress(from, 0));
            channel.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            handshake();
            channel.configureBlocking(false);
            key = channel.register(selector, SelectionKey.OP_READ, this);
        }

        private void handshake() throws IOException {
            JuteOut hello = new JuteOut(64);
            hello.writeInt(45).writeInt(0).writeLong(0).writeInt(SESSION_MILLIS).writeLong(0);
            hello.writeBuffer(new byte[16]).writeBool(false);
            channel.write(ByteBuffer.wrap(hello.array(), 0, hello.size()));
            ByteBuffer answer = ByteBuffer.allocate(41);
            while (answer.hasRemaining()) {
                if (channel.read(answer) < 0) {
                    throw new IOException("closed instead of opening a session");
                }
            }
        }

        /** So that ephemerals do not outlive the run. */
        void closeSession() throws IOException {
            key.cancel();
            selector.selectNow();
            channel.configureBlocking(true);
            ByteBuffer bye = ByteBuffer.allocate(12);
            bye.putInt(8).putInt(0).putInt(OpCode.CLOSE_SESSION).flip();
            channel.write(bye);
            while (channel.read(in.clear()) >= 0) {}
            channel.close();
        }

        void begin(Requests next, long most) throws IOException {
            requests = next;
            quota = most;
            if (!paced) {
                ask(underWayMax, System.nanoTime());
            }
        }

        private void ask(int count, long now) throws IOException {
            for (int i = 0; i < count && quota > 0; i++, quota--) {
                int length = out.reserve(12);
                int type = requests.next(out);
                out.setInt(length, out.size() - length - 4);
                out.setInt(length + 4, ++sent);
                out.setInt(length + 8, type);
                sentNanos[sent & sentNanos.length - 1] = now;
                pending++;
            }
            flush();
        }

        private void flush() throws IOException {
            written += channel.write(ByteBuffer.wrap(out.array(), written, out.size() - written));
            if (written == out.size()) {
                out.clear();
                written = 0;
                key.interestOps(SelectionKey.OP_READ);
            } else {
                key.interestOps(SelectionKey.OP_READ | SelectionKey.OP_WRITE);
            }
        }

        void ready(SelectionKey ready) throws IOException {
            if (ready.isWritable()) {
                flush();
            }
            if (ready.isReadable()) {
                long eventsBefore = events;
                int done = read();
                int more = requests.followsEvents() ? (int) (events - eventsBefore) : done;
                if (more > 0 && !draining && !paced) {
                    ask(more, System.nanoTime());
                }
            }
        }

        private int read() throws IOException {
            in.clear();
            int bytes = channel.read(in);
            if (bytes < 0) {
                throw new IOException("the server has closed a connection");
            }
            in.flip();
            if (restBytes + bytes > rest.length) {
                rest = Arrays.copyOf(rest, 2 * (restBytes + bytes));
            }
            in.get(rest, restBytes, bytes);
            restBytes += bytes;
            long now = System.nanoTime();
            int at = 0;
            int done = 0;
            ByteBuffer frames = ByteBuffer.wrap(rest);
            while (restBytes - at >= 4 + HEADER_BYTES) {
                int length = frames.getInt(at);
                if (restBytes - at < 4 + length) {
                    break;
                }
                if (frames.getInt(at + 4) != XID_EVENT) {
                    answered++;
                    pending--;
                    done++;
                    operations++;
                    errors += frames.getInt(at + HEADER_BYTES) == 0 ? 0 : 1;
                    latency.recordValue(
                            Math.min(
                                    LATENCY_NANOS_MAX,
                                    now - sentNanos[answered & sentNanos.length - 1]));
                } else {
                    events++;
                }
                at += 4 + length;
            }
            if (at > 0) {
                System.arraycopy(rest, at, rest, 0, restBytes - at);
                restBytes -= at;
            }
            return done;
        }
    }
}
