package org.quorate.cluster.shard;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import org.quorate.cluster.coordinator.CoordinationException;
import org.quorate.cluster.coordinator.Coordinator;
import org.quorate.cluster.coordinator.Reconciler;
import org.quorate.cluster.coordinator.Step;
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
 * Where the shards of one table are, as all routers of a process know it: one watch, and one read
 * per decision, for all of them. Safe for many threads.
 */
final class Routes implements AutoCloseable {
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

    Routes(Coordinator coordinator, MapPaths paths, String table) {
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

    /** See {@link Router#route(byte[])}. */
    Route of(byte[] key) {
        Snapshot now = snapshot;
        if (now.keys.shards() == 0) {
            throw notReady();
        }
        int shard = now.keys.shardOf(key);
        return now.routes[shard / BUCKET_SIZE][shard % BUCKET_SIZE];
    }

    /** See {@link Router#route(int)}. */
    Route of(int index) {
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

    long version() {
        return snapshot.image.version();
    }

    KeySpace keys() {
        return snapshot.keys;
    }

    boolean ready() {
        return follower.caughtUp() && snapshot.keys.shards() > 0;
    }

    /** The map has reached that version, somebody says. */
    void hint(long version) {
        if (version > version()) {
            follower.hint(version);
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
                ShardId shard = new ShardId(table, b * BUCKET_SIZE + i);
                routes[b][i] = made(image, shard, image.version());
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
            int i = change.shard() % BUCKET_SIZE;
            routes[b][i] = made(image, routes[b][i].shard(), decision.version());
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

    private Route made(MapImage image, ShardId shard, long version) {
        Assignment assignment = image.get(shard.index());
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
        return new Route(shard, leader, list(followers, count), assignment.epoch(), version);
    }

    /** As small as can be: there is one for each shard of each router. */
    private static List<NodeRef> list(NodeRef[] nodes, int count) {
        switch (count) {
            case 0:
                return List.of();
            case 1:
                return List.of(nodes[0]);
            case 2:
                return List.of(nodes[0], nodes[1]);
            default:
                return List.of(Arrays.copyOf(nodes, count));
        }
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
