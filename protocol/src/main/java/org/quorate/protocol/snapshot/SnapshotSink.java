package org.quorate.protocol.snapshot;

import org.quorate.protocol.acl.AclVector;

/**
 * Takes a snapshot in, in the order of {@link SnapshotSource}. Implemented by the tree; owned by
 * the thread that loads. What is handed in is valid during the call only. An implementation throws
 * {@link org.quorate.protocol.jute.JuteException} at content that cannot be: a node without its
 * parent, for instance.
 */
public interface SnapshotSink {
    void session(long sessionId, int timeoutMillis);

    /**
     * An entry of the table of access control lists.
     *
     * @param ref local to this snapshot; {@link SnapshotNode#aclRef} names it
     */
    void acl(long ref, AclVector acl);

    void node(SnapshotNode node);

    /** All nodes were handed in. */
    void end();
}
