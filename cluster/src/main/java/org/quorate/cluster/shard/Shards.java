package org.quorate.cluster.shard;

import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.quorate.cluster.coordinator.Coordinator;
import org.quorate.cluster.member.Profile;

/**
 * The door to shards.
 *
 * <pre>{@code
 * ShardNode node = Shards.node(coordinator, "/orders-db", "node-17")
 *         .profile(Profile.at("10.0.0.17:7000").zone("eu-1a").capacity("disk", 4_000))
 *         .host(myDatabase)
 *         .start();
 * ShardPlanner planner = Shards.planner(coordinator, "/orders-db", "node-17");
 * Shards.admin(coordinator, "/orders-db").apply(Table.named("orders").shards(4096).replicas(3));
 * Router router = Shards.router(coordinator, "/orders-db", "orders");
 * }</pre>
 */
public final class Shards {
    private Shards() {}

    /** A node called {@code id} of the cluster at {@code root}. */
    public static NodeBuilder node(Coordinator coordinator, String root, String id) {
        return new NodeBuilder(coordinator, root, id);
    }

    /** Stands for planner of the cluster at {@code root}; several may, one plans. */
    public static ShardPlanner planner(Coordinator coordinator, String root, String id) {
        return ShardPlanner.start(coordinator, root, id);
    }

    /** A router for {@code table} of the cluster at {@code root}. */
    public static Router router(Coordinator coordinator, String root, String table) {
        return Router.open(coordinator, root, table);
    }

    /** What people do with the cluster at {@code root}. */
    public static ShardAdmin admin(Coordinator coordinator, String root) {
        return new ShardAdmin(coordinator, root);
    }

    /** Collects what a node needs. */
    public static final class NodeBuilder {
        private final Coordinator coordinator;
        private final String root;
        private final String id;
        private Profile profile = Profile.at("");
        private @Nullable ShardHost database;
        private int concurrency = ShardNode.CONCURRENCY;

        private NodeBuilder(Coordinator coordinator, String root, String id) {
            this.coordinator = coordinator;
            this.root = root;
            this.id = id;
        }

        /** What the node says about itself. */
        public NodeBuilder profile(Profile says) {
            profile = says;
            return this;
        }

        /** The database. */
        public NodeBuilder host(ShardHost host) {
            database = host;
            return this;
        }

        /**
         * How many calls into the database run at once.
         *
         * @throws IllegalArgumentException if it is not positive
         */
        public NodeBuilder concurrency(int calls) {
            if (calls < 1) {
                throw new IllegalArgumentException(calls + " calls at once");
            }
            concurrency = calls;
            return this;
        }

        /**
         * Joins. Returns at once.
         *
         * @throws NullPointerException without a database
         */
        public ShardNode start() {
            return new ShardNode(
                    coordinator,
                    root,
                    id,
                    profile,
                    Objects.requireNonNull(database, "a node needs a host"),
                    concurrency);
        }
    }
}
