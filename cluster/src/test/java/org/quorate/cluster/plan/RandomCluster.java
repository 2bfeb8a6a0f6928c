package org.quorate.cluster.plan;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/** A cluster of any shape, from a seed, and things that happen to it. */
final class RandomCluster {
    final Random random;
    final List<Dimension> dimensions = new ArrayList<>();
    final List<Map<String, Long>> capacities = new ArrayList<>();
    final List<String> zones = new ArrayList<>();
    final List<String> racks = new ArrayList<>();
    final List<Set<String>> tags = new ArrayList<>();
    final List<Standing> standings = new ArrayList<>();
    final List<TableRules> tables = new ArrayList<>();
    private final int zoneCount;
    private final boolean tagged;
    private final boolean weighted;
    private long[][] weights = new long[0][];

    RandomCluster(long seed) {
        random = new Random(seed);
        zoneCount = 1 + random.nextInt(5);
        tagged = random.nextInt(3) == 0;
        weighted = random.nextBoolean();
        int dims = 1 + random.nextInt(3);
        for (int d = 0; d < dims; d++) {
            double balance = random.nextInt(4) == 0 && d > 0 ? 0 : 1 + random.nextInt(3);
            double headroom = random.nextInt(3) == 0 ? 0.9 : 0;
            dimensions.add(new Dimension("d" + d, balance, headroom));
        }
        int nodes = 3 + random.nextInt(18);
        for (int n = 0; n < nodes; n++) {
            addNode();
        }
        int tableCount = 1 + random.nextInt(3);
        for (int t = 0; t < tableCount; t++) {
            tables.add(table("t" + t));
        }
        weigh();
    }

    private TableRules table(String name) {
        Spread[] spreads = {
            Spread.none(),
            Spread.acrossZones(),
            Spread.acrossRacks(),
            Spread.acrossZonesAndRacks(),
            Spread.acrossZones().atMostPerZone(1 + random.nextInt(2))
        };
        Spread spread = spreads[random.nextInt(spreads.length)];
        Set<String> required = tagged && random.nextBoolean() ? Set.of("ssd") : Set.of();
        Set<String> forbidden = tagged && random.nextBoolean() ? Set.of("old") : Set.of();
        return new TableRules(
                name,
                random.nextInt(150),
                1 + random.nextInt(5),
                spread,
                required,
                forbidden,
                random.nextInt(5) > 0);
    }

    void addNode() {
        zones.add("z" + random.nextInt(zoneCount));
        racks.add("r" + random.nextInt(3));
        tags.add(
                random.nextInt(3) == 0
                        ? Set.of("ssd")
                        : random.nextInt(4) == 0 ? Set.of("ssd", "old") : Set.of());
        standings.add(Standing.ACTIVE);
        capacities.add(capacity());
    }

    private Map<String, Long> capacity() {
        Map<String, Long> capacity = new HashMap<>();
        for (Dimension dimension : dimensions) {
            capacity.put(dimension.name(), 50L * (1 + random.nextInt(4)) + random.nextInt(50));
        }
        return capacity;
    }

    private void weigh() {
        int shards = tables.stream().mapToInt(TableRules::shards).sum();
        weights = new long[dimensions.size()][shards];
        for (long[] ofDimension : weights) {
            for (int s = 0; s < shards; s++) {
                ofDimension[s] = weighted ? random.nextInt(6) : 1;
            }
        }
    }

    /** Something happens: a node comes, goes, drains, returns, changes; or weights change. */
    String happen() {
        int n = random.nextInt(standings.size());
        switch (random.nextInt(8)) {
            case 0:
                addNode();
                return "add";
            case 1:
                standings.set(n, Standing.LOST);
                return "lose " + n;
            case 2:
                standings.set(n, Standing.DRAINING);
                return "drain " + n;
            case 3:
                standings.set(n, Standing.SUSPECT);
                return "suspect " + n;
            case 4:
                standings.set(n, random.nextBoolean() ? Standing.AWAY : Standing.UNSTEADY);
                return "away " + n;
            case 5:
                capacities.set(n, capacity());
                return "capacity " + n;
            case 6:
                weigh();
                return "weights";
            default:
                standings.set(n, Standing.ACTIVE);
                return "active " + n;
        }
    }

    Topology topology() {
        Topology.Builder topology = Topology.builder(dimensions);
        for (int n = 0; n < zones.size(); n++) {
            topology.node(
                    "n" + n,
                    zones.get(n),
                    racks.get(n),
                    tags.get(n),
                    capacities.get(n),
                    standings.get(n));
        }
        return topology.build();
    }

    Demand demand() {
        Demand.Builder demand = Demand.builder(dimensions.size());
        tables.forEach(demand::table);
        for (int d = 0; d < weights.length; d++) {
            demand.weights(d, weights[d]);
        }
        return demand.build();
    }
}
