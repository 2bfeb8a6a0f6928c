package org.quorate.cluster.shard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.quorate.cluster.coordinator.Bytes;
import org.quorate.cluster.coordinator.Coordinator;
import org.quorate.cluster.fence.Epoch;
import org.quorate.cluster.fence.ShardId;
import org.quorate.cluster.json.MalformedJsonException;
import org.quorate.cluster.member.Profile;
import org.quorate.cluster.simulated.SimulatedHost;
import org.quorate.cluster.simulated.World;

/** What a database is asked, and tables with ordered keys; two nodes in a simulated world. */
class HostContractTest {
    private static final Duration SESSION = Duration.ofSeconds(4);
    private static final String ROOT = "/db";

    private final World world = new World(1);
    private final List<Database> databases = List.of(new Database("a"), new Database("b"));

    private final class Database implements ShardHost {
        final SimulatedHost host;
        final Coordinator coordinator;
        final ShardNode node;
        final ShardPlanner planner;
        final List<String> calls = new ArrayList<>();
        int steps; // Of a copy, each of a minute.
        boolean drainFails;

        Database(String name) {
            host = world.host(name, SESSION);
            coordinator = Coordinator.on(host, SESSION.multipliedBy(2));
            node =
                    Shards.node(coordinator, ROOT, name)
                            .profile(Profile.at(name + ":1"))
                            .host(this)
                            .start();
            planner = Shards.planner(coordinator, ROOT, name);
        }

        @Override
        public void open(ShardId shard, Epoch epoch, List<NodeRef> sources) {
            throw new IllegalStateException("asked with progress");
        }

        @Override
        public void open(ShardId shard, Epoch epoch, List<NodeRef> sources, Progress progress)
                throws InterruptedException {
            for (int step = 1; step <= steps; step++) {
                coordinator.host().sleep(Duration.ofMinutes(1).toNanos());
                progress.at(step, steps);
            }
            calls.add("open " + shard.index());
        }

        @Override
        public void drain(ShardId shard, Epoch epoch, Instant until) throws Exception {
            long left = until.toEpochMilli() - coordinator.host().wallMillis();
            calls.add("drain " + shard.index() + " " + left);
            if (drainFails) {
                throw new IllegalStateException("fails on purpose");
            }
        }

        @Override
        public void close(ShardId shard, boolean deleteData) {
            calls.add("close " + shard.index());
        }

        @Override
        public Duration openingMost() {
            return Duration.ofMinutes(5);
        }
    }

    @AfterEach
    void close() {
        databases.forEach(database -> database.coordinator.close());
        world.close();
    }

    private ShardAdmin admin() {
        return Shards.admin(databases.get(0).coordinator, ROOT);
    }

    private boolean comes(BooleanSupplier condition) {
        return world.runUntil(condition, Duration.ofMinutes(90));
    }

    private boolean called(int database, String call) {
        return databases.get(database).calls.stream().anyMatch(made -> made.startsWith(call));
    }

    @Test
    void aCopyThatGetsOnMayTakeLongerThanOneThatHangs() throws Exception {
        databases.get(1).steps = 40;
        world.run(Duration.ofSeconds(3));
        admin().apply(Table.named("t").replicas(2));
        assertThat(
                        comes(() ->
                                databases.get(1).node.openings().stream()
                                        .anyMatch(opening ->
                                                opening.done() == 7 && opening.total() == 40)))
                .isTrue();
        assertThat(comes(() -> called(1, "open 0"))).isTrue();
        assertThat(databases.get(1).node.openings()).isEmpty();
        assertThat(databases.get(0).planner.status().alerts()).isEmpty();
        assertThat(databases.get(1).planner.status().alerts()).isEmpty();
    }

    @Test
    void aReplicaIsDrainedBeforeItIsClosedEvenIfThatFails() throws Exception {
        databases.get(1).drainFails = true;
        world.run(Duration.ofSeconds(3));
        admin().apply(Table.named("t").shards(2));
        assertThat(comes(() -> called(0, "open") && called(1, "open"))).isTrue();
        admin().drain("b", true);
        assertThat(comes(() -> called(1, "close"))).isTrue();
        List<String> calls = databases.get(1).calls;
        String shard = calls.get(0).substring("open ".length());
        assertThat(calls)
                .containsExactly("open " + shard, "drain " + shard + " 10000", "close " + shard);
    }

    @Test
    void aTableWithOrderedKeysIsPlacedAndRoutedByItsBoundaries() throws Exception {
        Table ordered = Table.named("t").ordered(List.of(Bytes.utf8("g"), Bytes.utf8("p")));
        assertThat(Table.decode("t", ordered.encode())).isEqualTo(ordered);
        world.run(Duration.ofSeconds(3));
        admin().apply(ordered);
        Coordinator client = Coordinator.on(world.host("client", SESSION), SESSION);
        try (Router router = Shards.router(client, ROOT, "t")) {
            assertThat(comes(() -> router.shards() == 3 && router.route(2).led())).isTrue();
            assertThat(shardOf(router, "apple")).isZero();
            assertThat(shardOf(router, "g")).isEqualTo(1);
            assertThat(shardOf(router, "pear")).isEqualTo(2);
        }
        client.close();
        Table other = Table.named("t").ordered(List.of(Bytes.utf8("h"), Bytes.utf8("p")));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> admin().apply(other))
                .withMessageContaining("other boundaries");
        assertThatIllegalArgumentException()
                .isThrownBy(
                        () -> Table.named("t").ordered(List.of(Bytes.utf8("p"), Bytes.utf8("g"))));
    }

    private static int shardOf(Router router, String key) {
        return router.route(key.getBytes(StandardCharsets.UTF_8)).shard().index();
    }

    @Test
    void hashedTablesKeepTheOldFormatAndNewerOnesAreRefused() throws Exception {
        assertThat(Table.named("t").encode().text()).contains("\"format\":1");
        assertThat(Table.named("t").ordered(List.of(Bytes.utf8("m"))).encode().text())
                .contains("\"format\":2");
        assertThatThrownBy(() -> Table.decode("t", Bytes.utf8("{\"format\":3}")))
                .isInstanceOf(MalformedJsonException.class)
                .hasMessageContaining("format 3");
    }
}
