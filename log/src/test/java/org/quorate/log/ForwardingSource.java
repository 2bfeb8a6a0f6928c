package org.quorate.log;

import org.quorate.protocol.acl.AclVector;
import org.quorate.protocol.snapshot.SnapshotNode;
import org.quorate.protocol.snapshot.SnapshotSession;
import org.quorate.protocol.snapshot.SnapshotSource;

/** Another source, for tests that step in. */
class ForwardingSource implements SnapshotSource {
    private final SnapshotSource source;

    ForwardingSource(SnapshotSource source) {
        this.source = source;
    }

    @Override
    public long lastZxid() {
        return source.lastZxid();
    }

    @Override
    public long digestZxid() {
        return source.digestZxid();
    }

    @Override
    public long treeDigest() {
        return source.treeDigest();
    }

    @Override
    public int sessionCount() {
        return source.sessionCount();
    }

    @Override
    public boolean nextSession(SnapshotSession into) {
        return source.nextSession(into);
    }

    @Override
    public int aclCount() {
        return source.aclCount();
    }

    @Override
    public long nextAcl(AclVector into) {
        return source.nextAcl(into);
    }

    @Override
    public boolean nextNode(SnapshotNode into) {
        return source.nextNode(into);
    }

    @Override
    public void close() {
        source.close();
    }
}
