package org.quorate.tree;

import org.quorate.protocol.jute.JuteOut;

/**
 * The names of a node's children as they are when it begins, copied out little by little while the
 * tree goes on: nobody waits for a million names. It goes through the children by the hashes of
 * their names, which stays possible however the table changes. What is made meanwhile is known by
 * its zxid and left out; what goes meanwhile and was not reached yet gives its name away before. If
 * the same children were listed before, the names are those {@link KeptNames}.
 *
 * <p>A tree has one at a time. Owned by the tree's writer; to be closed.
 */
public final class Listing implements AutoCloseable {
    private final NodeStore nodes;
    private final ChildNames names;
    private final KeptNames kept;
    private final boolean isKept;
    private final int node;
    private final long asOfZxid;
    private final int count;
    private final long bytes;

    /** Names of those that went before they were reached. */
    private final JuteOut gone = new JuteOut();

    /** The first hash that was not looked at. */
    private long hash;

    /** Where in the kept names the next one is. */
    private int at;

    Listing(NodeStore nodes, ChildNames names, KeptNames kept, int node, long asOfZxid) {
        this.nodes = nodes;
        this.names = names;
        this.kept = kept;
        this.isKept = kept.begin(node);
        this.node = node;
        this.asOfZxid = asOfZxid;
        this.count = nodes.childCount(node);
        this.bytes = nodes.nameBytes(node) + (long) Integer.BYTES * count;
        this.hash = nodes.children(node) == 0 ? Children.HASH_END : 0;
    }

    /** The number of names. */
    public int count() {
        return count;
    }

    /** Bytes of all names, each as a string with its length. */
    public long bytes() {
        return bytes;
    }

    /**
     * Appends further names, each as a string.
     *
     * @param bytesMin the step ends behind so many, if there are as many left
     * @return whether there are more
     */
    public boolean next(int bytesMin, JuteOut out) {
        return isKept ? nextKept(bytesMin, out) : nextOfTree(bytesMin, out);
    }

    private boolean nextKept(int bytesMin, JuteOut out) {
        int from = out.size();
        while (at < bytes && out.size() - from < bytesMin) {
            at = kept.copy(at, out);
        }
        return at < bytes;
    }

    private boolean nextOfTree(int bytesMin, JuteOut out) {
        int from = out.size();
        out.writeRaw(gone.array(), 0, gone.size());
        gone.clear();
        while (hash < Children.HASH_END && out.size() - from < bytesMin) {
            hash = names.writeSegment(nodes.children(node), (int) hash, asOfZxid, out);
        }
        kept.grow(out.array(), from, out.size() - from);
        boolean hasMore = hash < Children.HASH_END;
        if (!hasMore) {
            kept.whole();
        }
        return hasMore;
    }

    /** A child of a node is about to go. */
    void leaving(int child, int parent, int hashOfName) {
        if (child == node) {
            hash = Children.HASH_END; // and all its children went before
        } else if (parent == node
                && Integer.toUnsignedLong(hashOfName) >= hash
                && nodes.czxid(child) <= asOfZxid) {
            int lengthAt = gone.reserve(Integer.BYTES);
            nodes.writeName(child, gone);
            gone.setInt(lengthAt, gone.size() - lengthAt - Integer.BYTES);
        }
    }

    /** Nothing is to be told any more. Idempotent. */
    @Override
    public void close() {
        nodes.ended(this);
    }
}
