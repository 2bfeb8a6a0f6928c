package org.quorate.log;

import org.quorate.protocol.acl.AclList;
import org.quorate.protocol.acl.AclVector;
import org.quorate.protocol.jute.Slice;
import org.quorate.protocol.snapshot.SnapshotNode;
import org.quorate.protocol.snapshot.SnapshotSink;

/**
 * What a tree is before its first transaction (disk formats §4): handed out where there is no
 * snapshot, so that a recovery always ends in a state of its own making, whatever an earlier try
 * left behind. Stateless.
 */
final class FirstState {
    private static final long CONFIG_ACL = 1;
    private static final int CONFIG_AVERSION = -1;

    private FirstState() {}

    static void give(SnapshotSink sink) {
        sink.acl(CONFIG_ACL, new AclVector().set(AclList.READ_ONLY));
        SnapshotNode node = new SnapshotNode();
        node.data.set(Slice.of(""));
        node.aclRef = SnapshotNode.ACL_REF_OPEN;
        for (String path : new String[] {"", "/zookeeper", "/zookeeper/quota"}) {
            node.path.set(Slice.of(path));
            sink.node(node);
        }
        node.path.set(Slice.of("/zookeeper/config"));
        node.aclRef = CONFIG_ACL;
        node.aversion = CONFIG_AVERSION;
        sink.node(node);
        sink.end();
    }
}
