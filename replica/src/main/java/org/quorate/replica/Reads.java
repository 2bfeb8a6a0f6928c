package org.quorate.replica;

import java.util.List;
import java.util.Map;
import org.quorate.protocol.ErrorCode;
import org.quorate.protocol.OpCode;
import org.quorate.protocol.Paths;
import org.quorate.protocol.acl.Acl;
import org.quorate.protocol.acl.AclList;
import org.quorate.protocol.acl.Id;
import org.quorate.protocol.acl.Perms;
import org.quorate.protocol.client.EmptyRequest;
import org.quorate.protocol.client.MultiFrame;
import org.quorate.protocol.client.MultiRequest;
import org.quorate.protocol.client.PathRequest;
import org.quorate.protocol.client.ReadRequest;
import org.quorate.protocol.client.ReplyFrame;
import org.quorate.protocol.client.Request;
import org.quorate.protocol.client.RequestDecoder;
import org.quorate.protocol.client.RequestHeader;
import org.quorate.protocol.client.Stat;
import org.quorate.protocol.jute.JuteException;
import org.quorate.protocol.jute.JuteIn;
import org.quorate.protocol.jute.JuteOut;
import org.quorate.protocol.jute.Slice;
import org.quorate.tree.ChildNames;
import org.quorate.tree.DataTree;
import org.quorate.tree.Finder;
import org.quorate.tree.NodeState;

/**
 * Answers requests that only look at the tree and set no watch: the same code for the core thread
 * and for event loops beside it, one instance for each thread, used while the host's gate is held
 * for reading. An operation allocates nothing beyond what the output grows.
 *
 * <p>An event loop asks {@link #isPlain}, and under the gate {@link Connection#answersDirectly};
 * only then may it call {@link #answer}.
 */
public final class Reads {
    private static final int TYPE_AT = 4;

    /** More children than this are not listed at once: others would have to wait. */
    static final int CHILDREN_AT_ONCE_MAX = 8_192;

    /** For what a reply has beside the names of children. */
    private static final int ROOM_BYTES = 128;

    private final DataTree tree;
    private final Finder finder;
    private final ChildNames names;
    private final AccessRules rules;
    private final Map<String, Scheme> schemes;
    private final int replyBytesMax;
    private final ReadTally tally;
    private final JuteIn in;
    private final RequestHeader header = new RequestHeader();
    private final RequestDecoder decoder = new RequestDecoder();
    private final Stat stat = new Stat();
    private final NodeState state = new NodeState();
    private final JuteOut path = new JuteOut();

    /**
     * @param tally hears what is read
     */
    public Reads(DataTree tree, ReplicaOptions options, ReadTally tally) {
        this.tally = tally;
        this.tree = tree;
        this.finder = tree.finder();
        this.names = tree.childNames();
        this.rules = new AccessRules(options);
        this.schemes = Schemes.byName(options.schemes());
        this.replyBytesMax = options.replyBytesMax();
        this.in = new JuteIn(options.frameBytesMax());
    }

    /**
     * Is this a request that {@link #answer} can serve: a read without a watch, a ping, whoAmI, a
     * multiRead?
     *
     * @param frame header and body, without the length
     */
    public static boolean isPlain(byte[] frame, int from, int to) {
        if (to - from < RequestHeader.BYTES) {
            return false;
        }
        return switch (type(frame, from + TYPE_AT)) {
            case OpCode.EXISTS, OpCode.GET_DATA, OpCode.GET_CHILDREN, OpCode.GET_CHILDREN2 ->
                    isUnwatched(frame, from + RequestHeader.BYTES, to);
            case OpCode.PING,
                    OpCode.GET_ACL,
                    OpCode.GET_ALL_CHILDREN_NUMBER,
                    OpCode.GET_EPHEMERALS,
                    OpCode.WHO_AM_I,
                    OpCode.MULTI_READ ->
                    true;
            default -> false;
        };
    }

    /**
     * Does this request, if all is well, become a transaction? What is measured of it says so.
     *
     * @param frame header and body, without the length
     */
    public static boolean isUpdate(byte[] frame, int from, int to) {
        if (to - from < RequestHeader.BYTES) {
            return false;
        }
        return switch (type(frame, from + TYPE_AT)) {
            case OpCode.CREATE,
                    OpCode.CREATE2,
                    OpCode.CREATE_CONTAINER,
                    OpCode.CREATE_TTL,
                    OpCode.DELETE,
                    OpCode.SET_DATA,
                    OpCode.SET_ACL,
                    OpCode.MULTI,
                    OpCode.RECONFIG,
                    OpCode.CLOSE_SESSION ->
                    true;
            default -> false;
        };
    }

    /** The watch byte stands right behind the path; what may follow it is ignored. */
    private static boolean isUnwatched(byte[] frame, int at, int to) {
        if (to - at < 5) {
            return false;
        }
        int length = Math.max(type(frame, at), 0);
        return length <= to - at - 5 && frame[at + 4 + length] == 0;
    }

    private static int type(byte[] bytes, int at) {
        return bytes[at] << 24
                | (bytes[at + 1] & 0xff) << 16
                | (bytes[at + 2] & 0xff) << 8
                | bytes[at + 3] & 0xff;
    }

    /**
     * Appends the whole reply frame. Malformed bodies are answered with MarshallingError.
     *
     * @return false, with nothing appended, if the answer is one that the core makes step by step
     */
    public boolean answer(byte[] frame, int from, int to, Connection connection, JuteOut out) {
        header.read(in.wrap(frame, from, to));
        int reply = ReplyFrame.begin(out, header.xid);
        try {
            Request request = decoder.decode(header.type, in);
            if (isLong(request, connection)) {
                ReplyFrame.cancel(out, reply);
                return false;
            }
            int err = body(request, connection, out);
            ReplyFrame.end(out, reply, tree.lastZxid(), err);
        } catch (JuteException e) {
            malformed(header.type, out, reply, tree.lastZxid());
        }
        return true;
    }

    /**
     * Is this a getChildren with so many children that they are to be listed step by step? Not if
     * it is to be refused.
     */
    boolean isLong(Request request, Connection connection) {
        if (!(request instanceof ReadRequest read) || !listsChildren(read.type)) {
            return false;
        }
        int node = read.path.isNull() ? DataTree.NONE : finder.find(read.path);
        return node != DataTree.NONE
                && allows(node, Perms.READ, connection.ids())
                && state.childCount > CHILDREN_AT_ONCE_MAX
                && names.bytes(node) <= replyBytesMax - ROOM_BYTES;
    }

    static boolean listsChildren(int type) {
        return type == OpCode.GET_CHILDREN || hasStat(type);
    }

    /** Of those that list children. */
    static boolean hasStat(int type) {
        return type == OpCode.GET_CHILDREN2;
    }

    /**
     * Completes the reply to a malformed body. That to a multiRead has a body, as ZooKeeper's has.
     */
    static void malformed(int type, JuteOut out, int reply, long zxid) {
        ReplyFrame.end(out, reply, zxid, ErrorCode.MARSHALLING_ERROR);
        if (type == OpCode.MULTI_READ) {
            MultiFrame.end(out);
            ReplyFrame.endWithBody(out, reply, zxid, ErrorCode.MARSHALLING_ERROR);
        }
    }

    /** Appends the body and says the error code: what {@link #answer} does behind the header. */
    int body(Request request, Connection connection, JuteOut out) {
        return switch (request) {
            case ReadRequest read -> read(read, connection, out);
            case PathRequest onPath ->
                    onPath(onPath, connection.ids(), connection.sessionId(), out);
            case MultiRequest multi -> multiRead(multi, connection, out);
            case EmptyRequest empty -> {
                if (empty.type == OpCode.WHO_AM_I) {
                    whoAmI(connection.ids(), out);
                }
                yield ErrorCode.OK;
            }
            default -> throw new IllegalStateException("request " + request.type() + " is no read");
        };
    }

    private int read(ReadRequest request, Connection connection, JuteOut out) {
        if (request.path.isNull()) {
            return ErrorCode.MARSHALLING_ERROR;
        }
        if (request.type == OpCode.EXISTS && Paths.hasNul(request.path)) {
            return ErrorCode.BAD_ARGUMENTS;
        }
        int node = finder.find(request.path);
        if (node == DataTree.NONE) {
            return ReconnectGrace.isAt(request.path) && connection.mayBind()
                    ? ReconnectGrace.read(request.type, connection, out)
                    : ErrorCode.NO_NODE;
        }
        if (!allows(node, Perms.READ, connection.ids())) {
            return ErrorCode.NO_AUTH;
        }
        long bytes = 0;
        switch (request.type) {
            case OpCode.EXISTS -> writeStat(out);
            case OpCode.GET_DATA -> {
                tree.writeData(node, out);
                writeStat(out);
                bytes = state.dataLength;
            }
            case OpCode.GET_CHILDREN -> bytes = writeNames(node, out);
            default -> {
                bytes = writeNames(node, out);
                writeStat(out);
            }
        }
        tally.read(request.path, bytes);
        return ErrorCode.OK;
    }

    /**
     * @return bytes of the names alone
     */
    private long writeNames(int node, JuteOut out) {
        int before = out.size();
        names.write(node, out);
        return out.size() - before - (long) Integer.BYTES * (1 + state.childCount);
    }

    private int onPath(PathRequest request, List<Id> ids, long sessionId, JuteOut out) {
        if (request.type == OpCode.GET_EPHEMERALS) {
            getEphemerals(request.path, sessionId, out);
            return ErrorCode.OK;
        }
        if (request.path.isNull()) {
            return ErrorCode.MARSHALLING_ERROR;
        }
        int node = finder.find(request.path);
        if (node == DataTree.NONE) {
            return ErrorCode.NO_NODE;
        }
        if (request.type == OpCode.GET_ACL) {
            return getAcl(node, ids, out);
        }
        if (!allows(node, Perms.READ, ids)) {
            return ErrorCode.NO_AUTH;
        }
        out.writeInt(tree.countDescendants(node));
        return ErrorCode.OK;
    }

    private int getAcl(int node, List<Id> ids, JuteOut out) {
        tree.load(node, state);
        AclList acl = tree.acls().list(state.aclRef);
        if (!rules.allows(acl, Perms.READ | Perms.ADMIN, ids)) {
            return ErrorCode.NO_AUTH;
        }
        if (rules.allows(acl, Perms.ADMIN, ids)) {
            acl.write(out);
        } else {
            AclList.of(acl.entries().stream().map(AccessRules::redacted).toArray(Acl[]::new))
                    .write(out);
        }
        writeStat(out);
        return ErrorCode.OK;
    }

    /** The session's own ephemerals; a prefix of nothing, blanks or the root means all. */
    private void getEphemerals(Slice prefix, long sessionId, JuteOut out) {
        boolean all = prefix.text().isBlank() || prefix.length() == 1 && prefix.at(0) == '/';
        int countAt = out.reserve(4);
        int[] count = new int[1];
        tree.forEachEphemeral(
                sessionId,
                node -> {
                    tree.writePath(node, path.clear());
                    if (all || startsWith(path, prefix)) {
                        out.writeBuffer(path.array(), 0, path.size());
                        count[0]++;
                    }
                });
        out.setInt(countAt, count[0]);
    }

    private static boolean startsWith(JuteOut path, Slice prefix) {
        if (path.size() < prefix.length()) {
            return false;
        }
        for (int i = 0; i < prefix.length(); i++) {
            if (path.array()[i] != prefix.at(i)) {
                return false;
            }
        }
        return true;
    }

    private int multiRead(MultiRequest request, Connection connection, JuteOut out) {
        for (request.rewind(); request.next(); ) {
            int at = out.size();
            ReadRequest op = (ReadRequest) request.op();
            MultiFrame.beginResult(out, op.type);
            int err = read(op, connection, out);
            if (err != ErrorCode.OK) {
                out.truncate(at);
                MultiFrame.error(out, err);
            }
        }
        MultiFrame.end(out);
        return ErrorCode.OK;
    }

    private void whoAmI(List<Id> ids, JuteOut out) {
        out.writeInt(ids.size());
        for (Id id : ids) {
            Scheme scheme = schemes.get(id.scheme());
            out.writeString(id.scheme())
                    .writeString(
                            scheme == null ? Authentication.userOf(id) : scheme.userName(id.id()));
        }
    }

    private boolean allows(int node, int wanted, List<Id> ids) {
        tree.load(node, state);
        return rules.allows(tree.acls().list(state.aclRef), wanted, ids);
    }

    /** Of the node whose {@link #state} was loaded to look at its access control list. */
    private void writeStat(JuteOut out) {
        tree.stat(state, stat);
        stat.write(out);
    }
}
