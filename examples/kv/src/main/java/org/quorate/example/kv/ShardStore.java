package org.quorate.example.kv;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.h2.mvstore.MVMap;
import org.h2.mvstore.MVStore;
import org.jspecify.annotations.Nullable;
import org.quorate.cluster.fence.Epoch;
import org.quorate.cluster.fence.ShardId;
import org.quorate.cluster.fence.StaleEpochException;

/**
 * One shard's data in one file: the log, the map it makes, and the highest epoch seen, which is the
 * fence. Everything is on disk when a call returns. Not thread-safe: its {@link Replica} is.
 */
final class ShardStore implements AutoCloseable {
    /** Entries of the log that are kept for followers that were away; others get all the data. */
    static final int LOG_KEPT = 10_000;

    private static final String EPOCH = "epoch";
    private static final String DERIVED = "derived";

    /** Where the log of a derived shard begins: not at 1, for the data came before. */
    private static final long DERIVED_FIRST = 2;

    private final ShardId shard;
    private final MVStore file;
    private final MVMap<String, String> data;
    private final MVMap<Long, String> log;
    private final MVMap<String, Long> meta;

    ShardStore(ShardId shard, Path path) {
        this.shard = shard;
        this.file = new MVStore.Builder().fileName(path.toString()).autoCommitDisabled().open();
        this.data = file.openMap("data");
        this.log = file.openMap("log");
        this.meta = file.openMap("meta");
    }

    /** The end of a log: which entry, and of which leader. Logs that end alike are alike. */
    record Tail(long seq, long epoch) implements Comparable<Tail> {
        static final Tail NONE = new Tail(0, 0);

        @Override
        public int compareTo(Tail other) {
            return epoch != other.epoch
                    ? Long.compare(epoch, other.epoch)
                    : Long.compare(seq, other.seq);
        }

        @Override
        public String toString() {
            return seq + " " + epoch;
        }

        static Tail parse(String text) {
            int space = text.indexOf(' ');
            return new Tail(
                    Long.parseLong(text.substring(0, space)),
                    Long.parseLong(text.substring(space + 1)));
        }
    }

    Tail tail() {
        Long last = log.lastKey();
        return last == null ? Tail.NONE : new Tail(last, entry(last).epoch());
    }

    private Entry entry(long seq) {
        String text = log.get(seq);
        if (text == null) {
            throw new IllegalStateException(shard + " has no entry " + seq);
        }
        return Entry.decode(seq, text);
    }

    long epoch() {
        return meta.getOrDefault(EPOCH, 0L);
    }

    /** Refuses leaders that have been succeeded, and remembers the others. */
    void fence(Epoch epoch) throws StaleEpochException {
        if (epoch.value() < epoch()) {
            throw new StaleEpochException(shard, epoch, new Epoch(epoch()));
        }
        if (epoch.value() > epoch()) {
            meta.put(EPOCH, epoch.value());
            save();
        }
    }

    /** Adds to the log, and lets the data show it. */
    void append(List<Entry> entries) {
        for (Entry entry : entries) {
            if (entry.seq() != tail().seq() + 1) {
                throw new IllegalStateException(
                        shard + " ends at " + tail().seq() + ", got " + entry.seq());
            }
            add(entry);
        }
        save();
    }

    private void add(Entry entry) {
        log.put(entry.seq(), entry.encode());
        if (entry.value().isEmpty()) {
            data.remove(entry.key());
        } else {
            data.put(entry.key(), entry.value());
        }
        if (log.size() > LOG_KEPT) {
            log.remove(log.firstKey());
        }
    }

    /** The entries behind a log's end; null if this log does not contain that end. */
    @Nullable List<Entry> after(Tail end) {
        boolean known = end.equals(Tail.NONE) ? startsAtOne() : endsThere(end);
        if (!known) {
            return null;
        }
        List<Entry> entries = new ArrayList<>();
        for (long seq = end.seq() + 1; seq <= tail().seq(); seq++) {
            entries.add(entry(seq));
        }
        return entries;
    }

    private boolean startsAtOne() {
        Long first = log.firstKey();
        return first == null || first == 1;
    }

    private boolean endsThere(Tail end) {
        return log.containsKey(end.seq()) && entry(end.seq()).epoch() == end.epoch();
    }

    /** All of it: the data as entries without a place, and the last entry of the log. */
    List<Entry> everything() {
        List<Entry> all = new ArrayList<>();
        for (Map.Entry<String, String> pair : data.entrySet()) {
            all.add(new Entry(0, 0, pair.getKey(), pair.getValue()));
        }
        long last = tail().seq();
        if (last > 0) {
            all.add(entry(last));
        }
        return all;
    }

    /** Takes what {@link #everything} of another store gave in place of its own. */
    void replace(List<Entry> everything) {
        data.clear();
        log.clear();
        meta.remove(DERIVED);
        for (Entry entry : everything) {
            if (entry.seq() == 0) {
                data.put(entry.key(), entry.value());
            } else {
                add(entry);
            }
        }
        save();
    }

    /**
     * Takes data that comes from other shards, unless this one has begun already. Other replicas
     * may have been made from a little more or less of what nobody acknowledged; so the log has no
     * end yet, and the first leader's data becomes everybody's.
     */
    void derive(List<Entry> pairs) {
        if (!tail().equals(Tail.NONE)) {
            return;
        }
        data.clear();
        for (Entry pair : pairs) {
            data.put(pair.key(), pair.value());
        }
        meta.put(DERIVED, 1L);
        save();
    }

    /** The first leader of a derived shard begins its log. */
    void beginDerived(Epoch leader) {
        if (meta.remove(DERIVED) != null) {
            Entry first = new Entry(DERIVED_FIRST, leader.value(), "", "");
            log.put(first.seq(), first.encode());
            save();
        }
    }

    @Nullable String get(String key) {
        return data.get(key);
    }

    int size() {
        return data.size();
    }

    private void save() {
        file.commit();
        file.sync();
    }

    @Override
    public void close() {
        file.close();
    }
}
