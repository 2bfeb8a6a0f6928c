package org.quorate.cluster.shard;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import org.quorate.cluster.coordinator.CoordinationException;
import org.quorate.cluster.coordinator.Znode;
import org.quorate.cluster.coordinator.Znodes;
import org.quorate.cluster.map.Assignment;
import org.quorate.cluster.map.Decision;
import org.quorate.cluster.map.MalformedMapException;
import org.quorate.cluster.map.MapImage;
import org.quorate.cluster.map.MapPaths;
import org.quorate.cluster.map.MapReader;
import org.quorate.cluster.map.NodeDictionary;

/** All maps and the dictionary as the planner knows them: as they are stored. One thread. */
final class Atlas {
    private final Map<String, Chart> charts = new TreeMap<>();
    private final Map<String, String> unreadable = new TreeMap<>();
    private NodeDictionary dictionary = NodeDictionary.EMPTY;

    /** One table's map and what of it is not folded yet. */
    static final class Chart {
        MapImage image;
        final TreeSet<Long> log = new TreeSet<>();
        final TreeSet<Integer> dirty = new TreeSet<>();
        long folded;

        Chart(MapImage base) {
            this.image = base;
            this.folded = base.version();
        }

        /** Moves on to {@code next}, which has just been written. */
        void advance(MapImage next, List<Decision.Change> changes) {
            for (long v = image.version() + 1; v <= next.version(); v++) {
                log.add(v);
            }
            for (Decision.Change change : changes) {
                dirty.add(change.shard() / MapImage.BUCKET_SIZE);
            }
            image = next;
        }

        /** It has been folded as it is. */
        void folded() {
            folded = image.version();
            dirty.clear();
            log.headSet(MapWriter.keptFrom(image), false).clear();
        }
    }

    /**
     * Reads everything. A table whose map cannot be read is left out and named in {@link
     * #unreadable}.
     *
     * @throws MalformedMapException if it is not known which node is which
     */
    static Atlas read(Znodes znodes, MapPaths paths)
            throws CoordinationException, InterruptedException, MalformedMapException {
        Atlas atlas = new Atlas();
        znodes.sync(paths.root());
        atlas.dictionary = MapReader.dictionary(znodes, paths);
        for (String table : znodes.children(paths.maps()).orElse(List.of())) {
            try {
                atlas.charts.put(table, readChart(znodes, paths, table));
            } catch (MalformedMapException damaged) {
                atlas.unreadable.put(table, String.valueOf(damaged.getMessage()));
            }
        }
        if (atlas.holding().length > atlas.dictionary.size()) {
            throw new MalformedMapException(
                    "the maps speak of "
                            + atlas.holding().length
                            + " nodes and "
                            + paths.dictionary()
                            + " names "
                            + atlas.dictionary.size());
        }
        return atlas;
    }

    private static Chart readChart(Znodes znodes, MapPaths paths, String table)
            throws CoordinationException, InterruptedException, MalformedMapException {
        Chart chart = new Chart(MapReader.base(znodes, paths, table));
        NavigableMap<Long, String> log = new TreeMap<>();
        for (String name : znodes.children(paths.log(table)).orElse(List.of())) {
            log.put(Long.parseLong(name), paths.log(table) + "/" + name);
        }
        chart.log.addAll(log.keySet());
        List<String> wanted = new ArrayList<>(log.tailMap(chart.image.version(), false).values());
        for (Optional<Znode> znode : znodes.readAll(wanted)) {
            if (znode.isEmpty()) {
                break;
            }
            Decision decision =
                    Decision.decode(znode.get().path(), znode.get().data(), chart.image.shards());
            if (decision.version() != chart.image.version() + 1) {
                throw new MalformedMapException(
                        "decision "
                                + (chart.image.version() + 1)
                                + " of "
                                + table
                                + " is missing; found "
                                + decision.version());
            }
            MapImage next = chart.image.after(decision);
            chart.advance(next, decision.changes());
        }
        return chart;
    }

    NodeDictionary dictionary() {
        return dictionary;
    }

    void dictionary(NodeDictionary next) {
        dictionary = next;
    }

    Map<String, Chart> charts() {
        return charts;
    }

    Map<String, MapImage> images() {
        Map<String, MapImage> images = new HashMap<>();
        charts.forEach((table, chart) -> images.put(table, chart.image));
        return images;
    }

    /** What is wrong with the maps that could not be read, by table. */
    Map<String, String> unreadable() {
        return unreadable;
    }

    /**
     * The map of a table and what of it is not folded.
     *
     * @throws IllegalStateException if there is none
     */
    Chart chart(String table) {
        Chart chart = charts.get(table);
        if (chart == null) {
            throw new IllegalStateException("no map of " + table);
        }
        return chart;
    }

    MapImage image(String table) {
        return chart(table).image;
    }

    /** Whether a node holds anything, by number; as long as the highest number that does. */
    boolean[] holding() {
        boolean[] holding = new boolean[0];
        for (Chart chart : charts.values()) {
            for (int s = 0; s < chart.image.shards(); s++) {
                Assignment assignment = chart.image.get(s);
                for (int i = 0; i < assignment.count(); i++) {
                    int node = assignment.node(i);
                    if (node >= holding.length) {
                        holding = Arrays.copyOf(holding, node + 1);
                    }
                    holding[node] = true;
                }
            }
        }
        return holding;
    }
}
