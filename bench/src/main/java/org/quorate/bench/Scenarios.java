package org.quorate.bench;

import org.quorate.protocol.OpCode;
import org.quorate.protocol.acl.AclList;
import org.quorate.protocol.client.CreateRequest;
import org.quorate.protocol.client.DeleteRequest;
import org.quorate.protocol.client.MultiFrame;
import org.quorate.protocol.client.ReadRequest;
import org.quorate.protocol.client.Request;
import org.quorate.protocol.client.SetDataRequest;
import org.quorate.protocol.jute.JuteOut;
import org.quorate.protocol.jute.Slice;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Random;

/** The requests that servers are compared by. Stateless. */
final class Scenarios {
    private static final int DATA_BYTES = 100;
    private static final int KEYS = 1_000;

    private Scenarios() {}

    /** Lays out what the scenarios read and write. */
    static void prepare(Loader loader) throws IOException {
        create(loader, "/bench");
        for (int i = 0; i < KEYS; i++) {
            create(loader, key(i));
        }
        create(loader, "/churn");
    }

    private static void create(Loader loader, String path) throws IOException {
        JuteOut body = new JuteOut(256);
        createOf(path, CreateRequest.FLAG_PERSISTENT).write(body);
        loader.call(OpCode.CREATE, body.copy());
    }

    /** getData of one of a thousand znodes. */
    static Loader.Requests reads(int connection) {
        byte[][] bodies = new byte[KEYS][];
        for (int i = 0; i < KEYS; i++) {
            ReadRequest get = new ReadRequest();
            get.type = OpCode.GET_DATA;
            get.path.set(Slice.of(key(i)));
            bodies[i] = encoded(get);
        }
        return inTurn(OpCode.GET_DATA, bodies, connection * 31);
    }

    /** setData of 100 bytes. */
    static Loader.Requests writes(int connection) {
        byte[][] bodies = new byte[KEYS][];
        for (int i = 0; i < KEYS; i++) {
            bodies[i] = encoded(setOf(key(i)));
        }
        return inTurn(OpCode.SET_DATA, bodies, connection * 31);
    }

    /** Nine reads to one write. */
    static Loader.Requests mix(int connection) {
        Loader.Requests reads = reads(connection);
        Loader.Requests writes = writes(connection);
        int[] turn = {connection};
        return out -> turn[0]++ % 10 == 0 ? writes.next(out) : reads.next(out);
    }

    /** A multi of ten setData. */
    static Loader.Requests multis(int connection) {
        byte[][] bodies = new byte[KEYS / 10][];
        for (int i = 0; i < bodies.length; i++) {
            JuteOut out = new JuteOut(2_048);
            for (int j = 0; j < 10; j++) {
                MultiFrame.beginRequest(out, OpCode.SET_DATA);
                setOf(key(i * 10 + j)).write(out);
            }
            MultiFrame.end(out);
            bodies[i] = out.copy();
        }
        return inTurn(OpCode.MULTI, bodies, connection * 31);
    }

    /** A lock's turn: create of an ephemeral, then its delete. */
    static Loader.Requests churn(int connection) {
        byte[] create = encoded(createOf("/churn/c" + connection, CreateRequest.FLAG_EPHEMERAL));
        DeleteRequest request = new DeleteRequest();
        request.path.set(Slice.of("/churn/c" + connection));
        request.version = -1;
        byte[] delete = encoded(request);
        int[] turn = {0};
        return out -> {
            boolean creating = turn[0]++ % 2 == 0;
            byte[] body = creating ? create : delete;
            out.writeRaw(body, 0, body.length);
            return creating ? OpCode.CREATE : OpCode.DELETE;
        };
    }

    /** Creates /load/<connection>-<n> with 100 bytes, for populations. */
    static Loader.Requests population(int connection) {
        CreateRequest create = createOf("/load", CreateRequest.FLAG_PERSISTENT);
        int[] number = {0};
        return out -> {
            create.path.set(Slice.of("/load/" + connection + "-" + number[0]++));
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
        ReadRequest get = new ReadRequest();
        get.type = OpCode.GET_DATA;
        get.path.set(Slice.of(key(0)));
        get.watch = true;
        byte[] body = encoded(get);
        return new Loader.Requests() {
            @Override
            public int next(JuteOut out) {
                out.writeRaw(body, 0, body.length);
                return OpCode.GET_DATA;
            }

            @Override
            public boolean followsEvents() {
                return true;
            }
        };
    }

    /** A setData of what {@link #watcher} watches. */
    static byte[] changeOfWatched() {
        return encoded(setOf(key(0)));
    }

    /** getChildren of the thousand. */
    static Loader.Requests children(int connection) {
        ReadRequest get = new ReadRequest();
        get.type = OpCode.GET_CHILDREN;
        get.path.set(Slice.of("/bench"));
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
