package org.quorate.cluster.plan;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What is to be placed: the shards of all tables, numbered through, with their weights. A table's
 * shards follow each other. Immutable once built; made by {@link #builder}.
 */
public final class Demand {
    /** Largest weight of one shard in one dimension: a million of them still add up in a long. */
    public static final long WEIGHT_MAX = 1L << 40;

    private final List<TableRules> tables;
    final int[] from; // from[t] <= shard of table t < from[t + 1]
    private final int dimensions;
    private final long[] @Nullable [] weights; // [dimension][shard], null: all 1
    private final BitSet retired;
    private final List<Together> together;

    /** Two shards that are to lie on the same nodes, {@code follower} where {@code shard} is. */
    record Together(int shard, int follower) {}

    private Demand(
            List<TableRules> tables,
            long[] @Nullable [] weights,
            BitSet retired,
            List<Together> together) {
        this.tables = List.copyOf(tables);
        this.retired = (BitSet) retired.clone();
        this.together = List.copyOf(together);
        this.weights = weights;
        this.dimensions = weights.length;
        this.from = new int[tables.size() + 1];
        for (int t = 0; t < tables.size(); t++) {
            from[t + 1] = Math.addExact(from[t], tables.get(t).shards());
        }
    }

    /** A demand whose weights are given in {@code dimensions} dimensions. */
    public static Builder builder(int dimensions) {
        return new Builder(dimensions);
    }

    /** The tables, in the order of their shards. */
    public List<TableRules> tables() {
        return tables;
    }

    /** Number of shards of all tables. */
    public int shards() {
        return from[tables.size()];
    }

    /** First shard of a table. */
    public int first(int table) {
        return from[table];
    }

    /** The table of a shard. */
    public int tableOf(int shard) {
        int low = 0;
        int high = tables.size() - 1;
        while (low < high) {
            int middle = (low + high + 1) >>> 1;
            if (from[middle] <= shard) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        return low;
    }

    /** Weight of a shard in a dimension, at least 0. */
    public long weight(int dimension, int shard) {
        long[] known = weights[dimension];
        return known == null ? 1 : known[shard];
    }

    /** A shard as people call it. */
    public String name(int shard) {
        int table = tableOf(shard);
        return tables.get(table).name() + "/" + (shard - from[table]);
    }

    /** Whether a shard is not wanted anywhere. */
    public boolean retired(int shard) {
        return retired.get(shard);
    }

    List<Together> together() {
        return together;
    }

    int dimensions() {
        return dimensions;
    }

    boolean uniform(int dimension) {
        return weights[dimension] == null;
    }

    int replicasMost() {
        int most = 1;
        for (TableRules table : tables) {
            most = Math.max(most, table.replicas());
        }
        return most;
    }

    /** Collects tables and weights. Not for several threads. */
    public static final class Builder {
        private final int dimensions;
        private final List<TableRules> tables = new ArrayList<>();
        private final Set<String> names = new HashSet<>();
        private final long[] @Nullable [] weights;
        private final BitSet retired = new BitSet();
        private final List<Together> together = new ArrayList<>();

        private Builder(int dimensions) {
            this.dimensions = dimensions;
            this.weights = new long[dimensions] @Nullable [];
        }

        /**
         * Adds a table behind the others.
         *
         * @throws IllegalArgumentException if there is one of that name
         */
        public Builder table(TableRules rules) {
            if (!names.add(rules.name())) {
                throw new IllegalArgumentException("two tables are called " + rules.name());
            }
            tables.add(rules);
            return this;
        }

        /**
         * Weights of all shards in one dimension; without it each weighs 1. Takes the array over.
         *
         * @throws IllegalArgumentException if a weight is out of range or the dimension unknown
         */
        public Builder weights(int dimension, long[] ofShards) {
            if (dimension < 0 || dimension >= dimensions) {
                throw new IllegalArgumentException("no dimension " + dimension);
            }
            for (int s = 0; s < ofShards.length; s++) {
                if (ofShards[s] < 0 || ofShards[s] > WEIGHT_MAX) {
                    throw new IllegalArgumentException(
                            "shard "
                                    + s
                                    + " weighs "
                                    + ofShards[s]
                                    + ", allowed 0 to "
                                    + WEIGHT_MAX);
                }
            }
            weights[dimension] = ofShards;
            return this;
        }

        /** A shard that has no keys: it is not placed. */
        public Builder retire(int shard) {
            retired.set(shard);
            return this;
        }

        /** {@code follower} is to be exactly where {@code shard} is, if there is room. */
        public Builder together(int shard, int follower) {
            together.add(new Together(shard, follower));
            return this;
        }

        /**
         * The demand.
         *
         * @throws IllegalArgumentException if weights are given for another number of shards
         */
        public Demand build() {
            Demand demand = new Demand(tables, weights, retired, together);
            for (long[] given : weights) {
                if (given != null && given.length != demand.shards()) {
                    throw new IllegalArgumentException(
                            given.length + " weights for " + demand.shards() + " shards");
                }
            }
            return demand;
        }
    }
}
