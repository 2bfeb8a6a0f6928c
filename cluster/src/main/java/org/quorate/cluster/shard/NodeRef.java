package org.quorate.cluster.shard;

/**
 * A node and how to reach it. Immutable.
 *
 * @param id its name
 * @param address in whatever form the database uses; empty while it is not there
 * @param zone its failure domain; empty if it has none
 */
public record NodeRef(String id, String address, String zone) {
    /** Nobody. */
    public static final NodeRef NONE = new NodeRef("", "", "");
}
