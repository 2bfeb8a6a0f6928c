package org.quorate.cluster.plan;

import java.util.Set;

/**
 * What one table asks of the placement of its shards. Immutable.
 *
 * @param name of the table
 * @param shards how many, from 0
 * @param replicas of each shard, 1 to {@link #REPLICAS_MAX}
 * @param spread how far apart they must be
 * @param requiredTags tags that a node must have, all of them
 * @param forbiddenTags tags that a node must not have
 * @param led whether each shard has a leader
 */
public record TableRules(
        String name,
        int shards,
        int replicas,
        Spread spread,
        Set<String> requiredTags,
        Set<String> forbiddenTags,
        boolean led) {
    /** Most replicas of one shard. */
    public static final int REPLICAS_MAX = 15;

    /** Most shards of one table. */
    public static final int SHARDS_MAX = 1 << 22;

    /**
     * Copies the sets.
     *
     * @throws IllegalArgumentException if a number is out of its range, or a tag is both required
     *     and forbidden
     */
    public TableRules {
        requiredTags = Set.copyOf(requiredTags);
        forbiddenTags = Set.copyOf(forbiddenTags);
        if (shards < 0 || shards > SHARDS_MAX) {
            throw new IllegalArgumentException(
                    "table " + name + " has " + shards + " shards, allowed 0 to " + SHARDS_MAX);
        }
        if (replicas < 1 || replicas > REPLICAS_MAX) {
            throw new IllegalArgumentException(
                    "table "
                            + name
                            + " has "
                            + replicas
                            + " replicas, allowed 1 to "
                            + REPLICAS_MAX);
        }
        for (String tag : requiredTags) {
            if (forbiddenTags.contains(tag)) {
                throw new IllegalArgumentException(
                        "table " + name + " both requires and forbids the tag " + tag);
            }
        }
    }

    /** A led table without tags. */
    public static TableRules of(String name, int shards, int replicas, Spread spread) {
        return new TableRules(name, shards, replicas, spread, Set.of(), Set.of(), true);
    }

    /** The same with tags. */
    public TableRules withTags(Set<String> required, Set<String> forbidden) {
        return new TableRules(name, shards, replicas, spread, required, forbidden, led);
    }

    /** The same without leaders. */
    public TableRules leaderless() {
        return new TableRules(name, shards, replicas, spread, requiredTags, forbiddenTags, false);
    }

    boolean sameDemands(TableRules other) {
        return replicas == other.replicas
                && spread.equals(other.spread)
                && requiredTags.equals(other.requiredTags)
                && forbiddenTags.equals(other.forbiddenTags);
    }
}
