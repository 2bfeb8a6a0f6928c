package org.quorate.cluster.fence;

/**
 * Which reign over one shard (or one leadership) this is. Totally ordered, never reused: every
 * change of owner draws a higher one. Send it with every write to shared storage. Immutable.
 *
 * @param value 0 for "never owned", otherwise positive
 */
public record Epoch(long value) implements Comparable<Epoch> {
    /** Before the first owner. */
    public static final Epoch NONE = new Epoch(0);

    /**
     * @throws IllegalArgumentException if {@code value} is negative
     */
    public Epoch {
        if (value < 0) {
            throw new IllegalArgumentException("an epoch is never negative: " + value);
        }
    }

    /**
     * The epoch of the next owner.
     *
     * @throws IllegalStateException if the numbers are exhausted
     */
    public Epoch next() {
        if (value == Long.MAX_VALUE) {
            throw new IllegalStateException("epochs are exhausted at " + value);
        }
        return new Epoch(value + 1);
    }

    /** Whether this reign came before {@code other}. */
    public boolean olderThan(Epoch other) {
        return value < other.value;
    }

    @Override
    public int compareTo(Epoch other) {
        return Long.compare(value, other.value);
    }

    @Override
    public String toString() {
        return "e" + value;
    }
}
