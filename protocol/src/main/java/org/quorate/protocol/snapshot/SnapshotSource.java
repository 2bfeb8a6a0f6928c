package org.quorate.protocol.snapshot;

import org.jspecify.annotations.Nullable;
import org.quorate.protocol.acl.AclVector;

/**
 * A consistent state at one zxid, read once from front to back: all sessions, then all access
 * control lists, then all znodes. Implemented by the tree's frozen view; owned by the thread that
 * writes the snapshot, which closes it.
 */
public interface SnapshotSource extends AutoCloseable {
    /** The last transaction in this state: the snapshot's name and its last-zxid block. */
    long lastZxid();

    /**
     * The transaction that {@link #treeDigest()} belongs to: {@link #lastZxid()}, or 0 (with digest
     * 0) if none was applied.
     */
    long digestZxid();

    /** Digest of version 2 after {@link #digestZxid()}. */
    long treeDigest();

    int sessionCount();

    /**
     * Hands out the next session.
     *
     * @return its id and timeout through {@code into}; false when there are no more
     */
    boolean nextSession(SnapshotSession into);

    /** Number of entries in the table of access control lists. */
    int aclCount();

    /**
     * Hands out the next access control list. All that nodes refer to must be among them.
     *
     * @param into is pointed at the list
     * @return its reference, ≥ 1; 0 when there are no more
     */
    long nextAcl(AclVector into);

    /**
     * Hands out the next znode, the root first with an empty path, parents before children.
     *
     * @param into is filled; its slices stay valid until the next call
     * @return false when there are no more
     */
    boolean nextNode(SnapshotNode into);

    /**
     * The same state as raw memory, whatever of it was read before; null if there is no such thing.
     */
    default @Nullable ImageSource image() {
        return null;
    }

    /** Hands everything to a sink; nothing of it may have been read before. */
    default void copyTo(SnapshotSink sink) {
        SnapshotSession session = new SnapshotSession();
        while (nextSession(session)) {
            sink.session(session.sessionId, session.timeoutMillis);
        }
        AclVector acl = new AclVector();
        for (long ref = nextAcl(acl); ref != 0; ref = nextAcl(acl)) {
            sink.acl(ref, acl);
        }
        SnapshotNode node = new SnapshotNode();
        while (nextNode(node)) {
            sink.node(node);
        }
        sink.end();
    }

    /** Gives the frozen view back. */
    @Override
    void close();
}
