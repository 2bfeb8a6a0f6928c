package org.quorate.cluster.shard;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.TreeSet;
import org.quorate.cluster.coordinator.CoordinationException;
import org.quorate.cluster.coordinator.Coordinator;
import org.quorate.cluster.coordinator.Reconciler;
import org.quorate.cluster.coordinator.Step;
import org.quorate.cluster.fence.Epoch;
import org.quorate.cluster.fence.Role;
import org.quorate.cluster.fence.ShardId;
import org.quorate.cluster.map.Assignment;
import org.quorate.cluster.map.Decision;
import org.quorate.cluster.map.KeySpace;
import org.quorate.cluster.map.MapFollower;
import org.quorate.cluster.map.MapImage;
import org.quorate.cluster.map.MapPaths;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Knows where the shards of one table are. The map is pushed to it: one watch, and one read per
 * decision. Looking a key up is local, blocks on nothing and allocates nothing. Safe for many
 * threads.
 *
 * <p>What it knows may be old by a moment. Therefore requests carry the route's epoch; whoever gets
 * one with another epoch refuses it and says which map version it knows, and {@link #stale} brings
 * the router there.
 */
public final class Router implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Router.class);

    private static final Duration MEND_AFTER = Duration.ofMillis(200);

    private static final int BUCKET_SIZE = MapImage.BUCKET_SIZE;
    private static final Snapshot NOTHING =
            new Snapshot(KeySpace.hashed(0), new Route[0][], MapImage.empty(0));

    private final Coordinator coordinator;
    private final String table;
    private final Names names;
    private final MapFollower follower;
    private final Reconciler mender;
    private volatile Snapshot snapshot = NOTHING; // Written under this.
    private boolean incomplete; // Guarded by this: an address could not be read.

    /** All routes of one map version, in buckets so that the next can share most of them. */
    private static final class Snapshot {
        private final KeySpace keys;
        private final Route[][] routes;
        private final MapImage image;

        Snapshot(KeySpace keys, Route[][] routes, MapImage image) {
            this.keys = keys;
            this.routes = routes;
            this.image = image;
        }
    }

    private Router(Coordinator coordinator, MapPaths paths, String table) {
        this.coordinator = coordinator;
        this.table = table;
        this.names = new Names(coordinator, paths);
        this.mender = coordinator.reconciler("routes of " + table, this::mend);
        this.follower =
                MapFollower.open(
                        coordinator,
                        paths,
                        table,
                        new MapFollower.Listener() {
                            @Override
                            public void loaded(MapImage image) {
                                publishAll(image);
                            }

                            @Override
                            public void decided(MapImage image, Decision decision) {
                                publish(image, decision);
                            }
                        });
        mender.start();
    }

    /** A router for {@code table} of the cluster at {@code root}; the table need not exist yet. */
    public static Router open(Coordinator coordinator, String root, String table) {
        return new Router(coordinator, new MapPaths(root), table);
    }

    /**
     * Where {@code key} belongs.
     *
     * @throws IllegalStateException if the map has not been read yet: see {@link #awaitReady}
     */
    public Route route(byte[] key) {
        Snapshot now = snapshot;
        if (now.keys.shards() == 0) {
            throw notReady();
        }
        int shard = now.keys.shardOf(key);
        return now.routes[shard / BUCKET_SIZE][shard % BUCKET_SIZE];
    }

    /**
     * Where shard {@code index} is.
     *
     * @throws IllegalStateException if the map has not been read yet
     * @throws IndexOutOfBoundsException if the table has no such shard
     */
    public Route route(int index) {
        Snapshot now = snapshot;
        if (now.keys.shards() == 0) {
            throw notReady();
        }
        if (index < 0 || index >= now.keys.shards()) {
            throw new IndexOutOfBoundsException(
                    "shard " + index + " of " + now.keys.shards() + " of table " + table);
        }
        return now.routes[index / BUCKET_SIZE][index % BUCKET_SIZE];
    }

    private IllegalStateException notReady() {
        return new IllegalStateException("the map of table " + table + " has not been read yet");
    }

    /** The map version it has reached; 0 before the first. */
    public long version() {
        return snapshot.image.version();
    }

    /** Number of shards; 0 before the map has been read. */
    public int shards() {
        return snapshot.keys.shards();
    }

    /** Which key belongs to which shard. */
    public KeySpace keys() {
        return snapshot.keys;
    }

    /**
     * Waits until the map has been read for the first time, with all that was decided by then.
     *
     * @return whether it has
     */
    public boolean awaitReady(Duration atMost) throws InterruptedException {
        return coordinator.host().await(this::ready, atMost.toNanos());
    }

    private boolean ready() {
        return follower.caughtUp() && snapshot.keys.shards() > 0;
    }

    /**
     * Waits until it has reached a map version.
     *
     * @return whether it has
     */
    public boolean awaitVersion(long version, Duration atMost) throws InterruptedException {
        return coordinator.host().await(() -> version() >= version, atMost.toNanos());
    }

    /**
     * Somebody who was asked on behalf of {@code used} knows better: the map has reached {@code
     * version}. Many such hints lead to one read. Never blocks.
     *
     * @param version 0 if that is not known
     */
    public void stale(Route used, long version) {
        long hint = version > 0 ? version : used.version() + 1;
        if (hint > version()) {
            follower.hint(hint);
        }
    }

    @Override
    public void close() {
        follower.close();
        mender.close();
    }

    /** Reads addresses that could not be read when they were needed. */
    private synchronized Step.Next mend() throws CoordinationException, InterruptedException {
        if (incomplete) {
            incomplete = false;
            publishAll(snapshot.image);
        }
        return incomplete ? Step.Next.after(MEND_AFTER) : Step.Next.WHEN_WOKEN;
    }

    private synchronized void publishAll(MapImage image) {
        prefetch(image);
        Route[][] routes = new Route[MapImage.buckets(image.shards())][];
        for (int b = 0; b < routes.length; b++) {
            routes[b] = new Route[Math.min(BUCKET_SIZE, image.shards() - b * BUCKET_SIZE)];
            for (int i = 0; i < routes[b].length; i++) {
                routes[b][i] = made(image, b * BUCKET_SIZE + i, image.version());
            }
        }
        snapshot = new Snapshot(image.keys(), routes, image);
        coordinator.host().signal();
    }

    private synchronized void publish(MapImage image, Decision decision) {
        boolean moved =
                decision.incarnations().stream().anyMatch(news -> news.number() != 0)
                        || decision.keys() != null;
        if (moved || incomplete) {
            publishAll(image); // A node is back, perhaps elsewhere.
            return;
        }
        Route[][] routes = snapshot.routes.clone();
        int copied = -1;
        for (Decision.Change change : decision.changes()) {
            int b = change.shard() / BUCKET_SIZE;
            if (b != copied) {
                routes[b] = routes[b].clone();
                copied = b;
            }
            routes[b][change.shard() % BUCKET_SIZE] =
                    made(image, change.shard(), decision.version());
        }
        snapshot = new Snapshot(image.keys(), routes, image);
    }

    private void prefetch(MapImage image) {
        TreeSet<Integer> nodes = new TreeSet<>();
        for (int s = 0; s < image.shards(); s++) {
            Assignment assignment = image.get(s);
            for (int i = 0; i < assignment.count(); i++) {
                nodes.add(assignment.node(i));
            }
        }
        try {
            names.learn(image, new ArrayList<>(nodes));
        } catch (CoordinationException unreachable) {
            postponed(unreachable);
        } catch (InterruptedException closing) {
            Thread.currentThread().interrupt();
        }
    }

    private void postponed(CoordinationException unreachable) {
        LOG.debug("addresses not known yet table={}: {}", table, unreachable.getMessage());
        if (!incomplete) {
            incomplete = true;
            mender.wake();
        }
    }

    private Route made(MapImage image, int shard, long version) {
        Assignment assignment = image.get(shard);
        NodeRef leader = NodeRef.NONE;
        NodeRef[] followers = new NodeRef[assignment.count()];
        int count = 0;
        for (int i = 0; i < followers.length; i++) {
            int node = assignment.node(i);
            if (image.incarnation(node) == 0 || assignment.role(i) == Role.LEARNER) {
                continue;
            }
            if (assignment.role(i) == Role.LEADER) {
                leader = ref(image, node);
            } else {
                followers[count++] = ref(image, node);
            }
        }
        return new Route(
                new ShardId(table, shard),
                leader,
                Arrays.asList(followers).subList(0, count),
                new Epoch(assignment.epoch().value()),
                version);
    }

    private NodeRef ref(MapImage image, int node) {
        try {
            return incomplete ? NodeRef.NONE : names.ref(image, node);
        } catch (CoordinationException unreachable) {
            postponed(unreachable);
        } catch (InterruptedException closing) {
            Thread.currentThread().interrupt();
        }
        return NodeRef.NONE;
    }
}
