package org.quorate.cluster.shard;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.quorate.cluster.map.Assignment;
import org.quorate.cluster.map.KeySpace;
import org.quorate.cluster.map.MapImage;
import org.quorate.cluster.map.NodeDictionary;
import org.quorate.cluster.member.Member;
import org.quorate.cluster.member.Profile;
import org.quorate.cluster.move.Wish;
import org.quorate.cluster.plan.Bands;
import org.quorate.cluster.plan.Demand;
import org.quorate.cluster.plan.Dimension;
import org.quorate.cluster.plan.Placement;
import org.quorate.cluster.plan.Plan;
import org.quorate.cluster.plan.Planner;
import org.quorate.cluster.plan.Standing;
import org.quorate.cluster.plan.Topology;

/** The planner's question, put together from what is known. Pure; made anew for each plan. */
final class Problem {
    private static final String SHARDS = "shards";

    private final List<Table> tables;
    private final Map<String, MapImage> images;
    private final SortedMap<String, Member> members;
    private final NodeDictionary dictionary;
    private final Standing[] standings;
    private final Loads loads;
    private final Map<String, Wishes> wishes;
    private final Set<String> failed; // "table/shard@node" that cannot be

    /**
     * @param tables with a map each in {@code images}
     * @param standings by node number
     * @param failures replicas that cannot be where they are
     * @param wishes splits and merges that are wanted, by table
     */
    Problem(
            List<Table> tables,
            Map<String, MapImage> images,
            NodeDictionary dictionary,
            SortedMap<String, Member> members,
            Standing[] standings,
            Loads loads,
            List<NodeFacts.Failure> failures,
            Map<String, Wishes> wishes) {
        this.wishes = wishes;
        this.tables = tables;
        this.images = images;
        this.dictionary = dictionary;
        this.members = members;
        this.standings = standings;
        this.loads = loads;
        this.failed = new HashSet<>();
        failures.forEach(f -> failed.add(key(f.table(), f.shard(), f.node())));
    }

    private static String key(String table, int shard, int node) {
        return table + "/" + shard + "@" + node;
    }

    Plan solve() {
        Topology nodes = topology();
        Demand demand = demand(nodes.dimensions());
        return Planner.plan(nodes, demand, placement(demand), Bands.DEFAULT);
    }

    private List<Dimension> dimensions() {
        SortedMap<String, Double> balance = new TreeMap<>();
        Map<String, Double> headroom = new HashMap<>();
        for (Table table : tables) {
            table.balance().forEach((name, weight) -> balance.merge(name, weight, Math::max));
            table.limits()
                    .forEach((name, part) -> {
                        balance.putIfAbsent(name, 0.0);
                        headroom.merge(name, part, Math::min);
                    });
        }
        if (balance.values().stream().noneMatch(weight -> weight > 0)) {
            balance.put(SHARDS, 1.0);
        }
        List<Dimension> dimensions = new ArrayList<>();
        balance.forEach((name, weight) ->
                dimensions.add(new Dimension(name, weight, headroom.getOrDefault(name, 0.0))));
        return dimensions;
    }

    private Topology topology() {
        List<Dimension> dimensions = dimensions();
        Topology.Builder topology = Topology.builder(dimensions);
        for (int n = 0; n < dictionary.size(); n++) {
            NodeDictionary.Entry entry = dictionary.entry(n);
            Member member = members.get(entry.name());
            topology.node(
                    entry.name(),
                    entry.zone(),
                    entry.rack(),
                    member == null ? required() : tags(member.profile()),
                    member == null ? unknown(dimensions) : member.profile().capacity(),
                    standings[n]);
        }
        return topology.build();
    }

    /** A node that is away holds what it holds because it has the tags for it. */
    private Set<String> required() {
        Set<String> tags = new HashSet<>();
        tables.forEach(table -> tags.addAll(table.rules().requiredTags()));
        return tags;
    }

    /** Nobody knows what a node that is away can carry: about as much as the others. */
    private Map<String, Long> unknown(List<Dimension> dimensions) {
        Map<String, Long> capacity = new HashMap<>();
        for (Dimension dimension : dimensions) {
            long[] told =
                    members.values().stream()
                            .mapToLong(
                                    m -> m.profile().capacity().getOrDefault(dimension.name(), 0L))
                            .filter(amount -> amount > 0)
                            .sorted()
                            .toArray();
            capacity.put(dimension.name(), told.length == 0 ? 1 : told[told.length / 2]);
        }
        return capacity;
    }

    static Set<String> tags(Profile profile) {
        Set<String> tags = new HashSet<>();
        profile.labels()
                .forEach((label, value) -> {
                    if (value.isEmpty() || value.equals("true")) {
                        tags.add(label);
                    }
                    tags.add(label + "=" + value);
                });
        return tags;
    }

    private Demand demand(List<Dimension> dimensions) {
        Demand.Builder demand = Demand.builder(dimensions.size());
        tables.forEach(table -> demand.table(table.rules()));
        for (int d = 0; d < dimensions.size(); d++) {
            long[] weights = loads.weights(tables, dimensions.get(d).name());
            if (weights.length > 0) {
                demand.weights(d, weights);
            }
        }
        int first = 0;
        for (Table table : tables) {
            MapImage image = images.get(table.name());
            if (image != null) {
                reshape(table, image.keys(), first, demand);
            }
            first += table.rules().shards();
        }
        return demand.build();
    }

    /** Shards without keys are not placed, and those to be merged lie together. */
    private void reshape(Table table, KeySpace keys, int first, Demand.Builder demand) {
        for (int s = 0; s < keys.shards() && !keys.pristine(); s++) {
            if (!keys.live(s)) {
                demand.retire(first + s);
            }
        }
        for (Wish wish : wishes.getOrDefault(table.name(), Wishes.NONE).all()) {
            if (wish instanceof Wish.Merge merge
                    && Wishes.concerned(wish).stream().allMatch(keys::live)) {
                demand.together(first + merge.into(), first + merge.from());
            }
        }
    }

    /** What is there or on its way; what is to go counts as gone. */
    private Placement placement(Demand demand) {
        int slots = 1;
        for (Table table : tables) {
            slots = Math.max(slots, table.rules().replicas());
            MapImage image = images.get(table.name());
            for (int s = 0; image != null && s < image.shards(); s++) {
                slots = Math.max(slots, image.get(s).count());
            }
        }
        Placement now = new Placement(demand.shards(), slots);
        for (int t = 0; t < tables.size(); t++) {
            MapImage image = images.get(tables.get(t).name());
            for (int s = 0; image != null && s < tables.get(t).rules().shards(); s++) {
                if (image.keys().live(s)) {
                    place(tables.get(t), image, s, demand.first(t) + s, now);
                }
            }
        }
        return now;
    }

    private void place(Table table, MapImage image, int shard, int row, Placement now) {
        Assignment assignment = image.get(shard);
        int alive = 0;
        for (int i = 0; i < assignment.count(); i++) {
            alive += standings[assignment.node(i)].alive() ? 1 : 0;
        }
        for (int i = 0; i < assignment.count(); i++) {
            int n = assignment.node(i);
            // With too few alive nothing is waited for.
            boolean waitedFor = standings[n] != Standing.AWAY || alive >= table.liveLeast();
            boolean can = failed.isEmpty() || !failed.contains(key(table.name(), shard, n));
            if (!assignment.leaving(i) && waitedFor && can) {
                now.add(row, n);
            }
        }
        int leader = assignment.successor();
        leader = leader == Assignment.NONE ? assignment.leader() : leader;
        if (leader >= 0 && now.slotOf(row, leader) >= 0) {
            now.lead(row, leader);
        }
    }
}
