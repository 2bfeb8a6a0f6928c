package org.quorate.cli.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.quorate.cli.Captured;
import org.quorate.cluster.coordinator.Coordinator;
import org.quorate.cluster.fence.Epoch;
import org.quorate.cluster.fence.ShardId;
import org.quorate.cluster.map.KeySpace;
import org.quorate.cluster.member.Profile;
import org.quorate.cluster.shard.NodeRef;
import org.quorate.cluster.shard.ReshapingHost;
import org.quorate.cluster.shard.ShardNode;
import org.quorate.cluster.shard.ShardPlanner;
import org.quorate.cluster.shard.Shards;
import org.quorate.cluster.shard.Table;
import org.quorate.node.Quorate;
import picocli.CommandLine;

/** The commands against a small cluster on a Quorate server. */
class ClusterCommandTest {
    private static final String ROOT = "/orders-db";
    private static final Duration SOON = Duration.ofSeconds(20);

    private static Quorate server;
    private static Coordinator coordinator;
    private static ShardPlanner planner;
    private static final List<ShardNode> NODES = new ArrayList<>();

    /** A database that does nothing. */
    private static final class Idle implements ReshapingHost {
        @Override
        public void open(ShardId shard, Epoch epoch, List<NodeRef> sources) {}

        @Override
        public void derive(ShardId shard, Epoch epoch, List<Origin> origins, KeySpace keys) {}

        @Override
        public void close(ShardId shard, boolean deleteData) {}
    }

    @BeforeAll
    static void start() throws Exception {
        server = Quorate.builder().start();
        coordinator = Coordinator.connect(server.connectString(), Duration.ofSeconds(10));
        planner = Shards.planner(coordinator, ROOT, "p");
        for (int i = 0; i < 4; i++) {
            ShardNode node =
                    Shards.node(coordinator, ROOT, "n" + i)
                            .profile(Profile.at("127.0.0.1:700" + i).zone("z" + i % 2))
                            .host(new Idle())
                            .start();
            NODES.add(node);
            assertThat(node.awaitJoined(SOON)).isTrue();
        }
        Shards.admin(coordinator, ROOT).apply(Table.named("orders").shards(8).replicas(2));
        assertThat(Shards.admin(coordinator, ROOT).awaitQuiet(planner, SOON)).isTrue();
    }

    @AfterAll
    static void stop() {
        NODES.forEach(ShardNode::close);
        planner.close();
        coordinator.close();
        server.close();
    }

    private static String run(String... words) {
        return runAt(ROOT, words);
    }

    private static String runAt(String root, String... words) {
        List<String> all = new ArrayList<>(List.of("cluster"));
        all.addAll(List.of(words));
        all.addAll(List.of("-c", server.connectString(), "-r", root));
        Captured captured = Captured.run(all.toArray(new String[0]));
        assertThat(captured.exitCode()).as("%s", captured).isZero();
        return captured.out();
    }

    @Test
    void eachCommandSaysHowItIsUsed() {
        for (String command : new CommandLine(new ClusterCommand()).getSubcommands().keySet()) {
            Captured help = Captured.run("cluster", command, "--help");
            assertThat(help.exitCode()).as(help.err()).isZero();
            assertThat(help.out()).startsWith("Usage: quorate cluster " + command + " ");
        }
    }

    @Test
    void membersSayWhereTheyAreAndWhatTheyHold() {
        assertThat(run("members").lines().filter(line -> line.startsWith("n")))
                .hasSize(5) // With the heading.
                .anyMatch(line -> line.matches("n2 +z0 +127.0.0.1:7002 .* 4 +2 +0 +0 +there"));
    }

    @Test
    void leadersAreSpreadEvenly() {
        assertThat(run("leaders")).contains("orders, map version", "n0               2");
    }

    @Test
    void shardsShowTheirReplicas() {
        assertThat(run("shards", "orders").lines().filter(line -> line.startsWith("orders/")))
                .hasSize(8)
                .allMatch(line -> line.matches("orders/\\d  epoch 1  n\\d\\*? n\\d\\*?"));
    }

    @Test
    void theHeatIsShownByZone() {
        assertThat(run("heat")).contains("zone z0", "zone z1", "####", "4, 2 led");
    }

    @Test
    void aShardTellsItsHistoryAndWhyItIsThere() {
        assertThat(run("history", "orders", "3")).contains("for the first time");
        assertThat(run("why", "orders", "3"))
                .contains("orders/3", "planned on n", "planned led by");
    }

    @Test
    void whatHadBetterBeSplitIsNamedAndNothingElse() {
        assertThat(run("advice")).contains("no shard is too heavy");
    }

    @Test
    void aRemovalIsPreviewedAndChangesNothing() {
        String before = run("shards", "orders");
        assertThat(run("plan", "n3")).contains("n3 -> n", "4 replicas would move");
        assertThat(run("shards", "orders")).isEqualTo(before);
    }

    @Test
    void whatIsNotThereIsSaidInOneLine() {
        Captured captured =
                Captured.run("cluster", "drain", "n9", "-c", server.connectString(), "-r", ROOT);
        assertThat(captured.exitCode()).isEqualTo(1);
        assertThat(captured.err()).contains("there is no member n9").hasLineCount(1);
        Captured table =
                Captured.run("cluster", "shards", "t", "-c", server.connectString(), "-r", ROOT);
        assertThat(table.err()).contains("no map of table t");
    }

    @Test
    void aShardIsSplitAndItsHalvesAreMergedAgain() throws Exception {
        String root = "/small-db"; // Of its own: the others count what is there.
        try (ShardPlanner planner = Shards.planner(coordinator, root, "p");
                ShardNode node =
                        Shards.node(coordinator, root, "n0")
                                .profile(Profile.at("127.0.0.1:7000"))
                                .host(new Idle())
                                .start()) {
            assertThat(node.awaitJoined(SOON)).isTrue();
            Shards.admin(coordinator, root).apply(Table.named("small"));
            assertThat(Shards.admin(coordinator, root).awaitQuiet(planner, SOON)).isTrue();
            assertThat(runAt(root, "split", "small", "0")).contains("small/0 is to be split");
            awaitShards(root, "small/1 ", "small/2 ");
            assertThat(runAt(root, "merge", "small", "1", "2")).contains("are to be merged");
            awaitShards(root, "small/3 ");
        }
    }

    private static void awaitShards(String root, String... wanted) {
        await().atMost(SOON)
                .untilAsserted(() -> {
                    List<String> lines =
                            runAt(root, "shards", "small")
                                    .lines()
                                    .filter(line -> line.startsWith("small/"))
                                    .toList();
                    assertThat(lines).hasSize(wanted.length);
                    for (String one : wanted) {
                        assertThat(lines).anyMatch(line -> line.startsWith(one));
                    }
                });
    }
}
