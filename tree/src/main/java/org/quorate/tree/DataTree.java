package org.quorate.tree;

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

    public DataTree(TreeOptions options) {
        throw new IllegalStateException("not built yet: " + options);
    }

    // ---- reading

    public int root() {
        throw new IllegalStateException("not built yet");
    }

    /** Finds a node by its path; an empty path is the root. {@link #NONE} if there is none. */
    public int find(Slice path) {
        throw new IllegalStateException("not built yet");
    }

    /** {@link #NONE} for the root. */
    public int parent(int node) {
        throw new IllegalStateException("not built yet");
    }

    public void load(int node, NodeState into) {
        throw new IllegalStateException("not built yet");
    }

    /** The Stat as clients see it. */
    public void stat(int node, Stat into) {
        throw new IllegalStateException("not built yet");
    }

    /** Appends the data as a buffer field: null stays null. */
    public void writeData(int node, JuteOut out) {
        throw new IllegalStateException("not built yet");
    }

    /** Appends the names of all children as a vector of strings. */
    public void writeChildren(int node, JuteOut out) {
        throw new IllegalStateException("not built yet");
    }

    /** Number of nodes below this one, as getAllChildrenNumber counts them. */
    public int countDescendants(int node) {
        throw new IllegalStateException("not built yet");
    }

    /** Appends the path's bytes, {@code /} for the root, without a length. */
    public void writePath(int node, JuteOut out) {
        throw new IllegalStateException("not built yet");
    }

    public AclTable acls() {
        throw new IllegalStateException("not built yet");
    }

    /** The last transaction applied. */
    public long lastZxid() {
        throw new IllegalStateException("not built yet");
    }

    /** Digest of version 2 after {@link #lastZxid}. */
    public long digest() {
        throw new IllegalStateException("not built yet");
    }

    public int nodeCount() {
        throw new IllegalStateException("not built yet");
    }

    /** Is the digest kept? If not, transactions carry none. */
    public boolean keepsDigest() {
        throw new IllegalStateException("not built yet");
    }

    /** Bytes the tree takes up now. */
    public long memoryBytes() {
        throw new IllegalStateException("not built yet");
    }

    /** Past {@link TreeOptions#memoryBytesMax}: what makes the tree grow is to be refused. */
    public boolean isFull() {
        throw new IllegalStateException("not built yet");
    }

    /** The container nodes, for the sweep; in an order that depends on nothing but the past. */
    public void forEachContainer(NodeVisitor visitor) {
        throw new IllegalStateException("not built yet");
    }

    /** The nodes with a time to live, for the sweep. */
    public void forEachTtlNode(NodeVisitor visitor) {
        throw new IllegalStateException("not built yet");
    }

    // ---- sessions: who is known to the ensemble, and what they own

    public int sessionCount() {
        throw new IllegalStateException("not built yet");
    }

    public void forEachSession(SessionVisitor visitor) {
        throw new IllegalStateException("not built yet");
    }

    /** The ephemerals of a session, in an order that depends on nothing but the past. */
    public void forEachEphemeral(long sessionId, NodeVisitor visitor) {
        throw new IllegalStateException("not built yet");
    }

    public int ephemeralCount(long sessionId) {
        throw new IllegalStateException("not built yet");
    }

    /** The sessions that own ephemerals, whether or not they are known; the timeout is 0 then. */
    public void forEachEphemeralOwner(SessionVisitor visitor) {
        throw new IllegalStateException("not built yet");
    }

    public boolean hasSession(long sessionId) {
        throw new IllegalStateException("not built yet");
    }

    /** Timeout in milliseconds; 0 if the session is not known. */
    public int sessionTimeoutMillis(long sessionId) {
        throw new IllegalStateException("not built yet");
    }

    // ---- writing

    /**
     * Applies a committed transaction exactly as disk formats §4 says (idempotent under replay).
     * Moves {@link #lastZxid} after the whole of it.
     *
     * @param listener hears what happened; null during recovery
     */
    public void apply(TxnRecord txn, @org.jspecify.annotations.Nullable TreeListener listener) {
        throw new IllegalStateException("not built yet");
    }

    /**
     * Shows the ensemble's configuration in {@code /zookeeper/config} without a transaction (disk
     * formats §4): mzxid is its version, the data version −1. Nothing else moves, {@link #lastZxid}
     * and the digest stay.
     *
     * @param timeMillis for mtime; differs from server to server
     */
    public void config(Slice text, long version, long timeMillis) {
        throw new IllegalStateException("not built yet: " + text + version + timeMillis);
    }

    /** A new leader's start: {@code epoch << 32} becomes the last zxid without a transaction. */
    public void lastZxid(long zxid) {
        throw new IllegalStateException("not built yet");
    }

    /** An immutable image at {@link #lastZxid}, made in microseconds; to be closed. */
    public SnapshotSource freeze() {
        throw new IllegalStateException("not built yet");
    }

    /** Drops everything and takes a snapshot in; usable again after the sink's end. */
    public SnapshotSink install(long lastZxid) {
        throw new IllegalStateException("not built yet");
    }

    @Override
    public void close() {}
}
