package org.quorate.log;

import org.quorate.protocol.acl.AclVector;
import org.quorate.protocol.snapshot.SnapshotNode;
import org.quorate.protocol.snapshot.SnapshotSink;

/** Counts what is in a snapshot and keeps nothing else. */
final class SnapshotTally implements SnapshotSink {
    private final TreeDigest digest = new TreeDigest();
    private long sessions;
    private long acls;
    private long nodes;
    private long ephemerals;
    private long dataBytes;
    private long largestDataBytes;
    private String largestPath = "";
    private long greatestZxid;

    /** For who only wants to know whether a file can be read. */
    static SnapshotSink ignoring() {
        return new SnapshotTally();
    }

    @Override
    public void session(long sessionId, int timeoutMillis) {
        sessions++;
    }

    @Override
    public void acl(long ref, AclVector acl) {
        acls++;
    }

    @Override
    public void node(SnapshotNode node) {
        nodes++;
        digest.add(node);
        ephemerals += node.ephemeralOwner != 0 ? 1 : 0;
        dataBytes += node.data.length();
        if (node.data.length() > largestDataBytes) {
            largestDataBytes = node.data.length();
            largestPath = node.path.text();
        }
        // A delete shows in its parent's pzxid; what the configuration's node says is local.
        long zxid = Math.max(node.czxid, Math.max(node.mzxid, node.pzxid));
        greatestZxid = Math.max(greatestZxid, zxid);
    }

    @Override
    public void end() {}

    SnapshotFile.Stats stats(SnapshotFile.Label label) {
        return new SnapshotFile.Stats(
                label,
                sessions,
                acls,
                nodes,
                ephemerals,
                dataBytes,
                largestDataBytes,
                largestPath,
                greatestZxid,
                digest.sum());
    }

    /** Greatest zxid that any node names. */
    long greatestZxid() {
        return greatestZxid;
    }
}
