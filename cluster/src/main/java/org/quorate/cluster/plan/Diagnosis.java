package org.quorate.cluster.plan;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.quorate.cluster.plan.Shortfall.Constraint;

/** Says which constraint leaves a replica without a place, and what would free it. */
final class Diagnosis {
    private final Board board;

    Diagnosis(Board board) {
        this.board = board;
    }

    /** One shortfall per table and binding constraint. */
    List<Shortfall> shortfalls() {
        List<Shortfall> all = new ArrayList<>();
        for (int t = 0; t < board.demand.tables().size(); t++) {
            int wanted = board.demand.tables().get(t).replicas();
            Map<Constraint, List<Integer>> lacking = new EnumMap<>(Constraint.class);
            for (int s = board.demand.from[t]; s < board.demand.from[t + 1]; s++) {
                if (board.at.replicas(s) < wanted && !board.demand.retired(s)) {
                    lacking.computeIfAbsent(binding(board.limits(t), s), none -> new ArrayList<>())
                            .add(s);
                }
            }
            int table = t;
            lacking.forEach((binding, shards) -> all.add(shortfall(table, binding, shards)));
        }
        return all;
    }

    /** The first constraint that leaves no node for another replica of {@code shard}. */
    Constraint binding(Limits limits, int shard) {
        Constraint furthest = Constraint.NODES;
        for (int n = 0; n < board.standing.length; n++) {
            Constraint stops = stops(limits, shard, n);
            if (stops == null || stops.compareTo(furthest) > 0) {
                furthest = stops == null ? Constraint.CAPACITY : stops;
            }
        }
        return furthest;
    }

    /** The first constraint that keeps {@code shard} from {@code n}; null if it may go there. */
    @Nullable Constraint stops(Limits limits, int shard, int n) {
        if (!board.standing[n].receives()) {
            return Constraint.NODES;
        }
        if (!limits.suits.get(n)) {
            return Constraint.TAGS;
        }
        if (board.at.slotOf(shard, n) >= 0) {
            return Constraint.DISTINCT_NODES;
        }
        if (!board.spreads(limits, shard, n, Board.NONE)) {
            return inZone(shard, board.nodes.zone[n]) >= limits.zoneMax[board.nodes.zone[n]]
                            && limits.rules.spread().zones()
                    ? Constraint.ZONES
                    : Constraint.RACKS;
        }
        return board.fits(shard, n) ? null : Constraint.CAPACITY;
    }

    private int inZone(int shard, int zone) {
        int count = 0;
        for (int i = shard * board.slots, end = i + board.slots; i < end; i++) {
            count += board.node[i] >= 0 && board.nodes.zone[board.node[i]] == zone ? 1 : 0;
        }
        return count;
    }

    private Shortfall shortfall(int table, Constraint constraint, List<Integer> shards) {
        TableRules rules = board.demand.tables().get(table);
        int example = shards.get(0);
        int replicas = 0;
        for (int shard : shards) {
            replicas += rules.replicas() - board.at.replicas(shard);
        }
        Limits limits = board.limits(table);
        Words words = words(constraint, limits, example, replicas);
        return new Shortfall(
                rules.name(),
                shards.size(),
                replicas,
                example,
                constraint,
                words.because(),
                words.remedy());
    }

    private Words words(Constraint constraint, Limits limits, int example, int replicas) {
        switch (constraint) {
            case NODES:
                return new Words(
                        "No node takes replicas: " + standings() + ".",
                        "Add nodes, or let draining and quarantined ones take replicas again.");
            case TAGS:
                return new Words(
                        "No node that takes replicas has"
                                + tags(" the tags ", limits.rules.requiredTags())
                                + tags(" and none of ", limits.rules.forbiddenTags())
                                + " capacity in every dimension.",
                        "Tag a node, give it capacity, or change the table's tags.");
            case DISTINCT_NODES:
                int wanted = limits.rules.replicas();
                int suitable = receiving(limits);
                return new Words(
                        wanted + " replicas need as many nodes, and " + suitable + " suit.",
                        add(wanted - suitable, "node") + fewer(suitable));
            case ZONES:
                return zones(limits);
            case RACKS:
                return new Words(
                        "At most "
                                + limits.rackMax[0]
                                + " of "
                                + limits.rules.replicas()
                                + " replicas may be in one rack, and the racks with suitable nodes"
                                + " have theirs.",
                        "Add a node in another rack, or do not spread across racks.");
            case CAPACITY:
                return new Words(full(limits, example), roomNeeded(limits, example, replicas));
        }
        throw new IllegalStateException("constraint " + constraint);
    }

    private Words zones(Limits limits) {
        int replicas = limits.rules.replicas();
        List<String> there = zoneList(limits);
        int zones = there.size();
        int perZone = limits.zoneMax[0];
        int more = (replicas + perZone - 1) / perZone - zones;
        return new Words(
                "At most "
                        + perZone
                        + " of "
                        + replicas
                        + " replicas may be in one zone, and only "
                        + zones
                        + (zones == 1 ? " zone has" : " zones have")
                        + " nodes for this table: "
                        + String.join(", ", there)
                        + ".",
                add(Math.max(1, more), "node in a zone of its own")
                        + " or allow "
                        + (replicas + zones - 1) / Math.max(1, zones)
                        + " per zone.");
    }

    private record Words(String because, String remedy) {}

    private String standings() {
        Map<Standing, Integer> counts = new EnumMap<>(Standing.class);
        for (Standing standing : board.standing) {
            counts.merge(standing, 1, Integer::sum);
        }
        StringBuilder text = new StringBuilder();
        counts.forEach((standing, count) ->
                text.append(text.length() == 0 ? "" : ", ")
                        .append(count)
                        .append(' ')
                        .append(standing.name().toLowerCase(Locale.ROOT)));
        return text.length() == 0 ? "there is none" : text.toString();
    }

    private static String tags(String before, Set<String> tags) {
        return tags.isEmpty() ? "" : before + tags.stream().sorted().toList() + ",";
    }

    private int receiving(Limits limits) {
        int count = 0;
        for (int n = 0; n < board.standing.length; n++) {
            count += board.standing[n].receives() && limits.suits.get(n) ? 1 : 0;
        }
        return count;
    }

    private List<String> zoneList(Limits limits) {
        List<String> zones = new ArrayList<>();
        for (int n = 0; n < board.standing.length; n++) {
            String zone = board.nodes.zoneName(n);
            if (board.standing[n].receives() && limits.suits.get(n) && !zones.contains(zone)) {
                zones.add(zone);
            }
        }
        return zones;
    }

    private static String add(int count, String what) {
        return "Add " + (count == 1 ? "one " + what : count + " " + what + "s");
    }

    private static String fewer(int suitable) {
        return suitable == 0 ? "." : " or ask for at most " + suitable + " replicas.";
    }

    private String full(Limits limits, int shard) {
        int d = tightest(limits, shard);
        long largest = 0;
        int roomiest = -1;
        for (int n = 0; n < board.standing.length; n++) {
            if (candidate(limits, shard, n) && board.roomLeft(d, n) >= largest) {
                largest = board.roomLeft(d, n);
                roomiest = n;
            }
        }
        return "A replica of "
                + board.demand.name(shard)
                + " needs "
                + board.demand.weight(d, shard)
                + " of "
                + board.nodes.dimensions().get(d).name()
                + ", and the roomiest node it may go to, "
                + (roomiest < 0 ? "none" : board.nodes.name(roomiest))
                + ", has "
                + largest
                + " left.";
    }

    private String roomNeeded(Limits limits, int shard, int replicas) {
        int d = tightest(limits, shard);
        Dimension dimension = board.nodes.dimensions().get(d);
        long needed = Math.multiplyExact(board.demand.weight(d, shard), (long) replicas);
        StringBuilder zones = new StringBuilder();
        for (String zone : zoneList(limits)) {
            for (int n = 0; n < board.standing.length; n++) {
                if (board.nodes.zoneName(n).equals(zone) && candidate(limits, shard, n)) {
                    zones.append(zones.length() == 0 ? " in " : ", ").append(zone);
                    break;
                }
            }
        }
        return String.format(
                Locale.ROOT,
                "Add nodes with at least %d of %s%s, or raise its headroom above %.2f.",
                needed,
                dimension.name(),
                zones,
                dimension.headroom());
    }

    /** Whether only room is missing on {@code n}. */
    private boolean candidate(Limits limits, int shard, int n) {
        return stops(limits, shard, n) == Constraint.CAPACITY;
    }

    private int tightest(Limits limits, int shard) {
        int tightest = 0;
        int most = -1;
        for (int d = 0; d < board.dimensions; d++) {
            int full = 0;
            for (int n = 0; n < board.standing.length; n++) {
                full +=
                        candidate(limits, shard, n)
                                        && board.roomLeft(d, n) < board.demand.weight(d, shard)
                                ? 1
                                : 0;
            }
            if (full > most) {
                most = full;
                tightest = d;
            }
        }
        return tightest;
    }
}
