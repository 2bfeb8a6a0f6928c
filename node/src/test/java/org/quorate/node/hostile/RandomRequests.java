package org.quorate.node.hostile;

import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;
import org.quorate.protocol.OpCode;
import org.quorate.protocol.jute.JuteOut;

/** Whole requests of every kind, about a small set of paths, legal or nearly so. */
final class RandomRequests {
    private static final String[] PATHS = {
        "/",
        "/a",
        "/a/b",
        "/a/b/c",
        "/q",
        "/e-",
        "/zookeeper",
        "/zookeeper/config",
        "/zookeeper/quota",
        "/zookeeper/quota/a/zookeeper_limits",
        "/neighbour",
        "/neighbour/0",
        "",
        "a",
        "/a/",
        "//",
        "/a//b",
        "/a/.",
        "/a/..",
        "/\u0000",
        "/a\u0001b",
        "/\ud800",
        "/\ufff0",
        "/\uf8ff",
        "/é/ü"
    };
    private static final int[] TYPES = {
        OpCode.CREATE,
        OpCode.DELETE,
        OpCode.EXISTS,
        OpCode.GET_DATA,
        OpCode.SET_DATA,
        OpCode.GET_ACL,
        OpCode.SET_ACL,
        OpCode.GET_CHILDREN,
        OpCode.SYNC,
        OpCode.PING,
        OpCode.GET_CHILDREN2,
        OpCode.CHECK,
        OpCode.MULTI,
        OpCode.CREATE2,
        OpCode.RECONFIG,
        OpCode.CHECK_WATCHES,
        OpCode.REMOVE_WATCHES,
        OpCode.CREATE_CONTAINER,
        OpCode.DELETE_CONTAINER,
        OpCode.CREATE_TTL,
        OpCode.MULTI_READ,
        OpCode.AUTH,
        OpCode.SET_WATCHES,
        OpCode.SASL,
        OpCode.GET_EPHEMERALS,
        OpCode.GET_ALL_CHILDREN_NUMBER,
        OpCode.SET_WATCHES2,
        OpCode.ADD_WATCH,
        OpCode.WHO_AM_I
    };
    private static final String[] SCHEMES = {"world", "auth", "digest", "ip", "super", "sasl", ""};
    private static final String[] IDS = {
        "anyone", "", "user:password", "127.0.0.1", "127.0.0.1/99", "::1/0", "a:b:c", "\u0000"
    };
    private static final int[] FLAGS = {0, 1, 2, 3, 4, 5, 6, 7, -1, Integer.MIN_VALUE};
    private static final long[] TTLS = {1, 1_000, 0, -1, 1L << 40, Long.MIN_VALUE, Long.MAX_VALUE};

    private final SplittableRandom random;
    private int xid;

    RandomRequests(SplittableRandom random) {
        this.random = random;
    }

    /** A frame with its length in front. */
    byte[] next() {
        JuteOut out = new JuteOut(256);
        out.writeInt(0);
        int type = TYPES[random.nextInt(TYPES.length)];
        int special =
                switch (type) {
                    case OpCode.PING -> -2;
                    case OpCode.AUTH -> -4;
                    case OpCode.SET_WATCHES, OpCode.SET_WATCHES2 -> -8;
                    default -> ++xid;
                };
        out.writeInt(special).writeInt(type);
        body(type, out, 0);
        out.setInt(0, out.size() - 4);
        return out.copy();
    }

    private void body(int type, JuteOut out, int depth) {
        switch (type) {
            case OpCode.CREATE, OpCode.CREATE2, OpCode.CREATE_CONTAINER -> create(out);
            case OpCode.CREATE_TTL -> {
                create(out);
                out.writeLong(TTLS[random.nextInt(TTLS.length)]);
            }
            case OpCode.DELETE, OpCode.CHECK -> out.writeString(path()).writeInt(version());
            case OpCode.SET_DATA -> {
                out.writeString(path());
                data(out);
                out.writeInt(version());
            }
            case OpCode.SET_ACL -> {
                out.writeString(path());
                acl(out);
                out.writeInt(version());
            }
            case OpCode.EXISTS, OpCode.GET_DATA, OpCode.GET_CHILDREN, OpCode.GET_CHILDREN2 ->
                    out.writeString(path()).writeBool(random.nextBoolean());
            case OpCode.CHECK_WATCHES, OpCode.REMOVE_WATCHES, OpCode.ADD_WATCH ->
                    out.writeString(path()).writeInt(random.nextInt(-1, 6));
            case OpCode.MULTI, OpCode.MULTI_READ -> multi(type, out, depth);
            case OpCode.RECONFIG -> reconfig(out);
            case OpCode.AUTH -> {
                out.writeInt(0).writeString(SCHEMES[random.nextInt(SCHEMES.length)]);
                out.writeBuffer(id().getBytes(StandardCharsets.UTF_8));
            }
            case OpCode.SASL -> data(out);
            case OpCode.SET_WATCHES, OpCode.SET_WATCHES2 -> {
                out.writeLong(random.nextLong(-2, 100));
                int lists = type == OpCode.SET_WATCHES ? 3 : 5;
                for (int i = 0; i < lists; i++) {
                    paths(out);
                }
            }
            case OpCode.PING, OpCode.WHO_AM_I -> {}
            default -> out.writeString(path());
        }
    }

    private void create(JuteOut out) {
        out.writeString(path());
        data(out);
        acl(out);
        out.writeInt(FLAGS[random.nextInt(FLAGS.length)]);
    }

    private void data(JuteOut out) {
        int kind = random.nextInt(10);
        if (kind == 0) {
            out.writeInt(-1);
        } else {
            byte[] data = new byte[kind == 1 ? random.nextInt(20_000) : random.nextInt(20)];
            random.nextBytes(data);
            out.writeBuffer(data);
        }
    }

    private void acl(JuteOut out) {
        if (random.nextInt(4) > 0) { // mostly open, so that the tree stays usable
            out.writeInt(1).writeInt(31).writeString("world").writeString("anyone");
            return;
        }
        int count = random.nextInt(4);
        out.writeInt(count);
        for (int i = 0; i < count; i++) {
            out.writeInt(random.nextInt(64)).writeString(SCHEMES[random.nextInt(SCHEMES.length)]);
            out.writeString(id());
        }
    }

    private void multi(int type, JuteOut out, int depth) {
        int count = random.nextInt(6);
        for (int i = 0; i < count; i++) {
            int part = TYPES[random.nextInt(TYPES.length)];
            boolean nested = part == OpCode.MULTI || part == OpCode.MULTI_READ;
            if (nested && depth > 2) {
                part = OpCode.CHECK;
            } else if (type == OpCode.MULTI && random.nextInt(4) > 0) {
                part = random.nextBoolean() ? OpCode.CREATE : OpCode.SET_DATA;
            }
            out.writeInt(part).writeBool(false).writeInt(-1);
            body(part, out, depth + 1);
        }
        out.writeInt(-1).writeBool(true).writeInt(-1);
    }

    private void reconfig(JuteOut out) {
        for (int i = 0; i < 3; i++) {
            out.writeString(
                    random.nextBoolean() ? "" : "server.2=127.0.0.1:1:2:participant;127.0.0.1:3");
        }
        out.writeLong(random.nextLong(-2, 5));
    }

    private void paths(JuteOut out) {
        int count = random.nextInt(4);
        out.writeInt(count);
        for (int i = 0; i < count; i++) {
            out.writeString(path());
        }
    }

    private String path() {
        int index = random.nextInt(PATHS.length + 4);
        return index < PATHS.length ? PATHS[index] : "/a/" + random.nextInt(50);
    }

    private String id() {
        return IDS[random.nextInt(IDS.length)];
    }

    private int version() {
        return random.nextInt(3) - 1;
    }
}
