package org.quorate.cluster.plan;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A scenario file: nodes, shard weights, and the node to add and the one to lose. */
final class Scenario {
    static final List<Dimension> DIMENSIONS = List.of(Dimension.balanced("weight"));

    private static final Pattern NODE =
            Pattern.compile(
                    "\\{\"name\":\"(\\w+)\",\"zone\":\"(\\w+)\",\"rack\":\"([\\w-]+)\","
                            + "\"capacity\":(\\d+)}");

    record Node(String name, String zone, String rack, long capacity) {}

    final String name;
    final int replicas;
    final int shards;
    final long[] weightCycle;
    final List<Node> nodes = new ArrayList<>();
    final Node added;
    final String lost;

    private Scenario(String name, String json) {
        this.name = name;
        this.replicas = Integer.parseInt(find(json, "\"replicas\":(\\d+)"));
        this.shards = Integer.parseInt(find(json, "\"count\":(\\d+)"));
        String[] cycle = find(json, "\"weightCycle\":\\[([\\d,]+)]").split(",");
        this.weightCycle = new long[cycle.length];
        for (int i = 0; i < cycle.length; i++) {
            weightCycle[i] = Long.parseLong(cycle[i]);
        }
        Matcher matcher = NODE.matcher(json);
        while (matcher.find()) {
            nodes.add(
                    new Node(
                            matcher.group(1),
                            matcher.group(2),
                            matcher.group(3),
                            Long.parseLong(matcher.group(4))));
        }
        this.added = nodes.remove(nodes.size() - 1); // The last one stands in the event "add".
        this.lost = find(json, "\"op\":\"lose\",\"node\":\"(\\w+)\"");
    }

    static Scenario load(String name) {
        String file = "/scenarios/" + name + ".json";
        try (InputStream in = Scenario.class.getResourceAsStream(file)) {
            return new Scenario(name, new String(in.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private static String find(String json, String pattern) {
        Matcher matcher = Pattern.compile(pattern).matcher(json);
        if (!matcher.find()) {
            throw new IllegalStateException("no " + pattern);
        }
        return matcher.group(1);
    }

    boolean uniform() {
        return weightCycle.length == 1;
    }

    double meanCapacity() {
        return nodes.stream().mapToLong(Node::capacity).average().orElseThrow();
    }

    Demand demand() {
        Demand.Builder demand =
                Demand.builder(1).table(TableRules.of("t", shards, replicas, Spread.acrossZones()));
        if (!uniform()) {
            long[] weights = new long[shards];
            for (int s = 0; s < shards; s++) {
                weights[s] = weightCycle[s % weightCycle.length];
            }
            demand.weights(0, weights);
        }
        return demand.build();
    }

    Topology topology() {
        return topology(Set.of(), List.of());
    }

    Topology topology(Set<String> lostNodes, List<Node> addedNodes) {
        Topology.Builder topology = Topology.builder(DIMENSIONS);
        for (Node node : nodes) {
            topology.node(
                    node.name(),
                    node.zone(),
                    node.rack(),
                    Set.of(),
                    Map.of("weight", node.capacity()),
                    lostNodes.contains(node.name()) ? Standing.LOST : Standing.ACTIVE);
        }
        for (Node node : addedNodes) {
            topology.node(
                    node.name(),
                    node.zone(),
                    node.rack(),
                    Set.of(),
                    Map.of("weight", node.capacity()),
                    Standing.ACTIVE);
        }
        return topology.build();
    }
}
