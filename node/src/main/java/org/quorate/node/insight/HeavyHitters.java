package org.quorate.node.insight;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * The keys that come most often, in bounded memory (space-saving, Metwally et al. 2005): a key that
 * is new and finds no room takes the place of the rarest and inherits its count, which is known as
 * its error. A key with more than 1/capacity of all that came is always there. Not thread-safe.
 *
 * @param <K> with equals and hashCode
 */
final class HeavyHitters<K> {
    private static final class Entry<K> {
        final K key;
        long requests;
        long writes;
        long bytes;
        long error;

        Entry(K key) {
            this.key = key;
        }

        long requests() {
            return requests;
        }
    }

    private final int capacity;
    private final Map<K, Entry<K>> entries = new HashMap<>();
    private long total;

    HeavyHitters(int capacity) {
        this.capacity = capacity;
    }

    /** Takes requests in. */
    void add(K key, long requests, long writes, long bytes) {
        Entry<K> entry = entries.get(key);
        if (entry == null) {
            entry = new Entry<>(key);
            if (entries.size() == capacity) {
                Entry<K> rarest = rarest();
                entries.remove(rarest.key);
                entry.requests = rarest.requests;
                entry.error = rarest.requests;
            }
            entries.put(key, entry);
        }
        entry.requests += requests;
        entry.writes += writes;
        entry.bytes += bytes;
        total += requests;
    }

    private Entry<K> rarest() {
        Entry<K> rarest = null;
        for (Entry<K> entry : entries.values()) {
            if (rarest == null || entry.requests < rarest.requests) {
                rarest = entry;
            }
        }
        return Objects.requireNonNull(rarest, "capacity is at least one");
    }

    /** Makes everything that was count half; what has become nothing is forgotten. */
    void halve() {
        total /= 2;
        entries.values()
                .removeIf(entry -> {
                    entry.requests /= 2;
                    entry.writes /= 2;
                    entry.bytes /= 2;
                    entry.error /= 2;
                    return entry.requests == 0;
                });
    }

    /** The most frequent first. */
    List<HotSpots.Spot> top(int max) {
        List<Entry<K>> sorted = new ArrayList<>(entries.values());
        sorted.sort(
                Comparator.<Entry<K>>comparingLong(Entry::requests)
                        .reversed()
                        .thenComparing(entry -> entry.key.toString()));
        return sorted.stream()
                .limit(max)
                .map(entry ->
                        new HotSpots.Spot(
                                entry.key.toString(),
                                entry.requests,
                                entry.writes,
                                entry.bytes,
                                entry.error,
                                total == 0 ? 0 : (double) entry.requests / total))
                .toList();
    }
}
