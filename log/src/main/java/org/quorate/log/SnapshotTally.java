package org.quorate.log;

import org.quorate.protocol.acl.AclVector;
import org.quorate.protocol.snapshot.SnapshotNode;
import org.quorate.protocol.snapshot.SnapshotSink;

/** Counts what is in a snapshot and keeps nothing else. */
final class SnapshotTally implements SnapshotSink {
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

    long sessions() {
        return sessions;
    }

    long acls() {
        return acls;
    }

    long nodes() {
        return nodes;
    }

    long ephemerals() {
        return ephemerals;
    }

    long dataBytes() {
        return dataBytes;
    }

    long largestDataBytes() {
        return largestDataBytes;
    }

    /** Empty if no node has data. */
    String largestPath() {
        return largestPath;
    }

    /** Greatest zxid that any node names. */
    long greatestZxid() {
        return greatestZxid;
    }
}
