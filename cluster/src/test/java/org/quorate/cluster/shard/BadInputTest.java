package org.quorate.cluster.shard;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.quorate.cluster.coordinator.Bytes;
import org.quorate.cluster.coordinator.Transaction;
import org.quorate.cluster.coordinator.Znode;
import org.quorate.cluster.fence.LeaderLease;
import org.quorate.cluster.fence.ShardId;
import org.quorate.cluster.map.MapPaths;
import org.quorate.cluster.plan.Plan;
import org.quorate.cluster.plan.Shortfall;
import org.quorate.cluster.plan.Spread;

/** What people, nodes and chance do wrong. */
class BadInputTest {
    private static final int SHARDS = 8;
    private static final MapPaths PATHS = new MapPaths(SimulatedCluster.ROOT);
    private static final Table TABLE =
            Table.named("t")
                    .shards(SHARDS)
                    .replicas(3)
                    .spread(Spread.acrossZones())
                    .replicaGrace(Duration.ofSeconds(20));

    private static SimulatedCluster begin(long seed, Table table) throws Exception {
        SimulatedCluster cluster = new SimulatedCluster(seed, 5, SHARDS, true);
        cluster.admin().apply(table);
        assertThat(cluster.world.runUntil(cluster::allLed, Duration.ofSeconds(60))).isTrue();
        return cluster;
    }

    private static boolean alerted(SimulatedCluster cluster, String words) {
        return cluster.planning().stream()
                .anyMatch(status -> status.alerts().stream().anyMatch(a -> a.contains(words)));
    }

    private static void assertAlertComes(SimulatedCluster cluster, String words) {
        boolean came = cluster.world.runUntil(() -> alerted(cluster, words), Duration.ofMinutes(2));
        assertThat(came).as("%s", cluster).isTrue();
    }

    /** Loses a node, and expects that its shards are led by others soon. */
    private static void assertStillHeals(SimulatedCluster cluster, int node) {
        cluster.nodes.get(node).host.cut();
        cluster.world.run(Duration.ofSeconds(10));
        assertThat(cluster.world.runUntil(cluster::allLed, Duration.ofSeconds(60)))
                .as("%s", cluster)
                .isTrue();
    }

    @Test
    void tooFewZonesAreNamedAndWhatWouldFreeThem() throws Exception {
        Table strict = TABLE.replicas(4).spread(new Spread(true, false, 1));
        try (SimulatedCluster cluster = begin(1, strict)) {
            Shortfall shortfall = cluster.planning().orElseThrow().shortfalls().get(0);
            assertThat(shortfall.binding()).isEqualTo(Shortfall.Constraint.ZONES);
            assertThat(shortfall.shards()).isEqualTo(SHARDS);
            assertThat(shortfall.because()).contains("zone");
            assertThat(shortfall.remedy()).isNotBlank();
            // The same is told before it is asked for.
            Plan plan = cluster.admin().preview(ShardAdmin.Change.apply(strict));
            assertThat(plan.shortfalls().get(0).binding()).isEqualTo(Shortfall.Constraint.ZONES);
        }
    }

    @Test
    void tooLittleRoomIsNamedAndWhatWouldFreeIt() throws Exception {
        try (SimulatedCluster cluster = begin(2, TABLE)) {
            // Each node says it has room for one shard of weight one, and four fifths may be used.
            for (int i = 0; i < 5; i++) {
                cluster.nodes
                        .get(i)
                        .shardNode
                        .update(SimulatedCluster.profile(i).capacity("slots", 1));
            }
            cluster.world.run(Duration.ofSeconds(5));
            Plan plan =
                    cluster.admin()
                            .preview(
                                    ShardAdmin.Change.apply(TABLE.replicas(4).limit("slots", 0.8)));
            Shortfall shortfall = plan.shortfalls().get(0);
            assertThat(shortfall.binding()).isEqualTo(Shortfall.Constraint.CAPACITY);
            assertThat(shortfall.because()).isNotBlank();
            assertThat(shortfall.remedy()).isNotBlank();
        }
    }

    @Test
    void aNodeThatLiesAboutItsRoomIsRelievedOfWhatItCannotHold() throws Exception {
        try (SimulatedCluster cluster = new SimulatedCluster(3, 5, SHARDS, true)) {
            SimulatedCluster.Node liar = cluster.nodes.get(1);
            liar.roomFor = 2;
            for (int i = 0; i < 5; i++) {
                long room = i == 1 ? 1_000_000_000L : 10;
                cluster.nodes
                        .get(i)
                        .shardNode
                        .update(SimulatedCluster.profile(i).capacity("slots", room));
            }
            cluster.world.run(Duration.ofSeconds(5));
            cluster.admin().apply(TABLE.replicas(2).balance("slots", 1));
            assertAlertComes(cluster, "n1 failed");
            assertThat(cluster.world.runUntil(cluster::allLed, Duration.ofMinutes(3)))
                    .as("%s", cluster)
                    .isTrue();
            assertThat(liar.open).hasSizeLessThanOrEqualTo(2);
        }
    }

    @Test
    void aNodeThatHangsInPromoteIsPassedOver() throws Exception {
        try (SimulatedCluster cluster = new SimulatedCluster(4, 5, SHARDS, true)) {
            SimulatedCluster.Node hanging = cluster.nodes.get(2);
            hanging.hangsInPromote = true;
            cluster.admin().apply(TABLE);
            assertAlertComes(cluster, "promotion takes longer");
            assertThat(cluster.world.runUntil(cluster::allLed, Duration.ofMinutes(2)))
                    .as("%s", cluster)
                    .isTrue();
            assertThat(hanging.leading).isEmpty();
            for (int s = 0; s < SHARDS; s++) {
                Optional<LeaderLease> lease = hanging.shardNode.lease(new ShardId("t", s));
                assertThat(lease.filter(LeaderLease::valid)).isEmpty();
            }
        }
    }

    @Test
    void aNodeThatHangsInOpenIsPassedOverAndNamed() throws Exception {
        try (SimulatedCluster cluster = new SimulatedCluster(8, 5, SHARDS, true)) {
            SimulatedCluster.Node hanging = cluster.nodes.get(2);
            hanging.hangsInOpen = true;
            cluster.admin().apply(TABLE.replicas(2).spread(Spread.none()));
            boolean told =
                    cluster.world.runUntil(
                            () -> alerted(cluster, "node n2 failed"), Duration.ofMinutes(40));
            assertThat(told).as("%s", cluster).isTrue();
            assertThat(alerted(cluster, "opening takes longer than PT30M")).isTrue();
            boolean whole =
                    cluster.world.runUntil(
                            () ->
                                    cluster.allLed()
                                            && cluster.planning().orElseThrow().underReplicated()
                                                    == 0,
                            Duration.ofMinutes(2));
            assertThat(whole).as("%s", cluster).isTrue();
            assertThat(hanging.open).isEmpty();
        }
    }

    @Test
    void aPlannerThatWasPausedIntoTheReignOfTheNextWritesNothing() throws Exception {
        try (SimulatedCluster cluster = begin(5, TABLE)) {
            cluster.world.run(Duration.ofSeconds(5));
            SimulatedCluster.Node first = planning(cluster);
            // A loss that both will want to decide about; the first is stopped just before.
            cluster.nodes.stream()
                    .filter(node -> node != first)
                    .findFirst()
                    .orElseThrow()
                    .host
                    .cut();
            cluster.world.run(Duration.ofMillis(SimulatedCluster.SESSION.toMillis() - 300));
            first.host.pause(Duration.ofSeconds(12));
            cluster.world.run(Duration.ofSeconds(30));
            SimulatedCluster.Node second = planning(cluster);
            assertThat(second).isNotSameAs(first);
            // The world has checked each decision: gap-free, one owner, no epoch twice.
            assertThat(cluster.allLed()).as("%s", cluster).isTrue();
        }
    }

    private static SimulatedCluster.Node planning(SimulatedCluster cluster) {
        return cluster.nodes.stream()
                .filter(node -> node.planner.status().leading())
                .findFirst()
                .orElseThrow();
    }

    @Test
    void aMapOfANewerVersionStopsThePlannerAndNotTheOwners() throws Exception {
        try (SimulatedCluster cluster = begin(6, TABLE)) {
            String head = PATHS.map("t");
            byte[] newer = cluster.world.look(head).orElseThrow().data().array().clone();
            newer[1] = 9;
            cluster.nodes
                    .get(0)
                    .coordinator
                    .znodes()
                    .commit(
                            new Transaction()
                                    .put(head, Bytes.wrap(newer), Transaction.ANY_VERSION));
            long version = cluster.image.version();
            planning(cluster).host.pause(Duration.ofSeconds(12));
            assertAlertComes(cluster, "stands still");
            assertThat(alerted(cluster, "newer")).as("%s", cluster.planning()).isTrue();
            cluster.world.run(Duration.ofMinutes(1));
            assertThat(cluster.image.version()).isEqualTo(version);
            long led =
                    cluster.nodes.stream()
                            .mapToLong(node ->
                                    node.leading.values().stream()
                                            .filter(LeaderLease::valid)
                                            .count())
                            .sum();
            assertThat(led).isGreaterThan(SHARDS / 2); // All but those of the paused node.
        }
    }

    @Test
    void aDecisionDeletedByHandIsMended() throws Exception {
        try (SimulatedCluster cluster = begin(7, TABLE)) {
            cluster.world.run(Duration.ofSeconds(5));
            cluster.world.deleteByHand(PATHS.log("t", cluster.image.version()));
            cluster.world.run(Duration.ofSeconds(70));
            assertThat(cluster.world.look(PATHS.base("t", 0))).isPresent(); // Folded.
            try (Router router =
                    Shards.router(cluster.nodes.get(0).coordinator, SimulatedCluster.ROOT, "t")) {
                cluster.world.run(Duration.ofSeconds(5));
                assertThat(router.version()).isEqualTo(cluster.image.version());
            }
            assertStillHeals(cluster, 1);
        }
    }

    @Test
    void aBucketOrTheHeadDeletedByHandIsMended() throws Exception {
        try (SimulatedCluster cluster = begin(8, TABLE)) {
            cluster.world.run(Duration.ofSeconds(5));
            cluster.world.deleteByHand(PATHS.log("t", 1)); // So that it is folded.
            cluster.world.run(Duration.ofSeconds(70));
            Znode bucket = cluster.world.look(PATHS.base("t", 0)).orElseThrow();
            cluster.world.deleteByHand(PATHS.base("t", 0));
            cluster.world.run(Duration.ofSeconds(70));
            assertThat(cluster.world.look(PATHS.base("t", 0)).map(Znode::data))
                    .contains(bucket.data());
            assertStillHeals(cluster, 2);
        }
    }

    @Test
    void namesDeletedByHandAreWrittenAgainAndNumbersStayWhatTheyWere() throws Exception {
        try (SimulatedCluster cluster = begin(9, TABLE)) {
            cluster.world.run(Duration.ofSeconds(5));
            Bytes names = cluster.world.look(PATHS.dictionary(0)).orElseThrow().data();
            cluster.world.deleteByHand(PATHS.dictionary(0));
            cluster.world.run(Duration.ofSeconds(70));
            assertThat(cluster.world.look(PATHS.dictionary(0)).map(Znode::data)).contains(names);
            assertStillHeals(cluster, 3);
        }
    }

    @Test
    void namesThatANewPlannerDoesNotFindAreNotGuessed() throws Exception {
        try (SimulatedCluster cluster = begin(10, TABLE)) {
            cluster.world.run(Duration.ofSeconds(5));
            planning(cluster).host.cut(); // Before it can mend anything.
            cluster.world.deleteByHand(PATHS.dictionary(0));
            assertAlertComes(cluster, "names 0");
        }
    }

    @Test
    void aReportDeletedByHandIsWrittenAgain() throws Exception {
        try (SimulatedCluster cluster = begin(11, TABLE)) {
            cluster.world.run(Duration.ofSeconds(5));
            cluster.world.deleteByHand(PATHS.report("n1"));
            cluster.world.run(Duration.ofSeconds(40));
            assertThat(cluster.world.look(PATHS.report("n1"))).isPresent();
            assertStillHeals(cluster, 4);
        }
    }

    @Test
    void settingsDeletedByHandLeaveTheShardsWhereTheyAre() throws Exception {
        try (SimulatedCluster cluster = begin(12, TABLE)) {
            cluster.world.run(Duration.ofSeconds(5));
            cluster.world.deleteByHand(PATHS.spec("t"));
            assertAlertComes(cluster, "no settings");
            cluster.world.run(Duration.ofMinutes(1));
            assertThat(cluster.allLed()).isTrue();
            cluster.admin().apply(TABLE);
            assertStillHeals(cluster, 1);
        }
    }

    @Test
    void settingsThatCannotBeReadAreToldAndChangeNothing() throws Exception {
        try (SimulatedCluster cluster = begin(13, TABLE)) {
            Transaction write =
                    new Transaction()
                            .put(
                                    PATHS.spec("t"),
                                    Bytes.utf8("{\"format\":7}"),
                                    Transaction.ANY_VERSION);
            cluster.nodes.get(0).coordinator.znodes().commit(write);
            assertAlertComes(cluster, "format 7");
            assertThat(cluster.allLed()).isTrue();
        }
    }

    @Test
    void aPlannerWithoutTablesIsContent() throws Exception {
        try (SimulatedCluster cluster = new SimulatedCluster(14, 3, SHARDS, true)) {
            cluster.world.run(Duration.ofSeconds(10));
            PlannerStatus status = cluster.planning().orElseThrow();
            assertThat(status.alerts()).isEmpty();
            assertThat(status.versions()).isEmpty();
        }
    }
}
