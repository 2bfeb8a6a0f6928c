package org.quorate.cluster.shard;

import java.util.List;
import java.util.Optional;
import org.quorate.cluster.coordinator.CoordinationException;
import org.quorate.cluster.coordinator.CoordinationException.Fate;
import org.quorate.cluster.coordinator.Transaction;
import org.quorate.cluster.coordinator.Znode;
import org.quorate.cluster.coordinator.Znodes;
import org.quorate.cluster.json.MalformedJsonException;
import org.quorate.cluster.map.KeySpace;
import org.quorate.cluster.map.MapPaths;
import org.quorate.cluster.move.Wish;

/** Where splits and merges that are wanted are written down. Blocking calls. */
final class WishBook {
    private static final int ATTEMPTS = 8;

    private final Znodes znodes;
    private final MapPaths paths;

    WishBook(Znodes znodes, MapPaths paths) {
        this.znodes = znodes;
        this.paths = paths;
    }

    /** What is written of a table and not done. */
    List<Wish> pending(String table, KeySpace keys)
            throws CoordinationException, InterruptedException {
        Optional<Znode> there = znodes.read(paths.reshape(table));
        return there.isEmpty() ? List.of() : read(there.get()).pending(keys, List.of()).all();
    }

    /**
     * Adds a wish, and drops those that are done.
     *
     * @param keys of the table, as far as the caller knows them
     * @throws IllegalArgumentException if it is impossible, or too many are pending
     */
    void add(String table, KeySpace keys, Wish wish)
            throws CoordinationException, InterruptedException {
        if (wish instanceof Wish.Split split) {
            keys.split(split.shard(), split.at()); // Says what is wrong with it.
        } else if (wish instanceof Wish.Merge merge) {
            keys.merge(merge.into(), merge.from());
        }
        znodes.ensure(paths.reshapes());
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            Optional<Znode> there = znodes.read(paths.reshape(table));
            Wishes before = there.isEmpty() ? Wishes.NONE : read(there.get());
            Wishes after = before.pending(keys, List.of(wish));
            if (after.all().size() > Wishes.PENDING_MAX) {
                throw new IllegalArgumentException(
                        "more than " + Wishes.PENDING_MAX + " splits and merges pending");
            }
            Transaction write = new Transaction();
            if (there.isEmpty()) {
                write.create(paths.reshape(table), after.encode());
            } else {
                write.put(paths.reshape(table), after.encode(), there.get().version());
            }
            if (znodes.commit(write).done()) {
                return;
            }
        }
        throw new CoordinationException(
                Fate.DID_NOT_HAPPEN, paths.reshape(table) + " is changed by others all the time");
    }

    private static Wishes read(Znode znode) throws CoordinationException {
        try {
            return Wishes.decode(znode.data());
        } catch (MalformedJsonException unreadable) {
            throw new CoordinationException(
                    Fate.DID_NOT_HAPPEN,
                    znode.path() + " cannot be read: " + unreadable.getMessage(),
                    unreadable);
        }
    }
}
