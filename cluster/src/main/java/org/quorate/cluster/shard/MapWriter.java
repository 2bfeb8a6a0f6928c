package org.quorate.cluster.shard;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.quorate.cluster.coordinator.Bytes;
import org.quorate.cluster.coordinator.Change;
import org.quorate.cluster.coordinator.CoordinationException;
import org.quorate.cluster.coordinator.CoordinationException.Fate;
import org.quorate.cluster.coordinator.Coordinator;
import org.quorate.cluster.coordinator.Host;
import org.quorate.cluster.coordinator.Outcome;
import org.quorate.cluster.coordinator.Transaction;
import org.quorate.cluster.coordinator.Znodes;
import org.quorate.cluster.leader.Leadership;
import org.quorate.cluster.map.Base;
import org.quorate.cluster.map.Decision;
import org.quorate.cluster.map.KeySpace;
import org.quorate.cluster.map.MapImage;
import org.quorate.cluster.map.MapPaths;
import org.quorate.cluster.map.NodeDictionary;

/**
 * Writes the map for one reign of the planner. Every transaction is guarded: after a successor has
 * been elected nothing is written any more. Only the planner's thread.
 */
final class MapWriter {
    /** Data in one transaction. */
    private static final int TRANSACTION_BYTES_MAX = 600 * 1024;

    /** A change never takes more than this. */
    private static final int CHANGE_BYTES_MAX = 160 + Decision.HANDOFF_BYTES_MAX;

    /**
     * Decisions that stay in the log when it is folded: for those who are a little behind, and for
     * people who ask what has happened.
     */
    static final int LOG_KEPT = 256;

    private static final int DELETES_MAX = 500;

    private final Znodes znodes;
    private final MapPaths paths;
    private final Leadership reign;
    private final Host host;
    private final Figures figures;

    MapWriter(Coordinator coordinator, MapPaths paths, Leadership reign, Figures figures) {
        this.figures = figures;
        this.znodes = coordinator.znodes();
        this.host = coordinator.host();
        this.paths = paths;
        this.reign = reign;
    }

    /** What is to be decided about one table. New keys come in one decision with all changes. */
    record Step(
            String table,
            MapImage image,
            @Nullable KeySpace keys,
            List<Decision.Incarnation> incarnations,
            List<Decision.Change> changes) {}

    /**
     * Writes decisions, those of all tables in one transaction as far as they fit.
     *
     * @return the images after them, by table
     */
    Map<String, MapImage> decide(List<Step> steps)
            throws CoordinationException, InterruptedException {
        Map<String, MapImage> images = new LinkedHashMap<>();
        Transaction transaction = new Transaction();
        for (Step step : steps) {
            MapImage image = images.getOrDefault(step.table(), step.image());
            boolean first = true;
            for (List<Decision.Change> part : parts(step)) {
                List<Decision.Incarnation> news = first ? step.incarnations() : List.of();
                first = false;
                Decision decision =
                        new Decision(
                                image.version() + 1,
                                reign.epoch().value(),
                                host.wallMillis(),
                                news,
                                part,
                                step.keys());
                Bytes bytes = decision.encode();
                if (transaction.dataBytes() + bytes.size() > TRANSACTION_BYTES_MAX) {
                    commit(transaction);
                    transaction = new Transaction();
                }
                transaction.create(paths.log(step.table(), decision.version()), bytes);
                image = image.after(decision);
            }
            images.put(step.table(), image);
        }
        commit(transaction);
        return images;
    }

    /** Cuts changes into decisions that fit into a znode. */
    private static List<List<Decision.Change>> parts(Step step) {
        List<Decision.Change> changes = step.changes();
        if (step.keys() != null) {
            return List.of(changes);
        }
        List<List<Decision.Change>> parts = new ArrayList<>();
        List<Decision.Change> part = new ArrayList<>();
        int bytes = 0;
        for (Decision.Change change : changes) {
            int size = 12 + 3 * change.to().count() + change.handoff().size();
            if (bytes + size > Decision.BYTES_MAX - CHANGE_BYTES_MAX) {
                parts.add(part);
                part = new ArrayList<>();
                bytes = 0;
            }
            part.add(change);
            bytes += size;
        }
        parts.add(part); // Also an empty one: incarnations alone are a decision.
        return parts;
    }

    /** Makes the znodes of a table as far as they are not there. */
    void createTable(String table, KeySpace keys)
            throws CoordinationException, InterruptedException {
        Transaction transaction = new Transaction();
        Map<String, Bytes> wanted = new LinkedHashMap<>();
        wanted.put(paths.map(table), Base.encodeHead(MapImage.empty(keys)));
        wanted.put(paths.base(table), Bytes.NONE);
        wanted.put(paths.log(table), Bytes.NONE);
        for (Map.Entry<String, Bytes> znode : wanted.entrySet()) {
            if (znodes.read(znode.getKey()).isEmpty()) {
                transaction.create(znode.getKey(), znode.getValue());
            }
        }
        commit(transaction);
    }

    /**
     * Writes again what somebody has deleted of a table's map: everything is folded into the base.
     *
     * @return whether something was missing
     */
    boolean repair(String table, Atlas.Chart chart)
            throws CoordinationException, InterruptedException {
        MapImage image = chart.image;
        List<String> base = znodes.children(paths.base(table)).orElse(List.of());
        List<String> log = znodes.children(paths.log(table)).orElse(List.of());
        boolean whole =
                znodes.read(paths.map(table)).isPresent()
                        && znodes.children(paths.base(table)).isPresent()
                        && znodes.children(paths.log(table)).isPresent();
        for (int b = 0; chart.folded > 0 && b < MapImage.buckets(image.shards()); b++) {
            whole &= base.contains(Integer.toString(b));
        }
        for (long v = chart.folded + 1; v <= image.version(); v++) {
            whole &= log.contains(Long.toString(v));
        }
        if (whole) {
            return false;
        }
        createTable(table, image.keys());
        Set<Integer> all = new TreeSet<>();
        for (int b = 0; b < MapImage.buckets(image.shards()); b++) {
            all.add(b);
        }
        NavigableSet<Long> versions = new TreeSet<>();
        log.forEach(name -> versions.add(Long.parseLong(name)));
        fold(table, image, all, versions);
        chart.folded();
        return true;
    }

    /**
     * Writes again parts of the dictionary that somebody has deleted.
     *
     * @return whether something was missing
     */
    boolean repairDictionary(NodeDictionary dictionary)
            throws CoordinationException, InterruptedException {
        znodes.ensure(paths.dictionary());
        Transaction transaction = new Transaction();
        for (int part = 0; part < dictionary.parts(); part++) {
            if (znodes.read(paths.dictionary(part)).isEmpty()) {
                transaction.create(paths.dictionary(part), dictionary.encode(part));
            }
        }
        commit(transaction);
        return !transaction.changes().isEmpty();
    }

    /** Writes the parts of the dictionary that differ. */
    void writeDictionary(NodeDictionary before, NodeDictionary after)
            throws CoordinationException, InterruptedException {
        Transaction transaction = new Transaction();
        for (int part = 0; part < after.parts(); part++) {
            if (part >= before.parts()) {
                transaction.create(paths.dictionary(part), after.encode(part));
            } else if (!after.encode(part).equals(before.encode(part))) {
                transaction.put(
                        paths.dictionary(part), after.encode(part), Transaction.ANY_VERSION);
            }
        }
        commit(transaction);
    }

    /**
     * Folds the log into the base: first the buckets, then the head that says so, then the old
     * decisions go.
     *
     * @param buckets that have changed since the last folding
     * @param log versions that are there
     */
    void fold(String table, MapImage image, Set<Integer> buckets, NavigableSet<Long> log)
            throws CoordinationException, InterruptedException {
        List<String> there = znodes.children(paths.base(table)).orElse(List.of());
        Transaction transaction = new Transaction();
        for (int b = 0; b < MapImage.buckets(image.shards()); b++) {
            boolean exists = there.contains(Integer.toString(b));
            if (exists && !buckets.contains(b)) {
                continue;
            }
            Bytes bytes = Base.encodeBucket(image, b);
            if (transaction.dataBytes() + bytes.size() > TRANSACTION_BYTES_MAX) {
                commit(transaction);
                transaction = new Transaction();
            }
            if (exists) {
                transaction.put(paths.base(table, b), bytes, Transaction.ANY_VERSION);
            } else {
                transaction.create(paths.base(table, b), bytes);
            }
        }
        transaction.put(paths.map(table), Base.encodeHead(image), Transaction.ANY_VERSION);
        commit(transaction);
        deleteLog(table, log.headSet(keptFrom(image), false));
    }

    /** The oldest decision that is kept in the log after folding {@code image}. */
    static long keptFrom(MapImage image) {
        return image.version() - LOG_KEPT + 1;
    }

    private void deleteLog(String table, Iterable<Long> versions)
            throws CoordinationException, InterruptedException {
        Transaction transaction = new Transaction();
        for (long version : versions) {
            transaction.delete(paths.log(table, version), Transaction.ANY_VERSION);
            if (transaction.changes().size() == DELETES_MAX) {
                commit(transaction);
                transaction = new Transaction();
            }
        }
        commit(transaction);
    }

    private void commit(Transaction transaction)
            throws CoordinationException, InterruptedException {
        if (transaction.changes().isEmpty()) {
            return;
        }
        long bytes = transaction.dataBytes();
        int decisions = 0;
        for (Change change : transaction.changes()) {
            decisions += change instanceof Change.Create && change.path().contains("/log/") ? 1 : 0;
        }
        Outcome outcome = znodes.commit(reign.guard(transaction));
        figures.wrote(decisions, bytes);
        if (!outcome.done()) {
            throw new CoordinationException(
                    Fate.DID_NOT_HAPPEN, "the map could not be written: " + outcome);
        }
    }
}
