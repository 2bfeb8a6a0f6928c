package org.quorate.cluster.shard;

import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.quorate.cluster.coordinator.Bytes;
import org.quorate.cluster.coordinator.CoordinationException;
import org.quorate.cluster.coordinator.Coordinator;
import org.quorate.cluster.coordinator.Outcome;
import org.quorate.cluster.coordinator.Reconciler;
import org.quorate.cluster.coordinator.Session;
import org.quorate.cluster.coordinator.Step;
import org.quorate.cluster.coordinator.Transaction;
import org.quorate.cluster.coordinator.Znode;
import org.quorate.cluster.fence.ShardId;
import org.quorate.cluster.map.LoadFigures;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks the database now and then what its shards weigh and tells the planner, in one ephemeral
 * znode. A database that does not answer costs nothing. Safe for many threads.
 */
final class LoadTeller implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LoadTeller.class);

    /** How often. */
    static final Duration EVERY = Duration.ofSeconds(10);

    private final Coordinator coordinator;
    private final String parent;
    private final String path;
    private final ShardHost database;
    private final Collection<LocalTable> tables; // Grows while it is read.
    private final @Nullable Splitter splitter; // null if the database cannot split
    private final Reconciler reconciler;

    LoadTeller(
            Coordinator coordinator,
            String parent,
            String path,
            ShardHost database,
            Collection<LocalTable> tables,
            @Nullable Splitter splitter) {
        this.coordinator = coordinator;
        this.parent = parent;
        this.path = path;
        this.database = database;
        this.tables = tables;
        this.splitter = splitter;
        this.reconciler = coordinator.reconciler("loads at " + path, this::tell);
    }

    void start() {
        reconciler.start();
    }

    @Override
    public void close() {
        reconciler.close();
    }

    private Step.Next tell() throws CoordinationException, InterruptedException {
        Session session = coordinator.session();
        LoadFigures figures = ask();
        if (splitter != null) {
            splitter.look(figures);
        }
        Optional<Znode> there = coordinator.znodes().read(path);
        boolean ours = there.isPresent() && there.get().ownerSession() == session.id();
        if (there.isPresent() != ours || !ours && figures.tables().isEmpty()) {
            return Step.Next.after(EVERY);
        }
        Bytes bytes = figures.encode();
        Transaction transaction = Transaction.in(session);
        if (!ours) {
            transaction.createEphemeral(path, bytes);
        } else if (!there.get().data().equals(bytes)) {
            transaction.put(path, bytes, there.get().version());
        }
        if (!transaction.changes().isEmpty()) {
            Outcome outcome = coordinator.znodes().commit(transaction);
            if (outcome.refusedFor(Outcome.Reason.MISSING)) {
                coordinator.znodes().ensure(parent);
                return Step.Next.after(Duration.ZERO);
            }
        }
        return Step.Next.after(EVERY);
    }

    private LoadFigures ask() {
        SortedMap<String, SortedMap<String, NavigableMap<Integer, Long>>> all = new TreeMap<>();
        int figures = 0;
        for (LocalTable table : tables) {
            for (LocalShard shard : table.opened()) {
                for (Map.Entry<String, Long> one : ask(shard.id()).entrySet()) {
                    if (++figures <= LoadFigures.FIGURES_MAX) {
                        all.computeIfAbsent(shard.id().table(), t -> new TreeMap<>())
                                .computeIfAbsent(one.getKey(), d -> new TreeMap<>())
                                .put(shard.id().index(), one.getValue());
                    }
                }
            }
        }
        return new LoadFigures(all);
    }

    private Map<String, Long> ask(ShardId shard) {
        try {
            return database.load(shard);
        } catch (RuntimeException failed) { // The database's own code: anything may come.
            LOG.warn("no load of shard={}", shard, failed);
            return Map.of();
        }
    }
}
