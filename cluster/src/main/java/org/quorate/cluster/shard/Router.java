package org.quorate.cluster.shard;

import java.time.Duration;
import org.quorate.cluster.coordinator.Coordinator;
import org.quorate.cluster.coordinator.Shared;
import org.quorate.cluster.map.KeySpace;
import org.quorate.cluster.map.MapPaths;

/**
 * Knows where the shards of one table are. The map is pushed to it: one watch, and one read per
 * decision, which all routers over one coordinator share. Looking a key up is local, blocks on
 * nothing and allocates nothing. Safe for many threads.
 *
 * <p>What it knows may be old by a moment. Therefore requests carry the route's epoch; whoever gets
 * one with another epoch refuses it and says which map version it knows, and {@link #stale} brings
 * the router there.
 */
public final class Router implements AutoCloseable {
    private final Coordinator coordinator;
    private final Shared<Routes> shared;
    private final Routes routes;

    private Router(Coordinator coordinator, Shared<Routes> shared) {
        this.coordinator = coordinator;
        this.shared = shared;
        this.routes = shared.part();
    }

    /** A router for {@code table} of the cluster at {@code root}; the table need not exist yet. */
    public static Router open(Coordinator coordinator, String root, String table) {
        MapPaths paths = new MapPaths(root);
        return new Router(
                coordinator,
                coordinator.share(
                        "routes at " + paths.map(table),
                        Routes.class,
                        () -> new Routes(coordinator, paths, table),
                        Routes::close));
    }

    /**
     * Where {@code key} belongs.
     *
     * @throws IllegalStateException if the map has not been read yet: see {@link #awaitReady}
     */
    public Route route(byte[] key) {
        return routes.of(key);
    }

    /**
     * Where shard {@code index} is.
     *
     * @throws IllegalStateException if the map has not been read yet
     * @throws IndexOutOfBoundsException if the table has no such shard
     */
    public Route route(int index) {
        return routes.of(index);
    }

    /** The map version it has reached; 0 before the first. */
    public long version() {
        return routes.version();
    }

    /** Number of shards; 0 before the map has been read. */
    public int shards() {
        return routes.keys().shards();
    }

    /** Which key belongs to which shard. */
    public KeySpace keys() {
        return routes.keys();
    }

    /**
     * Waits until the map has been read for the first time, with all that was decided by then.
     *
     * @return whether it has
     */
    public boolean awaitReady(Duration atMost) throws InterruptedException {
        return coordinator.host().await(routes::ready, atMost.toNanos());
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
        routes.hint(version > 0 ? version : used.version() + 1);
    }

    @Override
    public void close() {
        shared.close();
    }
}
