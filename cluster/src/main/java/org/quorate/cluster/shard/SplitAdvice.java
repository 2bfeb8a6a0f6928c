package org.quorate.cluster.shard;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import org.quorate.cluster.coordinator.Bytes;
import org.quorate.cluster.fence.ShardId;
import org.quorate.cluster.map.KeySpace;
import org.quorate.cluster.map.MapImage;

/**
 * That a shard had better be split, and why: no placement can even out what one shard carries
 * alone. Immutable.
 *
 * @param shard which
 * @param dimension of load, as the database names it
 * @param load what the shard weighs in it, as its replicas tell
 * @param most what it should weigh at most: what {@link Table#splitAbove} says, or the mean of all
 *     nodes
 * @param limit whether {@code most} comes from the table's settings
 * @param keys of the table, to see which belong to the shard
 */
public record SplitAdvice(
        ShardId shard, String dimension, long load, long most, boolean limit, KeySpace keys) {

    /**
     * Where to cut so that both halves have as many hashes: the middle of the shard's largest range
     * of them. Empty if keys are ordered, for then only the database knows where its keys lie.
     */
    public Optional<Bytes> middle() {
        return keys.hashed() ? Optional.of(keys.middle(shard.index())) : Optional.empty();
    }

    @Override
    public String toString() {
        return String.format(
                "shard %s weighs %d in %s, %s of %d: it would be lighter in two",
                shard,
                load,
                dimension,
                limit ? "above its table's limit" : "more than the mean of a whole node",
                most);
    }

    /**
     * What loads that are known advise, the heaviest for its limit first.
     *
     * @param nodes that carry shards
     */
    static List<SplitAdvice> of(
            Collection<Table> tables, Map<String, MapImage> maps, Loads loads, int nodes) {
        Map<String, Long> means = means(tables, maps, loads, nodes);
        List<SplitAdvice> advice = new ArrayList<>();
        for (Table table : tables) {
            MapImage image = maps.get(table.name());
            if (image == null) {
                continue;
            }
            Map<String, Long> most = new HashMap<>(means);
            most.keySet().retainAll(table.balance().keySet());
            most.putAll(table.splitAbove());
            most.forEach((dimension, heaviest) ->
                    loads.known(table.name(), dimension)
                            .headMap(image.shards())
                            .forEach((shard, load) -> {
                                if (load > heaviest && image.keys().live(shard)) {
                                    advice.add(
                                            new SplitAdvice(
                                                    new ShardId(table.name(), shard),
                                                    dimension,
                                                    load,
                                                    heaviest,
                                                    table.splitAbove().containsKey(dimension),
                                                    image.keys()));
                                }
                            }));
        }
        advice.sort(
                Comparator.comparingDouble((SplitAdvice one) -> -(double) one.load() / one.most())
                        .thenComparing(one -> one.shard().table())
                        .thenComparingInt(one -> one.shard().index()));
        return advice;
    }

    /** What a node carries on average in each dimension that is balanced and told. */
    private static Map<String, Long> means(
            Collection<Table> tables, Map<String, MapImage> maps, Loads loads, int nodes) {
        Map<String, Long> sums = new HashMap<>();
        for (Table table : tables) {
            MapImage image = maps.get(table.name());
            for (Map.Entry<String, Double> one : table.balance().entrySet()) {
                NavigableMap<Integer, Long> known = loads.known(table.name(), one.getKey());
                if (image != null && one.getValue() > 0 && !known.isEmpty()) {
                    long sum = 0;
                    for (Map.Entry<Integer, Long> load : known.headMap(image.shards()).entrySet()) {
                        sum += image.keys().live(load.getKey()) ? load.getValue() : 0;
                    }
                    sums.merge(one.getKey(), sum * table.rules().replicas(), Long::sum);
                }
            }
        }
        sums.replaceAll((dimension, sum) -> Math.max(1, sum / Math.max(1, nodes)));
        return sums;
    }
}
