package org.quorate.cluster.shard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.quorate.cluster.coordinator.Coordinator;
import org.quorate.cluster.simulated.SimulatedHost;

/** Routers beside a simulated cluster. */
class RouterTest {
    private static final int SHARDS = 600; // Two buckets.

    private static SimulatedCluster begin(long seed) throws Exception {
        SimulatedCluster cluster = new SimulatedCluster(seed, 5, SHARDS, true);
        Shards.admin(cluster.nodes.get(0).coordinator, SimulatedCluster.ROOT)
                .apply(Table.named("t").shards(SHARDS).replicas(2).liveLeast(0));
        assertThat(cluster.world.runUntil(cluster::allLed, Duration.ofSeconds(60))).isTrue();
        return cluster;
    }

    private static Coordinator client(SimulatedCluster cluster, String name) {
        SimulatedHost host = cluster.world.host(name, SimulatedCluster.SESSION);
        host.latency(Duration.ofMillis(2));
        return Coordinator.on(host, SimulatedCluster.SESSION);
    }

    private static byte[] key(int i) {
        return ("key " + i).getBytes(StandardCharsets.UTF_8);
    }

    /** Whether the router sends every shard to the node that leads it under that epoch. */
    private static boolean right(SimulatedCluster cluster, Router router) {
        for (int s = 0; s < router.shards(); s++) {
            Route route = router.route(s);
            boolean found =
                    cluster.nodes.stream()
                            .filter(node -> node.name.equals(route.leader().id()))
                            .flatMap(node -> node.shardNode.lease(route.shard()).stream())
                            .anyMatch(lease -> lease.epoch().equals(route.epoch()));
            if (!found || !route.leader().address().equals(route.leader().id() + ":1")) {
                return false;
            }
        }
        return router.shards() > 0;
    }

    @Test
    void aRouterFindsLeadersAndFollowsThemWhenANodeIsLost() throws Exception {
        try (SimulatedCluster cluster = begin(3);
                Coordinator client = client(cluster, "client");
                Router router = Shards.router(client, SimulatedCluster.ROOT, "t")) {
            assertThatIllegalStateException()
                    .isThrownBy(() -> router.route(key(1)))
                    .withMessageContaining("not been read");
            assertThat(cluster.world.runUntil(() -> right(cluster, router), Duration.ofSeconds(5)))
                    .isTrue();
            long version = router.version();
            cluster.nodes.get(2).host.cut();
            boolean followed =
                    cluster.world.runUntil(
                            () -> router.version() > version && right(cluster, router),
                            Duration.ofSeconds(20));
            assertThat(followed).isTrue();
            for (int s = 0; s < SHARDS; s++) {
                assertThat(router.route(s).leader().id()).isNotEqualTo("n2");
                assertThat(router.route(s).shard().index()).isEqualTo(s);
            }
            assertThatThrownBy(() -> router.route(SHARDS))
                    .isInstanceOf(IndexOutOfBoundsException.class);
        }
    }

    @Test
    void aHintBringsARouterForwardThatMissedTheEvent() throws Exception {
        try (SimulatedCluster cluster = begin(4);
                Coordinator client = client(cluster, "client");
                Router router = Shards.router(client, SimulatedCluster.ROOT, "t")) {
            cluster.world.runUntil(() -> router.shards() > 0, Duration.ofSeconds(5));
            Route old = router.route(key(7));
            // What others have been told later is no news, and asks for nothing.
            router.stale(old, old.version());
            long events = cluster.world.eventsRun();
            router.stale(old, router.version());
            assertThat(cluster.world.eventsRun()).isEqualTo(events);
            // A hint of a version that does not exist does no harm.
            router.stale(old, router.version() + 1_000);
            cluster.world.run(Duration.ofSeconds(5));
            cluster.nodes.get(1).host.cut();
            cluster.world.run(Duration.ofSeconds(15));
            assertThat(right(cluster, router)).isTrue();
        }
    }

    @Test
    void lookingAKeyUpAllocatesNothing() throws Exception {
        try (SimulatedCluster cluster = begin(5);
                Coordinator client = client(cluster, "client");
                Router router = Shards.router(client, SimulatedCluster.ROOT, "t")) {
            cluster.world.runUntil(() -> right(cluster, router), Duration.ofSeconds(5));
            byte[][] keys = new byte[1_024][];
            for (int i = 0; i < keys.length; i++) {
                keys[i] = key(i);
            }
            lookUp(router, keys, 200);
            com.sun.management.ThreadMXBean threads =
                    (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
            long before = threads.getCurrentThreadAllocatedBytes();
            long checksum = lookUp(router, keys, 100);
            long allocated = threads.getCurrentThreadAllocatedBytes() - before;
            assertThat(checksum).isPositive();
            // Asking for the number may itself cost a few bytes; a hundred thousand look-ups do
            // not.
            assertThat(allocated).isLessThan(10_000);
        }
    }

    private static long lookUp(Router router, byte[][] keys, int rounds) {
        long checksum = 0;
        for (int round = 0; round < rounds; round++) {
            for (byte[] key : keys) {
                checksum += router.route(key).epoch().value();
            }
        }
        return checksum;
    }
}
