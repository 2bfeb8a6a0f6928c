package org.quorate.cluster.shard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.quorate.cluster.fence.Role;
import org.quorate.cluster.fence.ShardId;
import org.quorate.cluster.map.Assignment;
import org.quorate.cluster.map.Why;
import org.quorate.cluster.plan.Plan;
import org.quorate.cluster.plan.Reason;
import org.quorate.cluster.plan.Spread;

/** What people do with shards, and what they are told. */
class ShardAdminTest {
    private static final int SHARDS = 12;
    private static final Table TABLE =
            Table.named("t").shards(SHARDS).replicas(2).spread(Spread.acrossZones());

    private static SimulatedCluster begin(long seed, int nodes, Table table) throws Exception {
        SimulatedCluster cluster = new SimulatedCluster(seed, nodes, SHARDS, true);
        cluster.world.run(Duration.ofSeconds(3));
        cluster.admin().apply(table);
        assertThat(cluster.world.runUntil(cluster::allLed, Duration.ofSeconds(60))).isTrue();
        cluster.world.run(Duration.ofSeconds(5));
        return cluster;
    }

    @Test
    void aRemovalIsLookedAtBeforeItIsDone() throws Exception {
        try (SimulatedCluster cluster = begin(1, 6, TABLE)) {
            long version = cluster.image.version();
            int held = cluster.nodes.get(3).open.size();
            Plan plan = cluster.admin().preview(ShardAdmin.Change.remove("n3"));
            int[] moved = new int[2];
            Set<String> from = new HashSet<>();
            plan.forEachChange(
                    new Plan.Visitor() {
                        @Override
                        public void replica(int shard, int source, int to, Reason reason) {
                            moved[0]++;
                            from.add(plan.nodes().name(source));
                        }

                        @Override
                        public void leader(int shard, int before, int after, Reason reason) {
                            moved[1]++;
                        }
                    });
            assertThat(held).isPositive();
            assertThat(moved[0]).isEqualTo(held);
            assertThat(from).containsExactly("n3");
            cluster.world.run(Duration.ofSeconds(10));
            assertThat(cluster.image.version()).isEqualTo(version);
            // Done, it comes to the same.
            cluster.admin().drain("n3", true);
            boolean empty =
                    cluster.world.runUntil(
                            cluster.nodes.get(3).open::isEmpty, Duration.ofMinutes(5));
            assertThat(empty).isTrue();
        }
    }

    @Test
    void aNodeThatIsThereCannotBeDeclaredGone() throws Exception {
        try (SimulatedCluster cluster = begin(2, 5, TABLE)) {
            assertThatIllegalStateException()
                    .isThrownBy(() -> cluster.admin().remove("n1"))
                    .withMessageContaining("drain");
        }
    }

    @Test
    void aNodeThatIsDeclaredGoneIsReplacedWithoutWaiting() throws Exception {
        try (SimulatedCluster cluster = begin(3, 6, TABLE)) {
            cluster.nodes.get(2).host.cut();
            cluster.world.run(Duration.ofSeconds(30));
            assertThat(cluster.planning().orElseThrow().underReplicated()).isPositive();
            Shards.admin(cluster.nodes.get(1).coordinator, SimulatedCluster.ROOT).remove("n2");
            boolean whole =
                    cluster.world.runUntil(
                            () ->
                                    cluster.planning().stream()
                                            .anyMatch(status -> status.underReplicated() == 0),
                            Duration.ofMinutes(1));
            assertThat(whole).as("%s", cluster).isTrue();
        }
    }

    @Test
    void inMaintenanceLeadersAreReplacedAndNothingIsCopied() throws Exception {
        Table eager = TABLE.replicaGrace(Duration.ZERO);
        try (SimulatedCluster cluster = begin(4, 6, eager)) {
            ShardAdmin admin =
                    Shards.admin(cluster.nodes.get(1).coordinator, SimulatedCluster.ROOT);
            admin.pause(true);
            cluster.world.run(Duration.ofSeconds(1));
            cluster.nodes.get(2).host.cut();
            cluster.world.run(Duration.ofSeconds(15));
            assertThat(cluster.allLed()).isTrue();
            assertThat(learners(cluster)).isZero();
            assertThat(cluster.planning().orElseThrow().underReplicated()).isPositive();
            Explanation short1 = admin.why(new ShardId("t", shortOne(cluster)));
            assertThat(short1.binding()).anyMatch(why -> why.contains("maintenance"));
            admin.pause(false);
            boolean whole =
                    cluster.world.runUntil(
                            () -> cluster.planning().orElseThrow().underReplicated() == 0,
                            Duration.ofMinutes(1));
            assertThat(whole).as("%s", cluster).isTrue();
        }
    }

    private static int learners(SimulatedCluster cluster) {
        int learners = 0;
        for (int s = 0; s < SHARDS; s++) {
            Assignment assignment = cluster.image.get(s);
            for (int i = 0; i < assignment.count(); i++) {
                learners += assignment.role(i) == Role.LEARNER ? 1 : 0;
            }
        }
        return learners;
    }

    /** A shard that had a replica on n2. */
    private static int shortOne(SimulatedCluster cluster) throws Exception {
        Survey survey =
                Shards.admin(cluster.nodes.get(1).coordinator, SimulatedCluster.ROOT).survey();
        int lost = survey.nodes().indexOf("n2").orElseThrow();
        for (int s = 0; s < SHARDS; s++) {
            if (cluster.image.get(s).holds(lost)) {
                return s;
            }
        }
        throw new AssertionError("n2 held nothing: " + cluster);
    }

    @Test
    void aShardsHistorySaysWhatHappenedAndWhy() throws Exception {
        try (SimulatedCluster cluster = begin(5, 6, TABLE)) {
            ShardId shard = cluster.nodes.get(2).leading.keySet().iterator().next();
            cluster.nodes.get(2).host.cut();
            cluster.world.run(Duration.ofSeconds(20));
            ShardAdmin admin =
                    Shards.admin(cluster.nodes.get(1).coordinator, SimulatedCluster.ROOT);
            List<ShardEvent> history = admin.history(shard);
            assertThat(history.get(0).why()).isEqualTo(Why.FIRST);
            assertThat(history.get(0).leader()).isEqualTo("n2");
            assertThat(history)
                    .anySatisfy(event -> {
                        assertThat(event.why()).isEqualTo(Why.LEADER_LOST);
                        assertThat(event.leader()).isNotEqualTo("n2").isNotEmpty();
                        assertThat(event.epoch().value()).isEqualTo(2);
                    });
            assertThat(history.get(0).toString()).contains("n2 leads", "for the first time");
            Explanation why = admin.why(shard);
            assertThat(why.now()).contains("leads", "epoch 2");
            assertThat(why.wanted()).hasSizeGreaterThanOrEqualTo(3);
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> admin.why(new ShardId("t", SHARDS)))
                    .withMessageContaining("no shard");
        }
    }

    @Test
    void tooManyLossesAtOnceStopCopiesUntilSomebodySaysProceed() throws Exception {
        Table eager = TABLE.replicaGrace(Duration.ZERO).liveLeast(0);
        eager = eager.spread(new Spread(true, false, 2)); // Two zones will do.
        try (SimulatedCluster cluster = begin(6, 12, eager)) {
            for (int i : List.of(2, 5, 8, 11)) {
                cluster.nodes.get(i).host.cut(); // All of one zone.
            }
            cluster.world.run(Duration.ofSeconds(40));
            assertThat(cluster.allLed()).as("%s", cluster).isTrue();
            assertThat(cluster.planning().orElseThrow().alerts())
                    .anyMatch(alert -> alert.contains("so many nodes are lost"));
            assertThat(cluster.planning().orElseThrow().underReplicated()).isPositive();
            cluster.admin().proceed();
            boolean whole =
                    cluster.world.runUntil(
                            () -> cluster.planning().orElseThrow().underReplicated() == 0,
                            Duration.ofMinutes(2));
            assertThat(whole).as("%s", cluster).isTrue();
        }
    }

    @Test
    void aHotShardEndsUpAlone() throws Exception {
        SimulatedCluster cluster = new SimulatedCluster(7, 6, SHARDS, true);
        try (cluster) {
            cluster.queries = shard -> shard == 4 ? 50_000 : 1_000;
            cluster.world.run(Duration.ofSeconds(3));
            cluster.admin().apply(TABLE.replicas(1).spread(Spread.none()).balance("qps", 1));
            cluster.world.run(Duration.ofMinutes(10));
            assertThat(cluster.allLed()).isTrue();
            ShardId hot = new ShardId("t", 4);
            for (SimulatedCluster.Node node : cluster.nodes) {
                if (node.open.contains(hot)) {
                    assertThat(node.open).as("%s", cluster).containsExactly(hot);
                }
            }
            long version = cluster.image.version();
            cluster.world.run(Duration.ofMinutes(10));
            assertThat(cluster.image.version()).isEqualTo(version); // And nothing swings.
        }
    }
}
