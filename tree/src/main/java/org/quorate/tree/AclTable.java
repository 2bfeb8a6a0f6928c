package org.quorate.tree;

import org.jspecify.annotations.Nullable;
import org.quorate.protocol.acl.AclList;
import org.quorate.protocol.acl.AclVector;

/**
 * The access control lists in use, each once, by a small int. Written by the tree's writer; read by
 * all. A list stays while a node refers to it.
 */
public final class AclTable {
    /** {@code world:anyone:ALL} of the initial system nodes: no entry of its own. */
    public static final int OPEN = -1;

    /** The list as a value, for permission checks; never null for a reference in use. */
    public AclList list(int ref) {
        throw new IllegalStateException("not built yet: " + ref);
    }

    /** The reference under which this list would be stored, or 0 if it is not there. */
    public int find(@Nullable AclVector list) {
        throw new IllegalStateException("not built yet: " + list);
    }
}
