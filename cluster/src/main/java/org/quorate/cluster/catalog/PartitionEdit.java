package org.quorate.cluster.catalog;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.quorate.cluster.coordinator.Bytes;
import org.quorate.cluster.coordinator.CoordinationException;
import org.quorate.cluster.json.Json;

/** Changes of partitions in the making. For one thread, and committed once. */
public final class PartitionEdit {
    /** Any version, also none. */
    public static final long ANY_VERSION = -1;

    /** It must not be there. */
    public static final long ABSENT = 0;

    /** Most partitions changed together. */
    public static final int CHANGES_MAX = 1_000;

    /** Properties null for a removal. */
    private record Wish(long expected, @Nullable Map<String, String> properties) {}

    private final Partitions partitions;
    private final NavigableMap<String, Wish> wishes = new TreeMap<>();

    PartitionEdit(Partitions partitions) {
        this.partitions = partitions;
    }

    /** Puts a partition, whether it is there or not. */
    public PartitionEdit put(String name, Map<String, String> properties) {
        return put(name, properties, ANY_VERSION);
    }

    /** Puts a partition that must be at {@code version}, or be {@link #ABSENT}. */
    public PartitionEdit put(String name, Map<String, String> properties, long version) {
        int bytes = Bytes.utf8(Json.ofTexts(properties).toString()).size();
        if (bytes > Partitions.PARTITION_BYTES_MAX) {
            throw new IllegalArgumentException(
                    bytes + " bytes in " + name + "; at most " + Partitions.PARTITION_BYTES_MAX);
        }
        return wish(name, new Wish(version, new LinkedHashMap<>(properties)));
    }

    /** Removes a partition, if it is there. */
    public PartitionEdit remove(String name) {
        return remove(name, ANY_VERSION);
    }

    /** Removes a partition that must be at {@code version}. */
    public PartitionEdit remove(String name, long version) {
        return wish(name, new Wish(version, null));
    }

    private PartitionEdit wish(String name, Wish wish) {
        wishes.put(checked(name), wish);
        if (wishes.size() > CHANGES_MAX) {
            throw new IllegalArgumentException("more than " + CHANGES_MAX + " partitions at once");
        }
        return this;
    }

    static String checked(String name) {
        if (name.isEmpty() || name.length() > Partitions.NAME_CHARS_MAX) {
            throw new IllegalArgumentException(
                    "a partition's name has 1 to "
                            + Partitions.NAME_CHARS_MAX
                            + " characters: '"
                            + name
                            + "'");
        }
        return name;
    }

    /**
     * Makes the changes, all or none. What others change in the meantime is taken in.
     *
     * @return false if a partition is not at the version that it must be at
     */
    public boolean commit() throws CoordinationException, InterruptedException {
        while (true) {
            Map<String, Partitions.Loaded> before = new LinkedHashMap<>();
            Map<String, Bucket> after = new LinkedHashMap<>();
            if (!apply(before, after)) {
                return false;
            }
            if (after.isEmpty() || partitions.write(before, after)) {
                return true;
            }
        }
    }

    private boolean apply(Map<String, Partitions.Loaded> before, Map<String, Bucket> after)
            throws CoordinationException, InterruptedException {
        NavigableMap<String, String> froms = partitions.froms();
        Partitions.@Nullable Loaded at = null;
        for (Map.Entry<String, Wish> entry : wishes.entrySet()) {
            String name = entry.getKey();
            if (at == null || !at.bucket().covers(name)) {
                at = partitions.bucketOf(name, froms);
                before.put(at.path(), at);
            }
            Partition there = at.bucket().partitions().get(name);
            Wish wish = entry.getValue();
            long version = there == null ? ABSENT : there.version();
            if (wish.expected() != ANY_VERSION && wish.expected() != version) {
                return false;
            }
            if (wish.properties() == null && there == null) {
                continue;
            }
            Bucket original = at.bucket();
            Bucket changed =
                    after.computeIfAbsent(
                            at.path(),
                            path ->
                                    new Bucket(
                                            original.from(),
                                            original.to(),
                                            new TreeMap<>(original.partitions())));
            if (wish.properties() == null) {
                changed.partitions().remove(name);
            } else {
                changed.partitions().put(name, new Partition(name, version + 1, wish.properties()));
            }
        }
        return true;
    }
}
