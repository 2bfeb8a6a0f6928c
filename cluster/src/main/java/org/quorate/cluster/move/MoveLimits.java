package org.quorate.cluster.move;

/**
 * How much may be under way at once. Immutable.
 *
 * @param perNode copies for balance or drains to one node, and from one node
 * @param perZone copies for balance or drains into one zone
 * @param perCluster copies for balance or drains in all
 * @param recoveriesPerNode copies to one node, and from one node, that replace missing replicas;
 *     those for balance count in
 * @param recoveriesPerCluster the same in all
 * @param handOversPerNode leaders being handed over by one node
 * @param maxAway replicas of one shard that may be in motion for balance or a drain
 */
public record MoveLimits(
        int perNode,
        int perZone,
        int perCluster,
        int recoveriesPerNode,
        int recoveriesPerCluster,
        int handOversPerNode,
        int maxAway) {
    /** 2, 20, 40; 8, 400; 16; 1. */
    public static final MoveLimits DEFAULT = new MoveLimits(2, 20, 40, 8, 400, 16, 1);

    /**
     * @throws IllegalArgumentException if a limit is not positive
     */
    public MoveLimits {
        if (perNode < 1
                || perZone < 1
                || perCluster < 1
                || recoveriesPerNode < 1
                || recoveriesPerCluster < 1
                || handOversPerNode < 1
                || maxAway < 1) {
            throw new IllegalArgumentException("a limit below 1 would stop everything for ever");
        }
    }

    /** The stricter of both, limit by limit. */
    public MoveLimits stricter(MoveLimits other) {
        return new MoveLimits(
                Math.min(perNode, other.perNode),
                Math.min(perZone, other.perZone),
                Math.min(perCluster, other.perCluster),
                Math.min(recoveriesPerNode, other.recoveriesPerNode),
                Math.min(recoveriesPerCluster, other.recoveriesPerCluster),
                Math.min(handOversPerNode, other.handOversPerNode),
                Math.min(maxAway, other.maxAway));
    }
}
