package org.quorate.tree;

/**
 * How a tree behaves.
 *
 * @param memoryBytesMax past it, transactions that grow the tree are to be refused when prepared;
 *     {@link Long#MAX_VALUE} for none
 * @param extendedTypes whether TTL nodes are understood ({@code zookeeper.extendedTypesEnabled})
 * @param digest whether the digest is kept ({@code zookeeper.digest.enabled})
 * @param hashSeed a secret by which names are hashed, so that nobody can choose names that make the
 *     tree slow; also decides the order in which children are listed
 */
public record TreeOptions(
        long memoryBytesMax, boolean extendedTypes, boolean digest, long hashSeed) {
    private static final long HASH_SEED_DEFAULT = 0x51f7a9c3b2d4e605L;

    public static final TreeOptions DEFAULT = new TreeOptions(Long.MAX_VALUE, false, true);

    /** With a seed that everybody can read here: for tests and simulation. */
    public TreeOptions(long memoryBytesMax, boolean extendedTypes, boolean digest) {
        this(memoryBytesMax, extendedTypes, digest, HASH_SEED_DEFAULT);
    }

    /** The same with another seed. */
    public TreeOptions withHashSeed(long seed) {
        return new TreeOptions(memoryBytesMax, extendedTypes, digest, seed);
    }
}
