package org.quorate.tree;

/**
 * The fixed-size part of one znode as it is stored: what preparing a transaction needs to know of a
 * node, without its data. A reusable holder.
 */
public final class NodeState {
    public long czxid;
    public long mzxid;
    public long pzxid;
    public long ctimeMillis;
    public long mtimeMillis;
    public int version;

    /** Creates below this node, not what clients see. */
    public int cversion;

    public int aversion;

    /** Raw: session id, container mark or time to live (client protocol §8). */
    public long ephemeralOwner;

    /** Reference into {@link AclTable}. */
    public int aclRef;

    /** Bytes of data; 0 for null. */
    public int dataLength;

    public int childCount;

    /** {@link Digest#node}; 0 where none is kept. */
    public int digest;

    public NodeState set(NodeState other) {
        czxid = other.czxid;
        mzxid = other.mzxid;
        pzxid = other.pzxid;
        ctimeMillis = other.ctimeMillis;
        mtimeMillis = other.mtimeMillis;
        version = other.version;
        cversion = other.cversion;
        aversion = other.aversion;
        ephemeralOwner = other.ephemeralOwner;
        aclRef = other.aclRef;
        dataLength = other.dataLength;
        childCount = other.childCount;
        digest = other.digest;
        return this;
    }
}
