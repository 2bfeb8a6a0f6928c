package org.quorate.node.metrics;

import java.util.function.BiConsumer;

/** Counters of one name, one for each key. Any thread. */
public final class CounterFamily implements Metric {
    private final String name;
    private final Family<Counter> members = new Family<>(Counter::new);

    CounterFamily(String name) {
        this.name = name;
    }

    @Override
    public String name() {
        return name;
    }

    /** The counter of a key; made when it is asked for first. */
    public Counter of(String key) {
        return members.of(key);
    }

    /** The counter of a key by its UTF-8 bytes. */
    public Counter of(byte[] bytes, int from, int to) {
        return members.of(bytes, from, to);
    }

    /** Visits all, in the order of their keys. */
    public void forEach(BiConsumer<String, Counter> visitor) {
        members.forEach(visitor);
    }

    @Override
    public void reset() {
        members.clear();
    }
}
