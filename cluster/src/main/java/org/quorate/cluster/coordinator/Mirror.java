package org.quorate.cluster.coordinator;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.apache.zookeeper.KeeperException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A copy of a part of the tree that follows it: a znode and what lies at most {@code depth} below.
 * One persistent recursive watch; an event leads to a read of the znodes it named, a lost
 * connection or session to a read of everything and the difference to what was known.
 *
 * <p>The copy lags behind and is not of one moment, but it always moves on to what is there.
 * Listeners are called in order, one at a time, on a thread of the toolkit; they may block, and
 * then miss nothing but see several changes at once. Safe for many threads.
 */
public final class Mirror implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Mirror.class);

    /** Hears what has changed. */
    @FunctionalInterface
    public interface Listener {
        /**
         * The copy has moved on. The first call comes when it is complete, with all that is there.
         *
         * @param now the copy after the change
         * @param differences what changed, by path; not empty except in the first call
         */
        void changed(NavigableMap<String, Znode> now, List<Difference> differences);
    }

    /**
     * One znode's change. If {@code before} and {@code after} are both there and not {@link
     * Znode#sameNodeAs the same node}, it was deleted and created anew.
     *
     * @param path absolute
     * @param before what was known; empty if it was not there
     * @param after what is there; empty if it is gone
     */
    @SuppressWarnings("OptionalUsedAsFieldOrParameterType") // Two states, not a field to fill.
    public record Difference(String path, Optional<Znode> before, Optional<Znode> after) {
        /** It was not there. */
        public boolean created() {
            return before.isEmpty();
        }

        /** It is gone. */
        public boolean deleted() {
            return after.isEmpty();
        }

        /** It is another znode at the same path than before. */
        public boolean replaced() {
            return before.isPresent() && after.isPresent() && !after.get().sameNodeAs(before.get());
        }
    }

    private final Coordinator coordinator;
    private final Link link;
    private final String root;
    private final int depth;
    private final Listener listener;
    private final Consumer<String> onEvent = this::noteEvent;
    private final Runnable onGap = this::noteGap;
    private final Set<String> dirty = ConcurrentHashMap.newKeySet();
    private final Reconciler reconciler;
    private volatile boolean gap = true;
    private volatile boolean complete;
    private volatile NavigableMap<String, Znode> now = Collections.emptyNavigableMap();
    // Only the reconciler's thread: the session that our watch belongs to.
    private long watchedBy;

    private Mirror(Coordinator coordinator, String root, int depth, Listener listener) {
        this.coordinator = coordinator;
        this.link = coordinator.host().link();
        this.root = Paths.check(root);
        this.depth = depth;
        this.listener = listener;
        this.reconciler = coordinator.reconciler("mirror of " + root, this::follow);
    }

    /**
     * Begins to follow {@code root}, which need not exist.
     *
     * @param depth 0 for the znode alone, 1 for it and its children, …
     * @param listener see {@link Listener}
     */
    public static Mirror open(Coordinator coordinator, String root, int depth, Listener listener) {
        Mirror mirror = new Mirror(coordinator, root, depth, listener);
        coordinator.onGap(mirror.onGap);
        mirror.reconciler.start();
        return mirror;
    }

    /** The copy, by path; immutable. Empty until it is complete for the first time. */
    public NavigableMap<String, Znode> now() {
        return now;
    }

    /** The znode at {@code path} in the copy. */
    public Optional<Znode> get(String path) {
        return Optional.ofNullable(now.get(path));
    }

    /**
     * Waits until the copy is complete for the first time.
     *
     * @return whether it is
     */
    public boolean awaitComplete(Duration atMost) throws InterruptedException {
        return coordinator.host().await(() -> complete, atMost.toNanos());
    }

    /** Ends following. The copy stays as it is. */
    @Override
    public void close() {
        coordinator.forgetGap(onGap);
        reconciler.close();
        link.unwatch(root, onEvent);
    }

    private void noteEvent(String path) {
        dirty.add(path);
        reconciler.wake();
    }

    private void noteGap() {
        gap = true;
        reconciler.wake();
    }

    private Step.Next follow() throws CoordinationException, InterruptedException {
        try {
            if (gap) {
                gap = false;
                readEverything();
            } else {
                readDirty();
            }
        } catch (KeeperException failed) {
            gap = true;
            throw new CoordinationException(
                    CoordinationException.Fate.DID_NOT_HAPPEN,
                    "mirror of " + root + ": " + failed.getMessage(),
                    failed);
        }
        return Step.Next.WHEN_WOKEN;
    }

    private void readEverything() throws KeeperException, InterruptedException {
        if (watchedBy == 0 || watchedBy != link.sessionId()) {
            watchedBy = link.watch(root, onEvent);
        }
        dirty.clear(); // What is read from here on is newer than any event so far.
        NavigableMap<String, Znode> found = new TreeMap<>();
        List<String> level = List.of(root);
        for (int below = 0; !level.isEmpty(); below++) {
            List<String> next = new ArrayList<>();
            for (Optional<Znode> znode : link.getAll(level)) {
                if (znode.isPresent()) {
                    found.put(znode.get().path(), znode.get());
                    if (below < depth && znode.get().childCount() > 0) {
                        String parent = znode.get().path();
                        link.list(parent)
                                .orElse(List.of())
                                .forEach(name -> next.add(Paths.join(parent, name)));
                    }
                }
            }
            level = next;
        }
        publish(found);
    }

    private void readDirty() throws KeeperException, InterruptedException {
        List<String> paths = new ArrayList<>();
        for (String path : List.copyOf(dirty)) {
            dirty.remove(path);
            if (depthOf(path) <= depth) {
                paths.add(path);
            }
        }
        if (paths.isEmpty()) {
            return;
        }
        NavigableMap<String, Znode> found = new TreeMap<>(now);
        List<Optional<Znode>> znodes = link.getAll(paths);
        for (int i = 0; i < paths.size(); i++) {
            if (znodes.get(i).isPresent()) {
                found.put(paths.get(i), znodes.get(i).get());
            } else {
                found.remove(paths.get(i));
            }
        }
        publish(found);
    }

    private void publish(NavigableMap<String, Znode> found) {
        List<Difference> differences = differences(now, found);
        boolean first = !complete;
        now = Collections.unmodifiableNavigableMap(found);
        complete = true;
        coordinator.host().signal();
        if (first || !differences.isEmpty()) {
            try {
                listener.changed(now, differences);
            } catch (RuntimeException failed) {
                LOG.error(
                        "a listener of {} failed; it will not see this change again", root, failed);
            }
        }
    }

    private static List<Difference> differences(
            NavigableMap<String, Znode> before, NavigableMap<String, Znode> after) {
        Map<String, Difference> all = new LinkedHashMap<>();
        before.forEach((path, old) -> {
            Znode young = after.get(path);
            if (young == null) {
                all.put(path, new Difference(path, Optional.of(old), Optional.empty()));
            } else if (!young.sameNodeAs(old) || young.modifiedZxid() != old.modifiedZxid()) {
                all.put(path, new Difference(path, Optional.of(old), Optional.of(young)));
            }
        });
        after.forEach((path, young) -> {
            if (!before.containsKey(path)) {
                all.put(path, new Difference(path, Optional.empty(), Optional.of(young)));
            }
        });
        return List.copyOf(all.values());
    }

    private int depthOf(String path) {
        int from = root.equals("/") ? 0 : root.length();
        return (int) path.chars().skip(from).filter(c -> c == '/').count();
    }
}
