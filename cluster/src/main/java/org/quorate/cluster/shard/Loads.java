package org.quorate.cluster.shard;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.quorate.cluster.plan.Demand;

/** What shards weigh, as nodes have told. Only the planner's thread. */
final class Loads {
    /** Numbers are kept to so many significant bits, so that small changes change nothing. */
    private static final int SIGNIFICANT_BITS = 4;

    // table -> dimension -> shard -> weight
    private final Map<String, Map<String, Map<Integer, Long>>> known = new HashMap<>();

    /** A node says that its replica of a shard weighs so much. */
    void told(String table, int shard, String dimension, long weight) {
        known.computeIfAbsent(table, t -> new HashMap<>())
                .computeIfAbsent(dimension, d -> new HashMap<>())
                .put(shard, quantised(weight));
    }

    /** {@code weight} to a few significant bits. */
    static long quantised(long weight) {
        long bounded = Math.max(0, Math.min(weight, Demand.WEIGHT_MAX));
        int bits = 64 - Long.numberOfLeadingZeros(bounded);
        int drop = Math.max(0, bits - SIGNIFICANT_BITS);
        return bounded >>> drop << drop;
    }

    /** Bytes of one copy, as far as that is known. */
    long copyBytes(String table, int shard) {
        Map<String, Map<Integer, Long>> ofTable = known.getOrDefault(table, Map.of());
        for (String dimension : List.of("bytes", "disk")) {
            Long bytes = ofTable.getOrDefault(dimension, Map.of()).get(shard);
            if (bytes != null) {
                return bytes;
            }
        }
        return 0;
    }

    /** Weights of all shards of all tables; empty if none is known. Unknown ones get the mean. */
    long[] weights(List<Table> tables, String dimension) {
        List<Long> weights = new ArrayList<>();
        boolean any = false;
        for (Table table : tables) {
            Map<Integer, Long> told =
                    known.getOrDefault(table.name(), Map.of()).getOrDefault(dimension, Map.of());
            any |= !told.isEmpty();
            long mean = (long) told.values().stream().mapToLong(w -> w).average().orElse(1);
            for (int s = 0; s < table.rules().shards(); s++) {
                weights.add(told.getOrDefault(s, mean));
            }
        }
        return any ? weights.stream().mapToLong(w -> w).toArray() : new long[0];
    }
}
