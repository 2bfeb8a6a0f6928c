package org.quorate.tree;

/**
 * How a tree behaves.
 *
 * @param memoryBytesMax past it, transactions that grow the tree are to be refused when prepared;
 *     {@link Long#MAX_VALUE} for none
 * @param extendedTypes whether TTL nodes are understood ({@code zookeeper.extendedTypesEnabled})
 * @param digest whether the digest is kept ({@code zookeeper.digest.enabled})
 */
public record TreeOptions(long memoryBytesMax, boolean extendedTypes, boolean digest) {
    public static final TreeOptions DEFAULT = new TreeOptions(Long.MAX_VALUE, false, true);
}
