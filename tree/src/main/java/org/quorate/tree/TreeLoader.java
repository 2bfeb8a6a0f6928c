package org.quorate.tree;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.quorate.protocol.acl.Acl;
import org.quorate.protocol.acl.AclList;
import org.quorate.protocol.acl.AclVector;
import org.quorate.protocol.acl.Id;
import org.quorate.protocol.jute.JuteException;
import org.quorate.protocol.jute.Slice;
import org.quorate.protocol.snapshot.SnapshotNode;
import org.quorate.protocol.snapshot.SnapshotSink;

/**
 * Takes a snapshot into an empty tree. Owned by the tree's writer. Looks for the parent among the
 * ancestors of the node before, where it nearly always is.
 */
final class TreeLoader implements SnapshotSink {
    /**
     * What a node gets whose list is missing: a fuzzy snapshot may lack it, and the log repairs the
     * node (disk formats §7.1). Until then nobody but the super user has access.
     */
    private static final AclList NOBODY = AclList.of(new Acl(0, Id.ANYONE));

    private final DataTree tree;
    private final Map<Long, Integer> references = new HashMap<>();
    private final AclVector nobody = new AclVector().set(NOBODY);
    private final Slice name = new Slice();
    private boolean rootSeen;
    private boolean ended;

    // The path of the node before, and a stack of its ancestors: where the path ends, and the
    // number.
    private byte[] lastPath = new byte[256];
    private int[] ends = new int[16];
    private int[] nodes = new int[16];
    private int depth;

    // The access list looked up last: neighbours mostly have the same.
    private long lastRef = SnapshotNode.ACL_REF_OPEN;
    private int lastOwnRef = AclTable.OPEN;

    TreeLoader(DataTree tree) {
        this.tree = tree;
    }

    @Override
    public void session(long sessionId, int timeoutMillis) {
        tree.sessions().put(sessionId, timeoutMillis);
    }

    @Override
    public void acl(long ref, AclVector acl) {
        if (references.putIfAbsent(ref, tree.acls().use(acl)) != null) {
            throw new JuteException("two access control lists with reference " + ref);
        }
    }

    @Override
    public void node(SnapshotNode node) {
        Slice path = node.path;
        if (path.length() == 0) {
            root(node);
            return;
        }
        int slash = lastSlash(path);
        if (slash < 0 || path.at(0) != '/') {
            throw new JuteException("node %s is no path".formatted(path));
        }
        int parent = rootSeen ? parent(path, slash) : DataTree.NONE;
        if (parent == DataTree.NONE) {
            throw new JuteException("node %s before its parent".formatted(path));
        }
        name.set(path.array(), path.from() + slash + 1, path.length() - slash - 1);
        int made = tree.plant(parent, node, reference(node.aclRef), name);
        if (made == DataTree.NONE) {
            throw new JuteException("node %s comes twice".formatted(path));
        }
        push(path, path.length(), made);
    }

    @Override
    public void end() {
        if (!rootSeen) {
            throw new JuteException("a snapshot without a root");
        }
        if (tree.find(DataTree.ZOOKEEPER) == DataTree.NONE) {
            throw new JuteException("a snapshot without /zookeeper");
        }
        if (ended) {
            throw new IllegalStateException("the snapshot has ended before");
        }
        ended = true;
        // Each list had the table as a user until now, so that those without nodes go.
        references.values().forEach(tree.acls()::release);
        tree.quotas().restore();
    }

    private void root(SnapshotNode node) {
        if (rootSeen) {
            throw new JuteException("the root comes twice");
        }
        rootSeen = true;
        nodes[0] = tree.plantRoot(node, reference(node.aclRef));
    }

    /**
     * Finds the node whose path is the first {@code length} bytes, and puts it on top of the stack.
     */
    private int parent(Slice path, int length) {
        byte[] bytes = path.array();
        int from = path.from();
        while (depth > 0 && ends[depth] > length) {
            depth--;
        }
        if (ends[depth] == length
                && Arrays.equals(lastPath, 0, length, bytes, from, from + length)) {
            return nodes[depth];
        }
        depth = 0;
        int parent = tree.nodes().find(bytes, from, from + length);
        push(path, length, parent);
        return parent;
    }

    private void push(Slice path, int length, int node) {
        if (lastPath.length < length) {
            lastPath = Arrays.copyOf(lastPath, 2 * length);
        }
        int known = ends[depth];
        System.arraycopy(path.array(), path.from() + known, lastPath, known, length - known);
        depth++;
        if (depth == ends.length) {
            ends = Arrays.copyOf(ends, 2 * depth);
            nodes = Arrays.copyOf(nodes, 2 * depth);
        }
        ends[depth] = length;
        nodes[depth] = node;
    }

    private int reference(long ref) {
        if (ref == lastRef) {
            return tree.acls().use(lastOwnRef);
        }
        int own;
        if (ref == SnapshotNode.ACL_REF_OPEN) {
            own = AclTable.OPEN;
        } else {
            Integer known = references.get(ref);
            own = known == null ? tree.acls().use(nobody) : tree.acls().use(known.intValue());
        }
        lastRef = ref;
        lastOwnRef = own;
        return own;
    }

    private static int lastSlash(Slice path) {
        int at = path.length() - 1;
        while (at >= 0 && path.at(at) != '/') {
            at--;
        }
        return at;
    }
}
