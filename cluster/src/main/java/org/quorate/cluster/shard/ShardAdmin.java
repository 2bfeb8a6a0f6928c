package org.quorate.cluster.shard;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import org.quorate.cluster.coordinator.CoordinationException;
import org.quorate.cluster.coordinator.CoordinationException.Fate;
import org.quorate.cluster.coordinator.Coordinator;
import org.quorate.cluster.coordinator.Transaction;
import org.quorate.cluster.coordinator.Znode;
import org.quorate.cluster.coordinator.Znodes;
import org.quorate.cluster.json.MalformedJsonException;
import org.quorate.cluster.map.MalformedMapException;
import org.quorate.cluster.map.MapPaths;
import org.quorate.cluster.map.NodeDictionary;
import org.quorate.cluster.member.Member;
import org.quorate.cluster.member.Members;
import org.quorate.cluster.plan.Plan;
import org.quorate.cluster.plan.Standing;

/** What people do: say what they want, look before they do it, take nodes out. Blocking calls. */
public final class ShardAdmin {
    private static final int ATTEMPTS = 8;

    private final Coordinator coordinator;
    private final Znodes znodes;
    private final MapPaths paths;

    ShardAdmin(Coordinator coordinator, String root) {
        this.coordinator = coordinator;
        this.znodes = coordinator.znodes();
        this.paths = new MapPaths(root);
    }

    /**
     * Says what is wanted of a table. The planner brings it about.
     *
     * @throws IllegalArgumentException if the number of shards differs from what is there
     */
    public void apply(Table table) throws CoordinationException, InterruptedException {
        znodes.ensure(paths.specs());
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            Optional<Znode> there = znodes.read(paths.spec(table.name()));
            Transaction write = new Transaction();
            if (there.isEmpty()) {
                write.create(paths.spec(table.name()), table.encode());
            } else {
                int shards = decode(there.get()).rules().shards();
                if (shards != table.rules().shards()) {
                    throw new IllegalArgumentException(
                            "table " + table.name() + " has " + shards + " shards already");
                }
                write.put(paths.spec(table.name()), table.encode(), there.get().version());
            }
            if (znodes.commit(write).done()) {
                return;
            }
        }
        throw contended(paths.spec(table.name()));
    }

    /** What is wanted of all tables, by name. */
    public SortedMap<String, Table> tables() throws CoordinationException, InterruptedException {
        SortedMap<String, Table> tables = new TreeMap<>();
        for (String name : znodes.children(paths.specs()).orElse(List.of())) {
            Optional<Znode> spec = znodes.read(paths.spec(name));
            if (spec.isPresent()) {
                tables.put(name, decode(spec.get()));
            }
        }
        return tables;
    }

    /** Asks for a node to be emptied, or not any more. */
    public void drain(String node, boolean wanted)
            throws CoordinationException, InterruptedException {
        try (Members members = Members.watch(coordinator, paths.root(), (now, changes) -> {})) {
            members.askToDrain(node, wanted);
        }
    }

    /** Says that a node, which must not be there, will not come back. Its data is made anew. */
    public void remove(String node) throws CoordinationException, InterruptedException {
        if (Members.incarnation(coordinator, paths.root(), node) != 0) {
            throw new IllegalStateException("node " + node + " is there: drain and stop it first");
        }
        change(control -> {
            Set<String> removed = new TreeSet<>(control.removed());
            removed.add(node);
            return new Control(control.paused(), control.proceed(), removed);
        });
    }

    /** Maintenance: nothing is copied while it lasts; lost leaders are replaced all the same. */
    public void pause(boolean paused) throws CoordinationException, InterruptedException {
        change(control -> new Control(paused, control.proceed(), control.removed()));
    }

    /** Lets copies begin in spite of a mass loss. */
    public void proceed() throws CoordinationException, InterruptedException {
        change(control -> new Control(control.paused(), control.proceed() + 1, control.removed()));
    }

    private void change(UnaryOperator<Control> change)
            throws CoordinationException, InterruptedException {
        znodes.ensure(paths.control());
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            Optional<Znode> there = znodes.read(paths.control());
            if (there.isPresent()) {
                try {
                    Control now = Control.decode(there.get().data());
                    Transaction write =
                            new Transaction()
                                    .put(
                                            paths.control(),
                                            change.apply(now).encode(),
                                            there.get().version());
                    if (znodes.commit(write).done()) {
                        return;
                    }
                } catch (MalformedJsonException unreadable) {
                    throw failed(paths.control(), unreadable);
                }
            }
        }
        throw contended(paths.control());
    }

    /** A change that can be looked at before it is made. */
    public sealed interface Change {
        /** {@code node} is taken out. */
        static Change remove(String node) {
            return new Remove(node);
        }

        /** A table is wanted so. */
        static Change apply(Table table) {
            return new Apply(table);
        }
    }

    private record Remove(String node) implements Change {}

    private record Apply(Table table) implements Change {}

    /**
     * What would be moved where, and why, if {@code change} were made now. Nothing is done.
     *
     * @throws CoordinationException if the cluster cannot be read
     */
    public Plan preview(Change change) throws CoordinationException, InterruptedException {
        SortedMap<String, Table> wanted = new TreeMap<>(tables());
        if (change instanceof Apply apply) {
            wanted.put(apply.table().name(), apply.table());
        }
        try (Members members = Members.watch(coordinator, paths.root(), (now, changes) -> {})) {
            if (!members.awaitComplete(coordinator.patience())) {
                throw new CoordinationException(Fate.DID_NOT_HAPPEN, "no members within patience");
            }
            return preview(change, new ArrayList<>(wanted.values()), members.now());
        }
    }

    private Plan preview(Change change, List<Table> wanted, SortedMap<String, Member> members)
            throws CoordinationException, InterruptedException {
        Atlas atlas;
        try {
            atlas = Atlas.read(znodes, paths);
        } catch (MalformedMapException unreadable) {
            throw failed(paths.maps(), unreadable);
        }
        NodeDictionary dictionary = atlas.dictionary();
        for (Member member : members.values()) {
            dictionary =
                    dictionary.with(
                            new NodeDictionary.Entry(
                                    member.id(), member.profile().zone(), member.profile().rack()));
        }
        Standing[] standings = new Standing[dictionary.size()];
        for (int n = 0; n < standings.length; n++) {
            Member member = members.get(dictionary.name(n));
            boolean goes =
                    change instanceof Remove remove && remove.node().equals(dictionary.name(n));
            standings[n] =
                    goes
                            ? Standing.DRAINING
                            : member == null
                                    ? Standing.LOST
                                    : member.draining() ? Standing.DRAINING : Standing.ACTIVE;
        }
        return new Problem(
                        wanted,
                        atlas.images(),
                        dictionary,
                        members,
                        standings,
                        Loads.NONE,
                        List.of())
                .solve();
    }

    /**
     * Waits until all tables are placed and nothing is under way, as {@code planner} sees it.
     *
     * @return whether that came true in time
     */
    public boolean awaitQuiet(ShardPlanner planner, Duration atMost) throws InterruptedException {
        return coordinator.host().await(() -> quiet(planner.status()), atMost.toNanos());
    }

    private static boolean quiet(PlannerStatus status) {
        return status.leading()
                && !status.versions().isEmpty()
                && status.leaderless() == 0
                && status.underReplicated() == 0
                && status.copies() == 0
                && status.handOvers() == 0;
    }

    private Table decode(Znode spec) throws CoordinationException {
        try {
            return Table.decode(spec.name(), spec.data());
        } catch (MalformedJsonException unreadable) {
            throw failed(spec.path(), unreadable);
        }
    }

    private static CoordinationException failed(String path, Exception cause) {
        return new CoordinationException(
                Fate.DID_NOT_HAPPEN, path + " cannot be read: " + cause.getMessage(), cause);
    }

    private static CoordinationException contended(String path) {
        return new CoordinationException(
                Fate.DID_NOT_HAPPEN, path + " is changed by others all the time");
    }
}
