package org.quorate.cluster.plan;

/** Chance without a random source: equals are ordered by a hash of who they are. */
final class Mix {
    private Mix() {}

    /** 32 well-mixed bits of three numbers. */
    static int of(long seed, int a, int b) {
        long z = seed + a * 0x9E3779B97F4A7C15L + b * 0xD1B54A32D192ED03L;
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return (int) (z ^ (z >>> 31));
    }
}
