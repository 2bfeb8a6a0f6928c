package org.quorate.cluster.plan;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The nodes of a cluster as the planner sees them: by index, with zone, rack, tags, capacities and
 * standing. Immutable; made by {@link #builder}.
 */
public final class Topology {
    /** Most nodes; their index fits in 16 bits. */
    public static final int NODES_MAX = 65_535;

    /**
     * Largest capacity that is believed, as a multiple of the median: see {@link Builder#build}.
     */
    public static final int CAPACITY_TIMES_MEDIAN_MAX = 32;

    private final List<Dimension> dimensions;
    private final List<String> names;
    private final List<String> zoneNames;
    private final List<String> rackNames;
    private final List<Set<String>> tags;
    private final List<Standing> standings;
    final int[] zone;
    final int[] rack;
    final long[][] capacity; // [dimension][node]
    private final List<String> doubts;

    private Topology(Builder from, List<String> doubts) {
        this.dimensions = from.dimensions;
        this.names = List.copyOf(from.names);
        this.zoneNames = List.copyOf(from.zones.keySet());
        this.rackNames = List.copyOf(from.racks.keySet());
        this.tags = List.copyOf(from.tags);
        this.standings = List.copyOf(from.standings);
        this.zone = from.zone.stream().mapToInt(z -> z).toArray();
        this.rack = from.rack.stream().mapToInt(r -> r).toArray();
        this.capacity = from.capacity;
        this.doubts = List.copyOf(doubts);
    }

    /** A topology whose capacities are given in {@code dimensions}, one at least. */
    public static Builder builder(List<Dimension> dimensions) {
        return new Builder(dimensions);
    }

    /** Number of nodes, those that are gone included. */
    public int nodes() {
        return names.size();
    }

    /** The dimensions, in the order in which weights and capacities are given. */
    public List<Dimension> dimensions() {
        return dimensions;
    }

    /** Name of a node. */
    public String name(int node) {
        return names.get(node);
    }

    /** Index of the node called {@code name}; −1 if there is none. */
    public int indexOf(String name) {
        return names.indexOf(name);
    }

    /** Name of a node's zone. */
    public String zoneName(int node) {
        return zoneNames.get(zone[node]);
    }

    /** Name of a node's rack, its zone's name and a slash before it. */
    public String rackName(int node) {
        return rackNames.get(rack[node]);
    }

    /** Tags of a node. */
    public Set<String> tags(int node) {
        return tags.get(node);
    }

    /** Standing of a node. */
    public Standing standing(int node) {
        return standings.get(node);
    }

    /** Capacity of a node in a dimension, as it is believed. */
    public long capacity(int dimension, int node) {
        return capacity[dimension][node];
    }

    /** What was told and not believed, in sentences. */
    public List<String> doubts() {
        return doubts;
    }

    int zones() {
        return zoneNames.size();
    }

    int racks() {
        return rackNames.size();
    }

    String zoneNameOf(int zoneIndex) {
        return zoneNames.get(zoneIndex);
    }

    /** Collects nodes. Not for several threads. */
    public static final class Builder {
        private final List<Dimension> dimensions;
        private final List<String> names = new ArrayList<>();
        private final Map<String, Integer> zones = new LinkedHashMap<>();
        private final Map<String, Integer> racks = new LinkedHashMap<>();
        private final List<Integer> zone = new ArrayList<>();
        private final List<Integer> rack = new ArrayList<>();
        private final List<Set<String>> tags = new ArrayList<>();
        private final List<Standing> standings = new ArrayList<>();
        private final List<Map<String, Long>> capacities = new ArrayList<>();
        private long[][] capacity = new long[0][];

        private Builder(List<Dimension> dimensions) {
            if (dimensions.isEmpty() || dimensions.size() > Dimension.COUNT_MAX) {
                throw new IllegalArgumentException(
                        dimensions.size() + " dimensions, allowed 1 to " + Dimension.COUNT_MAX);
            }
            this.dimensions = List.copyOf(dimensions);
        }

        /**
         * Adds the node with the next index.
         *
         * @param capacities by dimension; one that is not mentioned counts as 1 where capacities
         *     are only shares, and as 0 where a node can be full
         * @throws IllegalArgumentException if there are too many nodes
         */
        public Builder node(
                String name,
                String zoneName,
                String rackName,
                Set<String> nodeTags,
                Map<String, Long> capacities,
                Standing standing) {
            if (names.size() == NODES_MAX) {
                throw new IllegalArgumentException("more than " + NODES_MAX + " nodes");
            }
            names.add(name);
            zone.add(zones.computeIfAbsent(zoneName, unseen -> zones.size()));
            rack.add(racks.computeIfAbsent(zoneName + "/" + rackName, unseen -> racks.size()));
            tags.add(Set.copyOf(nodeTags));
            standings.add(standing);
            this.capacities.add(Map.copyOf(capacities));
            return this;
        }

        /**
         * The topology. A capacity that is negative counts as 0, and one above {@link
         * #CAPACITY_TIMES_MEDIAN_MAX} times the median counts as that: a node that lies must not
         * draw everything to itself. {@link Topology#doubts} tells.
         */
        public Topology build() {
            List<String> doubts = new ArrayList<>();
            capacity = new long[dimensions.size()][names.size()];
            for (int d = 0; d < dimensions.size(); d++) {
                fill(d, doubts);
            }
            return new Topology(this, doubts);
        }

        private void fill(int d, List<String> doubts) {
            Dimension dimension = dimensions.get(d);
            long unsaid = dimension.limits() ? 0 : 1;
            long[] told = new long[names.size()];
            List<Long> usable = new ArrayList<>();
            for (int n = 0; n < told.length; n++) {
                told[n] = capacities.get(n).getOrDefault(dimension.name(), unsaid);
                if (told[n] < 0) {
                    doubts.add(doubt(n, dimension, told[n], 0));
                    told[n] = 0;
                }
                if (standings.get(n) != Standing.GONE && told[n] > 0) {
                    usable.add(told[n]);
                }
            }
            if (!usable.isEmpty()) {
                usable.sort(null);
                long median = usable.get((usable.size() - 1) / 2);
                long most =
                        median > Long.MAX_VALUE / CAPACITY_TIMES_MEDIAN_MAX
                                ? Long.MAX_VALUE
                                : median * CAPACITY_TIMES_MEDIAN_MAX;
                for (int n = 0; n < told.length; n++) {
                    if (told[n] > most) {
                        doubts.add(doubt(n, dimension, told[n], most));
                        told[n] = most;
                    }
                }
            }
            capacity[d] = told;
        }

        private String doubt(int node, Dimension dimension, long told, long believed) {
            return "node "
                    + names.get(node)
                    + " says it has "
                    + told
                    + " of "
                    + dimension.name()
                    + ", counted as "
                    + believed;
        }
    }
}
