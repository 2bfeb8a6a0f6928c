package org.quorate.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.function.Function;
import org.quorate.protocol.OpCode;
import org.quorate.protocol.acl.AclList;
import org.quorate.protocol.client.AddWatchRequest;
import org.quorate.protocol.client.CheckRequest;
import org.quorate.protocol.client.CreateRequest;
import org.quorate.protocol.client.DeleteRequest;
import org.quorate.protocol.client.MultiFrame;
import org.quorate.protocol.client.ReadRequest;
import org.quorate.protocol.client.Request;
import org.quorate.protocol.client.SetDataRequest;
import org.quorate.protocol.jute.JuteOut;
import org.quorate.protocol.jute.Slice;

/** The requests that servers are compared by. Stateless. */
final class Scenarios {
    private static final int DATA_BYTES = 100;
    private static final int KEYS = 1_000;
    private static final int MILLION = 1_000_000;
    private static final int MANY = 100_000;

    /** Of the numbers of what is made here, and of those that servers give. */
    private static final int DIGITS = 7;

    private static final int SEQUENCE_DIGITS = 10;
    private static final int PREPARING_CONNECTIONS = 16;
    private static final int PREPARING_UNDER_WAY = 32;

    /** Shared by thousands of connections; nobody writes to them. */
    private static final byte[][] GETS = ofKeys(path -> getOf(path, false));

    private static final byte[][] SETS = ofKeys(Scenarios::setOf);

    private Scenarios() {}

    private static byte[][] ofKeys(Function<String, Request> request) {
        byte[][] bodies = new byte[KEYS][];
        for (int i = 0; i < KEYS; i++) {
            bodies[i] = encoded(request.apply(key(i)));
        }
        return bodies;
    }

    /** Lays out what the scenarios read and write. */
    static void prepare(Loader loader) throws IOException {
        create(loader, "/bench");
        for (int i = 0; i < KEYS; i++) {
            create(loader, key(i));
        }
        create(loader, "/churn");
    }

    static void create(Loader loader, String path) throws IOException {
        JuteOut body = new JuteOut(256);
        createOf(path, CreateRequest.FLAG_PERSISTENT).write(body);
        loader.call(OpCode.CREATE, body.copy());
    }

    /** Lays out a directory with a million children, and one with a hundred thousand. */
    static void prepareMillion(Subject subject) throws IOException {
        int connections = PREPARING_CONNECTIONS;
        try (Loader loader = new Loader(subject.ports(), connections, PREPARING_UNDER_WAY)) {
            for (int count : new int[] {MILLION, MANY}) {
                String parent = count == MILLION ? "/million" : "/many";
                create(loader, parent);
                fill(loader, parent, 0, count, DATA_BYTES);
            }
        }
    }

    /**
     * Creates numbered children, a share of them on each connection.
     *
     * @param from the first number
     * @param to behind the last
     */
    static void fill(Loader loader, String parent, int from, int to, int dataBytes)
            throws IOException {
        String path = parent + "/" + "0".repeat(DIGITS);
        CreateRequest request = createOf(path, CreateRequest.FLAG_PERSISTENT);
        request.data.set(new byte[dataBytes], 0, dataBytes);
        if (eachOnce(loader, request, path, from, to).errors() > 0) {
            throw new IOException("children of " + parent + " were refused");
        }
    }

    /** Watches paths where nothing is, each once. */
    static void watchAbsent(Loader loader, int from, int to) throws IOException {
        String path = "/absent/" + "0".repeat(DIGITS);
        ReadRequest exists = getOf(path, true);
        exists.type = OpCode.EXISTS;
        eachOnce(loader, exists, path, from, to);
    }

    /** One request for each number, a share of them on each connection. */
    private static Loader.Result eachOnce(
            Loader loader, Request request, String path, int from, int to) throws IOException {
        int connections = loader.connectionCount();
        Loader.Scenario shares =
                new Loader.Scenario() {
                    @Override
                    public Loader.Requests requests(int connection) {
                        Numbered numbered = new Numbered(request, path.length(), DIGITS);
                        int[] next = {from + connection};
                        return out -> {
                            numbered.write(out, next[0]);
                            next[0] += connections;
                            return request.type();
                        };
                    }

                    @Override
                    public long quota(int connection) {
                        return ((long) to - from - connection + connections - 1) / connections;
                    }
                };
        return loader.run(connections, shares, Long.MAX_VALUE, Long.MAX_VALUE);
    }

    /** getData of one of a thousand znodes. */
    static Loader.Requests reads(int connection) {
        return inTurn(OpCode.GET_DATA, GETS, connection * 31);
    }

    /** getData of one znode, the same for all. */
    static Loader.Requests readsOfOne(int connection) {
        return inTurn(OpCode.GET_DATA, new byte[][] {GETS[0]}, 0);
    }

    /** getData of any of a million znodes, in no order. */
    static Loader.Requests readsOfMillion(int connection) {
        return readsOf("/million", MILLION, connection);
    }

    /** getData of any of so many numbered children, in no order. */
    static Loader.Requests readsOf(String parent, int count, int connection) {
        String path = parent + "/" + "0".repeat(DIGITS);
        Numbered get = new Numbered(getOf(path, false), path.length(), DIGITS);
        SplittableRandom random = new SplittableRandom(connection);
        return out -> {
            get.write(out, random.nextInt(count));
            return OpCode.GET_DATA;
        };
    }

    /** setData of any of so many numbered children, in no order. */
    static Loader.Requests writesOf(String parent, int count, int connection) {
        String path = parent + "/" + "0".repeat(DIGITS);
        Numbered set = new Numbered(setOf(path), path.length(), DIGITS);
        SplittableRandom random = new SplittableRandom(connection);
        return out -> {
            set.write(out, random.nextInt(count));
            return OpCode.SET_DATA;
        };
    }

    /** Lays out a znode for values of this size. */
    static void prepareSized(Loader loader, int bytes) throws IOException {
        CreateRequest create = createOf("/sized-" + bytes, CreateRequest.FLAG_PERSISTENT);
        create.data.set(new byte[bytes], 0, bytes);
        loader.call(OpCode.CREATE, encoded(create));
    }

    /** getData of a value of this size. */
    static Loader.Requests sizedReads(int bytes) {
        byte[] body = encoded(getOf("/sized-" + bytes, false));
        return inTurn(OpCode.GET_DATA, new byte[][] {body}, 0);
    }

    /** setData of a value of this size. */
    static Loader.Requests sizedWrites(int bytes) {
        SetDataRequest set = setOf("/sized-" + bytes);
        set.data.set(new byte[bytes], 0, bytes);
        return inTurn(OpCode.SET_DATA, new byte[][] {encoded(set)}, 0);
    }

    /** setData of 100 bytes. */
    static Loader.Requests writes(int connection) {
        return inTurn(OpCode.SET_DATA, SETS, connection * 31);
    }

    /** Nine reads to one write. */
    static Loader.Requests mix(int connection) {
        Loader.Requests reads = reads(connection);
        Loader.Requests writes = writes(connection);
        int[] turn = {connection};
        return out -> turn[0]++ % 10 == 0 ? writes.next(out) : reads.next(out);
    }

    /**
     * A multi of some setData.
     *
     * @param sets how many; a divisor of a thousand
     */
    static Loader.Requests multis(int connection, int sets) {
        byte[][] bodies = new byte[KEYS / sets][];
        for (int i = 0; i < bodies.length; i++) {
            JuteOut out = new JuteOut(2_048);
            for (int j = 0; j < sets; j++) {
                MultiFrame.beginRequest(out, OpCode.SET_DATA);
                setOf(key(i * sets + j)).write(out);
            }
            MultiFrame.end(out);
            bodies[i] = out.copy();
        }
        return inTurn(OpCode.MULTI, bodies, connection * 31);
    }

    /**
     * Seven multis, each a check and two setData, to three getData that set watches, which the
     * multis of all connections fire.
     */
    static Loader.Requests multisAndWatches(int connection) {
        byte[][] multis = new byte[KEYS / 2][];
        byte[][] watches = new byte[KEYS][];
        for (int i = 0; i < KEYS; i += 2) {
            JuteOut out = new JuteOut(512);
            MultiFrame.beginRequest(out, OpCode.CHECK);
            CheckRequest check = new CheckRequest();
            check.path.set(Slice.of("/bench"));
            check.version = -1;
            check.write(out);
            for (int j = i; j < i + 2; j++) {
                MultiFrame.beginRequest(out, OpCode.SET_DATA);
                setOf(key(j)).write(out);
                watches[j] = encoded(getOf(key(j), true));
            }
            MultiFrame.end(out);
            multis[i / 2] = out.copy();
        }
        Loader.Requests writes = inTurn(OpCode.MULTI, multis, connection * 31);
        Loader.Requests reads = inTurn(OpCode.GET_DATA, watches, connection * 61);
        int[] turn = {connection};
        return out -> turn[0]++ % 10 < 7 ? writes.next(out) : reads.next(out);
    }

    /**
     * A lock's turn: create of a sequential ephemeral, then its delete. Each connection has a
     * parent of its own, made by its first request, so it knows the numbers that its znodes get.
     */
    static Loader.Requests locks(int connection) {
        String parent = "/churn/" + Long.toString(System.nanoTime(), 36) + "-" + connection;
        byte[] first = encoded(createOf(parent, CreateRequest.FLAG_PERSISTENT));
        byte[] create =
                encoded(createOf(parent + "/lock-", CreateRequest.FLAG_EPHEMERAL_SEQUENTIAL));
        String lock = parent + "/lock-" + "0".repeat(SEQUENCE_DIGITS);
        Numbered delete = new Numbered(deleteOf(lock), lock.length(), SEQUENCE_DIGITS);
        int[] turn = {-1};
        return out -> {
            int number = turn[0]++;
            if (number < 0) {
                out.writeRaw(first, 0, first.length);
                return OpCode.CREATE;
            }
            if (number % 2 == 0) {
                out.writeRaw(create, 0, create.length);
                return OpCode.CREATE;
            }
            delete.write(out, number / 2);
            return OpCode.DELETE;
        };
    }

    /** Create and delete of an ephemeral beside a million siblings. */
    static Loader.Requests churnInMillion(int connection) {
        String path = "/million/c" + connection;
        byte[] create = encoded(createOf(path, CreateRequest.FLAG_EPHEMERAL));
        byte[] delete = encoded(deleteOf(path));
        int[] turn = {0};
        return out -> {
            boolean creating = turn[0]++ % 2 == 0;
            byte[] body = creating ? create : delete;
            out.writeRaw(body, 0, body.length);
            return creating ? OpCode.CREATE : OpCode.DELETE;
        };
    }

    /** Znodes that one connection creates, and deletes later. */
    static final class Made {
        private final Numbered create;
        private final Numbered delete;
        private int created;
        private int deleted;

        Made(int connection) {
            String path = "/churn/made-" + connection + "-" + "0".repeat(DIGITS);
            CreateRequest request = createOf(path, CreateRequest.FLAG_PERSISTENT);
            create = new Numbered(request, path.length(), DIGITS);
            delete = new Numbered(deleteOf(path), path.length(), DIGITS);
        }

        Loader.Requests creates() {
            return out -> {
                create.write(out, created++);
                return OpCode.CREATE;
            };
        }

        Loader.Requests deletes() {
            return out -> {
                delete.write(out, deleted++);
                return OpCode.DELETE;
            };
        }

        int count() {
            return created;
        }
    }

    /** Creates /load/<connection>-<n> with 100 bytes, for populations. */
    static Loader.Requests population(int connection) {
        return population(connection, 0);
    }

    /**
     * The same with longer names.
     *
     * @param nameBytesMore by so much
     */
    static Loader.Requests population(int connection, int nameBytesMore) {
        CreateRequest create = createOf("/load", CreateRequest.FLAG_PERSISTENT);
        String before = "/load/" + "n".repeat(nameBytesMore) + connection + "-";
        int[] number = {0};
        return out -> {
            create.path.set(Slice.of(before + number[0]++));
            create.write(out);
            return OpCode.CREATE;
        };
    }

    /**
     * setData of random ones of what {@link #population} has made.
     *
     * @param makers connections that made them
     * @param each so many of each are there at the least
     */
    static Loader.Requests populationWrites(int connection, int makers, int each) {
        Random random = new Random(connection);
        SetDataRequest set = setOf("");
        return out -> {
            set.path.set(Slice.of("/load/" + random.nextInt(makers) + "-" + random.nextInt(each)));
            set.write(out);
            return OpCode.SET_DATA;
        };
    }

    /** exists of one missing znode after another, each with a watch. */
    static Loader.Requests watchesOfMissing(int connection) {
        ReadRequest exists = new ReadRequest();
        exists.type = OpCode.EXISTS;
        exists.watch = true;
        int[] number = {0};
        return out -> {
            exists.path.set(Slice.of("/load/" + connection + "-" + number[0]++));
            exists.write(out);
            return OpCode.EXISTS;
        };
    }

    static void preparePopulation(Loader loader) throws IOException {
        create(loader, "/load");
    }

    /** Watches one znode, and again behind each event. */
    static Loader.Requests watcher(int connection) {
        return followingEvents(
                inTurn(OpCode.GET_DATA, new byte[][] {encoded(getOf(key(0), true))}, 0));
    }

    /**
     * Watches so many numbered children, and each again behind its event: they come in the order in
     * which {@link #changesInOrder} has changed the znodes.
     */
    static Loader.Requests watcherOfAll(String parent, int count) {
        return followingEvents(inOrder(OpCode.GET_DATA, path -> getOf(path, true), parent, count));
    }

    /** setData of so many numbered children, one after the other, from the first again. */
    static Loader.Requests changesInOrder(String parent, int count) {
        return inOrder(OpCode.SET_DATA, Scenarios::setOf, parent, count);
    }

    private static Loader.Requests inOrder(
            int type, Function<String, Request> request, String parent, int count) {
        String path = parent + "/" + "0".repeat(DIGITS);
        Numbered numbered = new Numbered(request.apply(path), path.length(), DIGITS);
        int[] next = {0};
        return out -> {
            numbered.write(out, next[0]);
            next[0] = next[0] + 1 == count ? 0 : next[0] + 1;
            return type;
        };
    }

    private static Loader.Requests followingEvents(Loader.Requests requests) {
        return new Loader.Requests() {
            @Override
            public int next(JuteOut out) {
                return requests.next(out);
            }

            @Override
            public boolean followsEvents() {
                return true;
            }
        };
    }

    /** One persistent watch on each connection but the first. */
    static Loader.Scenario lastingWatches() {
        AddWatchRequest add = new AddWatchRequest();
        add.path.set(Slice.of(key(0)));
        add.mode = AddWatchRequest.PERSISTENT;
        byte[] body = encoded(add);
        return new Loader.Scenario() {
            @Override
            public Loader.Requests requests(int connection) {
                return inTurn(OpCode.ADD_WATCH, new byte[][] {body}, 0);
            }

            @Override
            public long quota(int connection) {
                return connection == 0 ? 0 : 1;
            }
        };
    }

    /** A setData of what {@link #watcher} watches. */
    static byte[] changeOfWatched() {
        return encoded(setOf(key(0)));
    }

    /** getChildren of the thousand. */
    static Loader.Requests children(int connection) {
        return childrenOf("/bench");
    }

    /** getChildren of a hundred thousand. */
    static Loader.Requests childrenOfMany(int connection) {
        return childrenOf("/many");
    }

    /** getChildren of a million. */
    static Loader.Requests childrenOfMillion(int connection) {
        return childrenOf("/million");
    }

    private static Loader.Requests childrenOf(String parent) {
        ReadRequest get = new ReadRequest();
        get.type = OpCode.GET_CHILDREN;
        get.path.set(Slice.of(parent));
        return inTurn(OpCode.GET_CHILDREN, new byte[][] {encoded(get)}, 0);
    }

    private static Loader.Requests inTurn(int type, byte[][] bodies, int first) {
        int[] next = {Math.floorMod(first, bodies.length)};
        return out -> {
            byte[] body = bodies[next[0]];
            next[0] = next[0] + 1 == bodies.length ? 0 : next[0] + 1;
            out.writeRaw(body, 0, body.length);
            return type;
        };
    }

    private static ReadRequest getOf(String path, boolean watch) {
        ReadRequest get = new ReadRequest();
        get.type = OpCode.GET_DATA;
        get.path.set(Slice.of(path));
        get.watch = watch;
        return get;
    }

    private static DeleteRequest deleteOf(String path) {
        DeleteRequest delete = new DeleteRequest();
        delete.path.set(Slice.of(path));
        delete.version = -1;
        return delete;
    }

    private static SetDataRequest setOf(String path) {
        SetDataRequest set = new SetDataRequest();
        set.path.set(Slice.of(path));
        byte[] data = new byte[DATA_BYTES];
        set.data.set(data, 0, data.length);
        set.version = -1;
        return set;
    }

    private static CreateRequest createOf(String path, int flags) {
        CreateRequest create = new CreateRequest();
        create.path.set(Slice.of(path));
        byte[] data = "x".repeat(DATA_BYTES).getBytes(StandardCharsets.US_ASCII);
        create.data.set(data, 0, data.length);
        create.acl.set(AclList.OPEN);
        create.flags = flags;
        return create;
    }

    private static byte[] encoded(Request request) {
        JuteOut out = new JuteOut(256);
        request.write(out);
        return out.copy();
    }

    private static String key(int i) {
        return "/bench/" + i;
    }
}
