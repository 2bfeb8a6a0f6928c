package org.quorate.cluster.discovery;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import java.util.random.RandomGenerator;
import java.util.zip.CRC32;
import org.quorate.cluster.coordinator.Bytes;

/** A way to choose one instance. Stateless unless it says otherwise; safe for many threads. */
@FunctionalInterface
public interface Choice {
    /**
     * Chooses.
     *
     * @param among enabled instances, in the order of their names
     * @return one of them; empty if there is none
     */
    Optional<Instance> choose(List<Instance> among, RandomGenerator random);

    /** At random, in proportion to the weights. */
    static Choice weighted() {
        return (among, random) -> {
            long sum = 0;
            for (Instance one : among) {
                sum += one.weight();
            }
            if (sum == 0) {
                return Optional.empty();
            }
            long at = random.nextLong(sum);
            for (Instance one : among) {
                at -= one.weight();
                if (at < 0) {
                    return Optional.of(one);
                }
            }
            throw new IllegalStateException("weights changed under way: " + among);
        };
    }

    /**
     * The less loaded of two drawn by weight. Two are enough to even things out, and a load that is
     * known late does not send everybody to the same place.
     *
     * @param load of an instance for its weight, whatever the unit; known here, so no I/O
     */
    static Choice leastLoaded(ToDoubleFunction<Instance> load) {
        return (among, random) -> {
            Optional<Instance> one = weighted().choose(among, random);
            Optional<Instance> two = weighted().choose(among, random);
            if (one.isEmpty() || two.isEmpty()) {
                return one;
            }
            return load.applyAsDouble(one.get()) <= load.applyAsDouble(two.get()) ? one : two;
        };
    }

    /**
     * Always the same for {@code key} while it is there, in proportion to the weights; when an
     * instance goes, only its keys move.
     */
    static Choice sticky(String key) {
        return (among, random) ->
                among.stream().max(Comparator.comparingDouble(one -> affinity(key, one)));
    }

    /**
     * Among those in {@code zone}, if they are enough: at least {@code share} of what an even
     * spread over all zones would give each. Otherwise among all, so that what is left of a zone is
     * not overrun.
     *
     * @param share 0 for "even one is enough", 1 for "a full share"
     */
    static Choice near(String zone, double share, Choice then) {
        return (among, random) -> {
            List<Instance> here = among.stream().filter(one -> one.zone().equals(zone)).toList();
            long zones = among.stream().map(Instance::zone).distinct().count();
            boolean enough = !here.isEmpty() && here.size() * zones >= share * among.size();
            return then.choose(enough ? here : among, random);
        };
    }

    /** Rendezvous hashing with weights: the highest of w / -ln(h) wins, h uniform in (0, 1). */
    private static double affinity(String key, Instance instance) {
        CRC32 crc = new CRC32();
        crc.update(Bytes.utf8(instance.id() + '\n' + key).array());
        long mixed = (crc.getValue() + 1) * 0x9E3779B97F4A7C15L;
        mixed = (mixed ^ mixed >>> 31) * 0xBF58476D1CE4E5B9L;
        double uniform = ((mixed ^ mixed >>> 29) >>> 11) * 0x1.0p-53 + 0x1.0p-54;
        return instance.weight() / -Math.log(uniform);
    }
}
