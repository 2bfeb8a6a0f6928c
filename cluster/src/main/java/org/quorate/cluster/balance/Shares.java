package org.quorate.cluster.balance;

import java.util.Collections;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.random.RandomGenerator;

/**
 * Which part of the requests each member should get. Immutable; {@link #adjusted} returns the next.
 *
 * <p>A member loaded above the mean gets less, one below gets more, by a part of the difference
 * only ({@link #GAIN}) and at most by {@link #STEP_MOST} at a time, and not at all within a band
 * around the mean. So with reports that are one or two rounds late the shares come to rest instead
 * of swinging.
 */
public final class Shares {
    /** How much of a difference is made up in one step. */
    public static final double GAIN = 0.3;

    /** The most by which a share is multiplied or divided in one step, less one. */
    public static final double STEP_MOST = 0.2;

    /** Differences to the mean below this are left alone. */
    public static final double BAND = 0.05;

    /**
     * No share falls below this part of an even one: a member that gets nothing reports nothing.
     */
    public static final double FLOOR = 0.1;

    private final NavigableMap<String, Double> byMember;

    private Shares(NavigableMap<String, Double> byMember) {
        this.byMember = byMember;
    }

    /** Nobody. */
    public static Shares none() {
        return new Shares(Collections.emptyNavigableMap());
    }

    /** Shares by member; they add up to 1 unless there is nobody. */
    public Map<String, Double> byMember() {
        return Collections.unmodifiableMap(byMember);
    }

    /**
     * The next shares.
     *
     * @param load by member, in any unit; who is missing is taken out, who is new gets an even
     *     share
     */
    public Shares adjusted(Map<String, Double> load) {
        if (load.isEmpty()) {
            return none();
        }
        double mean = load.values().stream().mapToDouble(Double::doubleValue).average().orElse(0);
        double even = 1.0 / load.size();
        NavigableMap<String, Double> next = new TreeMap<>();
        load.forEach((member, its) -> {
            double share = byMember.getOrDefault(member, even);
            double scaled = share * factor(its, mean);
            next.put(member, Math.max(scaled, even * FLOOR));
        });
        double sum = next.values().stream().mapToDouble(Double::doubleValue).sum();
        next.replaceAll((member, share) -> share / sum);
        return new Shares(next);
    }

    private static double factor(double load, double mean) {
        if (mean <= 0) {
            return 1;
        }
        double off = (load - mean) / mean;
        if (Math.abs(off) < BAND) {
            return 1;
        }
        return 1 - Math.max(-STEP_MOST, Math.min(STEP_MOST, GAIN * off));
    }

    /** A member at random, by share; empty text if there is nobody. */
    public String draw(RandomGenerator random) {
        double at = random.nextDouble();
        for (Map.Entry<String, Double> one : byMember.entrySet()) {
            at -= one.getValue();
            if (at < 0) {
                return one.getKey();
            }
        }
        return byMember.isEmpty() ? "" : byMember.lastKey();
    }

    @Override
    public String toString() {
        return byMember.toString();
    }
}
