package org.quorate.cluster.plan;

/**
 * One kind of load, such as disk or requests. Immutable.
 *
 * @param name as nodes and tables use it
 * @param balance how much an uneven spread of it matters against other dimensions; 0 for not at all
 * @param headroom the part of a node's capacity that may be used, from 0 (exclusive) to 1; 0 if
 *     capacities are only shares and nothing is ever full
 */
public record Dimension(String name, double balance, double headroom) {
    /** Most dimensions in one plan. */
    public static final int COUNT_MAX = 8;

    /**
     * @throws IllegalArgumentException if a number is out of its range
     */
    public Dimension {
        if (name.isEmpty()) {
            throw new IllegalArgumentException("a dimension needs a name");
        }
        if (!(balance >= 0 && balance <= 1e6)) {
            throw new IllegalArgumentException("balance of " + name + " is " + balance);
        }
        if (!(headroom >= 0 && headroom <= 1)) {
            throw new IllegalArgumentException(
                    "headroom of " + name + " is a part from 0 to 1, not " + headroom);
        }
    }

    /** Capacities are shares: balanced with weight 1, never full. */
    public static Dimension balanced(String name) {
        return new Dimension(name, 1, 0);
    }

    /** Balanced with weight 1, and a node is full when {@code headroom} of it is used. */
    public static Dimension limited(String name, double headroom) {
        return new Dimension(name, 1, headroom);
    }

    /** Whether a node can be full of it. */
    public boolean limits() {
        return headroom > 0;
    }
}
