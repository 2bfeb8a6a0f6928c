package org.quorate.cluster.plan;

/**
 * Replicas that the plan could not place, and what stands against them. Immutable.
 *
 * @param table whose shards they are
 * @param shards how many of its shards lack at least one replica for this cause
 * @param replicas how many replicas are missing in all
 * @param example one of the shards
 * @param binding the constraint that leaves no node
 * @param because the constraint in numbers, one sentence
 * @param remedy what would free it, one sentence
 */
public record Shortfall(
        String table,
        int shards,
        int replicas,
        int example,
        Constraint binding,
        String because,
        String remedy) {
    /** What can stand against a replica, in the order in which it is asked. */
    public enum Constraint {
        /** No node takes replicas at all. */
        NODES,
        /** No such node has the tags, or capacity in every dimension. */
        TAGS,
        /** Every such node has a replica of the shard already. */
        DISTINCT_NODES,
        /** Every zone with such a node has as many replicas of the shard as it may. */
        ZONES,
        /** Every rack with such a node has as many replicas of the shard as it may. */
        RACKS,
        /** Every such node is full. */
        CAPACITY
    }

    @Override
    public String toString() {
        return table
                + ": "
                + replicas
                + " replicas of "
                + shards
                + " shards have no place. "
                + because
                + " "
                + remedy;
    }
}
