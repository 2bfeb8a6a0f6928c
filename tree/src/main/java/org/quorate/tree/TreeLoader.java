package org.quorate.tree;

import java.util.HashMap;
import java.util.Map;
import org.quorate.protocol.Paths;
import org.quorate.protocol.acl.AclList;
import org.quorate.protocol.acl.AclVector;
import org.quorate.protocol.jute.JuteException;
import org.quorate.protocol.jute.JuteOut;
import org.quorate.protocol.jute.Slice;
import org.quorate.protocol.snapshot.SnapshotNode;
import org.quorate.protocol.snapshot.SnapshotSink;

/** Takes a snapshot into an empty tree. Owned by the tree's writer. */
final class TreeLoader implements SnapshotSink {
    private final DataTree tree;
    private final Map<Long, Integer> references = new HashMap<>();
    private final AclVector open = new AclVector().set(AclList.OPEN);
    private final NodeState state = new NodeState();
    private final Slice parentPath = new Slice();
    private final Slice name = new Slice();
    private boolean rootSeen;

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
        fill(node);
        if (node.path.length() == 0) {
            root(node);
            return;
        }
        if (!rootSeen) {
            throw new JuteException("node %s before the root".formatted(node.path));
        }
        if (node.path.at(0) != '/') {
            throw new JuteException("node %s is no path".formatted(node.path));
        }
        Paths.parent(node.path, parentPath);
        Paths.name(node.path, name);
        int parent = name.length() == 0 ? DataTree.NONE : tree.find(parentPath);
        if (parent == DataTree.NONE) {
            throw new JuteException("node %s before its parent".formatted(node.path));
        }
        if (tree.store().find(parent, name.array(), name.from(), name.length()) != DataTree.NONE) {
            throw new JuteException("node %s comes twice".formatted(node.path));
        }
        tree.plant(parent, node.path, name, node.data, state);
    }

    @Override
    public void end() {
        // Each list had the table as a user until now, so that those without nodes go.
        references.values().forEach(tree.acls()::release);
        restoreQuotas();
    }

    private void root(SnapshotNode node) {
        if (rootSeen) {
            throw new JuteException("the root comes twice");
        }
        rootSeen = true;
        tree.plantRoot(node.data, state);
    }

    private void fill(SnapshotNode node) {
        state.czxid = node.czxid;
        state.mzxid = node.mzxid;
        state.pzxid = node.pzxid;
        state.ctimeMillis = node.ctimeMillis;
        state.mtimeMillis = node.mtimeMillis;
        state.version = node.version;
        state.cversion = node.cversion;
        state.aversion = node.aversion;
        state.ephemeralOwner = node.ephemeralOwner;
        state.aclRef = reference(node.aclRef);
    }

    /**
     * A fuzzy snapshot may lack a list that a node refers to; the log repairs the node (disk
     * formats §7.1), until when it is as good as open.
     */
    private int reference(long ref) {
        if (ref == SnapshotNode.ACL_REF_OPEN) {
            return AclTable.OPEN;
        }
        Integer known = references.get(ref);
        return known == null ? tree.acls().use(open) : tree.acls().use(known.intValue());
    }

    private void restoreQuotas() {
        int quota = tree.find(Slice.of(Quotas.ROOT));
        JuteOut out = new JuteOut(256);
        for (int node = quota; node != DataTree.NONE; node = tree.nextBelow(node, quota)) {
            out.clear();
            tree.writePath(node, out);
            String path = new Slice().set(out.array(), 0, out.size()).text();
            String limited = Quotas.subject(path, Quotas.LIMITS);
            if (limited != null) {
                tree.quotas().limit(limited);
            }
        }
    }
}
