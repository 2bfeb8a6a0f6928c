package org.quorate.node.metrics;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Metrics of one name by a key: a namespace (first component of a path) or a server. Found by the
 * key's bytes, without building a string. Keys past the limit share one metric, {@link #OTHERS}, so
 * that clients cannot fill the memory with names. Any thread; looking up a known key does not wait
 * and does not allocate.
 *
 * @param <M> what there is for each key
 */
final class Family<M> {
    /** Keys with a metric of their own. */
    static final int KEYS_MAX = 1000;

    /** Key of what came past the limit. */
    static final String OTHERS = "others";

    private static final class Entry<M> {
        final byte[] bytes;
        final String key;
        final M metric;

        Entry(byte[] bytes, String key, M metric) {
            this.bytes = bytes;
            this.key = key;
            this.metric = metric;
        }
    }

    private final Function<String, M> maker;

    // Guards growing; an open-addressed table of at most half its size is replaced as a whole.
    private final Object lock = new Object();
    private volatile @Nullable Entry<M>[] table = newTable(64);
    private int size;
    private @Nullable Entry<M> others;

    Family(Function<String, M> maker) {
        this.maker = maker;
    }

    M of(byte[] bytes, int from, int to) {
        Entry<M> found = find(table, bytes, from, to);
        return (found != null ? found : add(Arrays.copyOfRange(bytes, from, to))).metric;
    }

    M of(String key) {
        byte[] bytes = key.getBytes(StandardCharsets.UTF_8);
        return of(bytes, 0, bytes.length);
    }

    /** In the order of the keys. */
    void forEach(BiConsumer<String, M> visitor) {
        SortedMap<String, M> sorted = new TreeMap<>();
        synchronized (lock) {
            for (Entry<M> entry : table) {
                if (entry != null) {
                    sorted.put(entry.key, entry.metric);
                }
            }
            if (others != null) {
                sorted.put(others.key, others.metric);
            }
        }
        sorted.forEach(visitor);
    }

    void clear() {
        synchronized (lock) {
            table = newTable(64);
            size = 0;
            others = null;
        }
    }

    private Entry<M> add(byte[] bytes) {
        synchronized (lock) {
            Entry<M> found = find(table, bytes, 0, bytes.length);
            if (found != null) {
                return found;
            }
            if (size >= KEYS_MAX) {
                if (others == null) {
                    others = new Entry<>(new byte[0], OTHERS, maker.apply(OTHERS));
                }
                return others;
            }
            String key = new String(bytes, StandardCharsets.UTF_8);
            Entry<M> made = new Entry<>(bytes, key, maker.apply(key));
            @Nullable Entry<M>[] old = table;
            @Nullable Entry<M>[] next =
                    newTable(++size * 2 > old.length ? old.length * 2 : old.length);
            for (Entry<M> entry : old) {
                if (entry != null) {
                    put(next, entry);
                }
            }
            put(next, made);
            table = next;
            return made;
        }
    }

    private static <M> @Nullable Entry<M> find(
            @Nullable Entry<M>[] table, byte[] bytes, int from, int to) {
        for (int i = hash(bytes, from, to) & (table.length - 1);
                ;
                i = (i + 1) & (table.length - 1)) {
            Entry<M> entry = table[i];
            if (entry == null
                    || Arrays.equals(entry.bytes, 0, entry.bytes.length, bytes, from, to)) {
                return entry;
            }
        }
    }

    private static <M> void put(@Nullable Entry<M>[] table, Entry<M> entry) {
        int i = hash(entry.bytes, 0, entry.bytes.length) & (table.length - 1);
        while (table[i] != null) {
            i = (i + 1) & (table.length - 1);
        }
        table[i] = entry;
    }

    private static int hash(byte[] bytes, int from, int to) {
        int hash = 1;
        for (int i = from; i < to; i++) {
            hash = 31 * hash + bytes[i];
        }
        return hash ^ (hash >>> 15);
    }

    @SuppressWarnings({"unchecked", "rawtypes"}) // Java has no arrays of generic types
    private static <M> @Nullable Entry<M>[] newTable(int length) {
        return new Entry[length];
    }
}
