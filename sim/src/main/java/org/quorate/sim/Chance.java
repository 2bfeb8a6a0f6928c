package org.quorate.sim;

import java.util.List;
import java.util.SplittableRandom;

/** All chance of a run, from its seed. Owned by the run's thread. */
final class Chance {
    private final SplittableRandom random;

    Chance(long seed) {
        random = new SplittableRandom(seed);
    }

    private Chance(SplittableRandom random) {
        this.random = random;
    }

    /** Chance of its own for one part, so that what it draws does not shift the others. */
    Chance part() {
        return new Chance(random.split());
    }

    boolean oneIn(int n) {
        return random.nextInt(n) == 0;
    }

    /** From 0 to {@code bound} − 1. */
    int below(int bound) {
        return random.nextInt(bound);
    }

    /** From {@code from} to {@code to} − 1; {@code from} if there is nothing between. */
    long between(long from, long to) {
        return to <= from ? from : random.nextLong(from, to);
    }

    <T> T of(List<T> some) {
        return some.get(random.nextInt(some.size()));
    }

    long next() {
        return random.nextLong();
    }
}
