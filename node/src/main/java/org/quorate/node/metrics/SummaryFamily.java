package org.quorate.node.metrics;

import java.util.function.BiConsumer;

/** Summaries of one name, one for each key. Any thread. */
public final class SummaryFamily implements Metric {
    private final String name;
    private final Summary.Detail detail;
    private final Family<Summary> members;

    SummaryFamily(String name, Summary.Detail detail) {
        this.name = name;
        this.detail = detail;
        this.members = new Family<>(key -> new Summary(key, detail));
    }

    @Override
    public String name() {
        return name;
    }

    public Summary.Detail detail() {
        return detail;
    }

    /** The summary of a key; made when it is asked for first. */
    public Summary of(String key) {
        return members.of(key);
    }

    /** The summary of a key by its UTF-8 bytes. */
    public Summary of(byte[] bytes, int from, int to) {
        return members.of(bytes, from, to);
    }

    /** Visits all, in the order of their keys. */
    public void forEach(BiConsumer<String, Summary> visitor) {
        members.forEach(visitor);
    }

    @Override
    public void reset() {
        members.clear();
    }
}
