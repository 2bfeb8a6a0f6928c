package org.quorate.cluster.coordinator;

/** One step of a {@link Transaction}. */
public sealed interface Change {
    /** What it is about, absolute. */
    String path();

    /**
     * Creates a znode.
     *
     * @param path for a sequential one the name without its number, which must be unique by itself
     *     (a nonce), because it is how a lost answer is resolved
     * @param data its first data
     * @param ephemeral whether it dies with the transaction's session
     * @param sequential whether the service appends a ten-digit number
     */
    record Create(String path, Bytes data, boolean ephemeral, boolean sequential)
            implements Change {}

    /**
     * Writes data.
     *
     * @param path of an existing znode
     * @param data the new data
     * @param version that the znode must have now; {@link Transaction#ANY_VERSION} for any
     */
    record Put(String path, Bytes data, int version) implements Change {}

    /**
     * Deletes a znode without children.
     *
     * @param path of an existing znode
     * @param version that the znode must have now; {@link Transaction#ANY_VERSION} for any
     */
    record Delete(String path, int version) implements Change {}

    /**
     * Changes nothing and lets the whole transaction fail unless the znode is there.
     *
     * @param path of an existing znode
     * @param version that the znode must have now; {@link Transaction#ANY_VERSION} for any
     */
    record Check(String path, int version) implements Change {}
}
