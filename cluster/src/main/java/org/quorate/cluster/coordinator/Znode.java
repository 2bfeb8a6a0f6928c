package org.quorate.cluster.coordinator;

/**
 * A znode as it was read: its data and what the service says about it. Immutable.
 *
 * @param path absolute
 * @param data never null; empty for a znode without data
 * @param createdZxid the transaction that created it: unique per znode, increasing in time, and so
 *     the fencing token of whoever created it
 * @param modifiedZxid the transaction that last wrote its data
 * @param version how often its data was written
 * @param childVersion how often a child was created or deleted
 * @param ownerSession the session it dies with; 0 if it outlives sessions
 * @param createdMillis when it was created, wall time of the service's leader
 * @param modifiedMillis when its data was last written, wall time of the service's leader
 * @param childCount number of children
 */
public record Znode(
        String path,
        Bytes data,
        long createdZxid,
        long modifiedZxid,
        int version,
        int childVersion,
        long ownerSession,
        long createdMillis,
        long modifiedMillis,
        int childCount) {

    /** The last component of the path. */
    public String name() {
        return path.substring(path.lastIndexOf('/') + 1);
    }

    /** Whether it dies with a session. */
    public boolean ephemeral() {
        return ownerSession != 0;
    }

    /** Whether it is the same znode as {@code other}, not one created anew at the same path. */
    public boolean sameNodeAs(Znode other) {
        return createdZxid == other.createdZxid && path.equals(other.path);
    }
}
