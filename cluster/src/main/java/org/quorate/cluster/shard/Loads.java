package org.quorate.cluster.shard;

import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.quorate.cluster.map.LoadFigures;
import org.quorate.cluster.plan.Demand;

/** What shards weigh, as all nodes together tell: the most that any of them says. Immutable. */
final class Loads {
    static final Loads NONE = new Loads(Map.of());

    // table -> dimension -> shard -> weight
    private final Map<String, Map<String, NavigableMap<Integer, Long>>> known = new HashMap<>();

    /** What nodes tell, by node. */
    Loads(Map<String, LoadFigures> told) {
        for (LoadFigures figures : told.values()) {
            figures.tables()
                    .forEach((table, dimensions) ->
                            dimensions.forEach(
                                    (dimension, shards) -> merge(table, dimension, shards)));
        }
    }

    private void merge(String table, String dimension, Map<Integer, Long> shards) {
        NavigableMap<Integer, Long> all =
                known.computeIfAbsent(table, t -> new HashMap<>())
                        .computeIfAbsent(dimension, d -> new TreeMap<>());
        shards.forEach(
                (shard, load) -> all.merge(shard, Math.min(load, Demand.WEIGHT_MAX), Math::max));
    }

    /** What shards of a table weigh in a dimension, as far as that is told. */
    NavigableMap<Integer, Long> known(String table, String dimension) {
        return known.getOrDefault(table, Map.of())
                .getOrDefault(dimension, Collections.emptyNavigableMap());
    }

    /** Bytes of one copy, as far as that is known. */
    long copyBytes(String table, int shard) {
        Map<String, NavigableMap<Integer, Long>> ofTable = known.getOrDefault(table, Map.of());
        for (String dimension : List.of("bytes", "disk")) {
            NavigableMap<Integer, Long> shards = ofTable.get(dimension);
            Long bytes = shards == null ? null : shards.get(shard);
            if (bytes != null) {
                return bytes;
            }
        }
        return 0;
    }

    /** Weights of all shards of all tables; empty if none is known. Unknown ones get the mean. */
    long[] weights(List<Table> tables, String dimension) {
        int shards = tables.stream().mapToInt(table -> table.rules().shards()).sum();
        long[] weights = new long[shards];
        boolean any = false;
        int first = 0;
        for (Table table : tables) {
            Map<String, NavigableMap<Integer, Long>> ofTable =
                    known.getOrDefault(table.name(), Map.of());
            NavigableMap<Integer, Long> told = ofTable.get(dimension);
            int end = first + table.rules().shards();
            if (told == null) {
                Arrays.fill(weights, first, end, 1);
            } else {
                any = true;
                long mean = (long) told.values().stream().mapToLong(w -> w).average().orElse(1);
                Arrays.fill(weights, first, end, mean);
                for (Map.Entry<Integer, Long> one :
                        told.headMap(table.rules().shards()).entrySet()) {
                    weights[first + one.getKey()] = one.getValue();
                }
            }
            first = end;
        }
        return any ? weights : new long[0];
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Loads that && known.equals(that.known);
    }

    @Override
    public int hashCode() {
        return known.hashCode();
    }
}
