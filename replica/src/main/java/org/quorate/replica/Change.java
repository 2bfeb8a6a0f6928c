package org.quorate.replica;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.quorate.protocol.acl.AclList;
import org.quorate.protocol.jute.Slice;
import org.quorate.tree.NodeState;

/**
 * A znode as it will be once everything proposed is committed. Pooled by {@link Changes}; a scratch
 * one also holds what was looked up in the tree and has no change outstanding.
 */
final class Change {
    private static final byte[] NONE = new byte[0];
    private static final int KEPT_BYTES_MAX = 1024;

    final NodeState state = new NodeState();
    boolean exists;

    /** Who may do what; the list itself, because the tree's references may go before this does. */
    AclList acl = AclList.OPEN;

    // ---- of Changes

    private byte[] path = NONE;
    private int pathLength;
    int hash;
    boolean digested;
    int touches;
    boolean isPending;

    /** Set while a closeSession collects, so that a node is named once. */
    long collectedBy;

    @Nullable Change bucketNext;

    void path(Slice from) {
        pathLength = from.length();
        if (path.length < pathLength) {
            path = new byte[Math.max(pathLength, 64)];
        }
        System.arraycopy(from.array(), from.from(), path, 0, pathLength);
    }

    boolean hasPath(Slice other) {
        return Arrays.equals(path, 0, pathLength, other.array(), other.from(), other.to());
    }

    /** Points at this change's own copy of the path. */
    void pathInto(Slice into) {
        into.set(path, 0, pathLength);
    }

    void set(Change other) {
        state.set(other.state);
        exists = other.exists;
        acl = other.acl;
    }

    /** Forgets everything but a small array. */
    void clear() {
        exists = false;
        acl = AclList.OPEN;
        touches = 0;
        isPending = false;
        collectedBy = 0;
        bucketNext = null;
        if (path.length > KEPT_BYTES_MAX) {
            path = NONE;
        }
    }
}
