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
    private static final int NAME_BYTES_MAX = 1024;

    private final List<String> names;
    private final Map<String, Integer> indexes = new HashMap<>();

    private NodeDictionary(List<String> names) {
        this.names = List.copyOf(names);
        for (int i = 0; i < names.size(); i++) {
            indexes.put(names.get(i), i);
        }
    }

    /** Number of names. */
    public int size() {
        return names.size();
    }

    /** The name with that number; a made-up one if it is not known yet. */
    public String name(int index) {
        return index < names.size() ? names.get(index) : "#" + index;
    }

    /** The number of a name. */
    public Optional<Integer> indexOf(String name) {
        return Optional.ofNullable(indexes.get(name));
    }

    /**
     * With one name more, unless it is there.
     *
     * @throws IllegalStateException if there are {@link #NODES_MAX}
     */
    public NodeDictionary plus(String name) {
        if (indexes.containsKey(name)) {
            return this;
        }
        if (names.size() == NODES_MAX) {
            throw new IllegalStateException("more than " + NODES_MAX + " nodes");
        }
        List<String> more = new ArrayList<>(names);
        more.add(name);
        return new NodeDictionary(more);
    }

    /** How many znodes it takes. */
    public int parts() {
        return (names.size() + PART_SIZE - 1) / PART_SIZE;
    }

    /** How one of them is stored. */
    public Bytes encode(int part) {
        int from = part * PART_SIZE;
        int to = Math.min(names.size(), from + PART_SIZE);
        Encoder out = new Encoder(KIND, FORMAT).number(from).number(to - from);
        names.subList(from, to).forEach(out::text);
        return out.done();
    }

    /** With the names of one znode behind the ones it has, which must be those before it. */
    public NodeDictionary plusPart(String what, Bytes bytes) throws MalformedMapException {
        Decoder in = new Decoder(what, bytes, KIND, FORMAT);
        int from = in.number(NODES_MAX);
        if (from != names.size()) {
            throw in.wrong("names from " + from + " after " + names.size());
        }
        List<String> more = new ArrayList<>(names);
        for (int left = in.number(PART_SIZE); left > 0; left--) {
            more.add(in.text(NAME_BYTES_MAX));
        }
        in.end();
        return new NodeDictionary(more);
    }
}
