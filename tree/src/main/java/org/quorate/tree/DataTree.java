package org.quorate.tree;

import org.jspecify.annotations.Nullable;
import org.quorate.protocol.acl.AclList;
import org.quorate.protocol.acl.AclVector;
import org.quorate.protocol.client.Stat;
import org.quorate.protocol.jute.JuteOut;
import org.quorate.protocol.jute.Slice;
import org.quorate.protocol.snapshot.SnapshotSink;
import org.quorate.protocol.snapshot.SnapshotSource;
import org.quorate.protocol.txn.TxnRecord;

/**
 * The replicated state. One thread writes ({@link #apply}, {@link #install}, {@link #freeze}); the
 * read methods may be called by any number of threads while nobody writes: the host's gate sees to
 * that.
 */
public final class DataTree implements AutoCloseable {
    /** No node. Nodes are positive ints, valid until the node is deleted. */
    public static final int NONE = 0;

    /** Hears nodes one by one; must not write. */
    public interface NodeVisitor {
        void node(int node);
    }

    /** Hears sessions one by one. */
    public interface SessionVisitor {
        void session(long sessionId, int timeoutMillis);
    }

    private static final Slice ROOT = Slice.of("/");
    private static final Slice ZOOKEEPER = Slice.of("/zookeeper");
    private static final Slice QUOTA = Slice.of("/zookeeper/quota");
    private static final Slice CONFIG = Slice.of("/zookeeper/config");
    private static final int CONFIG_VERSION = -1;

    private final TreeOptions options;
    private final Applier applier;
    private final NodeState state = new NodeState();
    private NodeStore store;
    private AclTable acls;
    private Sessions sessions;
    private Quotas quotas;
    private long lastZxid;
    private long digest;
    private long dataBytes;

    /** The tree of a server that has never run (disk formats §4). */
    public DataTree(TreeOptions options) {
        this.options = options;
        this.store = new NodeStore();
        this.acls = new AclTable();
        this.sessions = new Sessions(options.extendedTypes());
        this.quotas = new Quotas();
        this.applier = new Applier(this);
        plantSystemNodes();
    }

    // ---- reading

    public int root() {
        return store.root();
    }

    /** Finds a node by its path; an empty path is the root. {@link #NONE} if there is none. */
    public int find(Slice path) {
        int length = path.length();
        if (length == 0 || length == 1 && path.at(0) == '/') {
            return path.isNull() ? NONE : root();
        }
        if (path.at(0) != '/') {
            return NONE;
        }
        int node = root();
        int nameFrom = 1;
        for (int i = 1; i <= length; i++) {
            if (i == length || path.at(i) == '/') {
                if (i == nameFrom) {
                    return NONE;
                }
                node = store.find(node, path.array(), path.from() + nameFrom, i - nameFrom);
                if (node == NONE) {
                    return NONE;
                }
                nameFrom = i + 1;
            }
        }
        return node;
    }

    /** {@link #NONE} for the root. */
    public int parent(int node) {
        return store.parent(node);
    }

    /** The oldest child, or {@link #NONE}. With {@link #nextSibling} all can be walked. */
    public int firstChild(int node) {
        return store.firstChild(node);
    }

    /** The next younger child of the same parent, or {@link #NONE}. */
    public int nextSibling(int node) {
        return store.nextSibling(node);
    }

    public void load(int node, NodeState into) {
        store.load(node, into);
    }

    /** The Stat as clients see it. */
    public void stat(int node, Stat into) {
        NodeState s = new NodeState();
        store.load(node, s);
        into.czxid = s.czxid;
        into.mzxid = s.mzxid;
        into.ctimeMillis = s.ctimeMillis;
        into.mtimeMillis = s.mtimeMillis;
        into.version = s.version;
        into.cversion = 2 * s.cversion - s.childCount;
        into.aversion = s.aversion;
        into.ephemeralOwner = Owner.visible(s.ephemeralOwner, options.extendedTypes());
        into.dataLength = s.dataLength;
        into.childCount = s.childCount;
        into.pzxid = s.pzxid;
    }

    /** Appends the data as a buffer field: null stays null. */
    public void writeData(int node, JuteOut out) {
        store.writeData(node, out);
    }

    /** Appends the names of all children as a vector of strings. */
    public void writeChildren(int node, JuteOut out) {
        int countAt = out.reserve(4);
        int count = 0;
        for (int child = firstChild(node); child != NONE; child = nextSibling(child)) {
            int length = store.nameLength(child);
            out.writeInt(length);
            int at = out.reserve(length);
            store.copyName(child, out.array(), at);
            count++;
        }
        out.setInt(countAt, count);
    }

    /** Number of nodes below this one, as getAllChildrenNumber counts them. */
    public int countDescendants(int node) {
        int count = -1;
        for (int at = node; at != NONE; at = nextBelow(at, node)) {
            count++;
        }
        return count;
    }

    /** Appends the path's bytes, {@code /} for the root, without a length. */
    public void writePath(int node, JuteOut out) {
        if (node == root()) {
            out.writeByte('/');
            return;
        }
        int length = 0;
        for (int at = node; at != root(); at = parent(at)) {
            length += 1 + store.nameLength(at);
        }
        int end = out.reserve(length) + length;
        for (int at = node; at != root(); at = parent(at)) {
            end -= store.nameLength(at);
            store.copyName(at, out.array(), end);
            out.array()[--end] = '/';
        }
    }

    public AclTable acls() {
        return acls;
    }

    /** The last transaction applied. */
    public long lastZxid() {
        return lastZxid;
    }

    /** Digest of version 2 after {@link #lastZxid}. */
    public long digest() {
        return digest;
    }

    public int nodeCount() {
        return store.count();
    }

    /** Bytes of paths and data, as ZooKeeper's approximate_data_size counts them roughly. */
    public long dataBytes() {
        return dataBytes;
    }

    /** Is the digest kept? If not, transactions carry none. */
    public boolean keepsDigest() {
        return options.digest();
    }

    /** Bytes the tree takes up now. */
    public long memoryBytes() {
        return store.bytes();
    }

    /** Past {@link TreeOptions#memoryBytesMax}: what makes the tree grow is to be refused. */
    public boolean isFull() {
        return memoryBytes() >= options.memoryBytesMax();
    }

    /** The container nodes, for the sweep; in an order that depends on nothing but the past. */
    public void forEachContainer(NodeVisitor visitor) {
        sessions.forEachContainer(visitor);
    }

    /** The nodes with a time to live, for the sweep. */
    public void forEachTtlNode(NodeVisitor visitor) {
        sessions.forEachTtlNode(visitor);
    }

    /**
     * What a quota allows and what is used of it.
     *
     * @param path the path that has the quota
     * @param countHardLimit −1 for none
     * @param bytesHardLimit −1 for none
     */
    public record Quota(
            String path, long countHardLimit, long bytesHardLimit, long count, long bytes) {}

    /** The quota that a change at {@code path} counts for: the nearest upwards, or null. */
    public @Nullable Quota quota(Slice path) {
        String subject = quotas.nearest(path);
        if (subject == null) {
            return null;
        }
        String limits = quotaText(subject, Quotas.LIMITS);
        String stats = quotaText(subject, Quotas.STATS);
        return new Quota(
                subject,
                Quotas.value(limits, "countHardLimit"),
                Quotas.value(limits, "byteHardLimit"),
                Math.max(0, Quotas.value(stats, "count")),
                Math.max(0, Quotas.value(stats, "bytes")));
    }

    // ---- sessions: who is known to the ensemble, and what they own

    public int sessionCount() {
        return sessions.count();
    }

    public void forEachSession(SessionVisitor visitor) {
        sessions.forEach(visitor);
    }

    /** All ephemerals there are. */
    public int ephemeralCount() {
        return sessions.ephemeralCount();
    }

    /** The ephemerals of a session, in an order that depends on nothing but the past. */
    public void forEachEphemeral(long sessionId, NodeVisitor visitor) {
        sessions.forEachEphemeral(sessionId, visitor);
    }

    public int ephemeralCount(long sessionId) {
        return sessions.ephemeralCount(sessionId);
    }

    /** The sessions that own ephemerals, whether or not they are known; the timeout is 0 then. */
    public void forEachEphemeralOwner(SessionVisitor visitor) {
        sessions.forEachEphemeralOwner(visitor);
    }

    public boolean hasSession(long sessionId) {
        return sessions.has(sessionId);
    }

    /** Timeout in milliseconds; 0 if the session is not known. */
    public int sessionTimeoutMillis(long sessionId) {
        return sessions.timeoutMillis(sessionId);
    }

    // ---- writing

    /**
     * Applies a committed transaction exactly as disk formats §4 says (idempotent under replay).
     * Moves {@link #lastZxid} after the whole of it.
     *
     * @param listener hears what happened; null during recovery
     */
    public void apply(TxnRecord txn, @Nullable TreeListener listener) {
        applier.apply(txn, listener);
        lastZxid = Math.max(lastZxid, txn.header.zxid);
    }

    /** A new leader's start: {@code epoch << 32} becomes the last zxid without a transaction. */
    public void lastZxid(long zxid) {
        lastZxid = zxid;
    }

    /**
     * Shows the ensemble's configuration in {@code /zookeeper/config} without a transaction (disk
     * formats §4): mzxid is its version, the data version −1. Nothing else moves, {@link #lastZxid}
     * and the digest stay.
     *
     * @param text empty for a lone server
     * @param timeMillis for mtime; differs from server to server
     */
    public void config(Slice text, long version, long timeMillis) {
        int node = find(CONFIG);
        if (node == NONE) {
            throw new IllegalStateException("/zookeeper/config is not in the tree");
        }
        store.load(node, state);
        state.version = CONFIG_VERSION;
        state.mzxid = version;
        state.mtimeMillis = timeMillis;
        store.store(node, state);
        replaceData(node, text);
    }

    /** An immutable image at {@link #lastZxid}, made in microseconds; to be closed. */
    public SnapshotSource freeze() {
        return new FrozenTree(this);
    }

    /** Drops everything and takes a snapshot in; usable again after the sink's end. */
    public SnapshotSink install(long zxid) {
        store = new NodeStore();
        acls = new AclTable();
        sessions = new Sessions(options.extendedTypes());
        quotas = new Quotas();
        digest = 0;
        dataBytes = 0;
        lastZxid = zxid;
        return new TreeLoader(this);
    }

    @Override
    public void close() {}

    // ---- for the applier and the loader

    NodeStore store() {
        return store;
    }

    Sessions sessions() {
        return sessions;
    }

    Quotas quotas() {
        return quotas;
    }

    TreeOptions options() {
        return options;
    }

    /** Makes a node; the state's prefix CRC is computed here. */
    int plant(int parent, Slice path, Slice name, Slice data, NodeState newState) {
        int node = store.create(parent, name.array(), name.from(), name.length());
        newState.prefixCrc = options.digest() ? Digest.prefixCrc(path, data) : 0;
        store.setData(node, data);
        store.store(node, newState);
        sessions.own(node, newState.ephemeralOwner);
        dataBytes += path.length() + data.length();
        addDigest(path, newState);
        return node;
    }

    /** Gives the root of an emptied tree its data and state. */
    void plantRoot(Slice data, NodeState newState) {
        newState.prefixCrc = Digest.prefixCrc(ROOT, data);
        store.setData(root(), data);
        store.store(root(), newState);
        dataBytes += data.length();
        addDigest(ROOT, newState);
    }

    /** Changes the fixed part of a node. */
    void change(Slice path, NodeState before, int node, NodeState after) {
        subtractDigest(path, before);
        store.store(node, after);
        addDigest(path, after);
    }

    void replaceData(int node, Slice data) {
        store.load(node, state);
        dataBytes += data.length() - state.dataLength;
        store.setData(node, data);
    }

    /** Removes a childless node. */
    void uproot(Slice path, int node, NodeState last) {
        subtractDigest(path, last);
        sessions.disown(node, last.ephemeralOwner);
        acls.release(last.aclRef);
        dataBytes -= path.length() + last.dataLength;
        store.remove(node);
    }

    /** The next node in depth-first order below {@code top}, or {@link #NONE}. */
    int nextBelow(int node, int top) {
        int child = firstChild(node);
        if (child != NONE) {
            return child;
        }
        for (int at = node; at != top; at = parent(at)) {
            int sibling = nextSibling(at);
            if (sibling != NONE) {
                return sibling;
            }
        }
        return NONE;
    }

    private void addDigest(Slice path, NodeState of) {
        if (options.digest() && Digest.covers(path)) {
            digest += Digest.node(of);
        }
    }

    private void subtractDigest(Slice path, NodeState of) {
        if (options.digest() && Digest.covers(path)) {
            digest -= Digest.node(of);
        }
    }

    private String quotaText(String subject, String name) {
        int node = find(Slice.of(Quotas.ROOT + subject + "/" + name));
        if (node == NONE) {
            return "";
        }
        JuteOut field = new JuteOut(64);
        writeData(node, field);
        return Quotas.text(field);
    }

    /** All zxids and times 0; only the configuration has a list of its own. */
    private void plantSystemNodes() {
        NodeState root = new NodeState();
        root.aclRef = AclTable.OPEN;
        plantRoot(Slice.of(""), root);
        plantSystemNode(root(), ZOOKEEPER, "zookeeper", AclTable.OPEN, 0);
        int zookeeper = find(ZOOKEEPER);
        plantSystemNode(zookeeper, QUOTA, "quota", AclTable.OPEN, 0);
        plantSystemNode(
                zookeeper, CONFIG, "config", acls.use(new AclVector().set(AclList.READ_ONLY)), -1);
    }

    private void plantSystemNode(int parent, Slice path, String name, int acl, int aversion) {
        NodeState system = new NodeState();
        system.aclRef = acl;
        system.aversion = aversion;
        plant(parent, path, Slice.of(name), Slice.of(""), system);
    }
}
