package org.quorate.cluster.shard;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import org.quorate.cluster.coordinator.CoordinationException;
import org.quorate.cluster.coordinator.Znode;
import org.quorate.cluster.coordinator.Znodes;
import org.quorate.cluster.fence.Role;
import org.quorate.cluster.fence.ShardId;
import org.quorate.cluster.map.Assignment;
import org.quorate.cluster.map.Decision;
import org.quorate.cluster.map.MalformedMapException;
import org.quorate.cluster.map.MapImage;
import org.quorate.cluster.map.MapPaths;
import org.quorate.cluster.map.NodeDictionary;
import org.quorate.cluster.plan.Placement;
import org.quorate.cluster.plan.Plan;
import org.quorate.cluster.plan.Shortfall;

/** Tells what happened to a shard, and what speaks for and against where it is. Blocking reads. */
final class Explainer {
    private final Znodes znodes;
    private final MapPaths paths;

    Explainer(Znodes znodes, MapPaths paths) {
        this.znodes = znodes;
        this.paths = paths;
    }

    /** Decisions about one shard that are still in the log, the oldest first. */
    List<ShardEvent> history(NodeDictionary nodes, MapImage image, ShardId shard)
            throws CoordinationException, InterruptedException, MalformedMapException {
        TreeSet<Long> versions = new TreeSet<>();
        for (String name : znodes.children(paths.log(shard.table())).orElse(List.of())) {
            versions.add(Long.parseLong(name));
        }
        List<String> wanted = new ArrayList<>();
        versions.forEach(version -> wanted.add(paths.log(shard.table(), version)));
        List<ShardEvent> events = new ArrayList<>();
        for (Optional<Znode> znode : znodes.readAll(wanted)) {
            if (znode.isPresent()) {
                Decision decision =
                        Decision.decode(znode.get().path(), znode.get().data(), image.shards());
                for (Decision.Change change : decision.changes()) {
                    if (change.shard() == shard.index()) {
                        events.add(event(nodes, decision, change));
                    }
                }
            }
        }
        return events;
    }

    private static ShardEvent event(
            NodeDictionary nodes, Decision decision, Decision.Change change) {
        Assignment to = change.to();
        return new ShardEvent(
                decision.version(),
                Instant.ofEpochMilli(decision.wallMillis()),
                change.why(),
                to.epoch(),
                to.leader() < 0 ? "" : nodes.name(to.leader()),
                replicas(nodes, to));
    }

    private static List<String> replicas(NodeDictionary nodes, Assignment assignment) {
        List<String> replicas = new ArrayList<>();
        for (int i = 0; i < assignment.count(); i++) {
            String copying = assignment.role(i) == Role.LEARNER ? "+" : "";
            String going = assignment.leaving(i) ? "-" : "";
            replicas.add(nodes.name(assignment.node(i)) + copying + going);
        }
        return replicas;
    }

    /** How a shard is, in one line. */
    static String now(NodeDictionary nodes, Assignment assignment) {
        int leader = assignment.leader();
        return String.format(
                "%s, epoch %d, replicas %s",
                leader < 0 ? "nobody leads" : nodes.name(leader) + " leads",
                assignment.epoch().value(),
                String.join(" ", replicas(nodes, assignment)));
    }

    /** What {@code plan} says of one shard, {@code row} in it. */
    static List<String> wanted(NodeDictionary nodes, Plan plan, int row) {
        List<String> wanted = new ArrayList<>();
        Placement target = plan.target();
        for (int slot = 0; slot < target.slots(); slot++) {
            int node = target.node(row, slot);
            if (node >= 0) {
                wanted.add("on " + nodes.name(node) + ": " + plan.reason(row, slot).sentence());
            }
        }
        int leader = target.leader(row);
        if (leader >= 0) {
            wanted.add("led by " + nodes.name(leader) + ": " + plan.leaderReason(row).sentence());
        }
        return wanted;
    }

    /** Why a shard is not where the plan wants it, or has fewer replicas than it should. */
    static List<String> binding(
            Plan plan, int row, Table table, Assignment assignment, Control control) {
        List<String> binding = new ArrayList<>();
        for (Shortfall shortfall : plan.shortfalls()) {
            if (shortfall.table().equals(table.name())
                    && plan.target().replicas(row) < table.rules().replicas()) {
                binding.add(shortfall.because() + " " + shortfall.remedy());
            }
        }
        if (!plan.changes(row)) {
            return binding;
        }
        boolean moving = assignment.successor() >= 0;
        for (int i = 0; i < assignment.count(); i++) {
            moving |= assignment.role(i) == Role.LEARNER || assignment.leaving(i);
        }
        if (moving) {
            binding.add("it is on its way: what it waits for is under way");
        } else if (control.paused()) {
            binding.add("maintenance: nothing is copied until the pause is ended");
        } else {
            binding.add(
                    String.format(
                            "it waits for its turn: at most %d copies a node, %d in all, %d"
                                    + " hand-overs a node at once",
                            table.moves().perNode(),
                            table.moves().perCluster(),
                            table.moves().handOversPerNode()));
        }
        return binding;
    }
}
