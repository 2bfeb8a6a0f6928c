package org.quorate.cluster.plan;

/**
 * How even is even enough. Balance is a band and not an optimum: inside it nothing moves, and that
 * is what prevents thrashing. Immutable.
 *
 * @param hysteresis how far a node's load may be from its share before anything moves, as a part
 * @param leaderEpsilon how far above its share of leaders a node may be
 * @param leaderHysteresis how far below its share of leaders a node may be before it is given some
 * @param balanceMovesMax most replicas that one plan moves for balance; missing ones always count
 *     apart
 * @param seed of the order among equals; the same for all planners of a cluster
 */
public record Bands(
        double hysteresis,
        double leaderEpsilon,
        double leaderHysteresis,
        int balanceMovesMax,
        long seed) {
    /** 5 %, just under 3 %, 10 %, no limit on moves. */
    public static final Bands DEFAULT = new Bands(0.05, 0.0295, 0.1, Integer.MAX_VALUE, 1);

    /**
     * @throws IllegalArgumentException if a band is not from 0 to 1, or the limit is negative
     */
    public Bands {
        if (!(hysteresis >= 0 && hysteresis <= 1)
                || !(leaderEpsilon >= 0 && leaderEpsilon <= 1)
                || !(leaderHysteresis >= 0 && leaderHysteresis <= 1)) {
            throw new IllegalArgumentException("a band is a part from 0 to 1");
        }
        if (balanceMovesMax < 0) {
            throw new IllegalArgumentException("at most " + balanceMovesMax + " moves");
        }
    }

    /** The same with a limit on the replicas moved for balance. */
    public Bands withBalanceMovesMax(int moves) {
        return new Bands(hysteresis, leaderEpsilon, leaderHysteresis, moves, seed);
    }

    /** The same with another seed. */
    public Bands withSeed(long newSeed) {
        return new Bands(hysteresis, leaderEpsilon, leaderHysteresis, balanceMovesMax, newSeed);
    }
}
