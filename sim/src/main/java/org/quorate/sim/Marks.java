package org.quorate.sim;

import java.util.SortedMap;
import java.util.TreeMap;

/** Counts that something has happened: faults by kind, branches that are rarely reached. */
final class Marks {
    private final TreeMap<String, Long> counts = new TreeMap<>();

    void add(String what) {
        add(what, 1);
    }

    void add(String what, long times) {
        counts.merge(what, times, Long::sum);
    }

    void addAll(Marks others) {
        others.counts.forEach(this::add);
    }

    long count(String what) {
        return counts.getOrDefault(what, 0L);
    }

    /** All of them, by name. */
    SortedMap<String, Long> counts() {
        return new TreeMap<>(counts);
    }
}
