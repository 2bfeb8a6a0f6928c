package org.quorate.bench;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.KeeperException.Code;
import org.jspecify.annotations.Nullable;
import org.quorate.cluster.coordinator.Bytes;
import org.quorate.cluster.coordinator.Change;
import org.quorate.cluster.coordinator.Host;
import org.quorate.cluster.coordinator.Link;
import org.quorate.cluster.coordinator.Outcome;
import org.quorate.cluster.coordinator.Znode;
import org.quorate.protocol.ErrorCode;
import org.quorate.protocol.OpCode;
import org.quorate.protocol.client.AddWatchRequest;
import org.quorate.protocol.client.ConnectRequest;
import org.quorate.protocol.client.ConnectResponse;
import org.quorate.protocol.client.MultiFrame;
import org.quorate.protocol.client.ReplyHeader;
import org.quorate.protocol.client.Stat;
import org.quorate.protocol.client.WatcherEvent;
import org.quorate.protocol.jute.JuteIn;
import org.quorate.protocol.jute.JuteOut;

/**
 * One session of {@link LeanSessions}: where a coordinator of the toolkit lives whose parts only
 * read. Of transactions it can send the one that proves a session, a check. Safe for many threads.
 */
final class LeanSession implements Host, Link {
    private static final int FIRST_BYTES = 1_024;
    private static final int XID_PING = -2;

    private final LeanSessions all;
    private final SocketChannel channel;
    private final long sessionId;
    private final Duration timeout;
    private final Runnable changed;
    private final Map<Consumer<String>, String> watches = new ConcurrentHashMap<>();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition signalled = lock.newCondition();
    private volatile @Nullable SessionEvents listener;
    // Guarded by this: what goes out, and who waits for what comes in.
    private final JuteOut out = new JuteOut(FIRST_BYTES);
    private final Queue<CompletableFuture<byte[]>> pending = new ArrayDeque<>();
    private int xid;
    private long requests;
    private boolean closed;
    // The reading thread's.
    private ByteBuffer in = ByteBuffer.allocate(FIRST_BYTES);

    private LeanSession(
            LeanSessions all, SocketChannel channel, ConnectResponse granted, Runnable changed) {
        this.all = all;
        this.channel = channel;
        this.sessionId = granted.sessionId;
        this.timeout = Duration.ofMillis(granted.timeoutMillis);
        this.changed = changed;
    }

    static LeanSession open(
            LeanSessions all, InetSocketAddress server, Duration timeout, Runnable changed)
            throws IOException {
        SocketChannel channel = SocketChannel.open(server);
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        ConnectRequest hello = new ConnectRequest();
        hello.timeoutMillis = Math.toIntExact(timeout.toMillis());
        hello.password.set(new byte[16], 0, 16);
        JuteOut out = new JuteOut(FIRST_BYTES);
        int length = out.reserve(4);
        hello.write(out);
        out.setInt(length, out.size() - length - 4);
        channel.write(ByteBuffer.wrap(out.array(), 0, out.size()));
        DataInputStream answer = new DataInputStream(Channels.newInputStream(channel));
        byte[] frame = new byte[answer.readInt()];
        answer.readFully(frame);
        ConnectResponse granted = new ConnectResponse().read(new JuteIn().wrap(frame));
        channel.configureBlocking(false);
        return new LeanSession(all, channel, granted, changed);
    }

    SocketChannel channel() {
        return channel;
    }

    synchronized long requests() {
        return requests;
    }

    // What comes in: the reading thread alone.

    /** Takes the whole frames of what has come; what is left makes the socket ready again. */
    void readWhatIsThere() throws IOException {
        if (channel.read(in) < 0) {
            throw new EOFException("the server has closed a connection");
        }
        in.flip();
        while (in.remaining() >= 4 && in.remaining() >= 4 + in.getInt(in.position())) {
            byte[] frame = new byte[in.getInt()];
            in.get(frame);
            take(frame);
        }
        in.compact();
        if (!in.hasRemaining()) {
            in = ByteBuffer.allocate(2 * in.capacity()).put(in.flip());
        }
    }

    private void take(byte[] frame) {
        int answers = ByteBuffer.wrap(frame).getInt();
        if (answers == ReplyHeader.XID_EVENT) {
            JuteIn body = new JuteIn().wrap(frame);
            new ReplyHeader().read(body);
            String path = new WatcherEvent().read(body).path.text();
            watches.forEach((told, watched) -> {
                if (path.equals(watched) || path.startsWith(watched + "/")) {
                    told.accept(path);
                }
            });
        } else if (answers != XID_PING) {
            CompletableFuture<byte[]> waiting;
            synchronized (this) {
                if (closed) {
                    return; // Nobody waits for the farewell.
                }
                waiting = pending.remove();
            }
            waiting.complete(frame);
        }
    }

    /** The connection is no more. */
    void ended() {
        List<CompletableFuture<byte[]>> waiting;
        synchronized (this) {
            if (closed) {
                return;
            }
            waiting = new ArrayList<>(pending);
            pending.clear();
        }
        waiting.forEach(
                one -> one.completeExceptionally(new KeeperException.ConnectionLossException()));
        SessionEvents told = listener;
        if (told != null) {
            told.expired();
        }
    }

    // What goes out.

    void ping() {
        send(XID_PING, OpCode.PING, nothing -> {});
    }

    private synchronized CompletableFuture<byte[]> ask(int type, Consumer<JuteOut> body) {
        CompletableFuture<byte[]> answer = new CompletableFuture<>();
        pending.add(answer);
        requests++;
        send(++xid, type, body);
        return answer;
    }

    private synchronized void send(int number, int type, Consumer<JuteOut> body) {
        out.clear();
        int length = out.reserve(4);
        out.writeInt(number).writeInt(type);
        body.accept(out);
        out.setInt(length, out.size() - length - 4);
        try {
            ByteBuffer frame = ByteBuffer.wrap(out.array(), 0, out.size());
            while (frame.hasRemaining()) {
                channel.write(frame); // So little that the system takes it at once.
            }
        } catch (IOException e) {
            // The reading thread finds it out.
        }
    }

    private static JuteIn body(Future<byte[]> answer, String path)
            throws KeeperException, InterruptedException {
        try {
            JuteIn in = new JuteIn().wrap(answer.get());
            int err = new ReplyHeader().read(in).err;
            if (err != ErrorCode.OK) {
                throw KeeperException.create(Code.get(err), path);
            }
            return in;
        } catch (ExecutionException e) {
            if (e.getCause() instanceof KeeperException lost) {
                throw lost;
            }
            throw new IllegalStateException(e);
        }
    }

    private CompletableFuture<byte[]> askToRead(int type, String path) {
        boolean watch = false;
        return ask(type, body -> body.writeString(path).writeBool(watch));
    }

    @Override
    public long sessionId() {
        return sessionId;
    }

    @Override
    public Optional<Znode> get(String path) throws KeeperException, InterruptedException {
        return znode(path, askToRead(OpCode.GET_DATA, path));
    }

    @Override
    public List<Optional<Znode>> getAll(List<String> paths)
            throws KeeperException, InterruptedException {
        List<CompletableFuture<byte[]>> underWay =
                paths.stream().map(path -> askToRead(OpCode.GET_DATA, path)).toList();
        List<Optional<Znode>> found = new ArrayList<>();
        for (int i = 0; i < paths.size(); i++) {
            found.add(znode(paths.get(i), underWay.get(i)));
        }
        return found;
    }

    private static Optional<Znode> znode(String path, Future<byte[]> answer)
            throws KeeperException, InterruptedException {
        try {
            JuteIn in = body(answer, path);
            byte[] data = in.readBuffer();
            Stat stat = new Stat().read(in);
            return Optional.of(
                    new Znode(
                            path,
                            data == null ? Bytes.NONE : Bytes.wrap(data),
                            stat.czxid,
                            stat.mzxid,
                            stat.version,
                            stat.cversion,
                            stat.ephemeralOwner,
                            stat.ctimeMillis,
                            stat.mtimeMillis,
                            stat.childCount));
        } catch (KeeperException.NoNodeException none) {
            return Optional.empty();
        }
    }

    @Override
    public Optional<List<String>> list(String path) throws KeeperException, InterruptedException {
        try {
            JuteIn in = body(askToRead(OpCode.GET_CHILDREN, path), path);
            List<String> names = new ArrayList<>();
            for (int left = in.readCount(4); left > 0; left--) {
                names.add(Objects.requireNonNull(in.readString()));
            }
            return Optional.of(names);
        } catch (KeeperException.NoNodeException none) {
            return Optional.empty();
        }
    }

    @Override
    public long watch(String path, Consumer<String> told)
            throws KeeperException, InterruptedException {
        watches.put(told, path);
        int mode = AddWatchRequest.PERSISTENT_RECURSIVE;
        body(ask(OpCode.ADD_WATCH, body -> body.writeString(path).writeInt(mode)), path);
        return sessionId;
    }

    @Override
    public void unwatch(String path, Consumer<String> told) {
        watches.remove(told); // The server forgets it with the session, which ends soon.
    }

    @Override
    public Outcome multi(long demanded, List<Change> changes)
            throws KeeperException, InterruptedException {
        if (changes.size() != 1 || !(changes.getFirst() instanceof Change.Check check)) {
            throw new UnsupportedOperationException("a lean session only reads");
        }
        body(ask(OpCode.MULTI, body -> writeAlone(check, body)), check.path());
        return new Outcome.Done(List.of());
    }

    private static void writeAlone(Change.Check check, JuteOut body) {
        MultiFrame.beginRequest(body, OpCode.CHECK);
        body.writeString(check.path()).writeInt(check.version());
        MultiFrame.end(body);
    }

    @Override
    public void sync(String path) {
        throw new UnsupportedOperationException("a lean session only reads");
    }

    @Override
    public @Nullable Duration reconnectGrace(long session) {
        return null;
    }

    @Override
    public void bindToConnection(long session, Duration grace) {
        throw new UnsupportedOperationException("a lean session only reads");
    }

    // Where the toolkit lives.

    @Override
    public Link link() {
        return this;
    }

    @Override
    public void start(SessionEvents events) {
        listener = events;
        events.connected(sessionId, timeout);
    }

    @Override
    public void close() {
        all.forget(this);
        synchronized (this) {
            closed = true;
            send(++xid, OpCode.CLOSE_SESSION, nothing -> {});
        }
        try {
            channel.close();
        } catch (IOException e) {
            // It is closed.
        }
    }

    @Override
    public long nanoTime() {
        return System.nanoTime();
    }

    @Override
    public long wallMillis() {
        return System.currentTimeMillis();
    }

    @Override
    public RandomGenerator random() {
        return ThreadLocalRandom.current();
    }

    @Override
    public void execute(Runnable task) {
        all.execute(task);
    }

    @Override
    public Timer schedule(long delayNanos, Runnable task) {
        Future<?> due = all.schedule(delayNanos, task);
        return () -> due.cancel(false);
    }

    @Override
    public boolean await(BooleanSupplier condition, long timeoutNanos) throws InterruptedException {
        long left = timeoutNanos;
        lock.lockInterruptibly();
        try {
            while (!condition.getAsBoolean()) {
                if (left <= 0) {
                    return false;
                }
                left = signalled.awaitNanos(left);
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void signal() {
        lock.lock();
        try {
            signalled.signalAll();
        } finally {
            lock.unlock();
        }
        changed.run();
    }
}
