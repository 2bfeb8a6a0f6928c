package org.quorate.tree;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.quorate.protocol.acl.AclVector;
import org.quorate.protocol.snapshot.ImageSource;
import org.quorate.protocol.snapshot.SnapshotNode;
import org.quorate.protocol.snapshot.SnapshotSession;
import org.quorate.protocol.snapshot.SnapshotSource;

/**
 * The tree as it was at one zxid. Owned by whoever reads it, on any thread, while the writer goes
 * on; {@link #close} lets the memory go that only this view still saw.
 */
final class FrozenTree implements SnapshotSource {
    private final PagePool pool;
    private final long generation;
    private final NodeReader nodes;
    private final long lastZxid;
    private final long digestZxid;
    private final long digest;
    private final Sessions.Frozen sessions;
    private final FrozenImage image;
    private final AclTable.@Nullable Entry[] acls;
    private final int aclCount;

    private final Walk walk;
    private final NodeState state = new NodeState();
    private int sessionSlot;
    private int aclRef;
    private boolean closed;

    private byte[] path = new byte[256];

    /** By depth: where the path of the node on that level ends. */
    private int[] pathEnds = new int[16];

    private byte[] data = new byte[1024];

    FrozenTree(DataTree tree, long digestZxid, long digest) {
        NodeStore store = tree.nodes();
        this.pool = store.pool();
        this.nodes = store.freeze();
        this.generation = store.frozenGeneration();
        this.sessions = tree.sessions().freeze();
        this.image = new FrozenImage(tree, sessions, nodes.memory.table);
        this.acls = tree.acls().freeze();
        this.aclCount = tree.acls().size();
        this.lastZxid = tree.lastZxid();
        this.digestZxid = digestZxid;
        this.digest = digest;
        this.walk = new Walk(nodes, NodeReader.ROOT);
    }

    @Override
    public ImageSource image() {
        return image;
    }

    @Override
    public long lastZxid() {
        return lastZxid;
    }

    @Override
    public long digestZxid() {
        return digestZxid;
    }

    @Override
    public long treeDigest() {
        return digest;
    }

    @Override
    public int sessionCount() {
        return sessions.count();
    }

    @Override
    public boolean nextSession(SnapshotSession into) {
        int slot = sessions.slotFrom(sessionSlot);
        if (slot < 0) {
            return false;
        }
        into.sessionId = sessions.id(slot);
        into.timeoutMillis = sessions.timeoutMillis(slot);
        sessionSlot = slot + 1;
        return true;
    }

    @Override
    public int aclCount() {
        return aclCount;
    }

    @Override
    public long nextAcl(AclVector into) {
        while (++aclRef < acls.length) {
            AclTable.Entry entry = acls[aclRef];
            if (entry != null) {
                into.set(entry.encoded());
                return aclRef;
            }
        }
        return 0;
    }

    @Override
    public boolean nextNode(SnapshotNode into) {
        int node = walk.next();
        if (node == DataTree.NONE) {
            return false;
        }
        int ref = nodes.ref(node);
        MemorySegment page = nodes.memory.page(ref);
        long at = Memory.offset(ref);
        int flags = Znode.flags(page, at);
        Znode.load(page, at, flags, state);
        int nameLength = Znode.nameLength(page, at, flags);
        int pathLength = appendPath(page, at, flags, nameLength); // may replace the array
        into.path.set(path, 0, pathLength);
        if ((flags & Znode.NULL_DATA) != 0) {
            into.data.setNull();
        } else {
            int length = state.dataLength;
            if (data.length < length) {
                data = new byte[Math.max(length, 2 * data.length)];
            }
            Znode.copyPayload(nodes.memory, page, at, flags, nameLength, data, 0, length);
            into.data.set(data, 0, length);
        }
        into.aclRef = state.aclRef;
        into.czxid = state.czxid;
        into.mzxid = state.mzxid;
        into.ctimeMillis = state.ctimeMillis;
        into.mtimeMillis = state.mtimeMillis;
        into.version = state.version;
        into.cversion = state.cversion;
        into.aversion = state.aversion;
        into.ephemeralOwner = state.ephemeralOwner;
        into.pzxid = state.pzxid;
        return true;
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            pool.close(generation);
        }
    }

    /** Puts the node's name behind its parent's path. */
    private int appendPath(MemorySegment page, long at, int flags, int nameLength) {
        int depth = walk.depth();
        if (depth == 0) {
            return 0;
        }
        if (depth == pathEnds.length) {
            pathEnds = Arrays.copyOf(pathEnds, 2 * depth);
        }
        int from = pathEnds[depth - 1];
        int to = from + 1 + nameLength;
        if (path.length < to) {
            path = Arrays.copyOf(path, Math.max(to, 2 * path.length));
        }
        path[from] = '/';
        Znode.copyPayload(nodes.memory, page, at, flags, 0, path, from + 1, nameLength);
        pathEnds[depth] = to;
        return to;
    }
}
