package org.quorate.cluster.catalog;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import org.quorate.cluster.coordinator.CoordinationException;
import org.quorate.cluster.coordinator.CoordinationException.Fate;
import org.quorate.cluster.coordinator.Outcome;
import org.quorate.cluster.coordinator.Paths;
import org.quorate.cluster.coordinator.Transaction;
import org.quorate.cluster.coordinator.Znode;
import org.quorate.cluster.coordinator.Znodes;
import org.quorate.cluster.json.MalformedJsonException;

/** The partitions of one table. Safe for many threads and processes. */
public final class Partitions {
    /** Longest name, in characters. */
    public static final int NAME_CHARS_MAX = 48;

    /** Largest properties of one partition, as JSON. */
    public static final int PARTITION_BYTES_MAX = 8 * 1024;

    private final Znodes znodes;
    private final String table;

    Partitions(Znodes znodes, String table) {
        this.znodes = znodes;
        this.table = table;
    }

    /** One partition. */
    public Optional<Partition> get(String name) throws CoordinationException, InterruptedException {
        Loaded bucket = bucketOf(PartitionEdit.checked(name), froms());
        return Optional.ofNullable(bucket.bucket().partitions().get(name));
    }

    /**
     * Partitions in the order of their names.
     *
     * @param from the first name that counts; empty for all
     * @param limit at most so many, positive
     */
    public List<Partition> scan(String from, int limit)
            throws CoordinationException, InterruptedException {
        List<Partition> found = new ArrayList<>();
        String at = from;
        while (found.size() < limit) {
            Bucket bucket = bucketOf(at, froms()).bucket();
            for (Partition one : bucket.partitions().tailMap(at, true).values()) {
                if (found.size() < limit) {
                    found.add(one);
                }
            }
            String next = bucket.to();
            if (next == null) {
                break;
            }
            at = next;
        }
        return found;
    }

    /** Changes of partitions that happen together or not at all. */
    public PartitionEdit edit() {
        return new PartitionEdit(this);
    }

    /** A bucket and the version of its znode. */
    record Loaded(Bucket bucket, String path, int version) {}

    /** Where the buckets begin, and the names of their znodes. */
    NavigableMap<String, String> froms() throws CoordinationException, InterruptedException {
        Optional<List<String>> names = znodes.children(table);
        NavigableMap<String, String> froms = new TreeMap<>();
        for (String name : names.orElse(List.of())) {
            if (Bucket.isBucket(name)) {
                try {
                    froms.put(Bucket.fromOf(name), name);
                } catch (MalformedJsonException foreign) {
                    throw Catalog.unreadable(Paths.join(table, name), foreign);
                }
            }
        }
        if (!froms.containsKey("")) {
            throw new CoordinationException(Fate.DID_NOT_HAPPEN, "no table at " + table);
        }
        return froms;
    }

    /** The bucket that covers {@code name}; asks again if the list turns out to be old. */
    Loaded bucketOf(String name, NavigableMap<String, String> froms)
            throws CoordinationException, InterruptedException {
        NavigableMap<String, String> list = froms;
        while (true) {
            String path = Paths.join(table, list.floorEntry(name).getValue());
            Optional<Znode> znode = znodes.read(path);
            if (znode.isPresent()) {
                try {
                    Bucket bucket = Bucket.read(znode.get());
                    if (bucket.covers(name)) {
                        return new Loaded(bucket, path, znode.get().version());
                    }
                } catch (MalformedJsonException unreadable) {
                    throw Catalog.unreadable(path, unreadable);
                }
            }
            znodes.sync(table);
            list = froms();
        }
    }

    /** Writes changed buckets; false if one is not what was read any more. */
    boolean write(Map<String, Loaded> before, Map<String, Bucket> after)
            throws CoordinationException, InterruptedException {
        Transaction transaction = new Transaction().withReceipt();
        for (Map.Entry<String, Bucket> one : after.entrySet()) {
            Loaded was = before.get(one.getKey());
            if (was == null) {
                throw new IllegalStateException("a bucket that was not read: " + one.getKey());
            }
            List<Bucket> parts = one.getValue().split();
            transaction.put(was.path(), parts.get(0).write(), was.version());
            for (Bucket part : parts.subList(1, parts.size())) {
                transaction.create(Paths.join(table, part.znodeName()), part.write());
            }
        }
        Outcome outcome = znodes.commit(transaction);
        return outcome.done();
    }
}
