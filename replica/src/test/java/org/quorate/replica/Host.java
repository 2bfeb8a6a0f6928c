package org.quorate.replica;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.quorate.protocol.acl.Id;
import org.quorate.protocol.client.ConnectRequest;
import org.quorate.protocol.jute.JuteException;
import org.quorate.protocol.jute.JuteIn;
import org.quorate.protocol.jute.JuteOut;
import org.quorate.protocol.jute.Slice;
import org.quorate.protocol.peer.EnsembleConfig;
import org.quorate.protocol.peer.Notification;
import org.quorate.protocol.snapshot.SnapshotDecoder;
import org.quorate.protocol.snapshot.SnapshotEncoder;
import org.quorate.protocol.snapshot.SnapshotSource;
import org.quorate.tree.DataTree;
import org.quorate.tree.TreeOptions;
import org.quorate.zab.Journal;
import org.quorate.zab.Peers;
import org.quorate.zab.Role;
import org.quorate.zab.StateMachine;
import org.quorate.zab.Zab;
import org.quorate.zab.ZabOptions;

/**
 * One server on one thread: a log in memory that is durable at the end of each turn, simulated
 * time, clients that hand in frames and find the answers in a queue.
 */
final class Host implements AutoCloseable {
    static final long TURN_MILLIS = 10;

    private final ReplicaOptions options;
    private final @Nullable Ensemble ensemble;
    final DataTree tree;
    final Replica replica;
    final Log log = new Log();
    final List<String> notices = new ArrayList<>();
    final List<Role> roles = new ArrayList<>();

    /** Whether plain reads are answered beside the core, as event loops do. */
    boolean readsBeside;

    /** Whether what is appended becomes durable at the end of the turn. */
    boolean logging = true;

    /** Hears of each reply before it is sent. */
    Consumer<Connection> answered = connection -> {};

    boolean gateClosed;
    int gateClosings;
    private final Reads reads;
    private final JuteOut readOut = new JuteOut();
    private final Deque<Client> readyToRead = new ArrayDeque<>();
    private long nowMillis = 1_000;
    private long nextId = 1;

    /** A standalone server. */
    Host(ReplicaOptions options) {
        this(options, TreeOptions.DEFAULT);
    }

    /** A standalone server. */
    Host(ReplicaOptions options, TreeOptions treeOptions) {
        this(
                options,
                treeOptions,
                ZabOptions.standalone(options.tickMillis()),
                EnsembleConfig.of(List.of(), 0),
                new NoPeers(),
                null);
    }

    /** A member of an ensemble, or the only one. */
    Host(
            ReplicaOptions options,
            TreeOptions treeOptions,
            ZabOptions zabOptions,
            EnsembleConfig config,
            Peers peers,
            @Nullable Ensemble ensemble) {
        this.options = options;
        this.ensemble = ensemble;
        tree =
                new DataTree(
                        new TreeOptions(
                                treeOptions.memoryBytesMax(),
                                options.extendedTypes(),
                                treeOptions.digest()));
        reads = new Reads(tree, options, ReadTally.NONE);
        replica =
                new Replica(
                        options,
                        tree,
                        state -> {
                            log.state = state;
                            return new Zab(
                                    zabOptions,
                                    config,
                                    0,
                                    0,
                                    tree.lastZxid(),
                                    true,
                                    options.serverId(),
                                    log,
                                    peers,
                                    state);
                        },
                        new ToClients(),
                        new CheckedGate(),
                        0);
        replica.time(nowMillis * 1_000_000, wallMillis());
        replica.start();
        endTurn();
    }

    long nowNanos() {
        return nowMillis * 1_000_000;
    }

    long wallMillis() {
        return 1_700_000_000_000L + nowMillis;
    }

    /** Lets turns pass until nothing more happens, without much time. */
    void settle() {
        for (int i = 0; i < 5; i++) {
            turn();
        }
    }

    /** Lets time pass. */
    void pass(long millis) {
        for (long end = nowMillis + millis; nowMillis < end; ) {
            turn();
        }
    }

    long nowMillis() {
        return nowMillis;
    }

    /** Stands still, and then goes on. */
    void stall(long millis) {
        nowMillis += millis;
    }

    void turn() {
        if (ensemble != null) {
            ensemble.turn();
        } else {
            turn(nowMillis + TURN_MILLIS);
        }
    }

    /** One turn of this server alone. */
    void turn(long millis) {
        beginTurn(millis);
        endTurn();
    }

    void beginTurn(long millis) {
        nowMillis = millis;
        replica.time(nowNanos(), wallMillis());
        while (!readyToRead.isEmpty()) {
            readyToRead.remove().read();
        }
    }

    void endTurn() {
        if (logging) {
            long token = log.marked;
            if (token > log.durable) {
                log.durable = token;
                replica.zab().journaled(token);
            }
        }
        replica.endTurn();
        if (gateClosed) {
            throw new IllegalStateException("the gate is closed between turns");
        }
    }

    Client connect() {
        return new Client("127.0.0.1");
    }

    Client connect(String address) {
        return new Client(address);
    }

    @Override
    public void close() {
        tree.close();
    }

    /** One socket. */
    final class Client {
        final Connection connection;

        /** What came, each with its length in front. */
        final Deque<byte[]> frames = new ArrayDeque<>();

        /** Of a reply that comes in parts: those that have come, and how many came in all. */
        final JuteOut parts = new JuteOut();

        int partCount;

        /** It reads nothing just now. */
        boolean behind;

        boolean closed;
        private boolean greeted;
        private boolean established;
        private int underWay;
        private final Deque<byte[]> unread = new ArrayDeque<>();

        private Client(String address) {
            connection = replica.open(nextId++, address, List.of(new Id("ip", address)));
            connection.attachment = this;
        }

        /** Sends frames with their lengths in front, one or several. */
        void send(byte[] bytes) {
            JuteIn in = new JuteIn(Integer.MAX_VALUE).wrap(bytes);
            while (in.remaining() > 0 && !closed) {
                int length = in.readInt();
                if (length < 0 || length > options.frameBytesMax()) {
                    closed = true;
                    replica.closed(connection);
                    return;
                }
                byte[] frame = Arrays.copyOfRange(bytes, in.position(), in.position() + length);
                in.skip(length);
                unread.add(frame);
            }
            read();
        }

        private void read() {
            while (!unread.isEmpty() && !closed) {
                if (!greeted) {
                    greet(unread.remove());
                } else if (!established) {
                    return;
                } else {
                    take(unread.remove());
                }
            }
        }

        private void greet(byte[] frame) {
            greeted = true;
            connection.touch(nowNanos());
            try {
                ConnectRequest request = new ConnectRequest().read(new JuteIn().wrap(frame));
                replica.connect(connection, request);
            } catch (JuteException e) {
                closed = true;
                replica.closed(connection);
            }
        }

        private void take(byte[] frame) {
            connection.touch(nowNanos());
            if (readsBeside
                    && underWay == 0
                    && Reads.isPlain(frame, 0, frame.length)
                    && connection.answersDirectly(nowNanos())
                    && reads.answer(frame, 0, frame.length, connection, readOut.clear())) {
                frames.add(readOut.copy());
                return;
            }
            int type = frame.length < 8 ? 0 : new JuteIn().wrap(frame, 4, 8).readInt();
            if (type != 100 && type != 102) {
                underWay++;
            }
            // The core must not keep what it was handed.
            byte[] padded = new byte[frame.length + 7];
            System.arraycopy(frame, 0, padded, 3, frame.length);
            replica.request(connection, padded, 3, 3 + frame.length);
            Arrays.fill(padded, (byte) 0x55);
        }

        /** The client's end is closed. */
        void hangUp() {
            if (!closed) {
                closed = true;
                replica.closed(connection);
            }
        }

        /** The next frame, or null if none comes within some seconds or the socket is closed. */
        byte @Nullable [] receive() {
            for (int i = 0; i < 800 && frames.isEmpty() && !closed; i++) {
                turn();
            }
            return frames.poll();
        }
    }

    private final class ToClients implements Effects {
        @Override
        public void reply(Connection to, byte[] bytes, int from, int length) {
            Client client = client(to);
            if (client.closed) {
                throw new IllegalStateException("a reply behind the close: " + to);
            }
            answered.accept(to);
            if (client.established && client.underWay-- == 0) {
                throw new IllegalStateException("a reply to nothing: " + to);
            }
            if (client.parts.size() > 0) {
                throw new IllegalStateException("a reply among the parts of another: " + to);
            }
            client.frames.add(Arrays.copyOfRange(bytes, from, from + length));
        }

        @Override
        public boolean isBehind(Connection to) {
            return client(to).behind;
        }

        @Override
        public void replyPart(Connection to, byte[] bytes, int from, int length, boolean last) {
            Client client = client(to);
            client.parts.writeRaw(bytes, from, length);
            client.partCount++;
            if (last) {
                byte[] whole = client.parts.copy();
                client.parts.clear();
                reply(to, whole, 0, whole.length);
            }
        }

        @Override
        public void push(Connection to, byte[] bytes, int from, int length) {
            if (client(to).closed) {
                throw new IllegalStateException("a push behind the close: " + to);
            }
            if (client(to).parts.size() > 0) {
                throw new IllegalStateException("a push among the parts of a reply: " + to);
            }
            answered.accept(to);
            client(to).frames.add(Arrays.copyOfRange(bytes, from, from + length));
        }

        @Override
        public void close(Connection connection) {
            Client client = client(connection);
            if (client.closed) {
                throw new IllegalStateException("closed twice: " + connection);
            }
            client.closed = true;
        }

        @Override
        public void established(Connection connection) {
            Client client = client(connection);
            client.established = true;
            readyToRead.add(client);
        }

        @Override
        public void role(Role role) {
            roles.add(role);
        }

        @Override
        public void notice(Level level, String message) {
            notices.add(level + " " + message);
            if (level == Level.ERROR) {
                throw new IllegalStateException(message);
            }
        }

        private Client client(Connection connection) {
            if (!(connection.attachment instanceof Client client)) {
                throw new IllegalStateException("whose is " + connection);
            }
            return client;
        }
    }

    private final class CheckedGate implements Replica.Gate {
        @Override
        public void close() {
            if (gateClosed) {
                throw new IllegalStateException("closed twice");
            }
            gateClosed = true;
            gateClosings++;
        }

        @Override
        public void open() {
            if (!gateClosed) {
                throw new IllegalStateException("opened twice");
            }
            gateClosed = false;
        }
    }

    /** A log and the newest snapshot, in memory. */
    static final class Log implements Journal {
        final TreeMap<Long, byte[]> records = new TreeMap<>();
        long marked;
        long durable;
        private byte @Nullable [] snapshot;
        private long snapshotZxid;
        @Nullable StateMachine state;

        @Override
        public void append(long zxid, byte[] bytes, int from, int length) {
            if (!records.isEmpty() && records.lastKey() >= zxid) {
                throw new IllegalStateException(
                        "0x%x behind 0x%x".formatted(zxid, records.lastKey()));
            }
            records.put(zxid, Arrays.copyOfRange(bytes, from, from + length));
        }

        @Override
        public void mark(long token) {
            marked = token;
        }

        @Override
        public void acceptedEpoch(long epoch) {}

        @Override
        public void currentEpoch(long epoch) {}

        @Override
        public void snapshot(SnapshotSource view) {
            snapshotZxid = view.lastZxid();
            snapshot = encoded(view);
            records.clear();
        }

        @Override
        public boolean truncate(long zxid) {
            if (zxid != snapshotZxid && !records.containsKey(zxid)) {
                return false;
            }
            records.tailMap(zxid, false).clear();
            return true;
        }

        @Override
        public void reload() {
            StateMachine machine = Objects.requireNonNull(state);
            byte[] bytes = snapshot;
            if (bytes != null) {
                new SnapshotDecoder(machine.install(snapshotZxid)).decode(bytes, 0, bytes.length);
            } else {
                try (DataTree empty = new DataTree(TreeOptions.DEFAULT)) {
                    byte[] nothing = encoded(empty.freeze());
                    new SnapshotDecoder(machine.install(0)).decode(nothing, 0, nothing.length);
                }
            }
            records.forEach((zxid, record) -> machine.replay(zxid, Slice.of(record)));
        }

        @Override
        public @Nullable History history(long afterZxid, long bytesMax) {
            return null;
        }

        static byte[] encoded(SnapshotSource view) {
            JuteOut out = new JuteOut();
            SnapshotEncoder encoder = new SnapshotEncoder(view);
            while (encoder.encode(out, 1 << 20)) {}
            view.close();
            return out.copy();
        }
    }

    static final class NoPeers implements Peers {
        @Override
        public void vote(long serverId, Notification vote) {}

        @Override
        public void dial(long attempt, long serverId) {}

        @Override
        public void dialMaster(long attempt, long serverId) {}

        @Override
        public void acceptObservers(boolean accept) {}

        @Override
        public void acceptLearners(boolean accept) {}

        @Override
        public void send(long link, byte[] bytes, int from, int length) {}

        @Override
        public void sendSnapshot(long link, SnapshotSource view) {}

        @Override
        public void flush() {
            // What is sent goes out at once.
        }

        @Override
        public void close(long link) {}

        @Override
        public void members(EnsembleConfig committed, EnsembleConfig lastSeen) {}
    }
}
