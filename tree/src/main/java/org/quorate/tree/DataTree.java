package org.quorate.tree;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;
import org.quorate.protocol.acl.AclList;
import org.quorate.protocol.acl.AclVector;
import org.quorate.protocol.client.Stat;
import org.quorate.protocol.jute.JuteOut;
import org.quorate.protocol.jute.Slice;
import org.quorate.protocol.snapshot.ImageSink;
import org.quorate.protocol.snapshot.SnapshotNode;
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

    /** Tells the system that a page's content is not needed; what is read from it then is zeros. */
    public interface PageRelease {
        void release(MemorySegment page);
    }

    static final Slice ZOOKEEPER = Slice.of("/zookeeper");
    private static final Slice QUOTA = Slice.of("/zookeeper/quota");
    private static final Slice CONFIG = Slice.of("/zookeeper/config");
    private static final Slice NO_NAME = Slice.of("");
    private static final int CONFIG_VERSION = -1;

    private final TreeOptions options;
    private final PagePool pool;
    private final NameHash hash;
    private final NodeStore nodes;
    private final AclTable acls;
    private final Sessions sessions;
    private final Quotas quotas;
    private final Applier applier;
    private final Digest digests = new Digest();
    private final Draft draft = new Draft();
    private final Draft parentDraft = new Draft();
    private long lastZxid;

    /** The transaction after which {@link #digest} is what it is; 0 if none was applied. */
    private long digestZxid;

    private long digest;
    private long dataBytes;

    /** The tree of a server that has never run (disk formats §4). */
    public DataTree(TreeOptions options) {
        this.options = options;
        this.pool = PagePool.closeable();
        this.hash = new NameHash(options.hashSeed());
        this.nodes = new NodeStore(pool, hash);
        this.acls = new AclTable(hash);
        this.sessions = new Sessions(nodes, hash, options.extendedTypes());
        this.quotas = new Quotas(this, nodes);
        this.applier = new Applier(this, nodes);
        plantSystemNodes();
    }

    // ---- reading

    public int root() {
        return NodeReader.ROOT;
    }

    /** Finds a node by its path; an empty path is the root. {@link #NONE} if there is none. */
    public int find(Slice path) {
        return path.isNull() ? NONE : nodes.find(path.array(), path.from(), path.to());
    }

    /** The same, for a thread that looks for many. */
    public Finder finder() {
        return new Finder(nodes);
    }

    /** The child of this name, or {@link #NONE}. */
    public int child(int node, Slice name) {
        return nodes.child(node, name.array(), name.from(), name.length());
    }

    /** {@link #NONE} for the root. */
    public int parent(int node) {
        return nodes.parent(node);
    }

    /**
     * The first child, or {@link #NONE}. With {@link #nextSibling} all can be walked, in an order
     * that depends on the names and the seed alone.
     */
    public int firstChild(int node) {
        return nodes.firstChild(node);
    }

    /**
     * The child that comes behind a name, or {@link #NONE}: whether or not there is, or was, a
     * child of that name. So a listing can be resumed after any time.
     */
    public int childAfter(int node, Slice name) {
        return nodes.childAfter(node, name.array(), name.from(), name.length());
    }

    /** The next child of the same parent, or {@link #NONE}. */
    public int nextSibling(int node) {
        return nodes.nextSibling(node);
    }

    /** Appends the node's name, without a length; nothing for the root. */
    public void writeName(int node, JuteOut out) {
        nodes.writeName(node, out);
    }

    /** Hears the nodes below {@code top}, itself first, parents before children. */
    public void forEachBelow(int top, NodeVisitor visitor) {
        Walk walk = new Walk(nodes, top);
        for (int node = walk.next(); node != NONE; node = walk.next()) {
            visitor.node(node);
        }
    }

    public void load(int node, NodeState into) {
        nodes.load(node, into);
    }

    /** The Stat as clients see it. */
    public void stat(int node, Stat into) {
        NodeState s = new NodeState();
        nodes.load(node, s);
        stat(s, into);
    }

    /**
     * The Stat of a node that was loaded: for who needs its state anyway, and for no allocation.
     */
    public void stat(NodeState s, Stat into) {
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
        nodes.writeData(node, out);
    }

    /** Lists children, for a thread of its own. */
    public ChildNames childNames() {
        return new ChildNames(nodes);
    }

    /**
     * Begins to list a node's children as they are now. The writer alone; one at a time.
     *
     * @throws IllegalStateException if another one is not closed
     */
    public Listing list(int node) {
        return nodes.list(node, lastZxid);
    }

    /** Number of nodes below this one, as getAllChildrenNumber counts them. */
    public int countDescendants(int node) {
        return nodes.countDescendants(node);
    }

    /** Appends the path's bytes, {@code /} for the root, without a length. */
    public void writePath(int node, JuteOut out) {
        nodes.writePath(node, out);
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

    /** Each node once. ZooKeeper's znode_count is one more: it counts the root by two names. */
    public int nodeCount() {
        return nodes.count();
    }

    /** Bytes of paths and data, as ZooKeeper's approximate_data_size counts them roughly. */
    public long dataBytes() {
        return dataBytes;
    }

    /** Is the digest kept? If not, transactions carry none. */
    public boolean keepsDigest() {
        return options.digest();
    }

    /** Bytes that the nodes take up now; what frozen views keep beside them is not counted. */
    public long memoryBytes() {
        return nodes.usedBytes();
    }

    /** Bytes taken from the system: nodes, room between them, pages kept for frozen views. */
    public long systemBytes() {
        return pool.systemBytes();
    }

    /** Past {@link TreeOptions#memoryBytesMax}: what makes the tree grow is to be refused. */
    public boolean isFull() {
        return memoryBytes() >= options.memoryBytesMax();
    }

    /** Would so many bytes more, names and data, bring the tree past its limit? */
    public boolean wouldExceed(long bytes) {
        return memoryBytes() + bytes > options.memoryBytesMax();
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
        int quota = quotas.nearest(path);
        if (quota == NONE) {
            return null;
        }
        int limits = nodes.child(quota, Quotas.LIMITS, 0, Quotas.LIMITS.length);
        int stats = nodes.child(quota, Quotas.STATS, 0, Quotas.STATS.length);
        JuteOut subject = new JuteOut(64);
        nodes.writePath(quota, subject);
        return new Quota(
                new Slice()
                        .set(subject.array(), 0, subject.size())
                        .text()
                        .substring(Quotas.ROOT.length),
                quotas.value(limits, Quotas.COUNT_HARD_LIMIT),
                quotas.value(limits, Quotas.BYTE_HARD_LIMIT),
                stats == NONE ? 0 : Math.max(0, quotas.value(stats, Quotas.COUNT)),
                stats == NONE ? 0 : Math.max(0, quotas.value(stats, Quotas.BYTES)));
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
        digestZxid = options.digest() ? Math.max(digestZxid, txn.header.zxid) : 0;
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
            node = plantConfig(); // a snapshot from before there was such a node
        }
        draft.load(nodes, node);
        draft.state.version = CONFIG_VERSION;
        draft.state.mzxid = version;
        draft.state.mtimeMillis = timeMillis;
        dataBytes += text.length() - draft.state.dataLength;
        nodes.save(draft, text);
    }

    /** An immutable image at {@link #lastZxid}, made in microseconds; to be closed. */
    public SnapshotSource freeze() {
        return new FrozenTree(this, digestZxid, digestZxid == 0 ? 0 : digest);
    }

    /**
     * Drops everything and takes a snapshot in; usable again after the sink's end. Frozen views
     * stay as they are.
     */
    public SnapshotSink install(long zxid) {
        clear(hash.seed(), zxid, 0, 0);
        return new TreeLoader(this);
    }

    /**
     * Drops everything and takes an image of a tree in ({@link SnapshotSource#image}), which brings
     * its seed for hashes with it. Usable again after the sink's end, or after another {@link
     * #install}, whatever happened in between.
     *
     * @return null, and everything is as it was, if the image is of another version or was made
     *     with options that do not fit
     * @throws org.quorate.protocol.jute.JuteException if the head is nonsense
     */
    public @Nullable ImageSink installImage(Slice head) {
        return ImageLoader.of(this, head);
    }

    void clear(long hashSeed, long newLastZxid, long newDigest, long newDataBytes) {
        nodes.clear();
        acls.clear();
        sessions.clear();
        quotas.clear();
        hash.seed(hashSeed);
        digest = newDigest;
        dataBytes = newDataBytes;
        lastZxid = newLastZxid;
        digestZxid = options.digest() ? newLastZxid : 0;
    }

    /**
     * Gives the memory back that closed views had held. Any thread but the writer's, which need not
     * wait.
     */
    public void trim(PageRelease release) {
        pool.trim(release);
    }

    /** Gives the memory back, as soon as the last frozen view is closed. */
    @Override
    public void close() {
        pool.close();
    }

    // ---- for the applier and the loader

    NodeStore nodes() {
        return nodes;
    }

    Sessions sessions() {
        return sessions;
    }

    Quotas quotas() {
        return quotas;
    }

    /** The secret by which its names are hashed; another one once an image has been loaded. */
    public long hashSeed() {
        return hash.seed();
    }

    /** The options that what lies in pages depends on. */
    int imageOptions() {
        return (options.digest() ? 1 : 0) | (options.extendedTypes() ? 2 : 0);
    }

    /** Counts a node in that is new, or has new data. */
    void addDigest(Draft of, Slice path, Slice data) {
        of.state.digest = isDigested(of) ? digests.node(path, data, of.state) : 0;
        digest += Integer.toUnsignedLong(of.state.digest);
    }

    /** Counts a node out that goes, or is about to get new data. */
    void subtractDigest(Draft of) {
        digest -= Integer.toUnsignedLong(of.state.digest);
    }

    /** Counts a node out whose stat, and not its data, is about to change. */
    void subtractStat(Draft of) {
        if (isDigested(of)) {
            subtractDigest(of);
            of.state.digest ^= digests.stat(of.state);
        }
    }

    /** Counts it in again. */
    void addStat(Draft of) {
        if (isDigested(of)) {
            of.state.digest ^= digests.stat(of.state);
            digest += Integer.toUnsignedLong(of.state.digest);
        }
    }

    private boolean isDigested(Draft draft) {
        return options.digest() && !draft.local;
    }

    /** So many bytes of paths and data more, or less. */
    void dataBytes(int more) {
        dataBytes += more;
    }

    /**
     * Makes a node of a snapshot; its parent's stat stays as it is.
     *
     * @return {@link #NONE} if it is there already
     */
    int plant(int parent, SnapshotNode from, int aclRef, Slice name) {
        if (nodes.child(parent, name.array(), name.from(), name.length()) != NONE) {
            return NONE;
        }
        fill(draft.blank(parent, !Digest.covers(from.path)), from, aclRef);
        parentDraft.load(nodes, parent);
        int node = nodes.create(draft, parentDraft, name, from.data);
        nodes.save(parentDraft);
        dataBytes += from.path.length() + from.data.length();
        sessions.own(node, from.ephemeralOwner);
        return node;
    }

    /** Makes the root of an emptied tree. */
    int plantRoot(SnapshotNode from, int aclRef) {
        fill(draft.blank(NONE, false), from, aclRef);
        int root = nodes.create(draft, null, NO_NAME, from.data);
        dataBytes += from.data.length();
        return root;
    }

    private void fill(Draft into, SnapshotNode from, int aclRef) {
        NodeState state = into.state;
        state.czxid = from.czxid;
        state.mzxid = from.mzxid;
        state.pzxid = from.pzxid;
        state.ctimeMillis = from.ctimeMillis;
        state.mtimeMillis = from.mtimeMillis;
        state.version = from.version;
        state.cversion = from.cversion;
        state.aversion = from.aversion;
        state.ephemeralOwner = from.ephemeralOwner;
        state.aclRef = aclRef;
        addDigest(into, from.path, from.data);
    }

    /** Replaces data that is counted in no digest, and leaves the stat alone. */
    void replaceData(int node, Slice data) {
        draft.load(nodes, node);
        dataBytes += data.length() - draft.state.dataLength;
        nodes.save(draft, data);
    }

    /** All zxids and times 0; only the configuration has a list of its own. */
    private void plantSystemNodes() {
        SnapshotNode system = new SnapshotNode();
        system.path.set(new byte[0], 0, 0);
        system.data.set(new byte[0], 0, 0);
        plantRoot(system, AclTable.OPEN);
        plantSystemNode(root(), ZOOKEEPER, "zookeeper", AclTable.OPEN, 0);
        plantSystemNode(find(ZOOKEEPER), QUOTA, "quota", AclTable.OPEN, 0);
        plantConfig();
    }

    private int plantConfig() {
        int readOnly = acls.use(new AclVector().set(AclList.READ_ONLY));
        return plantSystemNode(find(ZOOKEEPER), CONFIG, "config", readOnly, -1);
    }

    private int plantSystemNode(int parent, Slice path, String name, int aclRef, int aversion) {
        SnapshotNode system = new SnapshotNode();
        system.path.set(path);
        system.data.set(new byte[0], 0, 0);
        system.aversion = aversion;
        return plant(parent, system, aclRef, Slice.of(name));
    }
}
