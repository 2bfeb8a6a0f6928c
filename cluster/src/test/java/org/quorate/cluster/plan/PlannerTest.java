package org.quorate.cluster.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.quorate.cluster.plan.Shortfall.Constraint;

class PlannerTest {
    private static final List<Dimension> SHARES = List.of(Dimension.balanced("weight"));
    private static final List<Dimension> DISK = List.of(Dimension.limited("disk", 0.8));

    private static Topology nodes(List<Dimension> dimensions, int zones, long... capacities) {
        return nodes(dimensions, zones, -1, Standing.ACTIVE, capacities);
    }

    private static Topology nodes(
            List<Dimension> dimensions, int zones, int one, Standing standing, long... capacities) {
        Topology.Builder topology = Topology.builder(dimensions);
        for (int n = 0; n < capacities.length; n++) {
            topology.node(
                    "n" + n,
                    "z" + n % zones,
                    "r",
                    Set.of(),
                    Map.of(dimensions.get(0).name(), capacities[n]),
                    n == one ? standing : Standing.ACTIVE);
        }
        return topology.build();
    }

    private static Demand demand(int shards, int replicas, Spread spread) {
        return Demand.builder(1).table(TableRules.of("orders", shards, replicas, spread)).build();
    }

    private static Plan first(Topology nodes, Demand demand) {
        return Planner.plan(nodes, demand, new Placement(demand.shards(), 3), Bands.DEFAULT);
    }

    @Test
    void tooFewZonesAreNamedWithWhatWouldFreeThem() {
        Plan plan =
                first(
                        nodes(SHARES, 2, 1, 1, 1, 1),
                        demand(5, 3, Spread.acrossZones().atMostPerZone(1)));
        assertThat(plan.shortfalls()).hasSize(1);
        Shortfall shortfall = plan.shortfalls().get(0);
        assertThat(shortfall.binding()).isEqualTo(Constraint.ZONES);
        assertThat(shortfall.replicas()).isEqualTo(5);
        assertThat(shortfall.because()).contains("At most 1 of 3").contains("z0, z1");
        assertThat(shortfall.remedy())
                .contains("one node in a zone of its own")
                .contains("allow 2 per zone");
        assertThat(plan.target().replicas(0)).isEqualTo(2);
    }

    @Test
    void tooLittleRoomIsNamedWithTheDimensionAndTheRoomiestNode() {
        Demand demand =
                Demand.builder(1)
                        .table(TableRules.of("orders", 3, 1, Spread.none()))
                        .weights(0, new long[] {50, 50, 70})
                        .build();
        Plan plan = first(nodes(DISK, 1, 100, 80), demand);
        assertThat(plan.shortfalls()).hasSize(1);
        Shortfall shortfall = plan.shortfalls().get(0);
        assertThat(shortfall.binding()).isEqualTo(Constraint.CAPACITY);
        assertThat(shortfall.because()).contains("needs 50 of disk").contains("n1, has 14 left");
        assertThat(shortfall.remedy()).contains("at least 50 of disk").contains("headroom");
    }

    @Test
    void moreReplicasThanNodesAndUnknownTagsAndNoNodesAreNamed() {
        assertThat(first(nodes(SHARES, 1, 1, 1), demand(1, 3, Spread.none())).shortfalls())
                .extracting(Shortfall::binding)
                .containsExactly(Constraint.DISTINCT_NODES);
        Demand tagged =
                Demand.builder(1)
                        .table(
                                TableRules.of("t", 1, 1, Spread.none())
                                        .withTags(Set.of("ssd"), Set.of()))
                        .build();
        Plan untagged = first(nodes(SHARES, 1, 1), tagged);
        assertThat(untagged.shortfalls().get(0).binding()).isEqualTo(Constraint.TAGS);
        assertThat(untagged.shortfalls().get(0).because()).contains("ssd");
        Topology draining = nodes(SHARES, 1, 0, Standing.DRAINING, 1);
        Shortfall none = first(draining, demand(1, 1, Spread.none())).shortfalls().get(0);
        assertThat(none.binding()).isEqualTo(Constraint.NODES);
        assertThat(none.because()).contains("1 draining");
    }

    @Test
    void aNodeThatLiesAboutItsCapacityDoesNotDrawEverything() {
        Topology nodes = nodes(SHARES, 1, 100, 100, 100, Long.MAX_VALUE, -5);
        assertThat(nodes.doubts())
                .hasSize(2)
                .anySatisfy(doubt -> assertThat(doubt).contains("n3").contains("3200"))
                .anySatisfy(doubt -> assertThat(doubt).contains("n4").contains("-5"));
        Plan plan = first(nodes, demand(35, 1, Spread.none()));
        long onTheLiar = 0;
        for (int s = 0; s < 35; s++) {
            onTheLiar += plan.target().node(s, 0) == 3 ? 1 : 0;
        }
        assertThat(onTheLiar).isLessThan(34);
    }

    @Test
    void aDrainedNodeIsEmptiedAndNothingElseMoves() {
        Demand demand = demand(300, 3, Spread.acrossZones());
        Plan before = first(nodes(SHARES, 3, 1, 1, 1, 1, 1, 1, 1, 1, 1), demand);
        Plan after =
                Planner.plan(
                        nodes(SHARES, 3, 4, Standing.DRAINING, 1, 1, 1, 1, 1, 1, 1, 1, 1),
                        demand,
                        before.target(),
                        Bands.DEFAULT);
        int moved = 0;
        for (int s = 0; s < 300; s++) {
            assertThat(after.target().slotOf(s, 4)).isNegative();
            for (int slot = 0; slot < 3; slot++) {
                boolean was = before.target().node(s, slot) == 4;
                boolean moves = after.target().node(s, slot) != before.target().node(s, slot);
                assertThat(moves).isEqualTo(was);
                if (moves) {
                    assertThat(after.reason(s, slot)).isEqualTo(Reason.DRAINED);
                    moved++;
                }
            }
        }
        assertThat(moved).isEqualTo(100);
    }

    @Test
    void aNodeThatIsAwayLosesItsLeadersAndKeepsItsData() {
        Demand demand = demand(90, 3, Spread.acrossZones());
        Plan before = first(nodes(SHARES, 3, 1, 1, 1, 1, 1, 1), demand);
        Plan after =
                Planner.plan(
                        nodes(SHARES, 3, 2, Standing.AWAY, 1, 1, 1, 1, 1, 1),
                        demand,
                        before.target(),
                        Bands.DEFAULT);
        for (int s = 0; s < 90; s++) {
            assertThat(after.target().leader(s)).isNotEqualTo(2).isNotNegative();
            for (int slot = 0; slot < 3; slot++) {
                assertThat(after.target().node(s, slot)).isEqualTo(before.target().node(s, slot));
            }
        }
    }

    @Test
    void aBudgetBoundsWhatIsMovedForBalance() {
        Demand demand = demand(300, 1, Spread.none());
        Plan before = first(nodes(SHARES, 1, 1, 1, 1), demand);
        int[] moved = new int[1];
        Planner.plan(
                        nodes(SHARES, 1, 1, 1, 1, 1),
                        demand,
                        before.target(),
                        Bands.DEFAULT.withBalanceMovesMax(7))
                .forEachChange(
                        new Plan.Visitor() {
                            @Override
                            public void replica(int shard, int from, int to, Reason reason) {
                                assertThat(reason).isEqualTo(Reason.UNDERLOADED);
                                moved[0]++;
                            }

                            @Override
                            public void leader(int shard, int from, int to, Reason reason) {}
                        });
        assertThat(moved[0]).isEqualTo(7);
    }

    @Test
    void inputThatDoesNotBelongTogetherIsRefused() {
        Topology nodes = nodes(SHARES, 1, 1);
        Demand demand = demand(2, 1, Spread.none());
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Planner.plan(nodes, demand, new Placement(1, 1), Bands.DEFAULT))
                .withMessageContaining("1 shards are placed and 2 demanded");
        Placement elsewhere = new Placement(2, 1);
        elsewhere.add(0, 9);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Planner.plan(nodes, demand, elsewhere, Bands.DEFAULT))
                .withMessageContaining("node 9");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> TableRules.of("t", TableRules.SHARDS_MAX + 1, 1, Spread.none()));
        assertThatIllegalArgumentException()
                .isThrownBy(
                        () -> TableRules.of("t", 1, TableRules.REPLICAS_MAX + 1, Spread.none()));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Demand.builder(1).weights(0, new long[] {Demand.WEIGHT_MAX + 1}));
    }
}
