package org.quorate.cluster.map;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.quorate.cluster.coordinator.Bell;
import org.quorate.cluster.coordinator.CoordinationException;
import org.quorate.cluster.coordinator.CoordinationException.Fate;
import org.quorate.cluster.coordinator.Coordinator;
import org.quorate.cluster.coordinator.Reconciler;
import org.quorate.cluster.coordinator.Step;
import org.quorate.cluster.coordinator.Znode;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows one table's map: one watch, and one read per decision. After a gap it goes on from the
 * log, or from the base if the log no longer reaches back far enough. It never goes backwards.
 *
 * <p>The listener is called with one decision at a time, in order, on a thread of the toolkit. Safe
 * for many threads.
 */
public final class MapFollower implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(MapFollower.class);

    /** Decisions read in one round. */
    private static final int READ_MAX = 64;

    /** Hears how the map moves on. */
    public interface Listener {
        /** The map was read as a whole: at first, or because the log had moved on too far. */
        void loaded(MapImage image);

        /** One decision more. */
        void decided(MapImage image, Decision decision);
    }

    private final Coordinator coordinator;
    private final MapPaths paths;
    private final String table;
    private final Listener listener;
    private final Bell bell;
    private final Reconciler reconciler;
    private final AtomicLong announced = new AtomicLong();
    private volatile boolean gap = true;
    private volatile @Nullable MapImage image;
    private volatile boolean caughtUp;

    private MapFollower(Coordinator coordinator, MapPaths paths, String table, Listener listener) {
        this.coordinator = coordinator;
        this.paths = paths;
        this.table = table;
        this.listener = listener;
        this.reconciler = coordinator.reconciler("map of " + table, this::follow);
        this.bell = Bell.at(coordinator, paths.log(table), this::rung);
    }

    /** Begins to follow {@code table}'s map, which need not exist yet. */
    public static MapFollower open(
            Coordinator coordinator, MapPaths paths, String table, Listener listener) {
        MapFollower follower = new MapFollower(coordinator, paths, table, listener);
        follower.reconciler.start();
        return follower;
    }

    /** The newest version known; empty until the map has been read for the first time. */
    public Optional<MapImage> image() {
        return Optional.ofNullable(image);
    }

    /** Whether it has once known everything that was there when it looked. */
    public boolean caughtUp() {
        return caughtUp;
    }

    /** Somebody says that the map has reached {@code version}; it is looked for once. */
    public void hint(long version) {
        MapImage known = image;
        if (known == null || version > known.version()) {
            announce(version);
        }
    }

    /** Reads the map anew, soon. */
    public void look() {
        gap = true;
        reconciler.wake();
    }

    @Override
    public void close() {
        bell.close();
        reconciler.close();
    }

    private void rung(Optional<String> path) {
        long version = path.map(this::versionAt).orElse(-1L);
        if (path.isEmpty()) {
            look();
        } else if (version > 0) {
            announce(version);
        }
    }

    private void announce(long version) {
        announced.accumulateAndGet(version, Math::max);
        reconciler.wake();
    }

    private long versionAt(String path) {
        String parent = paths.log(table) + "/";
        if (!path.startsWith(parent)) {
            return path.equals(paths.log(table)) ? 1 : 0;
        }
        try {
            return Long.parseLong(path.substring(parent.length()));
        } catch (NumberFormatException foreign) {
            return 0;
        }
    }

    private Step.Next follow() throws CoordinationException, InterruptedException {
        try {
            if (gap || image == null) {
                gap = false;
                if (!catchUp()) {
                    return Step.Next.WHEN_WOKEN; // No such table yet.
                }
            }
            readLog();
            caughtUp = true;
            coordinator.host().signal();
        } catch (MalformedMapException unreadable) {
            gap = true;
            LOG.error("cannot follow the map table={}: {}", table, unreadable.getMessage());
            throw new CoordinationException(
                    Fate.DID_NOT_HAPPEN, String.valueOf(unreadable.getMessage()), unreadable);
        }
        return Step.Next.WHEN_WOKEN;
    }

    /** Finds out how far the log goes, and begins from the base if need be. */
    private boolean catchUp()
            throws CoordinationException, InterruptedException, MalformedMapException {
        Optional<List<String>> names = coordinator.znodes().children(paths.log(table));
        if (names.isEmpty()) {
            return false;
        }
        long first = Long.MAX_VALUE;
        long last = 0;
        for (String name : names.get()) {
            long version = versionAt(paths.log(table) + "/" + name);
            if (version > 0) {
                first = Math.min(first, version);
                last = Math.max(last, version);
            }
        }
        MapImage known = image;
        if (known == null || last > known.version() && first > known.version() + 1) {
            MapImage base = MapReader.base(coordinator.znodes(), paths, table);
            if (known == null || base.version() > known.version()) {
                image = base;
                listener.loaded(base);
                coordinator.host().signal();
            }
        }
        announced.accumulateAndGet(last, Math::max);
        return true;
    }

    private void readLog()
            throws CoordinationException, InterruptedException, MalformedMapException {
        MapImage known = image;
        while (known != null && announced.get() > known.version()) {
            long to = Math.min(announced.get(), known.version() + READ_MAX);
            List<String> wanted = new ArrayList<>();
            for (long v = known.version() + 1; v <= to; v++) {
                wanted.add(paths.log(table, v));
            }
            List<Optional<Znode>> found = coordinator.znodes().readAll(wanted);
            if (found.get(0).isEmpty()) {
                missing(known.version() + 1);
                return;
            }
            for (Optional<Znode> one : found) {
                if (one.isPresent()) {
                    known = apply(known, one.get());
                } else {
                    break;
                }
            }
        }
    }

    private MapImage apply(MapImage known, Znode znode) throws MalformedMapException {
        Decision decision = Decision.decode(znode.path(), znode.data(), known.shards());
        if (decision.version() != known.version() + 1) {
            throw new MalformedMapException(znode.path() + " holds decision " + decision.version());
        }
        MapImage next = known.after(decision);
        image = next;
        listener.decided(next, decision);
        coordinator.host().signal();
        return next;
    }

    /** The next decision is not there: not here yet, folded away, or deleted by hand. */
    private void missing(long version)
            throws CoordinationException, InterruptedException, MalformedMapException {
        MapImage base = MapReader.base(coordinator.znodes(), paths, table);
        MapImage known = image;
        if (known != null && base.version() > known.version()) {
            image = base;
            listener.loaded(base);
            coordinator.host().signal();
            gap = true;
            reconciler.wake();
            return;
        }
        announced.set(0); // A hint that was wrong, or a server that lags: the next event tells.
        gap = true;
        throw new CoordinationException(
                Fate.DID_NOT_HAPPEN, "decision " + version + " of " + table + " is not there");
    }
}
