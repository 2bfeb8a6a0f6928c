package org.quorate.compat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.quorate.protocol.OpCode;
import org.quorate.protocol.acl.Acl;
import org.quorate.protocol.acl.AclList;
import org.quorate.protocol.acl.AclVector;
import org.quorate.protocol.acl.Id;
import org.quorate.protocol.client.AddWatchRequest;
import org.quorate.protocol.client.AuthRequest;
import org.quorate.protocol.client.CheckRequest;
import org.quorate.protocol.client.CreateRequest;
import org.quorate.protocol.client.DeleteRequest;
import org.quorate.protocol.client.EmptyRequest;
import org.quorate.protocol.client.MultiFrame;
import org.quorate.protocol.client.PathRequest;
import org.quorate.protocol.client.ReadRequest;
import org.quorate.protocol.client.RemoveWatchesRequest;
import org.quorate.protocol.client.Request;
import org.quorate.protocol.client.RequestHeader;
import org.quorate.protocol.client.SetAclRequest;
import org.quorate.protocol.client.SetDataRequest;
import org.quorate.protocol.client.SetWatchesRequest;
import org.quorate.protocol.jute.JuteOut;
import org.quorate.protocol.jute.Slice;

/**
 * A stream of steps from a seed: a small tree that many operations hit, every operation, illegal
 * paths, versions, lists and bodies among the legal ones.
 */
final class RandomOperations {
    private static final String[] NAMES = {"a", "b", "c", "seq-", "é"};
    private static final String[] BAD_PATHS = {
        "", "x", "/a/", "//a", "/a//b", "/a/./b", "/..", "/a\u0000b", "/a\u0001", "/a/b/", "/\u0085"
    };
    private static final String[] SYSTEM_PATHS = {
        "/", "/zookeeper", "/zookeeper/config", "/zookeeper/quota", "/zookeeper/quota/a"
    };
    private static final String[] USERS = {"ann:secret", "bob:word", "nocolon"};
    private static final int BURST_MAX = 20;

    private final Random random;
    private final int sessions;

    RandomOperations(long seed, int sessions) {
        this.random = new Random(seed);
        this.sessions = sessions;
    }

    Step next() {
        int session = random.nextInt(sessions);
        int dice = random.nextInt(100);
        if (dice < 2) {
            return new Step(Step.Kind.RECONNECT, session, setWatchesOrNothing());
        }
        if (dice < 3) {
            return new Step(
                    random.nextInt(4) == 0 ? Step.Kind.WRONG_PASSWORD : Step.Kind.RENEW,
                    session,
                    List.of());
        }
        if (dice < 6) {
            return new Step(Step.Kind.OPERATIONS, session, List.of(auth()));
        }
        if (dice == 6 && random.nextInt(4) == 0) {
            return new Step(Step.Kind.FATAL, session, List.of(unknown()));
        }
        return new Step(Step.Kind.OPERATIONS, session, burst());
    }

    /**
     * A setACL ends it: ZooKeeper checks what is pipelined behind one against the old list or the
     * new one, by chance.
     */
    private List<Step.Op> burst() {
        List<Step.Op> burst = new ArrayList<>();
        for (int i = random.nextInt(BURST_MAX); i >= 0; i--) {
            Step.Op operation = operation();
            burst.add(operation);
            if (operation.type() == OpCode.SET_ACL) {
                break;
            }
        }
        return burst;
    }

    private List<Step.Op> setWatchesOrNothing() {
        return random.nextInt(3) == 0 ? List.of() : List.of(setWatches());
    }

    private Step.Op auth() {
        AuthRequest request = new AuthRequest();
        int dice = random.nextInt(20);
        String scheme = dice == 0 ? "nosuch" : dice == 1 ? "ip" : dice == 2 ? "world" : "digest";
        set(request.scheme, scheme);
        String user = USERS[random.nextInt(USERS.length)];
        set(request.auth, user);
        return op(RequestHeader.XID_AUTH, request, 0, "auth " + scheme + " " + user);
    }

    private Step.Op operation() {
        int dice = random.nextInt(1000);
        if (dice < 200) {
            return op(create());
        } else if (dice < 290) {
            return op(delete());
        } else if (dice < 400) {
            return op(setData());
        } else if (dice < 440) {
            return op(setAcl());
        } else if (dice < 520) {
            return multi();
        } else if (dice < 560) {
            return multiRead();
        } else if (dice < 800) {
            return op(read());
        } else if (dice < 880) {
            return op(pathRequest());
        } else if (dice < 920) {
            return op(addWatch());
        } else if (dice < 960) {
            return op(removeWatches());
        } else if (dice < 975) {
            return setWatches();
        } else if (dice < 990) {
            EmptyRequest whoAmI = new EmptyRequest();
            whoAmI.type = OpCode.WHO_AM_I;
            return op(whoAmI);
        } else {
            return cutShort(operation());
        }
    }

    private Step.Op unknown() {
        int[] types = {0, 10, 13, 23, 99, 108, -3, 1000};
        int type = types[random.nextInt(types.length)];
        return new Step.Op(0, type, new byte[0], 0, "unknown type " + type);
    }

    /** The same with its body cut or a byte changed. */
    private Step.Op cutShort(Step.Op whole) {
        if (whole.zxidsBack() > 0 || whole.body().length == 0) {
            return whole;
        }
        int keep = random.nextInt(whole.body().length);
        byte[] body = java.util.Arrays.copyOf(whole.body(), keep);
        return new Step.Op(0, whole.type(), body, 0, whole.text() + " cut to " + keep);
    }

    private CreateRequest create() {
        CreateRequest request = new CreateRequest();
        int dice = random.nextInt(20);
        request.type =
                dice < 10
                        ? OpCode.CREATE
                        : dice < 16
                                ? OpCode.CREATE2
                                : dice < 18 ? OpCode.CREATE_CONTAINER : OpCode.CREATE_TTL;
        request.flags = random.nextInt(30) == 0 ? random.nextInt(12) - 2 : random.nextInt(4);
        if (request.type == OpCode.CREATE_TTL) {
            request.flags = 5 + random.nextInt(2);
            request.ttlMillis = random.nextInt(8) == 0 ? -1 : 1_000_000 + random.nextInt(1000);
        } else if (request.type == OpCode.CREATE_CONTAINER) {
            request.flags = CreateRequest.FLAG_CONTAINER;
        }
        set(request.path, path());
        data(request.data);
        acl(request.acl);
        return request;
    }

    private DeleteRequest delete() {
        DeleteRequest request = new DeleteRequest();
        set(request.path, path());
        request.version = version();
        return request;
    }

    private SetDataRequest setData() {
        SetDataRequest request = new SetDataRequest();
        set(request.path, path());
        data(request.data);
        request.version = version();
        return request;
    }

    private SetAclRequest setAcl() {
        SetAclRequest request = new SetAclRequest();
        set(request.path, path());
        acl(request.acl);
        request.version = version();
        return request;
    }

    private ReadRequest read() {
        ReadRequest request = new ReadRequest();
        int[] types = {OpCode.EXISTS, OpCode.GET_DATA, OpCode.GET_CHILDREN, OpCode.GET_CHILDREN2};
        request.type = types[random.nextInt(types.length)];
        set(request.path, path());
        request.watch = random.nextInt(3) == 0;
        return request;
    }

    private PathRequest pathRequest() {
        PathRequest request = new PathRequest();
        int[] types = {
            OpCode.GET_ACL, OpCode.SYNC, OpCode.GET_EPHEMERALS, OpCode.GET_ALL_CHILDREN_NUMBER
        };
        request.type = types[random.nextInt(types.length)];
        String path = path();
        if (path.isEmpty() && request.type == OpCode.GET_ALL_CHILDREN_NUMBER) {
            path = "/"; // For "" ZooKeeper counts the root twice.
        }
        set(request.path, path);
        return request;
    }

    private AddWatchRequest addWatch() {
        AddWatchRequest request = new AddWatchRequest();
        set(request.path, path());
        request.mode = random.nextInt(20) == 0 ? 2 : random.nextInt(2);
        return request;
    }

    private RemoveWatchesRequest removeWatches() {
        RemoveWatchesRequest request = new RemoveWatchesRequest();
        request.type = random.nextBoolean() ? OpCode.REMOVE_WATCHES : OpCode.CHECK_WATCHES;
        set(request.path, path());
        request.watcherType = random.nextInt(20) == 0 ? 6 : 1 + random.nextInt(5);
        return request;
    }

    private Step.Op setWatches() {
        SetWatchesRequest request = new SetWatchesRequest();
        request.type = random.nextBoolean() ? OpCode.SET_WATCHES : OpCode.SET_WATCHES2;
        request.data.set(paths());
        request.exist.set(paths());
        request.child.set(paths());
        request.persistent.set(paths());
        request.persistentRecursive.set(paths());
        return op(0, request, 1 + random.nextInt(20), "setWatches");
    }

    private List<String> paths() {
        return IntStream.range(0, random.nextInt(4)).mapToObj(i -> goodPath()).toList();
    }

    private Step.Op multi() {
        JuteOut out = new JuteOut(256);
        StringBuilder text = new StringBuilder("multi");
        for (int i = random.nextInt(5); i > 0; i--) {
            Request op =
                    switch (random.nextInt(5)) {
                        case 0, 1 -> createWithAcl();
                        case 2 -> delete();
                        case 3 -> setData();
                        default -> check();
                    };
            MultiFrame.beginRequest(out, op.type());
            op.write(out);
            text.append(' ').append(describe(op));
        }
        MultiFrame.end(out);
        return new Step.Op(0, OpCode.MULTI, out.copy(), 0, text.toString());
    }

    /** Without a list, ZooKeeper answers −5 without drawing a zxid, and Quorate draws one. */
    private CreateRequest createWithAcl() {
        CreateRequest request = create();
        if (request.acl.isNull()) {
            request.acl.set(AclList.OPEN);
        }
        return request;
    }

    private CheckRequest check() {
        CheckRequest request = new CheckRequest();
        set(request.path, path());
        request.version = version();
        return request;
    }

    private Step.Op multiRead() {
        JuteOut out = new JuteOut(256);
        StringBuilder text = new StringBuilder("multiRead");
        for (int i = random.nextInt(4); i > 0; i--) {
            ReadRequest op = new ReadRequest();
            op.type = random.nextBoolean() ? OpCode.GET_DATA : OpCode.GET_CHILDREN;
            set(op.path, path());
            MultiFrame.beginRequest(out, op.type());
            op.write(out);
            text.append(' ').append(describe(op));
        }
        MultiFrame.end(out);
        return new Step.Op(0, OpCode.MULTI_READ, out.copy(), 0, text.toString());
    }

    private String path() {
        int dice = random.nextInt(100);
        if (dice < 3) {
            return BAD_PATHS[random.nextInt(BAD_PATHS.length)];
        }
        if (dice < 6) {
            return SYSTEM_PATHS[random.nextInt(SYSTEM_PATHS.length)];
        }
        return goodPath();
    }

    private String goodPath() {
        StringBuilder path = new StringBuilder();
        for (int depth = 1 + random.nextInt(3); depth > 0; depth--) {
            path.append('/').append(NAMES[random.nextInt(NAMES.length)]);
        }
        return path.toString();
    }

    private int version() {
        int dice = random.nextInt(10);
        return dice < 6 ? -1 : dice < 9 ? random.nextInt(4) : -2;
    }

    private void data(Slice into) {
        int dice = random.nextInt(10);
        if (dice == 0) {
            into.setNull();
            return;
        }
        byte[] bytes = new byte[dice == 1 ? 0 : random.nextInt(60)];
        random.nextBytes(bytes);
        into.set(bytes, 0, bytes.length);
    }

    private void acl(AclVector into) {
        int dice = random.nextInt(30);
        if (dice == 0) {
            into.setNull();
            return;
        }
        if (dice < 20) {
            into.set(AclList.OPEN);
            return;
        }
        List<Acl> entries = new ArrayList<>();
        for (int i = dice == 20 ? 0 : 1 + random.nextInt(2); i > 0; i--) {
            entries.add(new Acl(random.nextInt(34), id()));
        }
        into.set(new AclList(entries));
    }

    private Id id() {
        String[] schemes = {
            "world", "world", "world", "ip", "ip", "digest", "digest", "auth", "no"
        };
        String scheme = schemes[random.nextInt(schemes.length)];
        String[] ids =
                switch (scheme) {
                    case "world" -> new String[] {"anyone", "anyone", "anyone", "someone"};
                    case "ip" ->
                            new String[] {"127.0.0.1", "10.0.0.0/8", "127.0.0.0/8", "::1", "x"};
                    case "digest" ->
                            new String[] {"ann:ZkGHdHH2o5ALcGkQ8oTRXbDBOkY=", "bob:x", "a:b:c"};
                    default -> new String[] {"", "x"};
                };
        return new Id(scheme, ids[random.nextInt(ids.length)]);
    }

    private static void set(Slice slice, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        slice.set(bytes, 0, bytes.length);
    }

    private static Step.Op op(Request request) {
        return op(0, request, 0, describe(request));
    }

    private static Step.Op op(int xid, Request request, int zxidsBack, String text) {
        JuteOut out = new JuteOut(256);
        request.write(out);
        return new Step.Op(xid, request.type(), out.copy(), zxidsBack, text);
    }

    private static String describe(Request request) {
        return switch (request) {
            case CreateRequest r ->
                    "create(%d) %s flags %d acl %s"
                            .formatted(
                                    r.type,
                                    r.path,
                                    r.flags,
                                    r.acl.isNull() ? null : r.acl.toList().entries());
            case DeleteRequest r -> "delete " + r.path + " v" + r.version;
            case SetDataRequest r ->
                    "setData %s v%d %d bytes".formatted(r.path, r.version, r.data.length());
            case SetAclRequest r ->
                    "setACL %s v%d %s"
                            .formatted(
                                    r.path,
                                    r.version,
                                    r.acl.isNull() ? null : r.acl.toList().entries());
            case CheckRequest r -> "check " + r.path + " v" + r.version;
            case ReadRequest r -> "read(%d) %s watch %s".formatted(r.type, r.path, r.watch);
            case PathRequest r -> "op(%d) %s".formatted(r.type, r.path);
            case AddWatchRequest r -> "addWatch %s mode %d".formatted(r.path, r.mode);
            case RemoveWatchesRequest r ->
                    "watches(%d) %s type %d".formatted(r.type, r.path, r.watcherType);
            default -> "op " + request.type();
        };
    }
}
