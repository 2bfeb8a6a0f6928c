package org.quorate.cluster.map;

import java.util.Collections;
import java.util.Map;
import java.util.NavigableMap;
import java.util.SortedMap;
import java.util.TreeMap;
import org.quorate.cluster.coordinator.Bytes;

/**
 * What a node's shards weigh. Numbers are kept to {@link #SIGNIFICANT_BITS}, so that small changes
 * change nothing. Immutable.
 *
 * @param tables by name, then by dimension, then by shard
 */
public record LoadFigures(
        SortedMap<String, SortedMap<String, NavigableMap<Integer, Long>>> tables) {
    /** Most numbers that one node tells; they take at most 5 bytes each. */
    public static final int FIGURES_MAX = 12_000;

    private static final int COUNT_MAX = 1 << 22;

    /** To so many bits a number is kept: to about 6 %. */
    public static final int SIGNIFICANT_BITS = 4;

    private static final int KIND = 'L';
    private static final int FORMAT = 1;
    private static final int NAME_BYTES_MAX = 1024;

    /** Quantises and copies. */
    public LoadFigures {
        SortedMap<String, SortedMap<String, NavigableMap<Integer, Long>>> copy = new TreeMap<>();
        tables.forEach((table, dimensions) -> {
            SortedMap<String, NavigableMap<Integer, Long>> ofTable = new TreeMap<>();
            dimensions.forEach((dimension, shards) -> {
                NavigableMap<Integer, Long> kept = new TreeMap<>();
                shards.forEach((shard, load) -> kept.put(shard, quantised(load)));
                ofTable.put(dimension, Collections.unmodifiableNavigableMap(kept));
            });
            copy.put(table, Collections.unmodifiableSortedMap(ofTable));
        });
        tables = Collections.unmodifiableSortedMap(copy);
    }

    /** {@code load}, or 0 if it is negative, to a few significant bits. */
    public static long quantised(long load) {
        long bounded = Math.max(0, load);
        int drop = dropped(bounded);
        return bounded >>> drop << drop;
    }

    private static int dropped(long load) {
        return Math.max(0, Long.SIZE - Long.numberOfLeadingZeros(load) - SIGNIFICANT_BITS);
    }

    /** Loads of one table in one dimension by shard; empty if none is known. */
    public NavigableMap<Integer, Long> of(String table, String dimension) {
        SortedMap<String, NavigableMap<Integer, Long>> dimensions = tables.get(table);
        NavigableMap<Integer, Long> loads = dimensions == null ? null : dimensions.get(dimension);
        return loads == null ? Collections.emptyNavigableMap() : loads;
    }

    /** How it is stored. */
    public Bytes encode() {
        Encoder out = new Encoder(KIND, FORMAT);
        out.number(tables.size());
        tables.forEach((table, dimensions) -> {
            out.text(table).number(dimensions.size());
            dimensions.forEach((dimension, shards) -> encode(out, dimension, shards));
        });
        return out.done();
    }

    private static void encode(Encoder out, String dimension, Map<Integer, Long> shards) {
        out.text(dimension).number(shards.size());
        int before = -1;
        for (Map.Entry<Integer, Long> one : shards.entrySet()) {
            out.number(one.getKey() - before - 1);
            int drop = dropped(one.getValue());
            out.number((long) drop << SIGNIFICANT_BITS | one.getValue() >>> drop);
            before = one.getKey();
        }
    }

    /** Reads one. */
    public static LoadFigures decode(String what, Bytes bytes) throws MalformedMapException {
        Decoder in = new Decoder(what, bytes, KIND, FORMAT);
        SortedMap<String, SortedMap<String, NavigableMap<Integer, Long>>> tables = new TreeMap<>();
        for (int left = in.number(COUNT_MAX); left > 0; left--) {
            SortedMap<String, NavigableMap<Integer, Long>> dimensions = new TreeMap<>();
            tables.put(in.text(NAME_BYTES_MAX), dimensions);
            for (int more = in.number(COUNT_MAX); more > 0; more--) {
                dimensions.put(in.text(NAME_BYTES_MAX), shards(in));
            }
        }
        in.end();
        return new LoadFigures(tables);
    }

    private static NavigableMap<Integer, Long> shards(Decoder in) throws MalformedMapException {
        NavigableMap<Integer, Long> shards = new TreeMap<>();
        int shard = -1;
        for (int left = in.number(COUNT_MAX); left > 0; left--) {
            shard += 1 + in.number(1 << 22);
            int coded = in.number(Long.SIZE << SIGNIFICANT_BITS);
            int drop = coded >>> SIGNIFICANT_BITS;
            shards.put(shard, (long) (coded & (1 << SIGNIFICANT_BITS) - 1) << drop);
        }
        return shards;
    }
}
