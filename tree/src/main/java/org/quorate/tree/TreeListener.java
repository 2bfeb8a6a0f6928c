package org.quorate.tree;

import org.quorate.protocol.jute.Slice;
import org.quorate.protocol.txn.Txn;

/**
 * Hears what a transaction does to the tree while it is applied, operation by operation. Called on
 * the writer's thread; what is handed in is valid during the call.
 *
 * <p>For each operation the changes come first ({@link #created} and so on, from which watches
 * fire), then {@link #done}, when the tree is as it stands after that operation.
 */
public interface TreeListener {
    /**
     * A znode was made.
     *
     * @param node the new node
     * @param parent its parent
     */
    void created(Slice path, int node, int parent);

    /**
     * A znode is about to go: it can still be read.
     *
     * @param node the node
     * @param parent its parent
     */
    void deleted(Slice path, int node, int parent);

    /** A znode's data was set (also by a reconfig). Not called for quota statistics. */
    void dataChanged(Slice path, int node);

    /**
     * An operation is done. A plain transaction is one operation with index 0; of a multi each has
     * its own; of a failed multi each is an {@link org.quorate.protocol.txn.ErrorTxn}.
     *
     * @param err 0, or why the operation changed nothing here, which replay ignores
     * @param node the node created or changed; {@link DataTree#NONE} where there is none
     */
    void done(int index, Txn op, int err, int node);
}
