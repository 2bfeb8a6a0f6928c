package org.quorate.cluster.shard;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.quorate.cluster.coordinator.Bytes;
import org.quorate.cluster.coordinator.CoordinationException;
import org.quorate.cluster.fence.ShardId;
import org.quorate.cluster.map.KeySpace;
import org.quorate.cluster.map.LoadFigures;
import org.quorate.cluster.move.Wish;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at the shards that are led here whenever their loads are known: whichever stays above its
 * table's limit is offered to the database, which may say where to cut it; then the planner is
 * asked for that. Only the thread that tells loads.
 */
final class Splitter {
    private static final Logger LOG = LoggerFactory.getLogger(Splitter.class);

    /** How often in a row a shard must be found too heavy before the database is asked. */
    static final int LOOKS = 3;

    private final ReshapingHost database;
    private final Collection<LocalTable> tables; // Grows while it is read.
    private final WishBook wishes;
    private Map<ShardId, Integer> found = new HashMap<>(); // How often in a row.

    Splitter(ReshapingHost database, Collection<LocalTable> tables, WishBook wishes) {
        this.database = database;
        this.tables = tables;
        this.wishes = wishes;
    }

    void look(LoadFigures told) throws CoordinationException, InterruptedException {
        Map<ShardId, Integer> again = new HashMap<>();
        for (LocalTable table : tables) {
            for (SplitAdvice advice : heavy(table, told)) {
                int times = found.getOrDefault(advice.shard(), 0) + 1;
                if (times >= LOOKS) {
                    offer(advice);
                    times = 0;
                }
                again.put(advice.shard(), times);
            }
        }
        found = again;
    }

    /** Shards of a table that are led here and too heavy, each once. */
    private static List<SplitAdvice> heavy(LocalTable table, LoadFigures told) {
        Map<String, Long> limits = table.splitAbove();
        KeySpace keys = table.image().keys();
        Map<ShardId, SplitAdvice> heavy = new HashMap<>();
        limits.forEach((dimension, most) ->
                told.of(table.name(), dimension)
                        .forEach((shard, load) -> {
                            boolean led =
                                    table.leads(shard) && shard < keys.shards() && keys.live(shard);
                            if (led && load > most) {
                                ShardId id = new ShardId(table.name(), shard);
                                heavy.putIfAbsent(
                                        id, new SplitAdvice(id, dimension, load, most, true, keys));
                            }
                        }));
        return new ArrayList<>(heavy.values());
    }

    private void offer(SplitAdvice advice) throws CoordinationException, InterruptedException {
        ShardId shard = advice.shard();
        for (Wish wish : wishes.pending(shard.table(), advice.keys())) {
            if (Wishes.concerned(wish).contains(shard.index())) {
                return;
            }
        }
        Optional<Bytes> at = ask(advice);
        if (at.isEmpty()) {
            return;
        }
        try {
            wishes.add(shard.table(), advice.keys(), new Wish.Split(shard.index(), at.get()));
            LOG.info("{}; asked for shard={}", advice, shard);
        } catch (IllegalArgumentException impossible) {
            LOG.warn("cannot be split shard={}: {}", shard, impossible.getMessage());
        }
    }

    private Optional<Bytes> ask(SplitAdvice advice) throws InterruptedException {
        try {
            return database.split(advice.shard(), advice);
        } catch (InterruptedException closing) {
            throw closing;
        } catch (Exception failed) { // The database's own code: anything may come.
            LOG.warn("no answer where to split shard={}", advice.shard(), failed);
            return Optional.empty();
        }
    }
}
