package org.quorate.log;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.quorate.protocol.acl.AclVector;
import org.quorate.protocol.jute.JuteIn;
import org.quorate.protocol.jute.JuteOut;
import org.quorate.protocol.snapshot.SnapshotNode;
import org.quorate.protocol.snapshot.SnapshotSession;
import org.quorate.protocol.snapshot.SnapshotSink;
import org.quorate.protocol.snapshot.SnapshotSource;

/** A snapshot's content kept as it came, that can be written out again. */
final class Recorded implements SnapshotSink {
    final Map<Long, Integer> sessions = new LinkedHashMap<>();
    final Map<Long, byte[]> acls = new LinkedHashMap<>();
    final List<byte[]> nodes = new ArrayList<>();
    boolean ended;

    @Override
    public void session(long sessionId, int timeoutMillis) {
        sessions.put(sessionId, timeoutMillis);
    }

    @Override
    public void acl(long ref, AclVector acl) {
        JuteOut out = new JuteOut();
        acl.write(out);
        acls.put(ref, out.copy());
    }

    @Override
    public void node(SnapshotNode node) {
        JuteOut out = new JuteOut();
        node.write(out);
        nodes.add(out.copy());
    }

    @Override
    public void end() {
        ended = true;
    }

    void node(String path, String data, long zxid) {
        SnapshotNode node = new SnapshotNode();
        node.path.set(org.quorate.protocol.jute.Slice.of(path));
        node.data.set(org.quorate.protocol.jute.Slice.of(data));
        node.aclRef = SnapshotNode.ACL_REF_OPEN;
        node.czxid = zxid;
        node.mzxid = zxid;
        node.pzxid = zxid;
        node(node);
    }

    SnapshotSource source(long lastZxid) {
        return source(lastZxid, lastZxid, 0);
    }

    SnapshotSource source(long lastZxid, long digestZxid, long digest) {
        Iterator<Map.Entry<Long, Integer>> sessionsLeft =
                new LinkedHashMap<>(sessions).entrySet().iterator();
        Iterator<Map.Entry<Long, byte[]>> aclsLeft =
                new LinkedHashMap<>(acls).entrySet().iterator();
        Iterator<byte[]> nodesLeft = new ArrayList<>(nodes).iterator();
        return new SnapshotSource() {
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
                return sessions.size();
            }

            @Override
            public boolean nextSession(SnapshotSession into) {
                if (!sessionsLeft.hasNext()) {
                    return false;
                }
                Map.Entry<Long, Integer> session = sessionsLeft.next();
                into.sessionId = session.getKey();
                into.timeoutMillis = session.getValue();
                return true;
            }

            @Override
            public int aclCount() {
                return acls.size();
            }

            @Override
            public long nextAcl(AclVector into) {
                if (!aclsLeft.hasNext()) {
                    return 0;
                }
                Map.Entry<Long, byte[]> acl = aclsLeft.next();
                into.read(new JuteIn().wrap(acl.getValue()));
                return acl.getKey();
            }

            @Override
            public boolean nextNode(SnapshotNode into) {
                if (!nodesLeft.hasNext()) {
                    return false;
                }
                into.read(new JuteIn().wrap(nodesLeft.next()));
                return true;
            }

            @Override
            public void close() {}
        };
    }
}
