package org.quorate.cluster.catalog;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.quorate.cluster.coordinator.Coordinator;
import org.quorate.cluster.coordinator.Mirror;
import org.quorate.cluster.coordinator.Paths;
import org.quorate.cluster.coordinator.Znode;
import org.quorate.cluster.json.MalformedJsonException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A copy of a catalog that follows it and tells what changed. All of it is kept in memory, a few
 * hundred bytes per partition. Safe for many threads.
 */
public final class CatalogView implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(CatalogView.class);

    /** Tables by database and name, partitions by name. Immutable once published. */
    private record State(
            Set<String> databases,
            NavigableMap<String, Table> tables,
            NavigableMap<String, NavigableMap<String, Partition>> partitions) {
        NavigableMap<String, Partition> partitionsOf(String key) {
            return partitions.getOrDefault(key, Collections.emptyNavigableMap());
        }
    }

    private final Coordinator coordinator;
    private final String root;
    private final Consumer<List<CatalogEvent>> listener;
    private final Mirror mirror;
    private volatile State state = new State(Set.of(), new TreeMap<>(), new TreeMap<>());
    private volatile boolean complete;

    private CatalogView(
            Coordinator coordinator, String path, Consumer<List<CatalogEvent>> listener) {
        this.coordinator = coordinator;
        this.root = Catalog.databases(Paths.check(path));
        this.listener = listener;
        this.mirror = Mirror.open(coordinator, root, 3, this::update);
    }

    /**
     * Follows the catalog at {@code path}.
     *
     * @param listener gets what has changed, in order, on a thread of the toolkit; at first all
     *     that is there, as created and added
     */
    public static CatalogView watch(
            Coordinator coordinator, String path, Consumer<List<CatalogEvent>> listener) {
        return new CatalogView(coordinator, path, listener);
    }

    /** One table, as last seen. */
    public Optional<Table> table(String database, String name) {
        return Optional.ofNullable(state.tables().get(key(database, name)));
    }

    /** The partitions of a table by name, as last seen; none if there is no such table. */
    public NavigableMap<String, Partition> partitions(String database, String table) {
        return Collections.unmodifiableNavigableMap(state.partitionsOf(key(database, table)));
    }

    /**
     * Waits until the view is complete for the first time.
     *
     * @return whether it is
     */
    public boolean awaitComplete(Duration atMost) throws InterruptedException {
        return coordinator.host().await(() -> complete, atMost.toNanos());
    }

    /** Ends following. */
    @Override
    public void close() {
        mirror.close();
    }

    private void update(NavigableMap<String, Znode> now, List<Mirror.Difference> differences) {
        State before = state;
        State after = new State(new TreeSet<>(), new TreeMap<>(), new TreeMap<>());
        Set<String> touched = new TreeSet<>();
        for (Mirror.Difference one : differences) {
            String[] parts = relative(one.path());
            if (parts.length >= 2) {
                touched.add(key(parts[0], parts[1]));
            }
        }
        for (Znode znode : now.values()) {
            String[] parts = relative(znode.path());
            if (parts.length == 1) {
                after.databases().add(parts[0]);
            } else if (parts.length == 2) {
                addTable(before, after, parts[0], znode, now, touched);
            }
        }
        List<CatalogEvent> events = events(before, after);
        boolean first = !complete;
        state = after;
        complete = true;
        coordinator.host().signal();
        if (first || !events.isEmpty()) {
            listener.accept(events);
        }
    }

    private void addTable(
            State before,
            State after,
            String database,
            Znode znode,
            NavigableMap<String, Znode> now,
            Set<String> touched) {
        String key = key(database, znode.name());
        Table old = before.tables().get(key);
        NavigableMap<String, Partition> known = before.partitionsOf(key);
        if (old != null && !touched.contains(key)) {
            after.tables().put(key, old);
            after.partitions().put(key, known);
            return;
        }
        try {
            Table table = Table.read(database, znode);
            boolean same = old != null && old.id() == table.id();
            after.tables().put(key, table);
            after.partitions()
                    .put(
                            key,
                            partitions(
                                    znode.path(),
                                    now,
                                    same ? known : Collections.emptyNavigableMap()));
        } catch (MalformedJsonException unreadable) {
            LOG.warn("not a table: {}: {}", znode.path(), unreadable.getMessage());
        }
    }

    /**
     * All partitions of a table. The buckets in the copy may be of different moments: where they
     * leave a gap, because one was split and its other half has not been seen yet, what was known
     * there stays.
     */
    private static NavigableMap<String, Partition> partitions(
            String table, NavigableMap<String, Znode> now, NavigableMap<String, Partition> known)
            throws MalformedJsonException {
        NavigableMap<String, Bucket> buckets = new TreeMap<>();
        for (Znode znode : now.subMap(table + "/", true, table + "0", false).values()) {
            if (Bucket.isBucket(znode.name())) {
                Bucket bucket = Bucket.read(znode);
                buckets.put(bucket.from(), bucket);
            }
        }
        NavigableMap<String, Partition> all = new TreeMap<>(known);
        for (Bucket bucket : buckets.values()) {
            // A half that is seen before the bucket it came from has shrunk begins inside it.
            String next = buckets.higherKey(bucket.from());
            String to = bucket.to();
            String end = next == null ? to : to == null || next.compareTo(to) < 0 ? next : to;
            NavigableMap<String, Partition> range =
                    end == null
                            ? all.tailMap(bucket.from(), true)
                            : all.subMap(bucket.from(), true, end, false);
            range.clear();
            range.putAll(
                    end == null ? bucket.partitions() : bucket.partitions().headMap(end, false));
        }
        return all;
    }

    private static List<CatalogEvent> events(State before, State after) {
        List<CatalogEvent> events = new ArrayList<>();
        before.tables()
                .forEach((key, old) -> {
                    Table young = after.tables().get(key);
                    if (young == null || young.id() != old.id()) {
                        events.add(new CatalogEvent.TableDropped(old));
                    }
                });
        difference(before.databases(), after.databases())
                .forEach(name -> events.add(new CatalogEvent.DatabaseDropped(name)));
        difference(after.databases(), before.databases())
                .forEach(name -> events.add(new CatalogEvent.DatabaseCreated(name)));
        after.tables()
                .forEach((key, young) -> {
                    Table old = before.tables().get(key);
                    NavigableMap<String, Partition> known = before.partitionsOf(key);
                    if (old == null || old.id() != young.id()) {
                        events.add(new CatalogEvent.TableCreated(young));
                        known = Collections.emptyNavigableMap();
                    } else if (!old.equals(young)) {
                        events.add(new CatalogEvent.TableAltered(old, young));
                    }
                    partitionEvent(young, known, after.partitionsOf(key)).ifPresent(events::add);
                });
        return events;
    }

    private static Optional<CatalogEvent> partitionEvent(
            Table table, Map<String, Partition> before, Map<String, Partition> after) {
        if (before.equals(after)) {
            return Optional.empty();
        }
        Set<String> changed = new TreeSet<>();
        after.forEach((name, young) -> {
            Partition old = before.get(name);
            if (old != null && !old.equals(young)) {
                changed.add(name);
            }
        });
        return Optional.of(
                new CatalogEvent.PartitionsChanged(
                        table.database(),
                        table.name(),
                        difference(after.keySet(), before.keySet()),
                        changed,
                        difference(before.keySet(), after.keySet())));
    }

    private static Set<String> difference(Set<String> all, Set<String> without) {
        Set<String> rest = new TreeSet<>(all);
        rest.removeAll(without);
        return rest;
    }

    private String[] relative(String path) {
        return path.length() <= root.length()
                ? new String[0]
                : path.substring(root.length() + 1).split("/");
    }

    private static String key(String database, String table) {
        return database + "/" + table;
    }
}
