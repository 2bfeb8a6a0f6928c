package org.quorate.cluster.map;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.quorate.cluster.coordinator.Bytes;

/**
 * Node names by number, so that the map can speak in numbers. Names are only ever added; a number
 * means the same node for ever. Immutable.
 */
public final class NodeDictionary {
    /** Most nodes that a cluster ever has. */
    public static final int NODES_MAX = 65_535;

    /** Names in one znode. */
    public static final int PART_SIZE = 256;

    /** No names. */
    public static final NodeDictionary EMPTY = new NodeDictionary(List.of());

    private static final int KIND = 'N';
    private static final int FORMAT = 1;
    private static final int TEXT_BYTES_MAX = 1024;

    /**
     * What is remembered of a node while it is not there. Immutable.
     *
     * @param name its name
     * @param zone where it was last seen
     * @param rack where it was last seen
     */
    public record Entry(String name, String zone, String rack) {}

    private final List<Entry> entries;
    private final Map<String, Integer> indexes = new HashMap<>();

    private NodeDictionary(List<Entry> entries) {
        this.entries = List.copyOf(entries);
        for (int i = 0; i < entries.size(); i++) {
            indexes.put(entries.get(i).name(), i);
        }
    }

    /** Number of names. */
    public int size() {
        return entries.size();
    }

    /** The name with that number; a made-up one if it is not known yet. */
    public String name(int index) {
        return index < entries.size() ? entries.get(index).name() : "#" + index;
    }

    /** What is remembered of the node with that number. */
    public Entry entry(int index) {
        return entries.get(index);
    }

    /** The number of a name. */
    public Optional<Integer> indexOf(String name) {
        return Optional.ofNullable(indexes.get(name));
    }

    /**
     * With this node added, or remembered at its new place.
     *
     * @throws IllegalStateException if there are {@link #NODES_MAX}
     */
    public NodeDictionary with(Entry entry) {
        Integer index = indexes.get(entry.name());
        if (index != null && entries.get(index).equals(entry)) {
            return this;
        }
        if (index == null && entries.size() == NODES_MAX) {
            throw new IllegalStateException("more than " + NODES_MAX + " nodes");
        }
        List<Entry> more = new ArrayList<>(entries);
        if (index == null) {
            more.add(entry);
        } else {
            more.set(index, entry);
        }
        return new NodeDictionary(more);
    }

    /** How many znodes it takes. */
    public int parts() {
        return (entries.size() + PART_SIZE - 1) / PART_SIZE;
    }

    /** How one of them is stored. */
    public Bytes encode(int part) {
        int from = part * PART_SIZE;
        int to = Math.min(entries.size(), from + PART_SIZE);
        Encoder out = new Encoder(KIND, FORMAT).number(from).number(to - from);
        for (Entry entry : entries.subList(from, to)) {
            out.text(entry.name()).text(entry.zone()).text(entry.rack());
        }
        return out.done();
    }

    /** With the names of one znode behind the ones it has, which must be those before it. */
    public NodeDictionary plusPart(String what, Bytes bytes) throws MalformedMapException {
        Decoder in = new Decoder(what, bytes, KIND, FORMAT);
        int from = in.number(NODES_MAX);
        if (from != entries.size()) {
            throw in.wrong("names from " + from + " after " + entries.size());
        }
        List<Entry> more = new ArrayList<>(entries);
        for (int left = in.number(PART_SIZE); left > 0; left--) {
            more.add(
                    new Entry(
                            in.text(TEXT_BYTES_MAX),
                            in.text(TEXT_BYTES_MAX),
                            in.text(TEXT_BYTES_MAX)));
        }
        in.end();
        return new NodeDictionary(more);
    }
}
