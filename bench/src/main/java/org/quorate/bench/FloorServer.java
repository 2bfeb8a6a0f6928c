package org.quorate.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.quorate.protocol.OpCode;

/**
 * What any server of ZooKeeper's protocol in Java must spend: it reads all that has come on a
 * connection at once, answers frames of the right length with the right xid, writes once per
 * connection, and lays as many bytes as transactions have into a log that is synced before they are
 * answered, as many in one sync as have come. It keeps no tree and checks nothing; whoever watches
 * anything is told of the next setData of anything. One thread has the sockets, another the log.
 */
final class FloorServer {
    /** Said on the standard output when clients may come. */
    static final String LISTENING = "listening";

    private static final int IN_BYTES = 256 * 1024;
    private static final int OUT_BYTES = 1024 * 1024;
    private static final int WAITING_BYTES = 4 * 1024;
    private static final int STAT_BYTES = 68;
    private static final int DATA_BYTES = 100;

    /** Of a request: length, xid, type. */
    private static final int REQUEST_HEADER_BYTES = 12;

    /** Of an answer: length, xid, zxid, error. */
    private static final int ANSWER_HEADER_BYTES = 20;

    private static final int HELLO_ANSWER_BYTES = 41;
    private static final int MULTI_HEADER_BYTES = 9;
    private static final int XID_EVENT = -1;
    private static final int EVENT_DATA_CHANGED = 3;
    private static final int STATE_CONNECTED = 3;
    private static final int SESSION_MILLIS = 40_000;

    private final Selector selector = Selector.open();
    private final ServerSocketChannel server = ServerSocketChannel.open();
    private final ByteBuffer in = ByteBuffer.allocateDirect(IN_BYTES);
    private final ByteBuffer out = ByteBuffer.allocateDirect(OUT_BYTES);
    private final FloorLog log;

    /** Connections with answers that wait for the next sync, and for the one that is under way. */
    private List<Connection> waiting = new ArrayList<>();

    private List<Connection> syncing = new ArrayList<>();

    /** Connections that are told of the next change, and what of: empty if there was none. */
    private List<Connection> watchers = new ArrayList<>();

    private List<Connection> told = new ArrayList<>();
    private final ByteBuffer changed = ByteBuffer.allocate(WAITING_BYTES).limit(0);

    private FloorServer(int port, Path file) throws IOException {
        log = new FloorLog(file, selector::wakeup);
        server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1_024);
        server.configureBlocking(false);
        server.register(selector, SelectionKey.OP_ACCEPT);
    }

    /** Serves until it is killed: {@code FloorServer PORT LOGFILE}. */
    public static void main(String[] args) throws IOException {
        FloorServer floor = new FloorServer(Integer.parseInt(args[0]), Path.of(args[1]));
        System.out.println(LISTENING);
        floor.serve();
    }

    private void serve() throws IOException {
        while (true) {
            selector.select(this::ready);
            if (!syncing.isEmpty() && log.isDurable()) {
                tellWatchers();
                syncing.forEach(Connection::sendSynced);
                syncing.clear();
            }
            if (syncing.isEmpty() && !waiting.isEmpty()) {
                List<Connection> next = waiting;
                waiting = syncing;
                syncing = next;
                syncing.forEach(Connection::beginSync);
                log.sync();
            }
        }
    }

    /** Before whoever has changed something hears of it, as a server that keeps a tree does. */
    private void tellWatchers() {
        if (!changed.hasRemaining()) {
            return;
        }
        List<Connection> now = watchers;
        watchers = told;
        told = now;
        told.forEach(Connection::tell);
        told.clear();
        changed.limit(0);
    }

    private void ready(SelectionKey key) {
        try {
            if (key.attachment() instanceof Connection connection) {
                connection.read();
            } else {
                SocketChannel channel = server.accept();
                if (channel != null) {
                    channel.configureBlocking(false);
                    channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
                    channel.register(selector, SelectionKey.OP_READ, new Connection(channel));
                }
            }
        } catch (IOException e) {
            key.cancel();
        }
    }

    private final class Connection {
        private final SocketChannel channel;
        private byte[] rest = new byte[256];
        private int restBytes;
        private boolean greeted;
        private boolean ends;

        /** Answers behind the next sync, and behind the one under way. */
        private ByteBuffer later = ByteBuffer.allocate(WAITING_BYTES);

        private ByteBuffer soon = ByteBuffer.allocate(WAITING_BYTES);

        Connection(SocketChannel channel) {
            this.channel = channel;
        }

        void read() throws IOException {
            in.clear().put(rest, 0, restBytes);
            if (channel.read(in) < 0) {
                channel.close();
                return;
            }
            in.flip();
            out.clear();
            int at = 0;
            while (in.limit() - at >= 4 && in.limit() - at - 4 >= in.getInt(at)) {
                frame(at, in.getInt(at));
                at += 4 + in.getInt(at);
            }
            restBytes = in.limit() - at;
            if (restBytes == IN_BYTES) {
                throw new IOException("a frame longer than " + IN_BYTES + " bytes");
            }
            rest = restBytes > rest.length ? new byte[IN_BYTES] : rest;
            in.get(at, rest, 0, restBytes);
            send(out.flip());
        }

        private void frame(int at, int length) throws IOException {
            if (!greeted) {
                greeted = true;
                hello(write(at, length, HELLO_ANSWER_BYTES));
                return;
            }
            int xid = in.getInt(at + 4);
            int type = in.getInt(at + 8);
            switch (type) {
                case OpCode.GET_DATA -> {
                    ByteBuffer to = answer(4 + DATA_BYTES + STAT_BYTES);
                    header(to, xid, 4 + DATA_BYTES + STAT_BYTES).putInt(DATA_BYTES);
                    skip(to, DATA_BYTES + STAT_BYTES);
                    if (in.get(at + 4 + length - 1) != 0) {
                        watchers.add(this);
                    }
                }
                case OpCode.EXISTS -> skip(header(answer(STAT_BYTES), xid, STAT_BYTES), STAT_BYTES);
                case OpCode.SET_DATA -> {
                    skip(header(write(at, length, STAT_BYTES), xid, STAT_BYTES), STAT_BYTES);
                    if (!watchers.isEmpty()) {
                        int path = 4 + in.getInt(at + REQUEST_HEADER_BYTES);
                        changed.limit(path).put(0, in, at + REQUEST_HEADER_BYTES, path);
                    }
                }
                case OpCode.CREATE -> {
                    int path = 4 + in.getInt(at + REQUEST_HEADER_BYTES);
                    ByteBuffer to = header(write(at, length, path), xid, path);
                    to.put(to.position(), in, at + REQUEST_HEADER_BYTES, path);
                    skip(to, path);
                }
                case OpCode.DELETE -> header(write(at, length, 0), xid, 0);
                case OpCode.MULTI -> multi(at, length, xid);
                case OpCode.CLOSE_SESSION -> {
                    header(write(at, length, 0), xid, 0);
                    ends = true;
                }
                case OpCode.PING, OpCode.SYNC -> header(answer(0), xid, 0);
                default -> throw new IOException("type " + type + " is not answered here");
            }
        }

        void tell() {
            int length = ANSWER_HEADER_BYTES - 4 + 8 + changed.limit();
            out.clear().putInt(length).putInt(XID_EVENT).putLong(-1).putInt(0);
            out.putInt(EVENT_DATA_CHANGED).putInt(STATE_CONNECTED);
            out.put(out.position(), changed, 0, changed.limit());
            skip(out, changed.limit());
            send(out.flip());
        }

        private void hello(ByteBuffer to) {
            to.putInt(HELLO_ANSWER_BYTES - 4).putInt(0).putInt(SESSION_MILLIS).putLong(1);
            skip(to.putInt(16), 17);
        }

        /** Only of setData: how many there are is found by walking over them. */
        private void multi(int at, int length, int xid) throws IOException {
            int sets = 0;
            int next = at + REQUEST_HEADER_BYTES;
            while (in.getInt(next) == OpCode.SET_DATA) {
                next += MULTI_HEADER_BYTES;
                next += 4 + in.getInt(next);
                next += 4 + in.getInt(next) + 4;
                sets++;
            }
            int bytes = sets * (MULTI_HEADER_BYTES + STAT_BYTES) + MULTI_HEADER_BYTES;
            ByteBuffer to = header(write(at, length, bytes), xid, bytes);
            for (int i = 0; i < sets; i++) {
                to.putInt(OpCode.SET_DATA).put((byte) 0).putInt(0);
                skip(to, STAT_BYTES);
            }
            to.putInt(-1).put((byte) 1).putInt(-1);
        }

        private ByteBuffer header(ByteBuffer to, int xid, int bodyBytes) {
            return to.putInt(ANSWER_HEADER_BYTES - 4 + bodyBytes).putInt(xid).putLong(1).putInt(0);
        }

        /** Where the answer of a read goes: behind those of writes that are not durable yet. */
        private ByteBuffer answer(int bodyBytes) {
            if (later.position() > 0 || soon.position() > 0) {
                return behindNextSync(bodyBytes);
            }
            if (out.remaining() < ANSWER_HEADER_BYTES + bodyBytes) {
                send(out.flip());
                out.clear();
            }
            return out;
        }

        private ByteBuffer write(int at, int length, int bodyBytes) throws IOException {
            log.add(in, at + 4, length);
            return behindNextSync(bodyBytes);
        }

        private ByteBuffer behindNextSync(int bodyBytes) {
            if (later.position() == 0) {
                waiting.add(this);
            }
            int needed = ANSWER_HEADER_BYTES + HELLO_ANSWER_BYTES + bodyBytes;
            if (later.remaining() < needed) {
                int capacity = 2 * (later.position() + needed);
                later = ByteBuffer.allocate(capacity).put(later.flip());
            }
            return later;
        }

        void beginSync() {
            ByteBuffer swap = soon;
            soon = later;
            later = swap;
        }

        void sendSynced() {
            send(soon.flip());
            soon.clear();
            if (ends && later.position() == 0) {
                try {
                    channel.close();
                } catch (IOException e) {
                    // It is over either way.
                }
            }
        }

        /** The loader always reads, so a full socket is soon empty. */
        private void send(ByteBuffer bytes) {
            try {
                while (bytes.hasRemaining()) {
                    channel.write(bytes);
                }
            } catch (IOException e) {
                // The client has gone; reading will tell.
            }
        }

        /** Leaves what is there: what the bytes are matters to nobody. */
        private static void skip(ByteBuffer to, int bytes) {
            to.position(to.position() + bytes);
        }
    }
}
