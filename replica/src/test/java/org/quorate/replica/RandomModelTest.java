package org.quorate.replica;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.quorate.protocol.ErrorCode;
import org.quorate.protocol.OpCode;
import org.quorate.protocol.acl.AclList;
import org.quorate.protocol.client.CreateRequest;
import org.quorate.protocol.client.DeleteRequest;
import org.quorate.protocol.client.MultiFrame;
import org.quorate.protocol.client.MultiRequest;
import org.quorate.protocol.client.Request;
import org.quorate.protocol.client.SetDataRequest;
import org.quorate.protocol.client.Stat;
import org.quorate.protocol.jute.JuteIn;
import org.quorate.protocol.jute.JuteOut;
import org.quorate.protocol.txn.TxnRecord;
import org.quorate.tree.DataTree;
import org.quorate.tree.TreeOptions;

/**
 * Random requests of several sessions, many of them under way at once, against a model of maps that
 * executes one after the other. And the log that comes of it, replayed into another tree, has the
 * digest that each transaction foretold.
 */
class RandomModelTest {
    private static final int STEPS = 3000;

    /** One znode of the model. */
    private static final class Node {
        String data = "";
        int version;
        int creates;
        long owner;
        final TreeSet<String> children = new TreeSet<>();
    }

    /** What a request should be answered with. */
    private record Expected(Caller caller, int xid, int err, String text) {}

    private final TreeMap<String, Node> model = new TreeMap<>();
    private final List<Expected> expected = new ArrayList<>();
    private Random random = new Random();

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void manySessionsAtOnceAreAnsweredAsIfOneAfterTheOther(long seed) {
        random = new Random(seed);
        model.put("/", new Node());
        try (Host host = new Host(ReplicaOptions.builder(1000).serverId(1).build())) {
            host.readsBeside = random.nextBoolean();
            List<Caller> callers = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                callers.add(Caller.open(host, 20_000));
            }
            for (int step = 0; step < STEPS; step++) {
                Caller caller = callers.get(random.nextInt(callers.size()));
                host.logging = random.nextInt(4) == 0;
                step(caller);
                if (random.nextInt(8) == 0) {
                    host.turn();
                }
                if (random.nextInt(40) == 0) {
                    verify(host, seed);
                }
                if (random.nextInt(300) == 0) {
                    verify(host, seed);
                    callers.remove(caller);
                    end(caller);
                    callers.add(Caller.open(host, 20_000));
                }
            }
            verify(host, seed);
            verifyTree(host, seed);
            verifyLog(host, seed);
        }
    }

    private void step(Caller caller) {
        switch (random.nextInt(12)) {
            case 0, 1, 2, 3 -> expect(caller, randomCreate());
            case 4, 5 -> expect(caller, randomDelete());
            case 6, 7, 8 -> expect(caller, randomSetData());
            case 9, 10 -> multi(caller);
            default -> {
                // A read behind this session's writes; other sessions' writes may or may not be in.
                int xid = caller.send(Caller.empty(OpCode.PING));
                expected.add(new Expected(caller, xid, ErrorCode.OK, ""));
            }
        }
    }

    private void expect(Caller caller, Request request) {
        int xid = caller.send(request);
        String[] text = {""};
        int err = apply(request, caller.session.sessionId, text);
        expected.add(new Expected(caller, xid, err, text[0]));
    }

    private void multi(Caller caller) {
        JuteOut out = new JuteOut();
        Map<String, Node> before = copy();
        int failedWith = ErrorCode.OK;
        int count = 1 + random.nextInt(4);
        for (int i = 0; i < count; i++) {
            Request op =
                    switch (random.nextInt(3)) {
                        case 0 -> randomCreate();
                        case 1 -> randomDelete();
                        default -> randomSetData();
                    };
            MultiFrame.beginRequest(out, op.type());
            op.write(out);
            if (failedWith == ErrorCode.OK) {
                failedWith = apply(op, caller.session.sessionId, new String[1]);
            }
        }
        MultiFrame.end(out);
        if (failedWith != ErrorCode.OK) {
            model.clear();
            model.putAll(before);
        }
        int xid = caller.send(new MultiRequest().read(OpCode.MULTI, new JuteIn().wrap(out.copy())));
        expected.add(new Expected(caller, xid, ErrorCode.OK, ""));
    }

    private void verify(Host host, long seed) {
        host.logging = true;
        for (Expected each : expected) {
            int err = each.caller.receive();
            String context = "seed %d, xid %d".formatted(seed, each.xid);
            assertThat(each.caller.header.xid).as(context).isEqualTo(each.xid);
            assertThat(err).as(context).isEqualTo(each.err);
            if (!each.text.isEmpty()) {
                assertThat(each.caller.body.readString()).as(context).isEqualTo(each.text);
            }
        }
        expected.clear();
    }

    private void end(Caller caller) {
        caller.closeSession();
        long session = caller.session.sessionId;
        List<String> dead =
                model.entrySet().stream()
                        .filter(e -> e.getValue().owner == session)
                        .map(Map.Entry::getKey)
                        .toList();
        dead.forEach(this::remove);
    }

    private void verifyTree(Host host, long seed) {
        Caller reader = Caller.open(host);
        model.forEach((path, node) -> {
            if (path.equals("/")) {
                return;
            }
            assertThat(reader.getData(path)).as("seed %d, %s", seed, path).isEqualTo(node.data);
            Stat stat = reader.stat;
            assertThat(stat.version).isEqualTo(node.version);
            assertThat(stat.childCount).isEqualTo(node.children.size());
            assertThat(stat.cversion).isEqualTo(2 * node.creates - node.children.size());
            assertThat(stat.ephemeralOwner).isEqualTo(node.owner);
        });
        // Beside the model's there are /zookeeper and its two children.
        assertThat(host.tree.nodeCount()).isEqualTo(model.size() + 3);
    }

    private static void verifyLog(Host host, long seed) {
        try (DataTree other = new DataTree(TreeOptions.DEFAULT)) {
            TxnRecord record = new TxnRecord();
            host.log.records.forEach((zxid, bytes) -> {
                other.apply(record.read(new JuteIn().wrap(bytes)), null);
                assertThat(record.hasDigest()).isTrue();
                assertThat(other.digest())
                        .as("seed %d, zxid 0x%x, type %d", seed, zxid, record.header.type)
                        .isEqualTo(record.digest.treeDigest);
            });
            assertThat(other.digest()).isEqualTo(host.tree.digest());
            assertThat(other.lastZxid()).isEqualTo(host.tree.lastZxid());
        }
    }

    // ---- the requests

    private CreateRequest randomCreate() {
        int flags = random.nextInt(4);
        return Caller.createRequest(
                random.nextBoolean() ? OpCode.CREATE : OpCode.CREATE2,
                randomPath(),
                data(),
                flags,
                AclList.OPEN);
    }

    private Request randomDelete() {
        return Caller.deleteRequest(randomPath(), random.nextInt(3) - 1);
    }

    private Request randomSetData() {
        return Caller.setDataRequest(randomPath(), data(), random.nextInt(3) - 1);
    }

    private String data() {
        return "d".repeat(random.nextInt(20)) + random.nextInt(100);
    }

    private String randomPath() {
        StringBuilder path = new StringBuilder();
        int depth = 1 + random.nextInt(3);
        for (int i = 0; i < depth; i++) {
            path.append('/').append((char) ('a' + random.nextInt(4)));
        }
        return path.toString();
    }

    // ---- the model

    private int apply(Request request, long session, String[] text) {
        return switch (request) {
            case CreateRequest create -> create(create, session, text);
            case DeleteRequest delete -> {
                String path = delete.path.text();
                Node node = model.get(path);
                if (!model.containsKey(parent(path)) || node == null) {
                    yield ErrorCode.NO_NODE;
                }
                if (delete.version != -1 && delete.version != node.version) {
                    yield ErrorCode.BAD_VERSION;
                }
                if (!node.children.isEmpty()) {
                    yield ErrorCode.NOT_EMPTY;
                }
                remove(path);
                yield ErrorCode.OK;
            }
            case SetDataRequest setData -> {
                Node node = model.get(setData.path.text());
                if (node == null) {
                    yield ErrorCode.NO_NODE;
                }
                if (setData.version != -1 && setData.version != node.version) {
                    yield ErrorCode.BAD_VERSION;
                }
                node.data = setData.data.text();
                node.version++;
                yield ErrorCode.OK;
            }
            default -> throw new IllegalStateException("request " + request.type());
        };
    }

    private int create(CreateRequest request, long session, String[] text) {
        String asked = request.path.text();
        Node parent = model.get(parent(asked));
        if (parent == null) {
            return ErrorCode.NO_NODE;
        }
        String path = request.isSequential() ? "%s%010d".formatted(asked, parent.creates) : asked;
        if (model.containsKey(path)) {
            return ErrorCode.NODE_EXISTS;
        }
        if (parent.owner != 0) {
            return ErrorCode.NO_CHILDREN_FOR_EPHEMERALS;
        }
        Node node = new Node();
        node.data = request.data.text();
        node.owner = request.isEphemeral() ? session : 0;
        parent.creates++;
        parent.children.add(path);
        model.put(path, node);
        text[0] = path;
        return ErrorCode.OK;
    }

    private void remove(String path) {
        model.remove(path);
        Node parent = model.get(parent(path));
        if (parent != null) {
            parent.children.remove(path);
        }
    }

    private static String parent(String path) {
        int slash = path.lastIndexOf('/');
        return slash == 0 ? "/" : path.substring(0, slash);
    }

    private Map<String, Node> copy() {
        Map<String, Node> copy = new HashMap<>();
        model.forEach((path, node) -> {
            Node same = new Node();
            same.data = node.data;
            same.version = node.version;
            same.creates = node.creates;
            same.owner = node.owner;
            same.children.addAll(node.children);
            copy.put(path, same);
        });
        return copy;
    }
}
