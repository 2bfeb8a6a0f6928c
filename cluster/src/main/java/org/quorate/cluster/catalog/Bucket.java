package org.quorate.cluster.catalog;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.quorate.cluster.coordinator.Bytes;
import org.quorate.cluster.coordinator.Znode;
import org.quorate.cluster.json.Json;
import org.quorate.cluster.json.MalformedJsonException;

/** The partitions from one name up to, and not including, another. Immutable. */
final class Bucket {
    /** What a bucket may hold before it is split in two. */
    static final int BYTES_MAX = 48 * 1024;

    private static final String PREFIX = "b-";
    private static final String PLAIN =
            "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-=,";

    private final String from;
    private final @Nullable String to;
    private final NavigableMap<String, Partition> partitions;

    /** Takes the map over. */
    Bucket(String from, @Nullable String to, NavigableMap<String, Partition> partitions) {
        this.from = from;
        this.to = to;
        this.partitions = partitions;
    }

    static Bucket first() {
        return new Bucket("", null, new TreeMap<>());
    }

    String from() {
        return from;
    }

    @Nullable String to() {
        return to;
    }

    NavigableMap<String, Partition> partitions() {
        return partitions;
    }

    boolean covers(String name) {
        return name.compareTo(from) >= 0 && (to == null || name.compareTo(to) < 0);
    }

    /** Itself if it is small enough, otherwise its parts from the front. */
    List<Bucket> split() {
        if (write().size() <= BYTES_MAX || partitions.size() < 2) {
            return List.of(this);
        }
        List<String> names = new ArrayList<>(partitions.keySet());
        String middle = names.get(names.size() / 2);
        List<Bucket> parts = new ArrayList<>();
        Bucket low = new Bucket(from, middle, new TreeMap<>(partitions.headMap(middle, false)));
        Bucket high = new Bucket(middle, to, new TreeMap<>(partitions.tailMap(middle, true)));
        parts.addAll(low.split());
        parts.addAll(high.split());
        return parts;
    }

    /** The name of its znode: the letters of {@code from} that need it are written in hex. */
    String znodeName() {
        StringBuilder name = new StringBuilder(PREFIX);
        for (int i = 0; i < from.length(); i++) {
            char c = from.charAt(i);
            if (PLAIN.indexOf(c) >= 0) {
                name.append(c);
            } else {
                name.append('%').append(String.format("%04x", (int) c));
            }
        }
        return name.toString();
    }

    static boolean isBucket(String znodeName) {
        return znodeName.startsWith(PREFIX);
    }

    static String fromOf(String znodeName) throws MalformedJsonException {
        StringBuilder from = new StringBuilder();
        for (int i = PREFIX.length(); i < znodeName.length(); i++) {
            char c = znodeName.charAt(i);
            if (c != '%') {
                from.append(c);
                continue;
            }
            try {
                from.append((char) Integer.parseInt(znodeName.substring(i + 1, i + 5), 16));
            } catch (NumberFormatException | StringIndexOutOfBoundsException foreign) {
                throw new MalformedJsonException("not a bucket: " + znodeName);
            }
            i += 4;
        }
        return from.toString();
    }

    Bytes write() {
        Json.Obj json = to == null ? Json.Obj.EMPTY : Json.Obj.EMPTY.with("to", Json.of(to));
        Map<String, Json> all = new TreeMap<>();
        partitions.forEach((name, one) ->
                all.put(
                        name,
                        Json.Obj.EMPTY
                                .with("v", Json.of(one.version()))
                                .with("p", Json.ofTexts(one.properties()))));
        return Bytes.utf8(json.with("partitions", new Json.Obj(all)).toString());
    }

    static Bucket read(Znode znode) throws MalformedJsonException {
        Json.Obj json = Json.parseObject(znode.data().text());
        NavigableMap<String, Partition> partitions = new TreeMap<>();
        Json.Obj all = json.object("partitions");
        for (String name : all.members().keySet()) {
            Json.Obj one = all.object(name);
            partitions.put(
                    name, new Partition(name, one.number("v", 0), one.object("p").asTexts()));
        }
        String to = json.get("to").isPresent() ? json.text("to", "") : null;
        return new Bucket(fromOf(znode.name()), to, partitions);
    }
}
