package org.quorate.cluster.shard;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.quorate.cluster.coordinator.Bytes;
import org.quorate.cluster.coordinator.CoordinationException;
import org.quorate.cluster.coordinator.CoordinationException.Fate;
import org.quorate.cluster.coordinator.Coordinator;
import org.quorate.cluster.coordinator.Transaction;
import org.quorate.cluster.coordinator.Znode;
import org.quorate.cluster.coordinator.Znodes;
import org.quorate.cluster.fence.ShardId;
import org.quorate.cluster.json.MalformedJsonException;
import org.quorate.cluster.map.Assignment;
import org.quorate.cluster.map.KeySpace;
import org.quorate.cluster.map.LoadFigures;
import org.quorate.cluster.map.MalformedMapException;
import org.quorate.cluster.map.MapImage;
import org.quorate.cluster.map.MapPaths;
import org.quorate.cluster.map.NodeDictionary;
import org.quorate.cluster.member.Member;
import org.quorate.cluster.member.Members;
import org.quorate.cluster.move.Wish;
import org.quorate.cluster.plan.Plan;
import org.quorate.cluster.plan.Standing;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What people do: say what they want, look before they do it, take nodes out. Blocking calls. */
public final class ShardAdmin {
    private static final Logger LOG = LoggerFactory.getLogger(ShardAdmin.class);
    private static final int ATTEMPTS = 8;

    private final Coordinator coordinator;
    private final Znodes znodes;
    private final MapPaths paths;
    private final WishBook wishes;

    ShardAdmin(Coordinator coordinator, String root) {
        this.coordinator = coordinator;
        this.znodes = coordinator.znodes();
        this.paths = new MapPaths(root);
        this.wishes = new WishBook(znodes, paths);
    }

    /**
     * Says what is wanted of a table. The planner brings it about.
     *
     * @throws IllegalArgumentException if the number of shards, or the boundaries of ordered keys,
     *     differ from what is there
     */
    public void apply(Table table) throws CoordinationException, InterruptedException {
        znodes.ensure(paths.specs());
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            Optional<Znode> there = znodes.read(paths.spec(table.name()));
            Transaction write = new Transaction();
            if (there.isEmpty()) {
                write.create(paths.spec(table.name()), table.encode());
            } else {
                Table before = decode(there.get());
                int shards = before.rules().shards();
                if (shards != table.rules().shards()) {
                    throw new IllegalArgumentException(
                            "table " + table.name() + " has " + shards + " shards already");
                }
                if (!before.boundaries().equals(table.boundaries())) {
                    throw new IllegalArgumentException(
                            "table " + table.name() + " has other boundaries already");
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

    /**
     * Asks for a shard to be cut in the middle of its largest range of hashes. The two that come
     * out of it have new numbers.
     *
     * @throws IllegalArgumentException if there is no such shard, its keys are ordered, or too many
     *     wishes are pending
     */
    public void split(ShardId shard) throws CoordinationException, InterruptedException {
        wish(shard.table(), keys -> new Wish.Split(shard.index(), keys.middle(shard.index())));
    }

    /**
     * Asks for a shard to be cut at {@code at}: a key, or the eight bytes of a hash where keys are
     * hashed.
     *
     * @throws IllegalArgumentException if there is no such shard, it has no keys on one side, or
     *     too many wishes are pending
     */
    public void split(ShardId shard, Bytes at) throws CoordinationException, InterruptedException {
        wish(shard.table(), keys -> new Wish.Split(shard.index(), at));
    }

    /**
     * Asks for two shards of one table to become one, which has a new number and lies where {@code
     * into} is.
     *
     * @throws IllegalArgumentException if they are not two shards of one table, or too many wishes
     *     are pending
     */
    public void merge(ShardId into, ShardId from)
            throws CoordinationException, InterruptedException {
        if (!into.table().equals(from.table())) {
            throw new IllegalArgumentException(into + " and " + from + " are of two tables");
        }
        wish(into.table(), keys -> new Wish.Merge(into.index(), from.index()));
    }

    /**
     * Splits and merges of a table that are asked for and not done, the oldest first; those of
     * which the second half is under way are in {@link KeySpace#births}.
     */
    public List<Wish> pending(String table) throws CoordinationException, InterruptedException {
        MapImage image = survey().maps().get(table);
        return image == null ? List.of() : wishes.pending(table, image.keys());
    }

    private void wish(String table, Function<KeySpace, Wish> made)
            throws CoordinationException, InterruptedException {
        MapImage image = survey().maps().get(table);
        if (image == null) {
            throw new IllegalArgumentException("there is no map of table " + table);
        }
        wishes.add(table, image.keys(), made.apply(image.keys()));
    }

    /**
     * Shards that had better be split, as far as nodes tell what they weigh: those above {@link
     * Table#splitAbove}, and those that weigh more than the mean of a whole node in a dimension
     * that is balanced. The heaviest for its limit first.
     */
    public List<SplitAdvice> advice() throws CoordinationException, InterruptedException {
        Survey survey = survey();
        int nodes = survey.members().size();
        return SplitAdvice.of(survey.tables().values(), survey.maps(), loads(), nodes);
    }

    /** What nodes tell that shards weigh; what cannot be read counts as not told. */
    private Loads loads() throws CoordinationException, InterruptedException {
        Map<String, LoadFigures> told = new HashMap<>();
        for (String node : znodes.children(paths.loads()).orElse(List.of())) {
            Optional<Znode> znode = znodes.read(paths.load(node));
            if (znode.isPresent()) {
                try {
                    told.put(node, LoadFigures.decode(znode.get().path(), znode.get().data()));
                } catch (MalformedMapException unreadable) {
                    LOG.warn("left out: {}", unreadable.getMessage());
                }
            }
        }
        return new Loads(told);
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
        Survey survey = survey();
        SortedMap<String, Table> wanted = new TreeMap<>(survey.tables());
        if (change instanceof Apply apply) {
            wanted.put(apply.table().name(), apply.table());
        }
        String goes = change instanceof Remove remove ? remove.node() : "";
        return plan(survey, asShaped(survey, wanted), loads(), goes);
    }

    /** Tables with as many shards as their maps have by now. */
    private static SortedMap<String, Table> asShaped(
            Survey survey, SortedMap<String, Table> tables) {
        SortedMap<String, Table> shaped = new TreeMap<>(tables);
        shaped.replaceAll((name, table) -> {
            MapImage image = survey.maps().get(name);
            return image == null ? table : table.shards(image.shards());
        });
        return shaped;
    }

    private static Plan plan(
            Survey survey, SortedMap<String, Table> wanted, Loads loads, String goes) {
        NodeDictionary nodes = survey.nodes();
        for (Member member : survey.members().values()) {
            nodes =
                    nodes.with(
                            new NodeDictionary.Entry(
                                    member.id(), member.profile().zone(), member.profile().rack()));
        }
        Standing[] standings = new Standing[nodes.size()];
        for (int n = 0; n < standings.length; n++) {
            Member member = survey.members().get(nodes.name(n));
            if (member == null) {
                standings[n] = Standing.LOST;
            } else {
                boolean leaves = member.draining() || member.id().equals(goes);
                standings[n] = leaves ? Standing.DRAINING : Standing.ACTIVE;
            }
        }
        return new Problem(
                        new ArrayList<>(wanted.values()),
                        survey.maps(),
                        nodes,
                        survey.members(),
                        standings,
                        loads,
                        List.of(),
                        Map.of())
                .solve();
    }

    /** Who is there, what is wanted and where shards are, read now. */
    public Survey survey() throws CoordinationException, InterruptedException {
        try (Members members = Members.watch(coordinator, paths.root(), (now, changes) -> {})) {
            if (!members.awaitComplete(coordinator.patience())) {
                throw new CoordinationException(Fate.DID_NOT_HAPPEN, "no members within patience");
            }
            Atlas atlas = Atlas.read(znodes, paths);
            SortedMap<String, MapImage> maps = new TreeMap<>(atlas.images());
            return new Survey(members.now(), atlas.dictionary(), tables(), maps);
        } catch (MalformedMapException unreadable) {
            throw failed(paths.maps(), unreadable);
        }
    }

    /**
     * Decisions about one shard that are still in the log, the oldest first. The log reaches back
     * over the last few hundred decisions of its table.
     *
     * @throws IllegalArgumentException if there is no such shard
     */
    public List<ShardEvent> history(ShardId shard)
            throws CoordinationException, InterruptedException {
        return history(survey(), shard);
    }

    private List<ShardEvent> history(Survey survey, ShardId shard)
            throws CoordinationException, InterruptedException {
        try {
            return new Explainer(znodes, paths)
                    .history(survey.nodes(), image(survey, shard), shard);
        } catch (MalformedMapException unreadable) {
            throw failed(paths.log(shard.table()), unreadable);
        }
    }

    /**
     * Why a shard is where it is, and what keeps it from being where it should be.
     *
     * @throws IllegalArgumentException if there is no such shard, or no settings for its table
     */
    public Explanation why(ShardId shard) throws CoordinationException, InterruptedException {
        Survey survey = survey();
        Assignment now = image(survey, shard).get(shard.index());
        Table table = survey.tables().get(shard.table());
        if (table == null) {
            throw new IllegalArgumentException("no settings for table " + shard.table());
        }
        SortedMap<String, Table> shaped = asShaped(survey, survey.tables());
        Plan plan = plan(survey, shaped, loads(), "");
        int row = shard.index();
        for (Table before : shaped.headMap(shard.table()).values()) {
            row += before.rules().shards();
        }
        return new Explanation(
                shard,
                Explainer.now(survey.nodes(), now),
                Explainer.wanted(survey.nodes(), plan, row),
                Explainer.binding(plan, row, table, now, control()),
                history(survey, shard));
    }

    private static MapImage image(Survey survey, ShardId shard) {
        MapImage image = survey.maps().get(shard.table());
        if (image == null || shard.index() >= image.shards()) {
            throw new IllegalArgumentException("there is no shard " + shard);
        }
        return image;
    }

    private Control control() throws CoordinationException, InterruptedException {
        Optional<Znode> there = znodes.read(paths.control());
        try {
            return there.isPresent() ? Control.decode(there.get().data()) : Control.NONE;
        } catch (MalformedJsonException unreadable) {
            throw failed(paths.control(), unreadable);
        }
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
