package org.quorate.tree;

import java.util.ArrayList;
import java.util.List;
import org.quorate.protocol.acl.AclVector;
import org.quorate.protocol.jute.JuteIn;
import org.quorate.protocol.jute.JuteOut;
import org.quorate.protocol.jute.Slice;
import org.quorate.protocol.snapshot.SnapshotNode;
import org.quorate.protocol.snapshot.SnapshotSession;
import org.quorate.protocol.snapshot.SnapshotSource;

/** The tree as it was at one zxid. */
final class FrozenTree implements SnapshotSource {
    private record Session(long id, int timeoutMillis) {}

    private record Acl(int ref, Slice encoded) {}

    private final long lastZxid;
    private final long digest;
    private final List<Session> sessions = new ArrayList<>();
    private final List<Acl> acls = new ArrayList<>();
    private final byte[] nodes;
    private final JuteIn in = new JuteIn(Integer.MAX_VALUE);
    private int nextSession;
    private int nextAcl;

    FrozenTree(DataTree tree) {
        lastZxid = tree.lastZxid();
        digest = tree.digest();
        tree.forEachSession((id, timeoutMillis) -> sessions.add(new Session(id, timeoutMillis)));
        tree.acls().forEach((ref, encoded) -> acls.add(new Acl(ref, Slice.of(encoded))));
        nodes = encode(tree);
        in.wrap(nodes);
    }

    private static byte[] encode(DataTree tree) {
        JuteOut out = new JuteOut(4096);
        NodeState state = new NodeState();
        for (int node = tree.root();
                node != DataTree.NONE;
                node = tree.nextBelow(node, tree.root())) {
            int length = out.reserve(4);
            if (node != tree.root()) {
                tree.writePath(node, out);
            }
            out.setInt(length, out.size() - length - 4);
            tree.writeData(node, out);
            tree.load(node, state);
            out.writeLong(state.aclRef);
            out.writeLong(state.czxid).writeLong(state.mzxid);
            out.writeLong(state.ctimeMillis).writeLong(state.mtimeMillis);
            out.writeInt(state.version).writeInt(state.cversion).writeInt(state.aversion);
            out.writeLong(state.ephemeralOwner).writeLong(state.pzxid);
        }
        return out.copy();
    }

    @Override
    public long lastZxid() {
        return lastZxid;
    }

    @Override
    public long digestZxid() {
        return digest == 0 ? 0 : lastZxid;
    }

    @Override
    public long treeDigest() {
        return digest;
    }

    @Override
    public int sessionCount() {
        return sessions.size();
    }

    @Override
    public boolean nextSession(SnapshotSession into) {
        if (nextSession == sessions.size()) {
            return false;
        }
        Session session = sessions.get(nextSession++);
        into.sessionId = session.id();
        into.timeoutMillis = session.timeoutMillis();
        return true;
    }

    @Override
    public int aclCount() {
        return acls.size();
    }

    @Override
    public long nextAcl(AclVector into) {
        if (nextAcl == acls.size()) {
            return 0;
        }
        Acl acl = acls.get(nextAcl++);
        into.set(acl.encoded());
        return acl.ref();
    }

    @Override
    public boolean nextNode(SnapshotNode into) {
        if (in.remaining() == 0) {
            return false;
        }
        into.read(in);
        return true;
    }

    @Override
    public void close() {}
}
